#include "cli/jobs/wait.hpp"

#include "cli/control/daemon_access.hpp"
#include "cli/control/document.hpp"
#include "cli/jobs/follow.hpp"
#include "cli/jobs/job_operands.hpp"
#include "cli/options/options.hpp"
#include "cli/options/options_jobs.hpp"
#include "cli/text/quantity.hpp"
#include "cli/usage.hpp"

#include <ferry/detail/json_text.hpp>

#include <utility>
#include <vector>

namespace ferry::cli {
namespace {

constexpr std::string_view usage =
    R"(Usage: ferry wait JOB... [--timeout S] [options]

Waits until each job is Transferred or over, or stopped by an error or its owner. Does nothing to
the jobs; Ctrl-C ends the waiting only. JOB is an id, the beginning of one, a display name, or a
pattern of such ('backup*'); - reads them from standard input.
)";

constexpr std::string_view examples =
    R"(Exit codes: 0 all are Transferred or completed, 2 usage, 3 the timeout, 4 some are and some not,
or one was completed in part, 5 no such job, or it is suspended or cancelled, 11 no daemon,
130 interrupted; and those of 'ferry get' for a job that stopped with an error.

Examples:
  ferry wait 3f2a91c4 && ferry complete 3f2a91c4
  ferry wait --timeout 3600 'nightly backup' --json
)";

struct wait_options {
    std::vector<std::string> jobs = {};
    std::chrono::milliseconds timeout = {};  ///< 0: none
    output_options output = {};
};

/// The options of `wait`, bound to a place for their values.
struct wait_parser {
    wait_parser() {
        option_group(app, "Jobs")
            .value<std::chrono::milliseconds>(
                "--timeout", "S", options.timeout, parse_positive_seconds,
                "most seconds to wait (default: as long as it takes)");
        add_follow_options(app, options.output);
    }

    option_set app{"wait"};
    wait_options options;
};

result<wait_options> parse(arguments args) {
    wait_parser parser;
    auto jobs = parse_jobs(parser.app, "wait", std::move(args));
    if (!jobs) return jobs.error();
    parser.options.jobs = *std::move(jobs);
    return std::move(parser.options);
}

exit_code wait_for(control_client& daemon, const wait_options& options) {
    const auto jobs = jobs_meant(daemon, options.jobs);
    if (!jobs) return complain_about("wait", jobs.error());
    std::vector<std::string> ids;
    for (const auto& name : *jobs) {
        auto reply = daemon.call("job.get", {{"job", detail::escaped(name)}});
        if (!reply) return complain_about(name, reply.error());
        ids.emplace_back(text_in(take_object(*reply, "job"), "id"));
    }
    follow_options how;
    how.output = options.output;
    how.goal = follow_goal::settled;
    how.cancel_on_interrupt = false;
    if (options.timeout.count() > 0) how.timeout = options.timeout;
    return follow_jobs(daemon, std::move(ids), how);
}

}  // namespace

exit_code run_wait(arguments args) {
    const auto options = parse(std::move(args));
    if (!options) return wrong_usage(options.error());
    auto daemon = connect_to_daemon();
    if (!daemon) return complain_about("wait", daemon.error());
    return wait_for(*daemon, *options);
}

std::string wait_help() {
    const wait_parser parser;
    return help_text(parser.app, usage, examples);
}

}  // namespace ferry::cli
