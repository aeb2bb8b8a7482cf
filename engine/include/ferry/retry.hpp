#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <optional>

namespace ferry {

/// How patiently a transfer tries again.
struct retry_policy {
    std::chrono::milliseconds first{1'000};      ///< before the first retry; doubles with each
    std::chrono::milliseconds longest{60'000};   ///< where the doubling ends
    std::chrono::milliseconds give_up{600'000};  ///< since the last progress; 0: never retry
    bool jitter = true;  ///< wait between half the time and all of it, so that clients spread out
};

/// The next wait, or none: give up. A decision only; it neither waits nor reads a clock.
/// @param failures       Failed tries since the last progress, this one included; at least 1.
/// @param since_progress Time since the last byte arrived, or since the start.
/// @param wish           The server's Retry-After, 0 if none; never undercut.
/// @param random         In [0, 1).
inline std::optional<std::chrono::milliseconds> next_wait(
    const retry_policy& policy, unsigned failures, std::chrono::milliseconds since_progress,
    std::chrono::milliseconds wish, double random) {
    if (since_progress >= policy.give_up) return std::nullopt;
    auto wait = policy.first;
    for (unsigned i = 1; i < failures && wait < policy.longest; ++i) wait *= 2;
    wait = std::min(wait, std::max(policy.first, policy.longest));
    if (policy.jitter)
        wait = std::chrono::milliseconds(
            static_cast<std::int64_t>(static_cast<double>(wait.count()) * (0.5 + random / 2)));
    wait = std::max(wait, wish);
    if (since_progress + wait > policy.give_up) return std::nullopt;
    return wait;
}

}  // namespace ferry
