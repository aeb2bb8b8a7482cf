#include "cli/jobs/job_actions.hpp"

#include "cli/control/document.hpp"
#include "cli/jobs/job_calls.hpp"
#include "cli/jobs/job_words.hpp"
#include "cli/text/console.hpp"
#include "cli/text/terminal_text.hpp"

namespace ferry::cli {
namespace {

namespace json = boost::json;

constexpr const char* verbose = "tell also how much of each job is here";

constexpr jobs_syntax suspend_syntax = {
    .verb = "suspend",
    .usage =
        R"(Usage: ferry suspend JOB... [options]

Stops jobs until they are resumed. What has arrived is kept. JOB is an id, the beginning of one,
a display name, or a pattern of such ('backup*'); - reads them from standard input.
)",
    .examples =
        R"(Exit codes: 0 done, 2 usage, 4 some jobs done, some not, 5 no such job, 11 no daemon.

Examples:
  ferry suspend 3f2a91c4
  ferry suspend 'nightly backup' image.iso
)",
    .verbose = verbose,
};

constexpr jobs_syntax complete_syntax = {
    .verb = "complete",
    .usage =
        R"(Usage: ferry complete JOB... [options]

Ends jobs and gives their files their names; until then, what has arrived is hidden. A job that is
not yet Transferred keeps the files that are whole, the others are dropped. JOB is an id, the
beginning of one, a display name, or a pattern of such ('backup*'); - reads them from standard
input.
)",
    .examples =
        R"(Exit codes: 0 done, 2 usage, 4 some files or jobs done, some not, 5 no such job,
10 local file, 11 no daemon.

Examples:
  ferry complete 3f2a91c4
  ferry complete 'backup*'
  ferry complete 'nightly backup' --json | jq -r '.files[].destination'
)",
    .verbose = verbose,
};

constexpr jobs_syntax remove_syntax = {
    .verb = "remove",
    .usage =
        R"(Usage: ferry remove JOB... [options]

Ends jobs and deletes what has arrived, also files that are whole but have not been completed. JOB
is an id, the beginning of one, a display name, or a pattern of such ('backup*'); - reads them from
standard input.
)",
    .examples =
        R"(Exit codes: 0 done, 2 usage, 4 some jobs done, some not, 5 no such job, 11 no daemon.

Examples:
  ferry remove 3f2a91c4
  ferry list --json | jq -r '.jobs[] | select(.state == "Error") | .id' | ferry remove -
)",
    .verbose = verbose,
};

/// Prints the document, or that the job is `done`.
exit_code tell_done(const json::object& job, std::string_view done, const output_options& output) {
    if (output.json) return print(job);
    if (output.quiet) return exit_code::done;
    return print(done_line(job, done, output.verbose) + "\n");
}

job_call action(std::string_view verb, std::string_view method, std::string_view done) {
    return {verb, method, [done](json::object& reply, const output_options& output) {
                return tell_done(take_object(reply, "job"), done, output);
            }};
}

std::string_view completion_of(const json::object& job, bool dropped) {
    if (!dropped) return "completed";
    return number_in(job, "files_transferred") == 0 ? "ended, no file was whole"
                                                    : "completed in part";
}

exit_code tell_completed(json::object& reply, const output_options& output) {
    const auto job = take_object(reply, "job");
    const auto dropped = dropped_files(job);
    const auto code = tell_done(job, completion_of(job, !dropped.empty()), output);
    for (const auto& line : dropped) complain(line);
    return dropped.empty() ? code : exit_code::some_done;
}

}  // namespace

exit_code run_suspend(arguments args) {
    const auto call = action("suspend", "job.suspend", "suspended");
    return run_for_jobs(suspend_syntax, call, std::move(args));
}

exit_code run_complete(arguments args) {
    return run_for_jobs(
        complete_syntax, {"complete", "job.complete", tell_completed}, std::move(args));
}

exit_code run_remove(arguments args) {
    return run_for_jobs(remove_syntax, action("remove", "job.remove", "removed"), std::move(args));
}

exit_code resume_without_waiting(
    const std::vector<std::string>& jobs, const output_options& output) {
    return call_for_jobs(action("resume", "job.resume", "resumed"), jobs, output);
}

std::string suspend_help() { return jobs_help(suspend_syntax); }
std::string complete_help() { return jobs_help(complete_syntax); }
std::string remove_help() { return jobs_help(remove_syntax); }

}  // namespace ferry::cli
