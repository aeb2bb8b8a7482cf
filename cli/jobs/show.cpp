#include "cli/jobs/show.hpp"

#include "cli/control/document.hpp"
#include "cli/jobs/job_calls.hpp"
#include "cli/jobs/job_text.hpp"

#include <ferry/clock.hpp>

namespace ferry::cli {
namespace {

namespace json = boost::json;

constexpr jobs_syntax syntax = {
    .verb = "show",
    .usage =
        R"(Usage: ferry show JOB... [options]

Shows all that is known about jobs. JOB is an id, the beginning of one, a display name,
or a pattern of such ('backup*'); - reads them from standard input.
)",
    .examples =
        R"(Exit codes: 0 done, 2 usage, 4 some jobs shown, some not, 5 no such job, 11 no daemon.

Examples:
  ferry show 3f2a91c4
  ferry show 'nightly backup' -v
  ferry show image.iso --json | jq .files
)",
    .verbose = "show all files, not only the first 20",
};

exit_code tell(json::object& reply, const output_options& output) {
    auto job = take_object(reply, "job");
    auto settings = take_object(reply, "settings");
    if (output.json) {
        job["settings"] = std::move(settings);
        return print(job);
    }
    return print(job_text(job, settings, {system_clock().wall(), output.verbose}));
}

}  // namespace

exit_code run_show(arguments args) {
    bool first = true;
    const auto apart = [&first](json::object& reply, const output_options& output) {
        if (!std::exchange(first, false) && !output.json) print("\n");
        return tell(reply, output);
    };
    return run_for_jobs(syntax, {"show", "job.get", apart}, std::move(args));
}

std::string show_help() { return jobs_help(syntax); }

}  // namespace ferry::cli
