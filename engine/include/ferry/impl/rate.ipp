#pragma once

#include <algorithm>

namespace ferry {

inline rate_limit::rate_limit(clock& time, rate_options options, rate_limit* parent)
    : time_(time), parent_(parent), filled_(time.now()) {
    set(options);
    tokens_ = static_cast<double>(options_.burst);
}

inline void rate_limit::set(rate_options options) noexcept {
    if (limits()) refill();
    options_ = options;
    if (options_.burst == 0)
        options_.burst = std::max<std::uint64_t>(1, options.bytes_per_second / 20);
    tokens_ = std::min(tokens_, static_cast<double>(options_.burst));
    filled_ = time_.now();
}

inline std::uint64_t rate_limit::portion() const noexcept {
    const auto most = parent_ ? parent_->portion() : largest_portion;
    return limits() ? std::clamp<std::uint64_t>(options_.burst / 2, 1, most) : most;
}

inline void rate_limit::refill() noexcept {
    const auto now = time_.now();
    const std::chrono::duration<double> passed = now - filled_;
    const auto gained = passed.count() * static_cast<double>(options_.bytes_per_second);
    tokens_ = std::min(tokens_ + gained, static_cast<double>(options_.burst));
    filled_ = now;
}

inline void rate_limit::give_back(std::uint64_t bytes) noexcept {
    if (limits()) tokens_ += static_cast<double>(bytes);
    if (parent_) parent_->give_back(bytes);
}

/// Takes the bytes out of this bucket and the parent's; tells when the larger debt will be paid.
inline clock::time_point rate_limit::charge(std::uint64_t bytes) noexcept {
    const auto elsewhere = parent_ ? parent_->charge(bytes) : clock::time_point::min();
    if (!limits()) return elsewhere;
    refill();
    tokens_ -= static_cast<double>(bytes);
    const std::chrono::duration<double> debt(
        -tokens_ / static_cast<double>(options_.bytes_per_second));
    return std::max(elsewhere, filled_ + std::chrono::ceil<clock::duration>(debt));
}

inline awaitable<result<void>> rate_limit::take(std::uint64_t bytes) {
    const auto paid = charge(bytes);
    if (paid <= time_.now()) co_return result<void>();
    auto slept = co_await time_.sleep_until(paid);
    if (!slept) give_back(bytes);
    co_return slept;
}

}  // namespace ferry
