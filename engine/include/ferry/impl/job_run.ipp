#pragma once

#include <ferry/detail/held.hpp>
#include <ferry/detail/job_access.hpp>
#include <ferry/detail/job_places.hpp>

#include <algorithm>
#include <chrono>
#include <utility>

namespace ferry::detail {

/// How long a job that runs may try again by itself; what takes longer makes room for others.
inline constexpr std::chrono::seconds quick_retries{10};
/// Files of a job that may wait at once for what comes after their last byte: a sync, a check.
inline constexpr std::size_t most_at_once = 256;
/// Smaller files are remembered by their job alone: to fetch one again is cheaper than a journal.
inline constexpr std::uint64_t worth_a_journal = 64U << 10;

/// A lost connection is taken up again at once (BITS: about three times), then the job waits for
/// its retry interval; unless that is shorter anyway.
inline retry_policy quick_retry(const job_settings& asked) {
    retry_policy quick;
    quick.longest = std::chrono::seconds(4);
    quick.give_up = std::min(asked.retry_timeout, quick_retries);
    if (asked.retry_interval <= quick_retries) quick.give_up = {};
    return quick;
}

inline transfer_options options_for(const job& what) {
    const auto& asked = what.settings;
    transfer_options some;
    some.connections = asked.connections;
    some.low_speed_limit = asked.low_speed_limit;
    some.low_speed_time = asked.low_speed_time;
    some.retry = quick_retry(asked);
    if (asked.existing == "update") some.existing = existing_policy::update;
    if (asked.existing == "fail") some.existing = existing_policy::fail;
    if (asked.existing == "skip") some.existing = existing_policy::skip;
    if (!asked.durable) some.sync = sync_policy::never;
    some.create_directories = asked.create_directories;
    some.umask = asked.umask;
    some.owner = what.id;
    some.keep_mtime = asked.keep_mtime;
    some.rights = parse_rights(asked.acl_flags).value_or(rights_wanted());
    some.hold = true;
    some.journal_from = worth_a_journal;
    // what another method brings is made for this request, and need not be the same again
    some.dynamic = asked.dynamic || !asked.method.empty();
    if (auto parts = slices_of(asked.ranges)) some.parts = *std::move(parts);
    return some;
}

inline transfer_options options_for(const job& what, const job_file& file) {
    auto some = options_for(what);
    if (auto sum = parse_checksum(file.expected)) some.expected = *std::move(sum);
    return some;
}

inline upload_options upload_options_for(
    const job& what, const job_file& file, std::string journals) {
    upload_options some;
    some.how =
        parse_upload_protocol(what.settings.upload_protocol).value_or(upload_protocol::automatic);
    some.journals = std::move(journals);
    if (what.type == job_type::upload_reply) some.reply = reply_of(what, file);
    return some;
}

inline void set_access(
    const job_access& access, const job_file& file, transfer_options& options,
    upload_options& asked) {
    auto ends = ends_of(file, access);
    options.access = std::move(ends.destination);
    asked.source_access = std::move(ends.source);
}

inline job_run::job_run(
    environment& with, std::shared_ptr<job> what, const engine_hooks& hooks, observer& observer,
    std::string journals, bool after_restart)
    : job_(std::move(what)),
      hooks_(hooks),
      observer_(observer),
      journals_(std::move(journals)),
      after_restart_(after_restart),
      rate_(with.time, {.bytes_per_second = job_->settings.bytes_per_second}, &with.rate),
      with_{with.time,       with.protocols, with.disk,   rate_,
            with.publishing, with.gates,     with.random, with.slots} {}

inline awaitable<result<void>> job_run::run() {
    const auto here = co_await asio::this_coro::executor;
    task_group files(here);
    files_ = &files;
    room_.emplace(here);
    auto started = start_all();
    auto outcome = co_await caught(std::move(started));
    co_await asio::this_coro::reset_cancellation_state(asio::disable_cancellation());
    if (!outcome) files.stop(outcome.error());
    auto ended = co_await files.join();
    files_ = nullptr;
    co_return ended;
}

inline bool job_run::has_room() const noexcept {
    return receiving_ < job_->settings.parallel && active_.size() < most_at_once;
}

inline awaitable<result<void>> job_run::start_all() {
    result<void> woken;
    for (std::size_t next = 0; woken && !stopped_;) {
        const bool all_began = next == job_->files.size();  // but more may be added
        if (all_began && active_.empty()) break;
        if (!all_began && job_->files[next].finished()) {
            ++next;
        } else if (!all_began && has_room()) {
            ++receiving_;
            active_[next].discarded_before = job_->files[next].bytes_discarded;
            files_->spawn(transfer(next++));
        } else {
            woken = co_await room_->wait();
        }
    }
    co_return woken;
}

inline awaitable<result<void>> job_run::transfer(std::size_t index) {
    auto& mine = active_.at(index);
    auto going = fetch(index, mine);
    auto outcome = co_await caught(std::move(going));
    auto& file = job_->files[index];
    take_over(file, mine);
    received_ += mine.status.bytes_received - mine.taken;
    if (mine.receiving) --receiving_;
    if (outcome) {
        file.state = mine.status.skipped ? job_state::acknowledged : job_state::transferred;
    } else if (outcome.error().code == errc::cancelled) {
        file.state = job_state::queued;
    } else {
        file.state =
            is_transient(outcome.error().code) ? job_state::transient_error : job_state::error;
        if (const auto said = outcome.error().http_status; said != 0) file.http_status = said;
        stop_at(index);
    }
    active_.erase(index);
    room_->notify();
    observer_.file_changed();
    co_return outcome;
}

inline awaitable<result<void>> job_run::fetch(std::size_t index, active& mine) {
    bool here = false;
    const bool sent = is_sent(*job_, job_->files[index]);
    if (after_restart_ && !sent) here = co_await arrived_before(index, mine.status);
    result<void> outcome;
    if (!here) outcome = co_await move(index, mine);
    if (!outcome || mine.status.skipped || sent || job_->settings.validate_command.empty())
        co_return outcome;
    mine.judging = true;
    outcome = co_await validate(index, mine.status);
    mine.judging = false;
    co_return outcome;
}

inline awaitable<result<void>> job_run::moving(std::size_t index, job_access access, active& mine) {
    const auto& file = job_->files[index];
    auto options = options_for(*job_, file);
    options.on_change = [this, index, &mine](const transfer_status&) { changed(index, mine); };
    auto asked = upload_options_for(*job_, file, journals_);
    set_access(access, file, options, asked);
    auto from = *parse_location(file.source);
    if (!is_sent(*job_, file))
        return download(with_, std::move(from), file.destination, std::move(options), mine.status);
    return upload(
        with_, std::move(from), *parse_location(file.destination), std::move(options),
        std::move(asked), mine.status);
}

inline awaitable<result<void>> job_run::move(std::size_t index, active& mine) {
    for (const auto& place : {job_->files[index].source, job_->files[index].destination})
        if (const auto where = parse_location(place); !where) co_return where.error();
    if (const auto parts = slices_of(job_->settings.ranges); !parts) co_return parts.error();
    auto access = co_await access_now();
    if (!access) co_return access.error();
    auto going = moving(index, *std::move(access), mine);
    // A coroutine of its own: its end switches off cancellation, which what comes next must heed.
    const auto here = co_await asio::this_coro::executor;
    auto [thrown, outcome] = co_await asio::co_spawn(here, std::move(going), nothrow);
    if (thrown) co_return failure{errc::cancelled};  // before it began
    co_return std::move(outcome);
}

inline awaitable<result<job_access>> open_access(
    disk_pool& disk, key_source key, std::shared_ptr<const job> what) {
    job_secrets secrets;
    for (bool current = false; !current;) {
        const auto sealed = what->secrets;
        secrets.clear();
        if (!sealed.empty()) {
            auto work = [&] { return open_secrets(key, what->id, sealed); };
            auto opened = co_await disk.run(work);
            if (!opened) co_return opened.error();
            secrets = *std::move(opened);
        }
        current = what->secrets == sealed;  // else they were changed meanwhile
    }
    co_return access_of(what->settings, secrets);
}

/// The same for all files, until the owner changes it.
inline awaitable<result<job_access>> job_run::access_now() {
    if (access_) co_return *access_;
    auto made = co_await open_access(with_.disk, hooks_.key, job_);
    if (made) access_ = *made;
    co_return made;
}

/// The journal may know more than the stored job, which is written less often; but not whose the
/// file is to be.
inline awaitable<bool> job_run::arrived_before(std::size_t index, transfer_status& status) {
    const auto file = job_->files[index];
    auto look = [&]() -> bool {
        const auto from = parse_location(file.source);
        const auto held = whole_partial(file.destination);
        const auto parts = slices_of(job_->settings.ranges);
        if (!from || !held || !parts || !job_->settings.acl_flags.empty()) return false;
        if (held->record()->url != name_of_content(*from, *parts)) return false;
        const auto& record = *held->record();
        if (record.job != job_->id) return false;  // verified for whoever wanted something else
        if (!record.boot.empty() && job_->settings.durable) return false;  // not synced
        status.bytes_total = record.size;
        status.bytes_transferred = status.bytes_resumed = *record.size;
        status.object.version = record.version;
        status.mark = with_boot(mark_at(held->paths().data), record.boot);
        return true;
    };
    const bool here = co_await with_.disk.run_briefly(look);
    co_return here;
}

inline awaitable<result<void>> job_run::validate(std::size_t index, transfer_status& status) {
    const auto destination = job_->files[index].destination;
    const auto path = partial_of(destination).data;
    if (!hooks_.validate)
        co_return failure{errc::unsupported, "nobody is here to run the validate command"};
    auto asking = hooks_.validate(*job_, index, path);
    auto judged = co_await std::move(asking);
    if (judged) {  // it may have touched the file
        auto look = [&path, &status] { return mark_again(path, status.mark); };
        auto mark = co_await with_.disk.run(look);
        if (!mark) co_return mark.error();
        status.mark = *std::move(mark);
    }
    if (judged || judged.error().code != errc::rejected) co_return judged;
    auto discarded = co_await discard_held(with_, destination);
    if (!discarded) co_return discarded;
    status.bytes_discarded += status.bytes_received;
    status.bytes_transferred = 0;
    co_return judged;
}

inline void job_run::changed(std::size_t index, active& mine) {
    using enum transfer_phase;
    auto& file = job_->files[index];
    const auto& status = mine.status;
    take_over(file, mine);
    const bool answered =
        status.phase == receiving || status.phase == sending || status.phase == publishing;
    if (status.phase == connecting) file.state = job_state::connecting;
    if (status.phase == retrying) file.state = job_state::transient_error;
    if (answered) file.state = job_state::transferring;
    if (answered && !std::exchange(connected_, true)) observer_.connected();
    if (mine.receiving && status.phase == publishing) {
        mine.receiving = false;
        --receiving_;
        room_->notify();
    }
    if (status.phase == retrying) make_room(index, status);
}

/// A source that wants to be left alone for longer must not keep the job's place.
inline void job_run::make_room(std::size_t index, const transfer_status& status) {
    using std::chrono::milliseconds;
    const auto wait = *status.next_try - with_.time.now();
    if (wait <= quick_retries) return;
    auto why = status.last_error.value_or(
        failure{errc::overloaded, "the server asked to wait", error_context::remote_file});
    why.retry_after = std::chrono::ceil<milliseconds>(wait);
    stop_at(index);
    files_->stop(std::move(why));
    room_->notify();
}

inline void job_run::stop_at(std::size_t index) {
    if (!std::exchange(stopped_, true)) failed_ = index;
}

inline void job_run::take_over(job_file& file, const active& from) const {
    const auto& status = from.status;
    if (status.bytes_total) file.bytes_total = status.bytes_total;
    const bool silent = status.phase <= transfer_phase::connecting ||
                        status.phase == transfer_phase::retrying;  // perhaps without an answer yet
    const bool known = !silent || status.bytes_transferred != 0;
    if (known) file.bytes_transferred = status.bytes_transferred;  // else what is kept, as before
    if (known) file.bytes_resumed = status.bytes_resumed;
    file.bytes_discarded = from.discarded_before + status.bytes_discarded;
    if (status.object.http_status != 0) file.http_status = status.object.http_status;
    if (auto version = to_string(status.object.version); !version.empty())
        file.validator = std::move(version);
    if (!status.object.headers.empty()) file.response_headers = status.object.headers;
    if (!status.checksum.empty()) file.checksum = status.checksum;
    file.mark = status.mark;
    if (const auto& rights = status.object.rights) file.owner = owner_text(*rights);
}

inline void job_run::refresh() {
    for (const auto& [index, one] : active_) take_over(job_->files[index], one);
}

inline std::optional<job_error> job_run::hindrance() const {
    for (const auto& [index, one] : active_) {
        const auto& status = one.status;
        if (status.phase != transfer_phase::retrying || !status.last_error) continue;
        job_error error{*status.last_error, index};
        if (status.next_try)
            error.next_try = with_.time.wall() + (*status.next_try - with_.time.now());
        return error;
    }
    return std::nullopt;
}

inline std::optional<std::size_t> job_run::file_without_bytes() const {
    using enum transfer_phase;
    std::optional<std::size_t> first;
    for (const auto& [index, one] : active_) {
        const auto phase = one.status.phase;
        if (phase != waiting && phase != connecting && phase != retrying) return std::nullopt;
        if (!first) first = index;
    }
    return first;
}

inline std::optional<std::size_t> job_run::judged_file() const {
    for (const auto& [index, one] : active_)
        if (!one.judging) return std::nullopt;
    return active_.empty() ? std::nullopt : std::optional(active_.begin()->first);
}

inline const transfer_status& job_run::status_of(std::size_t file) const {
    return active_.at(file).status;
}

inline std::uint64_t job_run::take_received() {
    auto sum = std::exchange(received_, 0);
    for (auto& [index, one] : active_)
        sum += one.status.bytes_received - std::exchange(one.taken, one.status.bytes_received);
    return sum;
}

inline void job_run::look_again() {
    rate_.set({.bytes_per_second = job_->settings.bytes_per_second});
    access_.reset();
    if (room_) room_->notify();
}

}  // namespace ferry::detail
