#pragma once

#include <ferry/detail/held.hpp>
#include <ferry/detail/held_publication.hpp>
#include <ferry/detail/job_places.hpp>

#include <sys/stat.h>

#include <algorithm>

namespace ferry::detail {

/// Files that came without a sync, of a job that wants one.
inline std::vector<std::size_t> unsynced_files(const job& what) {
    std::vector<std::size_t> some;
    if (!what.settings.durable) return some;
    for (std::size_t i = 0; i < what.files.size(); ++i)
        if (what.files[i].state == job_state::transferred && was_made_now(what.files[i].mark))
            some.push_back(i);
    return some;
}

inline awaitable<result<job>> engine_core::complete(std::string id) {
    auto taken = co_await take(std::move(id), job_event::complete);
    if (!taken) co_return taken.error();
    const auto one = *taken;
    const hold_on mine(*this, one);
    if (is_upload(*one->data) && one->data->state != job_state::transferred)
        co_return failure{
            // BITS, 2.2
            errc::wrong_state, "an upload can be completed only when it is Transferred"};
    co_await bring_to_rest(one);
    reschedule();
    auto finished = co_await finish(one);
    if (finished) co_return *one->data;
    const auto& data = *one->data;
    const bool lost_one =
        data.state == job_state::transferred && data.files_transferred() < data.files.size();
    if (is_active(data.state) || lost_one) set_state(*one, job_event::suspend);
    const auto stored = co_await store(one, job_news::state);
    static_cast<void>(stored);
    co_return finished.error();
}

inline awaitable<result<job>> engine_core::remove(std::string id) {
    auto taken = co_await take(std::move(id), job_event::cancel);
    if (!taken) co_return taken.error();
    const auto one = *taken;
    const hold_on mine(*this, one);
    co_await bring_to_rest(one);
    reschedule();
    auto discarded = co_await discard_all(one);
    auto closed = co_await close(one, job_event::cancel);
    if (!closed) closed = co_await keeper_.forget(one->data->id);  // takes no room on a full disk
    if (!closed) co_return closed.error();
    if (!discarded) co_return discarded.error();
    co_return *one->data;
}

/// Of a job that is to complete itself, or whose completion was interrupted by the last engine's
/// end.
inline awaitable<result<void>> engine_core::complete_by_itself(entry_ptr one) {
    co_await asio::this_coro::reset_cancellation_state(asio::disable_cancellation());
    while (one->busy) co_await one->changed.wait();
    auto& data = *one->data;
    if (!data.completing || is_final(data.state)) co_return result<void>();
    const hold_on mine(*this, one);
    auto finished = co_await finish(one);
    if (!finished) {
        const bool arrived = data.files_transferred() == data.files.size();
        if (arrived && data.state == job_state::transferring) set_state(*one, job_event::finish);
        if (data.state == job_state::transferred) set_state(*one, job_event::reject_content);
        if (is_active(data.state)) set_state(*one, job_event::suspend);
        data.error = job_error{finished.error()};
        const auto stored = co_await store(one, job_news::state);
        static_cast<void>(stored);
    }
    notify_if_wanted(one);
    co_return finished;
}

/// Gives what is whole its names and drops the rest. That it began is on the disk before the first
/// file has its name: else the next engine would not know why the partials are gone.
inline awaitable<result<void>> engine_core::finish(entry_ptr one) {
    auto& data = *one->data;
    auto done = co_await sync_arrived(one);
    if (done && (!std::exchange(data.completing, true) || one->needs_saving))
        done = co_await save_progress(one);
    if (done) done = co_await publish_all(one);
    if (!done) {
        data.completing = false;
        co_return done;
    }
    const auto discarded = co_await discard_all(one);
    static_cast<void>(discarded);  // what is whole has its name: that was asked for
    const auto closed = co_await close(one, job_event::complete);
    static_cast<void>(closed);  // if it could not be stored, the next engine completes it again
    co_return result<void>();
}

/// Small files come without a sync: one for all of them. What the disk has lost is in Error, to be
/// fetched again. One at a time: the system tells of a failure once.
inline awaitable<result<void>> engine_core::sync_arrived(entry_ptr one) {
    auto& data = *one->data;
    while (one->syncing) co_await one->changed.wait();
    result<void> outcome;
    const auto unsynced = unsynced_files(data);
    if (unsynced.empty()) co_return outcome;
    one->syncing = true;
    std::vector<held_file> held;
    held.reserve(unsynced.size());
    for (const auto i : unsynced)
        held.push_back({arrival_of(data, data.files[i]), data.files[i].mark});
    auto marks = co_await sync_held(with_, held);
    for (std::size_t i = 0; i < unsynced.size(); ++i) {
        auto& file = data.files[unsynced[i]];
        if (file.state != job_state::transferred || file.mark != held[i].mark) continue;
        if (marks[i]) {
            file.mark = *std::move(marks[i]);
        } else {
            if (marks[i].error().code == errc::not_found) continue;  // shows when it gets its name
            file = fresh(file);
            file.state = job_state::error;
            one->lost = job_error{marks[i].error(), unsynced[i]};
            outcome = std::move(marks[i].error());
        }
        one->needs_saving = true;
    }
    one->syncing = false;
    one->changed.notify();
    if (!outcome && data.state == job_state::transferred) {
        set_state(*one, job_event::reject_content);
        data.error = one->lost;
    }
    co_return outcome;
}

/// Has an interrupted completion given this file its name already? Its journal goes last.
inline bool has_its_name(const std::string& destination, const std::string& mark) {
    struct stat there {};
    const bool named = check_mark(destination, without_boot(mark)).has_value() &&
                       (boot_of(mark).empty() || was_made_now(mark));
    const auto [data, journal] = partial_of(destination);
    if (named && ::lstat(data.c_str(), &there) != 0) ::unlink(journal.c_str());
    return named;
}

inline awaitable<result<void>> engine_core::publish_all(entry_ptr one) {
    constexpr std::size_t most_names_at_once = 1'024;  // none of them holds a descriptor
    std::vector<std::size_t> whole;
    for (std::size_t i = 0; i < one->data->files.size(); ++i) {
        const auto& file = one->data->files[i];
        const bool lost = other_owner(file, one->data->id) != nullptr;
        if (!lost && file.state == job_state::transferred) whole.push_back(i);
    }
    result<void> outcome;
    for (std::span<const std::size_t> rest(whole); !rest.empty();) {
        const auto some = rest.first(std::min(rest.size(), most_names_at_once));
        rest = rest.subspan(some.size());
        auto published = co_await publish(one, some);
        if (outcome) outcome = std::move(published);
    }
    co_return outcome;
}

inline awaitable<result<void>> engine_core::publish(
    entry_ptr one, std::span<const std::size_t> files) {
    const auto options = options_for(*one->data);
    std::vector<std::size_t> held;
    std::vector<publication> publications;
    for (const auto index : files) {
        auto& file = one->data->files[index];
        if (auto arrival = arrival_of(*one->data, file); !arrival.empty()) {
            held.push_back(index);
            auto named = publication_of_held(std::move(arrival), options, file.mark);
            if (!file.owner.empty())
                named.rights = std::make_shared<const file_rights>(parse_owner(file.owner));
            publications.push_back(std::move(named));
        } else {
            file.state = job_state::acknowledged;
        }
    }
    auto outcomes = co_await with_.publishing.publish(std::move(publications));
    result<void> first;
    for (std::size_t i = 0; i < held.size(); ++i) {
        if (!outcomes[i]) {
            auto mending = look_after(one, held[i], std::move(outcomes[i]));
            outcomes[i] = co_await std::move(mending);
        }
        if (outcomes[i])
            one->data->files[held[i]].state = job_state::acknowledged;
        else if (first)
            first = std::move(outcomes[i]);
    }
    co_return first;
}

/// Of a file that did not get its name: does it have it already, or need none? What is gone is to
/// be fetched again.
inline awaitable<result<void>> engine_core::look_after(
    entry_ptr one, std::size_t index, result<void> published) {
    const auto file = one->data->files[index];
    const auto arrival = arrival_of(*one->data, file);
    const auto why = published.error().code;
    if (why == errc::not_found && one->after_restart) {
        auto look = [&] { return has_its_name(arrival, file.mark); };
        const bool there = co_await with_.disk.run_briefly(look);
        if (there) co_return result<void>();
    }
    if (why == errc::exists && one->data->settings.existing == "skip")
        published = co_await discard_held(with_, arrival);
    if (!published && published.error().code == errc::not_found) {
        auto& kept = one->data->files[index];
        kept = fresh(file);
        kept.state = job_state::error;
    }
    co_return published;
}

inline awaitable<result<void>> engine_core::discard_all(entry_ptr one) {
    std::vector<std::size_t> unwanted;
    for (std::size_t i = 0; i < one->data->files.size(); ++i)
        if (one->data->files[i].state != job_state::acknowledged) unwanted.push_back(i);
    auto discard_one = [&](std::size_t i) { return discard(one, unwanted[i]); };
    auto done = co_await at_once(unwanted.size(), most_at_once, discard_one);
    co_return done;
}

inline awaitable<result<void>> engine_core::discard(entry_ptr one, std::size_t index) {
    auto& file = one->data->files[index];
    const bool sent = file.state == job_state::transferred;
    file.state = job_state::cancelled;
    if (other_owner(file, one->data->id)) co_return result<void>();
    const auto asked = file;
    if (is_sent(*one->data, asked) && !sent) co_await give_up(one, asked);
    result<void> discarded;
    if (const auto arrival = arrival_of(*one->data, asked); !arrival.empty())
        discarded = co_await discard_held(with_, arrival);
    co_return discarded;
}

/// What a server has of an upload is of no use to anybody; if it cannot be told so now, it finds
/// out by itself some day.
inline awaitable<void> engine_core::give_up(entry_ptr one, job_file file) {
    auto from = parse_location(file.source), to = parse_location(file.destination);
    if (!from || !to) co_return;
    const auto access = co_await open_access(with_.disk, hooks_.key, one->data);
    if (!access) co_return;
    auto options = options_for(*one->data, file);
    auto asked = upload_options_for(*one->data, file, journals_);
    set_access(*access, file, options, asked);
    auto cancelling = cancel_upload(
        with_, *std::move(from), *std::move(to), std::move(options), std::move(asked));
    const auto cancelled = co_await std::move(cancelling);
    static_cast<void>(cancelled);
}

/// The job is over: it leaves the list, and is remembered for a while.
inline awaitable<result<void>> engine_core::close(entry_ptr one, job_event how) {
    auto& data = *one->data;
    set_state(*one, how);
    data.completing = false;
    data.completed = data.modified;
    data.secrets.clear();
    auto& headers = data.settings.headers;
    std::for_each(headers.begin(), headers.end(), leave_name);
    release(data.files, data.id);
    unlist(one);
    tell(*one, job_news::state);
    auto saved = co_await save_progress(one);
    if (over_.size() > limits_.remembered && !stopping_) spawn(forget_old());
    co_return saved;
}

}  // namespace ferry::detail
