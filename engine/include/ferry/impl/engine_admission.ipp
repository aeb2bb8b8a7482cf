#pragma once

#include <ferry/detail/job_checks.hpp>

#include <set>

namespace ferry::detail {

inline result<void> engine_core::check_new(const job& what) const {
    if (what.type != job_type::download)
        return failure{
            errc::unsupported,
            std::string(to_string(what.type)) + " jobs are not yet supported (downloads are)"};
    if (const auto named = check_names(what.display_name, what.description); !named) return named;
    if (const auto sane = check_settings(what.settings, limits_); !sane) return sane;
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
    std::set<std::string> places;
    for (const auto& file : more) {
        if (const auto sane = check_file(file, with_.protocols); !sane) return sane;
        const auto place = place_of(file.destination);
        const auto taken = destinations_.find(place);
        if (taken != destinations_.end())
            return failure{
                errc::busy,
                place + ": job " + taken->second.substr(0, 8) + " is for it (remove it first)",
                error_context::local_file};
        if (!places.insert(place).second) return bad_request("two files for " + place);
    }
    return {};
}

inline result<void> engine_core::check_change(const job& data, const job_change& what) const {
    const auto named = check_names(
        what.display_name.value_or(std::string()), what.description.value_or(std::string()));
    if (!named || !what.settings) return named;
    if (const auto sane = check_settings(*what.settings, limits_); !sane) return sane;
    return is_active(data.state) ? check_startable(*what.settings) : result<void>();
}

inline void engine_core::reserve(const std::vector<job_file>& files, const std::string& id) {
    for (const auto& file : files)
        if (file.state != job_state::acknowledged)
            destinations_.emplace(place_of(file.destination), id);
}

inline void engine_core::release(const std::vector<job_file>& files, const std::string& id) {
    for (const auto& file : files) {
        const auto found = destinations_.find(place_of(file.destination));
        if (found != destinations_.end() && found->second == id) destinations_.erase(found);
    }
}

}  // namespace ferry::detail
