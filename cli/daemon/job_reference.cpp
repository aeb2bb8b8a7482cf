#include "cli/daemon/job_reference.hpp"

#include "cli/control/job_id.hpp"

#include <algorithm>
#include <vector>

namespace ferry::cli {
namespace {

constexpr std::size_t shortest_prefix = 4;

/// Something that a user calls a job, prepared for many comparisons.
struct wanted_job {
    explicit wanted_job(std::string_view reference)
        : name(reference), id(plain_id(reference)), lower_name(detail::to_lower(reference)) {}

    bool is_id_of(const job& one) const {
        return id.size() >= shortest_prefix && one.id.starts_with(id);
    }
    bool is_exactly(const job& one) const {
        return !name.empty() && (one.display_name == name || is_id_of(one));
    }
    bool is_nearly(const job& one) const {
        return one.display_name.size() == name.size() &&
               detail::to_lower(one.display_name) == lower_name;
    }
    bool fits(const job& one) const { return !name.empty() && (is_nearly(one) || is_id_of(one)); }

    std::string_view name;
    std::string id;
    std::string lower_name;
};

failure not_found(std::string_view reference, const std::string& why) {
    return {errc::no_such_job, "'" + std::string(reference) + "': " + why};
}

failure nobody(std::span<const job* const> among, const wanted_job& wanted) {
    const auto begins_so = [&](const job* one) { return one->id.starts_with(wanted.id); };
    const bool too_short = !wanted.id.empty() && wanted.id.size() < shortest_prefix &&
                           std::any_of(among.begin(), among.end(), begins_so);
    if (too_short) return not_found(wanted.name, "an id's beginning needs at least 4 characters");
    return not_found(wanted.name, "no such job (see 'ferry list')");
}

}  // namespace

result<std::string> find_job(engine& among, std::string_view reference) {
    const wanted_job wanted(reference);
    if (const auto* exact = among.find(wanted.id)) return exact->id;
    const auto listed = among.jobs();
    const auto over = among.remembered();
    const auto any = [&](const auto& jobs) {
        return std::any_of(
            jobs.begin(), jobs.end(), [&](const job* one) { return wanted.fits(*one); });
    };
    return find_job(!any(listed) && any(over) ? over : listed, reference);
}

result<std::string> find_job(std::span<const job* const> among, std::string_view reference) {
    const wanted_job wanted(reference);
    std::vector<const job*> exact, near;
    for (const auto* one : among) {
        if (one->id == wanted.id) return one->id;
        if (wanted.is_exactly(*one)) exact.push_back(one);
        if (wanted.fits(*one)) near.push_back(one);
    }
    const auto& found = exact.empty() ? near : exact;
    if (found.empty()) return nobody(among, wanted);
    if (found.size() == 1) return found.front()->id;
    return not_found(reference, std::to_string(found.size()) + " jobs are called that (use an id)");
}

}  // namespace ferry::cli
