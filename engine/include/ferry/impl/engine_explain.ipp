#pragma once

#include <ferry/detail/json_text.hpp>

#include <algorithm>

namespace ferry::detail {

inline std::string name_for_people(const job& one) {
    return (one.display_name.empty() ? "job" : one.display_name) + " (" + one.id.substr(0, 8) + ")";
}

inline explanation explain_resting(const job& data) {
    using enum job_state;
    using reason = explanation::reason;
    const auto name = name_for_people(data);
    const auto why = data.error ? ": " + describe(data.error->why) : std::string();
    if (is_final(data.state))
        return {reason::over, name + " is over: " + std::string(to_string(data.state))};
    if (data.state == transferred)
        return {
            reason::needs_completion,
            name + " has arrived and waits to be completed (or removed) by its owner"};
    if (data.state == error)
        return {
            reason::needs_decision,
            name + " stopped at an error and waits for its owner to resume or remove it" + why};
    if (const auto able = check_startable(data.settings); !able)
        return {
            reason::not_supported, name + " is suspended and cannot start: " + able.error().detail};
    return {reason::suspended, name + " is suspended and waits for its owner to resume it"};
}

/// " until 2024-02-29T12:00:00.500Z", where that is known.
inline std::string until_when(const std::optional<job::time>& until) {
    return until ? " until " + format_time(*until) : std::string();
}

inline explanation explain_retry(
    const job& data, const std::string& why, const std::optional<job::time>& until) {
    return {
        explanation::reason::retry,
        name_for_people(data) + " waits" + until_when(until) + " to be tried again: " + why, until};
}

/// The one that may be asked last, where some have asked to be left alone.
/// Precondition: there are some.
inline const url& last_to_open(const std::vector<url>& servers, const host_gates& gates) {
    return *std::max_element(servers.begin(), servers.end(), [&](const url& a, const url& b) {
        return gates.opens(a.host) < gates.opens(b.host);
    });
}

inline result<explanation> engine_core::explain(std::string_view id) {
    using reason = explanation::reason;
    const auto one = entry_of(id);
    if (!one) return failure{errc::no_such_job, std::string(id)};
    const auto& data = *one->data;
    if (data.completing)
        return explanation{
            reason::moving, name_for_people(data) + " is complete; its files get their names"};
    if (!is_active(data.state)) return explain_resting(data);
    if (data.state == job_state::queued) return explain_queued(data);
    if (data.state == job_state::transient_error) return explain_waiting(*one);
    return explain_running(*one);
}

inline explanation engine_core::explain_running(const job_entry& one) const {
    const auto& data = *one.data;
    if (const auto hindered = one.run ? one.run->hindrance() : std::nullopt)
        return explain_retry(data, describe(hindered->why), hindered->next_try);
    if (const auto file = one.run ? one.run->file_without_bytes() : std::nullopt)
        if (auto told = explain_silence(data, *file, one.run->status_of(*file)))
            return *std::move(told);
    if (const auto file = one.run ? one.run->judged_file() : std::nullopt)
        return {
            explanation::reason::moving, name_for_people(data) + " waits for its validate command" +
                                             " to accept " + data.files[*file].destination};
    const auto done = std::to_string(data.files_transferred()) + " of " +
                      std::to_string(data.files.size()) + " files have arrived";
    return {explanation::reason::moving, name_for_people(data) + " is being transferred: " + done};
}

/// Why nothing comes of a file that is at work; none if that is not its source's doing.
inline std::optional<explanation> engine_core::explain_silence(
    const job& data, std::size_t file, const transfer_status& status) const {
    using reason = explanation::reason;
    const auto servers = servers_of(data.files[file]);
    if (servers.empty()) return std::nullopt;
    const auto name = name_for_people(data);
    explanation told{.host = servers.front().host};
    if (status.phase == transfer_phase::connecting) {
        told.text = name + " connects to " + told.host + " and waits for its answer";
        return told;
    }
    if (status.phase == transfer_phase::retrying && status.next_try) {
        told.why = reason::host_gate;
        told.until = with_.time.wall() + (*status.next_try - with_.time.now());
        told.host = last_to_open(servers, with_.gates).host;
        told.text = name + " waits" + until_when(told.until) + ", because " + told.host +
                    " asked to be left alone";
        return told;
    }
    const auto full = std::find_if(servers.begin(), servers.end(), [this](const url& one) {
        return with_.slots && with_.slots->has_line(one.origin());
    });
    if (full == servers.end()) return std::nullopt;
    told.why = reason::host_slots;
    told.host = full->host;
    told.text =
        name + " waits for a connection to " + told.host + ": as many as are allowed are in use";
    return told;
}

inline explanation engine_core::explain_queued(const job& data) const {
    explanation told{explanation::reason::queued, name_for_people(data) + " is about to start"};
    const auto before = schedule_.waits_for(data.order);
    if (!before) return told;
    if (data.priority == job_priority::foreground) {
        told.text = name_for_people(data) +
                    " waits for its turn: " + std::to_string(limits_.schedule.foreground) +
                    " foreground jobs run at once (see config.json)";
        return told;
    }
    const auto& other = *listed_.at(*before)->data;
    told.waits_for = other.id;
    told.text = name_for_people(data) + " waits for its turn behind " + name_for_people(other) +
                ", which has priority " + std::string(to_string(other.priority)) + " and is " +
                std::string(to_string(other.state));
    return told;
}

/// What a server asked for, where ferry waits longer than that.
inline std::string engine_core::wish_of(const job& data) {
    const auto wish = data.error ? data.error->why.retry_after : std::chrono::milliseconds();
    const auto wait = wait_before_retry(data.settings, wish);
    if (wish.count() == 0 || wait <= wish) return {};
    const auto text = [](auto time) {
        return std::to_string(std::chrono::ceil<std::chrono::seconds>(time).count()) + " s";
    };
    return " for " + text(wish) + " (ferry waits at least " + text(wait) + ")";
}

inline explanation engine_core::explain_waiting(const job_entry& one) const {
    using reason = explanation::reason;
    const auto& data = *one.data;
    const auto name = name_for_people(data);
    const auto now = with_.time.now();
    const auto why = data.error ? describe(data.error->why) : std::string();
    const auto file = data.error ? data.error->file : 0;
    const auto servers =
        file < data.files.size() ? servers_of(data.files[file]) : std::vector<url>();
    const auto until = one.retry_at ? std::optional(with_.time.wall() + (*one.retry_at - now))
                                    : std::optional<job::time>();
    if (offline_ && !one.retry_at)
        return {reason::network, name + " waits for the network to come back"};
    const auto* const closed = servers.empty() ? nullptr : &last_to_open(servers, with_.gates);
    if (closed && with_.gates.opens(closed->host) > now)
        return {
            reason::host_gate,
            name + " waits" + until_when(until) + ", because " + closed->host +
                " asked to be left alone" + wish_of(data) + ": " + why,
            until,
            {},
            closed->host};
    return explain_retry(data, why, until);
}

}  // namespace ferry::detail
