#pragma once

#include <ferry/detail/with_timeout.hpp>

#include <chrono>
#include <string>

namespace ferry::detail {

/// Runs all of a transfer, retries included: errc::out_of_time after `limit`; 0: no limit.
inline awaitable<result<void>> run_within(
    clock& time, std::chrono::milliseconds limit, awaitable<result<void>> running) {
    const auto end = time.now() + limit;
    if (limit.count() == 0) {
        auto outcome = co_await caught(std::move(running));
        co_return outcome;
    }
    auto outcome = co_await with_timeout(time, limit, std::move(running));
    if (!outcome && outcome.error().code == errc::timed_out && time.now() >= end)
        co_return failure{errc::out_of_time, "after " + std::to_string(limit.count()) + " ms"};
    co_return outcome;
}

}  // namespace ferry::detail
