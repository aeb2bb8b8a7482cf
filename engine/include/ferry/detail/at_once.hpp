#pragma once

#include <ferry/detail/event.hpp>
#include <ferry/detail/task_group.hpp>

#include <cstddef>
#include <functional>

namespace ferry::detail {

/// Runs `task(i)` for every i below `count`, at most `most` at a time, each of them to its end,
/// however the others go. Completes with the first failure. Cancellation: none.
[[nodiscard]] inline awaitable<result<void>> at_once(
    std::size_t count, std::size_t most, std::function<awaitable<result<void>>(std::size_t)> task) {
    co_await asio::this_coro::reset_cancellation_state(asio::disable_cancellation());
    const auto here = co_await asio::this_coro::executor;
    result<void> outcome;
    task_group tasks(here);
    event room(here);
    std::size_t running = 0;
    auto tracked = [&](std::size_t i) -> awaitable<result<void>> {
        auto one = task(i);
        auto ended = co_await caught(std::move(one));
        if (outcome && !ended) outcome = ended;
        --running;  // not tasks.size(): that one still counts us
        room.notify();
        co_return result<void>();  // a failure would cancel the others
    };
    for (std::size_t next = 0; next < count;) {
        if (running < most && ++running)
            tasks.spawn(tracked(next++));
        else
            co_await room.wait();
    }
    const auto joined = co_await tasks.join();
    static_cast<void>(joined);
    co_return outcome;
}

}  // namespace ferry::detail
