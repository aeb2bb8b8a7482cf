#pragma once

#include <ferry/detail/job_checks.hpp>
#include <ferry/detail/uuid.hpp>

namespace ferry::detail {

/// A command has the job for itself until this is destroyed.
class engine_core::hold_on {
  public:
    hold_on(engine_core& core, entry_ptr one)
        : core_(core.shared_from_this()), one_(std::move(one)) {
        one_->busy = true;
        ++core_->commands_;
    }
    ~hold_on() {
        one_->busy = one_->at_rest = false;
        one_->changed.notify();
        --core_->commands_;
        core_->quiet_.notify();
    }
    hold_on(const hold_on&) = delete;
    hold_on& operator=(const hold_on&) = delete;

  private:
    std::shared_ptr<engine_core> core_;
    entry_ptr one_;
};

/// The job, when neither another command nor its own completion has it, and if `what` makes sense
/// in its state.
inline awaitable<result<entry_ptr>> engine_core::take(
    std::string id, std::optional<job_event> what) {
    co_await asio::this_coro::reset_cancellation_state(asio::disable_cancellation());
    const auto one = entry_of(id);
    if (!one) co_return failure{errc::no_such_job, id};
    const auto& data = *one->data;
    while (!stopping_ && (one->busy || data.completing)) co_await one->changed.wait();
    if (stopping_) co_return engine_stopped();
    const bool possible = what ? next_state(data.state, *what).has_value() : !is_final(data.state);
    if (!possible) {
        const auto name = data.display_name.empty() ? data.id : data.display_name;
        co_return failure{errc::wrong_state, name + " is " + std::string(to_string(data.state))};
    }
    co_return one;
}

/// Ends the job's turn, and sees to it that none begins.
inline awaitable<void> engine_core::bring_to_rest(entry_ptr one) {
    while (one->stop) {
        halt(*one, halt_reason::command);
        if (one->stop) co_await one->changed.wait();
    }
    one->at_rest = true;
    schedule_.leave(one->data->order);
    forget_retry(*one);
}

inline awaitable<result<job>> engine_core::store(entry_ptr one, job_news what) {
    const auto synced = co_await sync_arrived(one);
    static_cast<void>(synced);  // the job remembers what is lost
    one->data->without_progress = without_progress(*one);
    const auto snapshot = std::make_shared<job>(*one->data);  // large: the only copy
    auto saved = co_await save(one, snapshot);
    tell(*one, what);
    if (!saved) co_return saved.error();
    co_return std::move(*snapshot);
}

/// What could not be stored has not happened.
inline awaitable<void> engine_core::undo(entry_ptr one, job before) {
    co_await bring_to_rest(one);
    auto& data = *one->data;
    data = std::move(before);
    if (data.state == job_state::transient_error && data.error && data.error->next_try)
        retry_at(*one, with_.time.now() + (*data.error->next_try - with_.time.wall()));
    tell(*one, job_news::state);
}

/// A file as its owner asks for it: nothing has happened to it yet.
inline job_file fresh(const job_file& asked) {
    job_file file;
    file.source = asked.source;
    file.destination = asked.destination;
    file.expected = asked.expected;
    return file;
}

/// "Name:", of "Name: value".
inline void leave_name(std::string& header) {
    header.resize(std::min(header.size(), header.find(':') + 1));
}

/// What headers say may be a secret, and is kept as one where somebody keeps secrets.
/// @param before  As they are stored. The same again is no change.
inline void engine_core::hide_headers(
    const std::vector<std::string>& before, std::vector<std::string>& headers,
    secret_changes& change) const {
    if (!hooks_.key || headers == before) return;
    auto& hidden = change[std::string(job_secret::headers)];
    hidden.reset();
    if (!headers.empty()) hidden = pack_texts(headers);
    std::for_each(headers.begin(), headers.end(), leave_name);
}

inline awaitable<result<sealed_secrets>> engine_core::sealed(
    std::string id, sealed_secrets before, secret_changes change) {
    if (change.empty()) co_return before;
    auto work = [&] { return seal_secrets(hooks_.key, id, before, change); };
    auto after = co_await with_.disk.run(work);
    co_return after;
}

/// What another method than GET brings, cannot be left and gone on with (BITS: HttpMethod).
inline job_priority allowed_priority(job_priority wanted, const job_settings& asked) noexcept {
    const bool only_at_once = !asked.method.empty() && asked.method != "GET";
    return only_at_once ? job_priority::foreground : wanted;
}

inline awaitable<result<job>> engine_core::create(job what, job_secrets secrets) {
    co_await asio::this_coro::reset_cancellation_state(asio::disable_cancellation());
    if (stopping_) co_return engine_stopped();
    if (const auto sane = check_new(what); !sane) co_return sane.error();
    job data;
    data.id = random_uuid();
    data.display_name = std::move(what.display_name);
    data.description = std::move(what.description);
    data.type = what.type;
    if (data.display_name.empty()) data.display_name = name_after_first(data.type, what.files);
    data.priority = allowed_priority(what.priority, what.settings);
    data.state = what.state == job_state::suspended ? job_state::suspended : job_state::queued;
    data.owner = std::move(what.owner);
    data.created = data.modified = with_.time.wall();
    data.order = ++last_order_;
    data.settings = std::move(what.settings);
    std::transform(what.files.begin(), what.files.end(), std::back_inserter(data.files), fresh);
    const auto one = std::make_shared<job_entry>(on_, std::move(data));
    reserve(one->data->files, one->data->id);
    ++arriving_;
    secret_changes all(secrets.begin(), secrets.end());
    hide_headers({}, one->data->settings.headers, all);
    auto kept = co_await sealed(one->data->id, one->data->secrets, std::move(all));
    result<void> saved;
    if (kept) {
        one->data->secrets = *std::move(kept);
        saved = co_await keeper_.save(one->data);
        if (!saved) co_await keeper_.forget(one->data->id);  // its name may be there, not safe yet
    } else {
        saved = kept.error();
    }
    --arriving_;
    quiet_.notify();
    if (!saved) {
        release(one->data->files, one->data->id);
        co_return saved.error();
    }
    list(one);
    if (one->data->state == job_state::queued) enqueue(one);
    tell(*one, job_news::created);
    auto created = *one->data;
    reschedule();
    co_return created;
}

inline awaitable<result<job>> engine_core::add_files(std::string id, std::vector<job_file> files) {
    auto taken = co_await take(std::move(id), std::nullopt);
    if (!taken) co_return taken.error();
    const auto one = *taken;
    const hold_on mine(*this, one);
    auto& data = *one->data;
    if (const auto sane = check_files(data, files); !sane) co_return sane.error();
    if (data.display_name.empty() && data.files.empty())
        data.display_name = name_after_first(data.type, files);
    std::transform(files.begin(), files.end(), std::back_inserter(data.files), fresh);
    reserve(files, data.id);
    data.modified = with_.time.wall();
    if (data.state == job_state::transferred) set_state(*one, job_event::suspend);
    if (one->run) one->run->look_again();
    auto stored = co_await store(one, job_news::changed);
    co_return stored;
}

inline awaitable<result<job>> engine_core::change(std::string id, job_change what) {
    auto taken = co_await take(std::move(id), std::nullopt);
    if (!taken) co_return taken.error();
    const auto one = *taken;
    const hold_on mine(*this, one);
    auto& data = *one->data;
    if (const auto sane = check_change(data, what); !sane) co_return sane.error();
    if (what.settings) hide_headers(data.settings.headers, what.settings->headers, what.secrets);
    auto kept = co_await sealed(data.id, data.secrets, std::move(what.secrets));
    if (!kept) co_return kept.error();
    const auto sane = check_change(data, what);  // that took time: it may run meanwhile
    if (!sane) co_return sane.error();
    const job_change before{data.display_name, data.description, data.priority, data.settings, {}};
    auto secrets_before = data.secrets;
    data.secrets = *std::move(kept);
    apply(*one, std::move(what));
    auto stored = co_await store(one, job_news::changed);
    if (!stored) {
        data.secrets = std::move(secrets_before);
        apply(*one, before);
        co_return stored;
    }
    if (before.settings->notify_command.empty()) notify_if_wanted(one);  // of what has happened
    co_return stored;
}

inline void engine_core::apply(job_entry& one, job_change what) {
    auto& data = *one.data;
    if (what.display_name) data.display_name = *std::move(what.display_name);
    if (what.description) data.description = *std::move(what.description);
    if (what.settings) data.settings = *std::move(what.settings);
    data.priority = allowed_priority(what.priority.value_or(data.priority), data.settings);
    data.modified = with_.time.wall();
    schedule_.set_priority(data.order, data.priority);
    if (one.run) one.run->look_again();
    reschedule();
}

inline awaitable<result<job>> engine_core::suspend(std::string id) {
    auto taken = co_await take(std::move(id), job_event::suspend);
    if (!taken) co_return taken.error();
    const auto one = *taken;
    const hold_on mine(*this, one);
    if (const auto whole = reclaim(*one->data); !whole) co_return whole.error();
    co_await bring_to_rest(one);
    set_state(*one, job_event::suspend);
    if (one->data->error) one->data->error->next_try.reset();
    reschedule();
    auto stored = co_await store(one, job_news::state);
    co_return stored;
}

/// Whoever resumes a job that waits (BITS: the manual retry) wants its hosts to be asked now.
inline void engine_core::open_gates(const job& what) {
    for (const auto& file : what.files)
        if (!file.finished())
            for (const auto& server : servers_of(file)) with_.gates.open(server.host);
}

inline awaitable<result<job>> engine_core::resume(std::string id) {
    auto taken = co_await take(std::move(id), job_event::resume);
    if (!taken) co_return taken.error();
    const auto one = *taken;
    const hold_on mine(*this, one);
    auto& data = *one->data;
    if (data.state == job_state::queued || is_running(data.state)) co_return data;
    if (data.files.empty())
        co_return bad_request("a job without files cannot start (add some first)");
    if (const auto able = check_startable(data.settings); !able) co_return able.error();
    if (const auto whole = reclaim(data); !whole) co_return whole.error();
    auto before = data;
    forget_retry(*one);
    if (data.state == job_state::transient_error) open_gates(data);
    set_state(*one, job_event::resume);
    data.error.reset();
    data.active_time = {};
    data.without_progress = {};
    one->progressed.reset();
    for (auto& file : data.files)
        if (!file.finished()) file.state = job_state::queued;
    enqueue(one);
    auto stored = co_await store(one, job_news::state);
    if (!stored) co_await undo(one, std::move(before));
    reschedule();
    co_return stored;
}

inline awaitable<result<job>> engine_core::reject(std::string id, std::size_t file) {
    auto taken = co_await take(std::move(id), job_event::reject_content);
    if (!taken) co_return taken.error();
    const auto one = *taken;
    const hold_on mine(*this, one);
    auto& data = *one->data;
    if (file >= data.files.size()) co_return bad_request("the job has no such file");
    const auto destination = data.files[file].destination;
    auto discarded = co_await discard_held(with_, destination);
    if (!discarded) co_return discarded.error();
    data.files[file] = fresh(data.files[file]);
    data.files[file].state = job_state::error;
    data.error = job_error{{errc::rejected, destination, error_context::local_file}, file};
    set_state(*one, job_event::reject_content);
    auto stored = co_await store(one, job_news::state);
    notify_if_wanted(one);
    co_return stored;
}

}  // namespace ferry::detail
