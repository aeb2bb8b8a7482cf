#include "cli/jobs/start.hpp"

#include "cli/control/daemon_access.hpp"
#include "cli/control/document.hpp"
#include "cli/jobs/created.hpp"
#include "cli/jobs/follow.hpp"
#include "cli/jobs/job_submit.hpp"
#include "cli/options/options_job_access.hpp"
#include "cli/usage.hpp"

namespace ferry::cli {
namespace {

result<job_request> request_for(start_options& options, const password_variables& known) {
    job_sources places(options.how.type, options.how.job.create_directories);
    auto files = places.plan(options.files);
    if (!files) return files.error();
    tell_left_out(places.left_out(), options.how.output);
    const auto checked = check_checksum(options.how.job, files->size());
    if (!checked) return checked.error();
    const auto obeyed = obey(options.how.job, job_verb::create, known);
    if (!obeyed) return obeyed.error();
    return make_request(
        {options.how.type, options.how.suspended}, options.how.job, *std::move(files));
}

}  // namespace

exit_code run_start(arguments args) {
    const password_variables known;
    auto options = parse_start_options(std::move(args));
    if (!options) return wrong_usage(options.error());
    if (const auto good = check_start(options->how); !good) return wrong_usage(good.error());
    auto& how = options->how;
    if (!how.in_background()) complete_by_itself(how.job);
    auto request = request_for(*options, known);
    if (!request) return wrong_usage_or_interrupted(request.error());
    auto daemon = connect_to_daemon();
    if (!daemon) return complain_about("start", daemon.error());
    auto job = submit(*daemon, *std::move(request));
    if (!job) return complain_about("start", job.error());
    if (how.in_background())
        return tell_left(
            *std::move(job), completes_itself(how.job), how.output, how.job.unsupported);
    follow_options follow;
    follow.output = how.output;
    follow.detach_on_interrupt = how.detach_on_interrupt;
    return follow_jobs(*daemon, {std::string(text_in(*job, "id"))}, follow);
}

}  // namespace ferry::cli
