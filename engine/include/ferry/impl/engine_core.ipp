#pragma once

#include <ferry/detail/job_checks.hpp>

#include <asio/bind_cancellation_slot.hpp>
#include <asio/co_spawn.hpp>

#include <algorithm>

namespace ferry::detail {

inline void engine_core::spawn(awaitable<result<void>> task, asio::cancellation_signal** stop) {
    const auto me = tasks_.emplace(tasks_.end());
    if (stop) *stop = &*me;
    auto ended = [self = shared_from_this(), me](std::exception_ptr, result<void>) {
        self->tasks_.erase(me);
        self->quiet_.notify();
    };
    asio::co_spawn(
        on_, caught(std::move(task)), asio::bind_cancellation_slot(me->slot(), std::move(ended)));
}

inline awaitable<result<std::vector<stored_jobs::reject>>> engine_core::start() {
    auto loaded = co_await keeper_.open();
    if (!loaded) co_return loaded.error();
    if (stopping_) co_return engine_stopped();
    next_reap_ = with_.time.now();
    for (auto& one : loaded->jobs) take_in(std::move(one));
    for (const auto& one : everyone()) go_on(one);
    over_.sort([this](const std::string& a, const std::string& b) {
        return entry_of(a)->data->completed < entry_of(b)->data->completed;
    });
    spawn(keep_time());
    reschedule();
    co_return std::move(loaded->rejects);
}

/// Has the machine gone down since the file came, without a sync? Not asked of what was sent: the
/// mark is then that of a reply.
inline bool is_lost(const job& what, const job_file& file) {
    return file.state == job_state::transferred && !is_sent(what, file) &&
           !boot_of(file.mark).empty() && !was_made_now(file.mark);
}

/// Puts a job out of the store in its place.
inline void engine_core::take_in(job stored) {
    const auto one = std::make_shared<job_entry>(on_, std::move(stored));
    auto& data = *one->data;
    constexpr std::uint64_t most_orders = std::uint64_t{1} << 62;  // else the next ones would wrap
    if (data.order > most_orders) data.order = last_order_ + 1;
    last_order_ = std::max(last_order_, data.order);
    if (is_final(data.state)) {
        by_id_[data.id] = one;
        over_.push_back(data.id);
        notify_if_wanted(one);
        return;
    }
    if (listed_.contains(data.order)) data.order = ++last_order_;
    for (auto& file : data.files) {
        if (data.state != job_state::transferred && is_lost(data, file)) {
            file = fresh(file);
            data.completing = false;
        }
        if (!file.finished()) file.state = job_state::queued;
    }
    one->after_restart = true;
    list(one);
    reserve(data.files, data.id);
    if (is_active(data.state) && !data.completing) leave_alone(*one);
}

/// Waits for what is left of the time for which a server asked, and for a crash to be forgotten;
/// else the job is tried at once.
inline void engine_core::leave_alone(job_entry& one) {
    auto& data = *one.data;
    const auto wish = left_of_wish(data);
    const auto left = std::max<std::chrono::milliseconds>(wish, limits_.pause);
    data.state = left.count() > 0 ? job_state::transient_error : job_state::queued;
    if (data.error) data.error->next_try.reset();
    if (left.count() == 0) return;
    const auto now = with_.time.now();
    if (wish.count() > 0 && data.error->file < data.files.size())
        if (const auto peer = remote_end(data, data.files[data.error->file]))
            with_.gates.close(peer->host, now + wish);
    if (left > wish) data.error = {.why = {errc::crashed, "several times, perhaps by this job"}};
    data.error->next_try = with_.time.wall() + left;
    retry_at(one, now + left);
}

/// Of Retry-After, for a job that waited for it when the last engine ended. Not more than was asked
/// for: a calendar may have jumped.
inline std::chrono::milliseconds engine_core::left_of_wish(const job& data) const {
    using std::chrono::milliseconds;
    if (data.state != job_state::transient_error || !data.error || !data.error->next_try) return {};
    const auto wish = data.error->why.retry_after;
    const auto asked_at = *data.error->next_try - wait_before_retry(data.settings, wish);
    const auto left = std::chrono::ceil<milliseconds>(asked_at + wish - with_.time.wall());
    return std::clamp(left, milliseconds(0), wish);
}

/// Where the last engine left it; but not before all jobs have their destinations.
inline void engine_core::go_on(const entry_ptr& one) {
    const auto& data = *one->data;
    if (data.completing) {
        spawn(complete_by_itself(one));
    } else if (data.state == job_state::queued) {
        enqueue(one);
    } else {
        notify_if_wanted(one);
    }
}

inline void engine_core::list(const entry_ptr& one) {
    listed_[one->data->order] = one;
    by_id_[one->data->id] = one;
}

inline void engine_core::unlist(const entry_ptr& one) {
    listed_.erase(one->data->order);
    over_.push_back(one->data->id);
}

/// For loops in which jobs may come and go.
inline std::vector<entry_ptr> engine_core::everyone() const {
    std::vector<entry_ptr> all;
    all.reserve(listed_.size());
    for (const auto& [order, one] : listed_) all.push_back(one);
    return all;
}

inline entry_ptr engine_core::entry_of(std::string_view id) const {
    const auto found = by_id_.find(std::string(id));
    return found == by_id_.end() ? nullptr : found->second;
}

/// Precondition: the event makes sense in the state that the job is in.
inline void engine_core::set_state(job_entry& one, job_event what) {
    auto& data = *one.data;
    data.state = *next_state(data.state, what);
    data.modified = with_.time.wall();
    data.notified = false;
    one.needs_saving = true;
}

inline void engine_core::tell(job_entry& one, job_news what) {
    one.untold = false;
    one.changed.notify();
    events_.tell(*one.data, what);
}

inline awaitable<result<void>> engine_core::stop() {
    co_await asio::this_coro::reset_cancellation_state(asio::disable_cancellation());
    abandon();
    while (!tasks_.empty() || commands_ + arriving_ != 0) co_await quiet_.wait();
    std::vector<entry_ptr> unsaved, unsynced;
    for (const auto& [order, one] : listed_) {
        if (one->needs_saving || one->retry_at) unsaved.push_back(one);
        if (!unsynced_files(*one->data).empty()) unsynced.push_back(one);
    }
    auto save_one = [&](std::size_t i) { return save_progress(unsaved[i]); };
    auto saved = co_await at_once(unsaved.size(), unsaved.size(), save_one);
    // what may take long comes last: who cannot wait for it, loses nothing by that
    auto sync_one = [&](std::size_t i) { return sync_and_save(unsynced[i]); };
    const auto synced = co_await at_once(unsynced.size(), 1, sync_one);
    co_return saved ? synced : saved;
}

inline void engine_core::abandon() {
    stopping_ = true;
    for (const auto order : std::set(running_)) halt(*entry_at(order), halt_reason::shutdown);
    for (auto& task : tasks_) task.emit(asio::cancellation_type::terminal);
    for (const auto& [order, one] : listed_) one->changed.notify();
}

inline std::vector<const job*> engine_core::jobs() {
    std::vector<const job*> all;
    all.reserve(listed_.size());
    for (const auto& [order, one] : listed_) {
        if (one->run) one->run->refresh();
        all.push_back(one->data.get());
    }
    return all;
}

inline std::vector<const job*> engine_core::remembered() const {
    std::vector<const job*> all;
    for (const auto& id : over_) all.push_back(by_id_.at(id)->data.get());
    return all;
}

inline const job* engine_core::find(std::string_view id) {
    const auto one = entry_of(id);
    if (one && one->run) one->run->refresh();
    return one ? one->data.get() : nullptr;
}

inline std::size_t engine_core::active() const noexcept {
    const auto works = std::count_if(listed_.begin(), listed_.end(), [](const auto& one) {
        return is_active(one.second->data->state) || one.second->data->completing;
    });
    return static_cast<std::size_t>(works) + arriving_ + notifying_;
}

inline awaitable<result<job>> engine_core::wait(std::string id) {
    const auto one = entry_of(id);
    if (!one) co_return failure{errc::no_such_job, id};
    const auto& data = *one->data;
    while (is_active(data.state) || data.completing) {
        if (stopping_) co_return engine_stopped();
        const auto woken = co_await one->changed.wait();
        if (!woken) co_return woken.error();
    }
    co_return data;
}

}  // namespace ferry::detail
