#pragma once

#include <ferry/clock.hpp>

#include <map>
#include <memory>

namespace ferry::test {

/// Time that moves only when the test says so; calendar time moves with it.
class manual_clock final : public clock {
  public:
    time_point now() const noexcept override { return now_; }
    wall_time wall() const noexcept override {
        return start_ + std::chrono::duration_cast<wall_time::duration>(now_ - time_point());
    }
    awaitable<result<void>> sleep_until(time_point when) override {
        const auto here = co_await asio::this_coro::executor;
        const auto bell = std::make_shared<asio::steady_timer>(here, time_point::max());
        bells_.emplace(when, bell);  // weakly: a sleeper may be cancelled or destroyed
        if (now_ < when) co_await bell->async_wait(nothrow);
        co_return now_ < when ? result<void>(failure{errc::cancelled, "sleep"}) : result<void>();
    }

    void advance(duration by) {
        now_ += by;
        for (; !bells_.empty() && bells_.begin()->first <= now_; bells_.erase(bells_.begin()))
            if (const auto bell = bells_.begin()->second.lock()) bell->cancel();
    }
    /// When the clock must reach at least for somebody to wake up; time_point::max(): nobody
    /// sleeps.
    time_point next_bell() {
        while (!bells_.empty() && bells_.begin()->second.expired()) bells_.erase(bells_.begin());
        return bells_.empty() ? time_point::max() : bells_.begin()->first;
    }
    void set_wall(wall_time to) { start_ += to - wall(); }

  private:
    time_point now_{};
    wall_time start_{std::chrono::seconds(1'767'225'600)};  // 2026-01-01T00:00:00Z
    std::multimap<time_point, std::weak_ptr<asio::steady_timer>> bells_;
};

}  // namespace ferry::test
