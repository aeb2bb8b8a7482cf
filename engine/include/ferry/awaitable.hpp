#pragma once

#include <ferry/result.hpp>

#include <asio/awaitable.hpp>
#include <asio/error.hpp>
#include <asio/experimental/as_tuple.hpp>
#include <asio/system_error.hpp>
#include <asio/use_awaitable.hpp>

#include <exception>
#include <new>
#include <utility>

namespace ferry {

template <class T>
using awaitable = asio::awaitable<T>;

/// Completion token: the operation's error code is a value, not an exception.
inline constexpr auto nothrow = asio::experimental::as_tuple(asio::use_awaitable);

namespace detail {

/// The exception in flight as a failure; what threw is a bug, out of memory, or a cancellation.
inline failure failure_in_flight() {
    try {
        throw;
    } catch (const std::system_error& thrown) {
        if (thrown.code() == asio::error::operation_aborted) return {errc::cancelled};
        return {thrown.code(), thrown.what()};
    } catch (const std::bad_alloc&) {
        return {std::make_error_code(std::errc::not_enough_memory)};
    } catch (const std::exception& thrown) {
        return {std::make_error_code(std::errc::state_not_recoverable), thrown.what()};
    }
}

}  // namespace detail

/// The one place where an exception becomes a value: Asio's && and || swallow the former.
template <class T>
[[nodiscard]] awaitable<result<T>> caught(awaitable<result<T>> op) {
    result<T> outcome;
    try {
        outcome = co_await std::move(op);
    } catch (...) {
        outcome = detail::failure_in_flight();
    }
    co_return outcome;
}

}  // namespace ferry
