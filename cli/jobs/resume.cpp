#include "cli/jobs/resume.hpp"

#include "cli/control/daemon_access.hpp"
#include "cli/control/document.hpp"
#include "cli/jobs/follow.hpp"
#include "cli/jobs/job_actions.hpp"
#include "cli/jobs/job_calls.hpp"
#include "cli/jobs/job_operands.hpp"
#include "cli/options/options.hpp"
#include "cli/options/options_jobs.hpp"
#include "cli/usage.hpp"

#include <ferry/detail/json_text.hpp>

#include <utility>
#include <vector>

namespace ferry::cli {
namespace {

constexpr std::string_view resume_usage =
    R"(Usage: ferry resume JOB... [options]

Queues jobs again: those that are suspended, stopped by an error, or wait for another try. Shows
them until all their files are here, and completes them. JOB is an id, the beginning of one, a
display name, or a pattern of such ('backup*'); - reads them from standard input.
)";

constexpr std::string_view resume_examples =
    R"(Ctrl-C cancels the jobs that are not done, unless --detach-on-interrupt leaves them to the daemon,
where they stay as well when the terminal closes.

Exit codes: 0 done, 2 usage, 4 some files or jobs done, some not, 5 no such job, or it cannot
start, 11 no daemon, 130 interrupted; and those of 'ferry get' for a job that stopped with an error.

Examples:
  ferry resume 3f2a91c4
  ferry resume --asynchronous 'nightly backup' image.iso
)";

struct resume_options {
    std::vector<std::string> jobs = {};
    bool asynchronous = false;
    bool detach_on_interrupt = false;
    output_options output = {};
};

/// The options of `resume`, bound to a place for their values.
struct resume_parser {
    resume_parser() {
        option_group group(app, "Jobs");
        group.flag("--asynchronous", options.asynchronous, "only queue them, and do not wait");
        group.flag(
            "--detach-on-interrupt", options.detach_on_interrupt,
            "Ctrl-C leaves them to the daemon and does not cancel them");
        add_follow_options(app, options.output);
    }

    option_set app{"resume"};
    resume_options options;
};

result<resume_options> parse_resume(arguments args) {
    resume_parser parser;
    auto jobs = parse_jobs(parser.app, "resume", std::move(args));
    if (!jobs) return jobs.error();
    parser.options.jobs = *std::move(jobs);
    return std::move(parser.options);
}

exit_code resume_and_follow(control_client& daemon, const resume_options& options) {
    const auto jobs = jobs_meant(daemon, options.jobs);
    if (!jobs) return complain_about("resume", jobs.error());
    std::vector<std::string> ids;
    std::vector<exit_code> codes;
    for (const auto& name : *jobs) {
        auto reply = daemon.call("job.resume", {{"job", detail::escaped(name)}});
        if (reply)
            ids.emplace_back(text_in(take_object(*reply, "job"), "id"));
        else
            codes.push_back(complain_about_job(name, reply.error()));
        if (!reply && reply.error().code == errc::not_running) break;  // nor for the others
    }
    follow_options how;
    how.output = options.output;
    how.goal = follow_goal::completed;
    how.detach_on_interrupt = options.detach_on_interrupt;
    if (!ids.empty()) codes.push_back(follow_jobs(daemon, ids, how));
    return codes.back() == exit_code::interrupted ? codes.back() : exit_code_of(codes);
}

}  // namespace

exit_code run_resume(arguments args) {
    const auto options = parse_resume(std::move(args));
    if (!options) return wrong_usage(options.error());
    if (options->asynchronous) return resume_without_waiting(options->jobs, options->output);
    auto daemon = connect_to_daemon();
    if (!daemon) return complain_about("resume", daemon.error());
    return resume_and_follow(*daemon, *options);
}

std::string resume_help() {
    const resume_parser parser;
    return help_text(parser.app, resume_usage, resume_examples);
}

}  // namespace ferry::cli
