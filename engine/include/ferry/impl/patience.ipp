#pragma once

#include <algorithm>
#include <string>
#include <utility>

namespace ferry::detail {

/// Never waits for anything else with a slot in hand: whoever has what it waits for may want that
/// slot.
inline awaitable<result<host_slots::slot>> patience::wait_for_host() {
    for (;;) {
        auto gate = co_await wait_for_gate();
        if (!gate) co_return gate.error();
        auto slot = co_await wait_for_slot();
        if (!slot || gates_open() <= with_.time.now()) co_return slot;
    }
}

inline std::optional<host_slots::slot> patience::try_slot() {
    if (!with_.slots || peer_.host.empty()) return host_slots::slot();
    return with_.slots->try_acquire(peer_.origin());
}

inline awaitable<result<host_slots::slot>> patience::wait_for_slot() {
    if (auto free = try_slot()) co_return std::move(*free);
    enter(status_, options_, transfer_phase::waiting);
    const auto in_line = with_.time.now();
    auto origin = peer_.origin();
    auto slot = co_await with_.slots->acquire(std::move(origin));
    progressed_ += with_.time.now() - in_line;  // as in wait_until()
    co_return slot;
}

inline clock::time_point patience::gates_open() const {
    const auto opens = with_.gates.opens(peer_.host);
    return other_ ? std::max(opens, with_.gates.opens(other_->host)) : opens;
}

inline awaitable<result<void>> patience::wait_for_gate() {
    for (;;) {  // it may be closed again while others have their turn
        const auto opens = gates_open();
        if (opens <= with_.time.now()) co_return result<void>();
        auto waited = co_await wait_until(opens);
        if (!waited) co_return waited;
    }
}

/// Makes room for others meanwhile, and asks to be let in again afterwards.
inline awaitable<result<void>> patience::wait_until(clock::time_point when) {
    status_.next_try = when;
    enter(status_, options_, transfer_phase::retrying);
    auto waited = co_await with_.time.sleep_until(when);
    status_.next_try.reset();
    const auto in_line = with_.time.now();
    if (waited && options_.turn) waited = co_await options_.turn();
    progressed_ +=
        with_.time.now() - in_line;  // that the others took long is not the source's fault
    co_return waited;
}

inline awaitable<result<void>> patience::wait_before_retry(failure why, url by) {
    using std::chrono::milliseconds;
    const auto now = with_.time.now();
    const auto idle = std::chrono::duration_cast<milliseconds>(now - progressed_);
    ++failures_;
    if (why.retry_after.count() > 0) with_.gates.close(by.host, now + why.retry_after);
    const auto wait = next_wait(options_.retry, failures_, idle, why.retry_after, with_.random());
    if (!wait) co_return why;
    status_.last_error = why;
    auto waited = co_await wait_until(now + *wait);
    co_return waited;
}

}  // namespace ferry::detail
