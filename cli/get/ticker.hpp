#pragma once

#include <ferry/clock.hpp>

#include <functional>

namespace ferry::cli {

/// Calls `act` every `period` until it is cancelled; never completes otherwise.
inline awaitable<result<void>> every(
    clock& time, clock::duration period, std::function<void()> act) {
    result<void> slept;
    while (slept) {
        const auto next = time.now() + period;
        slept = co_await time.sleep_until(next);
        if (slept) act();
    }
    co_return slept;
}

}  // namespace ferry::cli
