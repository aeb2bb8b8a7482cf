#pragma once

#include <algorithm>
#include <chrono>

namespace ferry::detail {

inline void paced_content::begin(std::uint64_t offset) {
    give_back();
    go_back(offset);
    begun_at_ = offset_ = offset;
    highest_ = std::max(highest_, offset);
    status_.bytes_transferred = offset;
    moved_ = with_.time.now();
    in_flight_ = {};
    measured_ = 0;
}

/// What was sent behind `offset` goes out again.
inline void paced_content::go_back(std::uint64_t offset) {
    if (offset_ > offset) status_.bytes_discarded += offset_ - offset;
    offset_ = std::min(offset_, offset);
}

inline void paced_content::give_back() { with_.rate.give_back(std::exchange(reserved_, 0)); }

/// The time between two reservations is the network's; what comes before them, our own limit's.
inline result<void> paced_content::check_speed() {
    in_flight_ += with_.time.now() - moved_;
    if (options_.low_speed_limit == 0 || in_flight_ < options_.low_speed_time) return {};
    const auto seconds = std::chrono::duration<double>(in_flight_).count();
    const auto wanted = static_cast<double>(options_.low_speed_limit) * seconds;
    if (static_cast<double>(measured_) < wanted)
        return failure{
            errc::too_slow,
            "only " + std::to_string(measured_) + " bytes in " +
                std::to_string(static_cast<std::uint64_t>(seconds)) + " s",
            error_context::transport};
    in_flight_ = {};
    measured_ = 0;
    return {};
}

inline awaitable<result<std::uint64_t>> paced_content::reserve(std::uint64_t most) {
    give_back();
    if (auto fast = check_speed(); !fast) co_return fast.error();
    if (!with_.rate.unlimited()) {
        most = std::min(most, with_.rate.portion());
        auto taken = co_await with_.rate.take(most);
        if (!taken) co_return taken.error();
        reserved_ = most;
    }
    moved_ = with_.time.now();
    co_return most;
}

inline void paced_content::sent(std::uint64_t offset) {
    if (offset < offset_) go_back(begun_at_);  // the peer wants it once more: 401, 307
    const auto bytes = offset - offset_;
    if (!with_.rate.unlimited()) reserved_ -= std::min(reserved_, bytes);
    give_back();
    offset_ = offset;
    measured_ += bytes;
    in_flight_ += with_.time.now() - moved_;
    moved_ = with_.time.now();
    status_.bytes_received += bytes;
    status_.bytes_transferred = offset;
    if (offset <= highest_) return;
    highest_ = offset;
    progressed_();
}

}  // namespace ferry::detail
