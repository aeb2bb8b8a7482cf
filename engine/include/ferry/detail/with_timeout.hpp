#pragma once

#include <ferry/clock.hpp>

#include <asio/experimental/awaitable_operators.hpp>

namespace ferry::detail {

/// Runs `op`; when the alarm rings first, cancels it, waits until it stopped: errc::timed_out.
template <class T>
[[nodiscard]] awaitable<result<T>> with_timeout(
    clock& time, clock::duration limit, awaitable<result<T>> op) {
    using namespace asio::experimental::awaitable_operators;
    auto alarm = time.sleep_until(time.now() + limit);
    auto first = co_await (caught(std::move(op)) || caught(std::move(alarm)));
    if (first.index() == 0) co_return std::get<0>(std::move(first));
    if (!std::get<1>(first)) co_return std::get<1>(first).error();  // cancelled with us: no timeout
    co_return failure{errc::timed_out, "", error_context::transport};
}

}  // namespace ferry::detail
