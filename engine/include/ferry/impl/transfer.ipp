#pragma once

#include <ferry/detail/download_task.hpp>
#include <ferry/detail/with_timeout.hpp>

namespace ferry {
namespace detail {

inline awaitable<result<void>> run_within(
    clock& time, std::chrono::milliseconds limit, download_task& task) {
    const auto end = time.now() + limit;
    auto running = task.run();
    if (limit.count() == 0) {
        auto outcome = co_await caught(std::move(running));
        co_return outcome;
    }
    auto outcome = co_await with_timeout(time, limit, std::move(running));
    if (!outcome && outcome.error().code == errc::timed_out && time.now() >= end)
        co_return failure{errc::out_of_time, "after " + std::to_string(limit.count()) + " ms"};
    co_return outcome;
}

}  // namespace detail

inline awaitable<result<void>> download(
    environment& with, url from, std::filesystem::path to, transfer_options options,
    transfer_status& status) {
    const auto on = co_await asio::this_coro::executor;
    const auto limit = options.max_time;
    detail::download_task task(
        with, on, std::move(from), std::move(to), std::move(options), status);
    auto running = detail::run_within(with.time, limit, task);
    auto outcome = co_await caught(std::move(running));
    co_await asio::this_coro::reset_cancellation_state(asio::disable_cancellation());
    auto finished = co_await task.finish(std::move(outcome));
    co_return finished;
}

}  // namespace ferry
