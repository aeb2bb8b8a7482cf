#include "cli/control/document.hpp"
#include "cli/jobs/follow_report.hpp"
#include "cli/text/progress_line.hpp"

#include <algorithm>

namespace ferry::cli {
namespace {

namespace json = boost::json;

/// Has something to show that moves or will soon.
bool is_shown(const followed_job& one, bool alone) {
    if (one.ended() || one.document.empty()) return false;
    const auto state = state_in(one.document);
    return alone || (state && state != job_state::queued);
}

/// Adds up what is known of the files of all jobs.
total_progress total_of(const followed_jobs& jobs) {
    total_progress all;
    std::uint64_t bytes = 0;
    bool complete = true;
    for (const auto& one : jobs.jobs()) {
        const auto files = number_in(one.document, "files_total").value_or(1);
        const auto done = number_in(one.document, "files_transferred").value_or(0);
        all.files += files;
        all.done += done;
        if (one.ended() && one.outcome != exit_code::done)
            all.failed += files - std::min(files, done);
        all.bytes_transferred += number_in(one.document, "bytes_transferred").value_or(0);
        const auto total = number_in(one.document, "bytes_total");
        complete = complete && total;
        bytes += total.value_or(0);
    }
    if (complete) all.bytes_total = bytes;
    return all;
}

}  // namespace

std::vector<std::string> follow_block(
    const followed_jobs& jobs, double bytes_per_second, wall_time now, terminal_size window) {
    // A row for the cursor and one for the total stay free; the last column would wrap.
    const auto width = window.columns - 1;
    const auto most = std::max<std::size_t>(window.rows, 3) - 2;
    const bool alone = jobs.jobs().size() == 1;
    std::vector<std::string> lines;
    std::size_t hidden = 0;
    for (const auto& one : jobs.jobs()) {
        if (!is_shown(one, alone)) continue;
        if (lines.size() == most) {
            ++hidden;
            continue;
        }
        const auto rate = one.speed.bytes_per_second();
        lines.push_back(moving_line(one.document, one.name, rate, now, width));
    }
    auto all = total_of(jobs);
    if (all.files <= 1 || jobs.all_ended()) return lines;
    all.bytes_per_second = bytes_per_second;
    all.hidden = hidden;
    lines.push_back(total_line(all, width));
    return lines;
}

}  // namespace ferry::cli
