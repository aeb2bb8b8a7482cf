#pragma once

#include <ferry/clock.hpp>

#include <cstdint>

namespace ferry {

struct rate_options {
    std::uint64_t bytes_per_second = 0;  ///< 0: unlimited
    std::uint64_t burst = 0;  ///< bytes free at once after a pause; 0: 1/20 second's worth
};

/// A token bucket, shared by everything that it limits; those who wait are served in order.
/// Over any span of t seconds it lets through at most burst + t × bytes_per_second, as long as
/// nobody takes more than `burst` at a time.
/// With a parent it is a limit within another one, which counts its bytes too: the tighter of the
/// two governs.
/// Threads: one executor, which must be a strand or run by one thread.
class rate_limit {
  public:
    /// @param parent  Must outlive this one and its calls; null: none.
    explicit rate_limit(clock& time, rate_options options = {}, rate_limit* parent = nullptr);

    /// Takes `bytes` out of the bucket, into debt if need be, and completes when the debt is paid.
    /// Cancellation: gives the bytes back; errc::cancelled.
    [[nodiscard]] awaitable<result<void>> take(std::uint64_t bytes);
    /// Puts back what was taken and not used.
    void give_back(std::uint64_t bytes) noexcept;
    /// Changes the limit; those who wait already finish under the old one.
    void set(rate_options options) noexcept;

    /// Neither this one nor the parent limits anything.
    bool unlimited() const noexcept { return !limits() && (!parent_ || parent_->unlimited()); }
    /// A good number of bytes to take at a time: small enough for an even flow.
    std::uint64_t portion() const noexcept;

  private:
    static constexpr std::uint64_t largest_portion = 1U << 20;

    bool limits() const noexcept { return options_.bytes_per_second != 0; }
    void refill() noexcept;
    clock::time_point charge(std::uint64_t bytes) noexcept;

    clock& time_;
    rate_limit* parent_;
    rate_options options_;
    double tokens_ = 0;  // bytes; negative: promised to those who wait
    clock::time_point filled_;
};

}  // namespace ferry

#include <ferry/impl/rate.ipp>
