#pragma once

#include <ferry/clock.hpp>

#include <cstdint>
#include <deque>

namespace ferry::cli {

/// The mean rate of the last seconds, so that the display neither jumps nor lags.
class speed_meter {
  public:
    static constexpr clock::duration window = std::chrono::seconds(5);

    /// `bytes`: the counter's value at `now`; never smaller than before.
    void sample(clock::time_point now, std::uint64_t bytes) {
        samples_.push_back({now, bytes});
        while (samples_.size() > 2 && now - samples_[1].time >= window) samples_.pop_front();
    }
    double bytes_per_second() const {
        if (samples_.size() < 2) return 0;
        const auto& [first, before] = samples_.front();
        const auto& [last, after] = samples_.back();
        const std::chrono::duration<double> span = last - first;
        return span.count() > 0 ? static_cast<double>(after - before) / span.count() : 0;
    }

  private:
    struct measurement {
        clock::time_point time;
        std::uint64_t bytes;
    };
    std::deque<measurement> samples_;
};

}  // namespace ferry::cli
