#pragma once

#include <asio/bind_cancellation_slot.hpp>
#include <asio/cancellation_signal.hpp>
#include <asio/co_spawn.hpp>

#include <algorithm>
#include <exception>
#include <utility>

namespace ferry::http {

/// One sleep. Its coroutine keeps it alive and finds `owner` empty once it is no longer wanted.
struct watchdog::sleeper {
    watchdog* owner;
    clock& time;
    clock::time_point until;
    asio::cancellation_signal stop;
};

inline watchdog::watchdog(asio::any_io_executor on, clock& time)
    : on_(std::move(on)), time_(time) {}

inline watchdog::~watchdog() { rest(); }

inline watchdog::deadline::deadline(watchdog& by, connection& guarded, clock::duration limit)
    : by_(by.here_), guarded_(guarded), when_(by.time_.now() + limit) {
    by.armed_.push_back(this);
    if (!by.sleeper_ || when_ < by.sleeper_->until) by.wake_at_the_earliest();
}

inline watchdog::deadline::~deadline() {
    const auto by = by_.lock();
    if (!by) return;
    std::erase(by->armed_, this);
    if (by->armed_.empty()) by->rest();
}

inline void watchdog::wake_at_the_earliest() {
    rest();
    if (armed_.empty()) return;
    const auto earliest = std::min_element(
        armed_.begin(), armed_.end(), [](auto* a, auto* b) { return a->when_ < b->when_; });
    sleeper_ = std::make_shared<sleeper>(this, time_, (*earliest)->when_);
    auto over = [me = sleeper_](std::exception_ptr) {};
    asio::co_spawn(
        on_, watch(sleeper_), asio::bind_cancellation_slot(sleeper_->stop.slot(), std::move(over)));
}

inline awaitable<void> watchdog::watch(std::shared_ptr<sleeper> me) {
    auto slept = co_await me->time.sleep_until(me->until);
    if (slept && me->owner) me->owner->ring();
}

inline void watchdog::ring() {
    const auto now = time_.now();
    for (auto* one : armed_) {
        if (one->when_ > now) continue;
        one->expired_ = true;
        one->when_ = clock::time_point::max();
        one->guarded_.cancel();
    }
    wake_at_the_earliest();
}

inline void watchdog::rest() {
    if (const auto old = std::exchange(sleeper_, nullptr)) {
        old->owner = nullptr;
        old->stop.emit(asio::cancellation_type::terminal);
    }
}

}  // namespace ferry::http
