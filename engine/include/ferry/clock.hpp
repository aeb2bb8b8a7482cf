#pragma once

#include <ferry/awaitable.hpp>

#include <asio/steady_timer.hpp>
#include <asio/this_coro.hpp>

#include <chrono>

namespace ferry {

/// Time, handed in: whoever waits or measures gets one of these in its constructor.
class clock {
  public:
    using steady = std::chrono::steady_clock;
    using duration = steady::duration;
    using time_point = steady::time_point;
    using wall_time = std::chrono::system_clock::time_point;

    virtual ~clock() = default;
    virtual time_point now() const noexcept = 0;
    /// Calendar time, for dates that a server names; it may jump.
    virtual wall_time wall() const noexcept = 0;
    /// Completes at `when`; errc::cancelled if the caller was cancelled before.
    [[nodiscard]] virtual awaitable<result<void>> sleep_until(time_point when) = 0;
};

/// The machine's clocks.
class system_clock final : public clock {
  public:
    time_point now() const noexcept override { return steady::now(); }
    wall_time wall() const noexcept override { return std::chrono::system_clock::now(); }
    awaitable<result<void>> sleep_until(time_point when) override {
        const auto here = co_await asio::this_coro::executor;
        asio::steady_timer timer(here, when);
        const auto [error] = co_await timer.async_wait(nothrow);
        if (error) co_return failure{errc::cancelled, "sleep"};
        co_return result<void>();
    }
};

}  // namespace ferry
