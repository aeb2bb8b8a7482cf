#include "cli/jobs/job_operands.hpp"

#include "cli/control/document.hpp"
#include "cli/jobs/job_selection.hpp"
#include "cli/jobs/list.hpp"
#include "cli/jobs/wildcard.hpp"
#include "cli/text/lines.hpp"
#include "cli/text/text_file.hpp"

#include <algorithm>
#include <set>
#include <string_view>
#include <utility>

namespace ferry::cli {
namespace {

result<std::vector<std::string>> jobs_on_standard_input() {
    const auto text = read_all("-");
    if (!text) return text.error();
    std::vector<std::string> jobs;
    for (std::string_view rest = *text; !rest.empty();)
        if (const auto job = trimmed(take_line(rest)); !job.empty()) jobs.emplace_back(job);
    if (jobs.empty()) return failure{errc::no_such_job, "standard input names no job"};
    return jobs;
}

/// The ids of the jobs that fit; the pattern itself if there are none.
std::vector<std::string> fitting(const boost::json::array& all, const std::string& pattern) {
    std::vector<std::string> ids;
    for (const auto& one : select_jobs(all, {.names = {pattern}}).jobs)
        ids.emplace_back(text_in(one.get_object(), "id"));
    if (ids.empty()) ids.push_back(pattern);
    return ids;
}

result<std::vector<std::string>> meant_by(
    const std::string& operand, const boost::json::array& all) {
    if (operand == "-") return jobs_on_standard_input();
    if (is_pattern(operand)) return fitting(all, operand);
    return std::vector{operand};
}

}  // namespace

result<std::vector<std::string>> jobs_meant(
    control_client& daemon, const std::vector<std::string>& operands) {
    boost::json::array all;
    if (std::any_of(operands.begin(), operands.end(), is_pattern)) {
        auto fetched = fetch_jobs(daemon, job_detail::summary);
        if (!fetched) return fetched.error();
        all = *std::move(fetched);
    }
    std::vector<std::string> jobs;
    std::set<std::string> known;
    for (const auto& operand : operands) {
        auto some = meant_by(operand, all);
        if (!some) return some.error();
        for (auto& one : *some)
            if (known.insert(one).second) jobs.push_back(std::move(one));
    }
    return jobs;
}

}  // namespace ferry::cli
