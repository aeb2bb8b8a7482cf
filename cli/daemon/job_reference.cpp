#include "cli/daemon/job_reference.hpp"

#include <algorithm>

namespace ferry::cli {
namespace {

constexpr std::size_t shortest_prefix = 4;

bool is_called(const job& one, std::string_view reference) {
    if (reference.empty()) return false;
    if (one.display_name == reference) return true;
    return reference.size() >= shortest_prefix && one.id.starts_with(reference);
}

failure not_found(std::string_view reference, const std::string& why) {
    return {errc::no_such_job, "'" + std::string(reference) + "': " + why};
}

}  // namespace

result<std::string> find_job(engine& among, std::string_view reference) {
    if (const auto* exact = among.find(reference)) return exact->id;
    const auto listed = among.jobs();
    const bool known = std::any_of(
        listed.begin(), listed.end(), [&](const job* one) { return is_called(*one, reference); });
    return find_job(known ? listed : among.remembered(), reference);
}

result<std::string> find_job(std::span<const job* const> among, std::string_view reference) {
    const job* found = nullptr;
    std::size_t count = 0;
    for (const auto* one : among) {
        if (one->id == reference) return one->id;
        if (!is_called(*one, reference)) continue;
        found = one;
        ++count;
    }
    if (count == 0) return not_found(reference, "no such job (see 'ferry list')");
    if (count == 1) return found->id;
    return not_found(reference, std::to_string(count) + " jobs are called that (use an id)");
}

}  // namespace ferry::cli
