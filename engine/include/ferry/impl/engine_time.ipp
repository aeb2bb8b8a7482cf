#pragma once

#include <asio/experimental/awaitable_operators.hpp>

namespace ferry::detail {

/// How often running jobs are looked at (BITS: MinNotificationInterval).
inline constexpr std::chrono::milliseconds look_interval{500};
/// The least time between two writes of a job's progress. Of large files the journals know better;
/// small ones that came since then are fetched again after a kill.
inline constexpr std::chrono::seconds save_interval{1};
inline constexpr std::chrono::hours reap_interval{1};

inline awaitable<result<void>> engine_core::keep_time() {
    using namespace asio::experimental::awaitable_operators;
    while (!stopping_) {
        asleep_until_ = next_deadline();
        auto called = alarm_.wait();
        if (asleep_until_ == time_point::max()) {
            const auto woken = co_await std::move(called);
            if (!woken) co_return woken;
        } else {
            auto bell = with_.time.sleep_until(asleep_until_);
            co_await (caught(std::move(bell)) || caught(std::move(called)));
        }
        asleep_until_ = time_point::min();  // awake: nobody needs to call
        act_on_time();
    }
    co_return result<void>();
}

inline engine_core::time_point engine_core::next_deadline() const {
    auto next = std::min(next_look_, next_reap_);
    if (!retries_.empty()) next = std::min(next, retries_.begin()->first);
    return std::min(next, schedule_.next_look().value_or(next));
}

inline void engine_core::mind_the_time() {
    if (next_deadline() < asleep_until_) alarm_.notify();
}

inline void engine_core::act_on_time() {
    if (stopping_) return;
    const auto now = with_.time.now();
    while (!retries_.empty() && retries_.begin()->first <= now)
        retry(entry_at(retries_.begin()->second));
    if (next_look_ <= now) {
        look_at_running();
        next_look_ = running_.empty() ? time_point::max() : now + look_interval;
    }
    if (next_reap_ <= now) {
        reap();
        next_reap_ = now + reap_interval;
    }
    reschedule();
}

inline void engine_core::look_at_running() {
    const auto now = with_.time.now();
    for (const auto order : std::set(running_)) {
        const auto one = entry_at(order);
        auto& data = *one->data;
        if (!one->run) continue;  // it is about to begin
        if (const auto moved = take_received(*one); moved != 0) {
            data.error.reset();
            data.modified = with_.time.wall();
            one->needs_saving = one->untold = true;
        }
        if (one->untold) tell(*one, job_news::progress);
        if (one->needs_saving && !one->saving && one->save_after <= now) spawn(sync_and_save(one));
        if (data.active_time + (now - one->started) >= data.settings.max_download_time)
            halt(*one, halt_reason::out_of_time);
    }
}

/// The bytes that a running job has moved since it was asked last.
inline std::uint64_t engine_core::take_received(job_entry& one) {
    one.run->refresh();
    const auto moved = one.run->take_received();
    if (moved != 0) one.progressed = with_.time.now();
    schedule_.moved(one.data->order, moved);
    return moved;
}

/// What counts for the retry timeout. Only steady time that an engine ran: neither a calendar that
/// jumps nor a machine that was off may cost a job.
inline std::chrono::milliseconds engine_core::without_progress(const job_entry& one) const {
    if (!one.progressed) return one.data->without_progress;
    const auto until = one.waits_since.value_or(with_.time.now());
    return std::chrono::duration_cast<std::chrono::milliseconds>(until - *one.progressed);
}

inline awaitable<result<void>> engine_core::save_progress(entry_ptr one) {
    co_await asio::this_coro::reset_cancellation_state(asio::disable_cancellation());
    one->data->without_progress = without_progress(*one);
    auto snapshot = std::make_shared<const job>(*one->data);
    auto saved = co_await save(std::move(one), std::move(snapshot));
    co_return saved;
}

/// Of a job that runs: what the store says is here, the disk has.
inline awaitable<result<void>> engine_core::sync_and_save(entry_ptr one) {
    co_await asio::this_coro::reset_cancellation_state(asio::disable_cancellation());
    const auto began = with_.time.now();
    one->saving = true;
    auto saved = co_await sync_arrived(one);
    const bool forgotten = entry_of(one->data->id) != one;
    if (!forgotten) saved = co_await save_progress(one);
    const auto ended = with_.time.now();
    one->saving = false;
    one->save_after = ended + save_interval + 20 * (ended - began);  // what takes long: less often
    co_return saved;
}

inline awaitable<result<void>> engine_core::save(
    entry_ptr one, std::shared_ptr<const job> snapshot) {
    one->needs_saving = false;
    auto saved = co_await keeper_.save(std::move(snapshot));
    one->needs_saving = one->needs_saving || !saved;
    co_return saved;
}

inline void engine_core::retry_at(job_entry& one, time_point when) {
    forget_retry(one);
    one.retry_at = when;
    retries_.emplace(when, one.data->order);
    mind_the_time();
}

inline void engine_core::forget_retry(job_entry& one) {
    if (one.retry_at) retries_.erase({*one.retry_at, one.data->order});
    one.retry_at.reset();
}

inline void engine_core::retry(const entry_ptr& one) {
    forget_retry(*one);
    if (one->data->error) one->data->error->next_try.reset();
    set_state(*one, job_event::retry);
    enqueue(one);
    tell(*one, job_news::state);
}

/// Cancels what nobody has touched for very long, but not without a warning: a calendar that jumps
/// must not cost a job.
inline void engine_core::reap() {
    const auto now = with_.time.wall();
    for (const auto& one : everyone()) {
        auto& data = *one->data;
        const bool idle = now - data.modified >= limits_.inactivity - limits_.inactivity_warning;
        const bool stale = data.warned && (*data.warned < data.modified || *data.warned > now);
        if (!idle || stale) data.warned.reset();
        if (!idle || one->run) continue;
        if (has_expired(*one)) {
            spawn(expire(data.id));
        } else if (!data.warned) {
            data.warned = now;
            one->warned_at = with_.time.now();
            spawn(save_progress(one));
            tell(*one, job_news::expiring);
        }
    }
    spawn(forget_old());
}

/// By the calendar, and by the steady clock as far as this process has seen it.
inline bool engine_core::has_expired(const job_entry& one) const {
    const auto& data = *one.data;
    const auto now = with_.time.wall();
    const auto steady = with_.time.now();
    return data.warned && now - data.modified >= limits_.inactivity &&
           now - *data.warned >= limits_.inactivity_warning &&
           (!one.warned_at || steady - *one.warned_at >= limits_.inactivity_warning);
}

inline awaitable<result<void>> engine_core::expire(std::string id) {
    const auto removed = co_await remove(std::move(id));
    if (!removed) co_return removed.error();
    co_return result<void>();
}

inline awaitable<result<void>> engine_core::forget_old() {
    co_await asio::this_coro::reset_cancellation_state(asio::disable_cancellation());
    while (!over_.empty()) {
        const auto id = over_.front();
        const auto completed = by_id_.at(id)->data->completed.value_or(job::time());  // or 1970
        const auto age = with_.time.wall() - completed;
        // a calendar that was set back must not keep them all
        const bool recent = age.count() >= 0 && age < limits_.remember_all;
        const bool too_many = over_.size() > limits_.remembered && !recent;
        if (age <= limits_.remember && !too_many) break;
        over_.pop_front();
        by_id_.erase(id);
        auto forgotten = co_await keeper_.forget(id);
        if (!forgotten) co_return forgotten;  // it will be loaded and forgotten next time
    }
    co_return result<void>();
}

}  // namespace ferry::detail
