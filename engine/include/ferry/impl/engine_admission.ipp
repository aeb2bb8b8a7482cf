#pragma once

#include <ferry/detail/job_checks.hpp>

#include <set>

namespace ferry::detail {

inline failure place_taken(
    const std::string& place, const std::string& id, const std::string& hint) {
    return {
        errc::busy, place + ": job " + id.substr(0, 8) + " is for it (" + hint + ")",
        error_context::local_file};
}

inline result<void> engine_core::check_new(const job& what) const {
    if (const auto named = check_names(what.display_name, what.description); !named) return named;
    if (const auto sane = check_settings(what.settings, limits_); !sane) return sane;
    if (const auto sane = check_upload(what.type, what.settings); !sane) return sane;
    const auto startable = check_startable(what.settings);
    if (what.state != job_state::suspended && !startable) return startable;
    if (what.state != job_state::suspended && what.files.empty())
        return bad_request("a job without files cannot start (add some first)");
    const auto count = listed_.size() + arriving_ + 1;
    if (count > limits_.jobs) return over_quota(count, "jobs", limits_.jobs);
    return check_files(what, what.files);
}

inline result<void> engine_core::check_files(
    const job& what, const std::vector<job_file>& more) const {
    const auto count = (&what.files == &more ? 0 : what.files.size()) + more.size();
    if (count > limits_.files) return over_quota(count, "files in a job", limits_.files);
    if (is_upload(what) && count > 1)
        return bad_request("an upload has one file, not " + std::to_string(count));
    if (const auto ranged = check_ranged(what.settings, count); !ranged) return ranged;
    const auto access = access_of(what.settings);
    std::set<std::string> places;
    if (what.state == job_state::error && &what.files != &more)  // it may have lost its own
        for (const auto& file : what.files)
            if (file.state != job_state::acknowledged) places.insert(place_of(file));
    for (const auto& file : more) {
        if (const auto sane = check_file(what, what.settings, file, with_.protocols, access); !sane)
            return sane;
        const auto place = place_of(file);
        const auto taken = destinations_.find(place);
        const bool ours = taken != destinations_.end() && taken->second == what.id;
        if (ours || !places.insert(place).second)
            return bad_request(place + ": this destination is given twice");
        if (taken != destinations_.end() && !gives_way(taken->second))
            return place_taken(place, taken->second, "remove it first");
    }
    return {};
}

/// A job in Error, which may stay so for weeks, keeps its destinations only until another job wants
/// them (BITS knows no such claims at all). One that a command is at work on is about to leave it.
inline bool engine_core::gives_way(const std::string& id) const {
    const auto owner = entry_of(id);
    return owner && owner->data->state == job_state::error && !owner->busy;
}

/// The other job that a destination belongs to now; null: none.
inline const std::string* engine_core::other_owner(
    const job_file& file, const std::string& id) const {
    const auto found = destinations_.find(place_of(file));
    return found == destinations_.end() || found->second == id ? nullptr : &found->second;
}

/// A job leaves Error with all its destinations or not at all.
inline result<void> engine_core::reclaim(const job& what) {
    if (what.state != job_state::error) return {};  // so it has them
    for (const auto& file : what.files) {
        if (file.state == job_state::acknowledged) continue;
        if (const auto* other = other_owner(file, what.id))
            return place_taken(file.destination, *other, "complete or remove that one first");
    }
    reserve(what.files, what.id);
    return {};
}

inline result<void> engine_core::check_change(const job& data, const job_change& what) const {
    const auto named = check_names(
        what.display_name.value_or(std::string()), what.description.value_or(std::string()));
    if (!named || !what.settings) return named;
    if (const auto sane = check_settings(*what.settings, limits_); !sane) return sane;
    if (const auto sane = check_upload(data.type, *what.settings); !sane) return sane;
    if (const auto sane = check_ranged(*what.settings, data.files.size()); !sane) return sane;
    const auto access = access_of(*what.settings);
    const auto before = access_of(data.settings);
    const bool same_rights = what.settings->acl_flags == data.settings.acl_flags;
    if (!same_rights && data.files_transferred() != 0)
        return failure{errc::wrong_state, "--acl-flags: files have arrived without them already"};
    const bool same = same_rights && *access.all == *before.all && access.between == before.between;
    for (const auto& file : data.files) {
        if (same && !is_relayed(file)) continue;
        const auto sane = check_file(data, *what.settings, file, with_.protocols, access);
        if (!sane) return sane;
    }
    return is_active(data.state) ? check_startable(*what.settings) : result<void>();
}

inline void engine_core::reserve(const std::vector<job_file>& files, const std::string& id) {
    for (const auto& file : files) {
        if (file.state == job_state::acknowledged) continue;
        auto& owner = destinations_[place_of(file)];
        if (owner.empty() || gives_way(owner)) owner = id;
    }
}

inline void engine_core::release(const std::vector<job_file>& files, const std::string& id) {
    for (const auto& file : files) {
        const auto found = destinations_.find(place_of(file));
        if (found != destinations_.end() && found->second == id) destinations_.erase(found);
    }
}

}  // namespace ferry::detail
