#pragma once

#include <ferry/detail/run_within.hpp>
#include <ferry/detail/separate.hpp>
#include <ferry/detail/upload_task.hpp>

namespace ferry {
namespace detail {

inline url place_of_file(const std::filesystem::path& path) {
    return from_path(std::filesystem::absolute(path).lexically_normal());
}

}  // namespace detail

FERRY_INLINE awaitable<result<void>> upload(
    environment& with, std::filesystem::path from, url to, transfer_options options,
    upload_options asked, transfer_status& status) {
    return upload(
        with, detail::place_of_file(from), std::move(to), std::move(options), std::move(asked),
        status);
}

FERRY_INLINE awaitable<result<void>> upload(
    environment& with, url from, url to, transfer_options options, upload_options asked,
    transfer_status& status) {
    const auto limit = options.max_time;
    detail::upload_task task(
        with, std::move(from), std::move(to), std::move(options), std::move(asked), status);
    auto running = detail::run_within(with.time, limit, task.run());
    auto outcome = co_await caught(std::move(running));
    co_await asio::this_coro::reset_cancellation_state(asio::disable_cancellation());
    co_await task.close();
    co_return outcome;
}

FERRY_INLINE awaitable<result<void>> cancel_upload(
    environment& with, std::filesystem::path from, url to, transfer_options options,
    upload_options asked) {
    return cancel_upload(
        with, detail::place_of_file(from), std::move(to), std::move(options), std::move(asked));
}

FERRY_INLINE awaitable<result<void>> cancel_upload(
    environment& with, url from, url to, transfer_options options, upload_options asked) {
    transfer_status nobody_looks;
    detail::upload_task task(
        with, std::move(from), std::move(to), std::move(options), std::move(asked), nobody_looks);
    auto running = task.give_up();
    auto outcome = co_await caught(std::move(running));
    co_return outcome;
}

}  // namespace ferry
