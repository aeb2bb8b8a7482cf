#include "cli/jobs/explain.hpp"

#include "cli/jobs/job_calls.hpp"
#include "cli/jobs/job_text.hpp"

#include <ferry/clock.hpp>

namespace ferry::cli {
namespace {

namespace json = boost::json;

constexpr jobs_syntax syntax = {
    .verb = "explain",
    .usage =
        R"(Usage: ferry explain JOB [options]

Tells why a job is not moving, and until when. JOB is an id, the beginning of one, a display
name, or a pattern of such ('backup*'); - reads them from standard input.
)",
    .examples =
        R"(Exit codes: 0 done, 2 usage, 5 no such job, 11 no daemon.

Examples:
  ferry explain 3f2a91c4
  ferry explain 'nightly backup' --json | jq -r .reason
)",
    .verbose = "tell also its state, host, and the job that it waits for",
    .most = 1,
};

exit_code tell_why(json::object& reply, const output_options& output) {
    if (output.json) return print(reply);
    return print(explanation_text(reply, {system_clock().wall(), output.verbose}));
}

}  // namespace

exit_code run_explain(arguments args) {
    return run_for_jobs(syntax, {"explain", "job.explain", tell_why}, std::move(args));
}

std::string explain_help() { return jobs_help(syntax); }

}  // namespace ferry::cli
