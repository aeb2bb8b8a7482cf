#pragma once

namespace ferry::detail {

/// Lets those run whose turn it is.
inline void engine_core::reschedule() {
    if (stopping_) return;
    const auto todo = schedule_.decide(with_.time.now());
    for (const auto order : todo.stop) halt(*entry_at(order), halt_reason::preempted);
    for (const auto order : todo.start) begin(entry_at(order));
    mind_the_time();
}

/// Precondition: it is queued.
inline void engine_core::enqueue(const entry_ptr& one) {
    if (!one->waits_since) one->waits_since = with_.time.now();
    if (offline_ && needs_network(*one->data))
        wait_for_network(*one);
    else
        schedule_.queue(one->data->order, one->data->priority);
}

inline void engine_core::begin(const entry_ptr& one) {
    const auto now = with_.time.now();
    set_state(*one, job_event::start);
    one->started = now;
    one->progressed = now - without_progress(*one);
    one->waits_since.reset();
    one->halt = halt_reason::none;
    one->lost.reset();  // it is among what this turn fetches
    running_.insert(one->data->order);
    next_look_ = std::min(next_look_, now + look_interval);
    spawn(work_on(one), &one->stop);
    tell(*one, job_news::state);
}

inline void engine_core::halt(job_entry& one, halt_reason why) {
    if (!one.stop) return;
    const bool first = one.halt == halt_reason::none;
    if (first || why == halt_reason::command) one.halt = why;
    // a coroutine that is cancelled before it has begun, never does
    if (first && one.run) one.stop->emit(asio::cancellation_type::terminal);
}

/// Passes on what a run tells of its files.
class engine_core::turn_observer final : public job_run::observer {
  public:
    turn_observer(engine_core& core, job_entry& one) : core_(core), one_(one) {}
    void connected() override {
        core_.set_state(one_, job_event::connect);
        core_.tell(one_, job_news::state);
    }
    /// Told with the next look at what runs: there may be thousands of them a second.
    void file_changed() override { one_.needs_saving = one_.untold = true; }

  private:
    engine_core& core_;
    job_entry& one_;
};

inline awaitable<result<void>> engine_core::work_on(entry_ptr one) {
    turn_observer observer(*this, *one);
    job_run run(with_, one->data, hooks_, observer, journals_, one->after_restart);
    one->run = &run;
    result<void> outcome = failure{errc::cancelled};
    if (one->halt == halt_reason::none) {
        auto going = run.run();
        outcome = co_await caught(std::move(going));
    }
    co_await asio::this_coro::reset_cancellation_state(asio::disable_cancellation());
    if (outcome) outcome = co_await sync_arrived(one);
    const bool lacks_one = one->data->files_transferred() < one->data->files.size();
    if (outcome && one->lost && lacks_one) outcome = one->lost->why;
    const auto culprit = !outcome && one->lost ? one->lost->file : run.failed_file();
    take_received(*one);
    one->run = nullptr;
    one->stop = nullptr;
    running_.erase(one->data->order);
    const auto spent = with_.time.now() - one->started;
    one->data->active_time += std::chrono::duration_cast<std::chrono::milliseconds>(spent);
    auto settled = co_await settle(one, std::move(outcome), culprit);
    co_return settled;
}

inline awaitable<result<void>> engine_core::settle(
    entry_ptr one, result<void> outcome, std::size_t file) {
    const auto& data = *one->data;
    const bool halted = one->halt != halt_reason::none;
    if (outcome && data.files_transferred() == data.files.size())
        settle_arrived(*one);
    else if (outcome || (halted && outcome.error().code == errc::cancelled))
        settle_halted(one);  // or files were added when it had just ended
    else
        settle_failed(*one, outcome.error(), file);
    reschedule();
    one->changed.notify();
    if (one->halt == halt_reason::command) co_return result<void>();  // which stores it
    if (data.completing && !stopping_) {
        tell(*one, job_news::progress);
        spawn(complete_by_itself(one));  // stores it, and tells when the files have their names
        co_return result<void>();
    }
    auto saving = stopping_ ? save_progress(one) : sync_and_save(one);
    const auto saved = co_await std::move(saving);
    static_cast<void>(saved);  // on a full disk, the journals still know what is here
    tell(*one, job_news::state);
    notify_if_wanted(one);
    co_return result<void>();
}

/// A job that completes itself stays Transferring until its files have their names.
inline void engine_core::settle_arrived(job_entry& one) {
    auto& data = *one.data;
    if (data.state == job_state::connecting) set_state(one, job_event::connect);
    data.completing = data.settings.auto_complete && one.halt != halt_reason::command;
    if (!data.completing) set_state(one, job_event::finish);
    data.error.reset();
    one.after_restart = false;
    one.needs_saving = true;
    schedule_.leave(data.order);
}

inline void engine_core::settle_halted(const entry_ptr& one) {
    using enum halt_reason;
    if (one->halt == out_of_time) {
        const auto limit = std::to_string(one->data->settings.max_download_time.count());
        return settle_failed(*one, {errc::out_of_time, "after " + limit + " s of transferring"}, 0);
    }
    if (one->halt != command) set_state(*one, job_event::preempt);
    if (one->halt == command || one->halt == shutdown)
        schedule_.leave(one->data->order);
    else
        enqueue(one);  // it keeps its place in line
}

inline void engine_core::settle_failed(job_entry& one, failure why, std::size_t file) {
    auto& data = *one.data;
    schedule_.leave(data.order);
    const bool transient = is_transient(why.code);
    const auto wait = wait_before_retry(data.settings, why.retry_after);
    set_state(one, transient ? job_event::fail_for_now : job_event::fail);
    data.error = job_error{std::move(why), file};
    if (!transient) return;
    const auto now = with_.time.now();
    if (without_progress(one) + wait > data.settings.retry_timeout) {
        set_state(one, job_event::give_up);
    } else {
        data.error->next_try = with_.time.wall() + wait;
        retry_at(one, now + wait);
    }
}

/// The retry interval, or what the server asked for, but then not as often as it may ask for.
inline std::chrono::milliseconds engine_core::wait_before_retry(
    const job_settings& asked, std::chrono::milliseconds wish) {
    constexpr std::chrono::seconds least{60};
    if (wish.count() == 0) return asked.retry_interval;
    return std::max<std::chrono::milliseconds>(wish, std::min(asked.retry_interval, least));
}

inline void engine_core::notify_if_wanted(const entry_ptr& one) {
    using enum job_state;
    const auto& data = *one->data;
    const bool news = data.state == transferred || data.state == error ||
                      (data.state == acknowledged && data.settings.auto_complete);
    if (stopping_ || !news || data.completing || data.notified) return;
    if (hooks_.notify && !data.settings.notify_command.empty()) spawn(notify(one));
}

inline awaitable<result<void>> engine_core::notify(entry_ptr one) {
    const auto about = one->data->state;
    const bool again = !is_final(about);
    result<void> told;
    ++notifying_;
    do {
        auto telling = hooks_.notify(*one->data);
        told = co_await caught(std::move(telling));
        if (told || !again) break;
        told =
            co_await with_.time.sleep_until(with_.time.now() + one->data->settings.retry_interval);
    } while (told && one->data->state == about);
    --notifying_;
    // BITS, 2.7: whoever could not be told that the job is over is not told again
    const bool in_vain = !told && !again && told.error().code != errc::cancelled;
    if ((!told && !in_vain) || one->data->state != about) co_return told;
    one->data->notified = true;
    auto saved = co_await save_progress(one);
    co_return saved;
}

}  // namespace ferry::detail
