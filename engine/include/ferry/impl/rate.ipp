#pragma once

#include <algorithm>

namespace ferry {

inline rate_limit::rate_limit(clock& time, rate_options options)
    : time_(time), filled_(time.now()) {
    set(options);
    tokens_ = static_cast<double>(options_.burst);
}

inline void rate_limit::set(rate_options options) noexcept {
    if (!unlimited()) refill();
    options_ = options;
    if (options_.burst == 0)
        options_.burst = std::max<std::uint64_t>(1, options.bytes_per_second / 20);
    tokens_ = std::min(tokens_, static_cast<double>(options_.burst));
    filled_ = time_.now();
}

inline std::uint64_t rate_limit::portion() const noexcept {
    return std::clamp<std::uint64_t>(options_.burst / 2, 1, 1U << 20);
}

inline void rate_limit::refill() noexcept {
    const auto now = time_.now();
    const std::chrono::duration<double> passed = now - filled_;
    const auto gained = passed.count() * static_cast<double>(options_.bytes_per_second);
    tokens_ = std::min(tokens_ + gained, static_cast<double>(options_.burst));
    filled_ = now;
}

inline void rate_limit::give_back(std::uint64_t bytes) noexcept {
    if (!unlimited()) tokens_ += static_cast<double>(bytes);
}

inline awaitable<result<void>> rate_limit::take(std::uint64_t bytes) {
    if (unlimited()) co_return result<void>();
    refill();
    tokens_ -= static_cast<double>(bytes);
    if (tokens_ >= 0) co_return result<void>();
    const std::chrono::duration<double> debt(
        -tokens_ / static_cast<double>(options_.bytes_per_second));
    const auto paid = filled_ + std::chrono::ceil<clock::duration>(debt);
    auto slept = co_await time_.sleep_until(paid);
    if (!slept) give_back(bytes);
    co_return slept;
}

}  // namespace ferry
