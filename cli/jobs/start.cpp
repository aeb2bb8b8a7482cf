#include "cli/jobs/start.hpp"

#include "cli/control/daemon_access.hpp"
#include "cli/control/document.hpp"
#include "cli/interrupt.hpp"
#include "cli/jobs/created.hpp"
#include "cli/jobs/follow.hpp"
#include "cli/jobs/job_submit.hpp"
#include "cli/options/options_job_access.hpp"
#include "cli/options/share_user.hpp"
#include "cli/sources/local_folders.hpp"
#include "cli/sources/server_place.hpp"
#include "cli/sources/wanted_source.hpp"
#include "cli/usage.hpp"

namespace ferry::cli {
namespace {

struct start_plan {
    job_request request;
    wanted_folders folders;
};

/// Passwords are asked for last, when nothing else is wrong; but a share that is to be looked into
/// wants to know who we are.
result<start_plan> plan_start(start_options& options, const password_variables& known) {
    auto& how = options.how;
    const auto named = take_share_users(options.files.sources, options.files.destinations, how.job);
    if (!named) return named.error();
    const bool asks = asks_server(options.files.sources, how.find);
    const auto obeyed = asks ? obey(how.job, job_verb::create, known) : result<void>();
    if (!obeyed) return obeyed.error();
    job_sources places(
        how.type, how.job.create_directories, how.find, lister_with({how.job.access}));
    auto files = places.plan(options.files);
    if (!files) return files.error();
    if (const auto good = check_credentials(how.job.asked, *files); !good) return good.error();
    tell_left_out(places.left_out(), how.output);
    const auto checked = check_checksum(how.job, files->size());
    if (!checked) return checked.error();
    const auto told = asks ? result<void>() : obey(how.job, job_verb::create, known);
    if (!told) return told.error();
    return start_plan{
        make_request({how.type, how.suspended}, how.job, *std::move(files)), places.folders()};
}

}  // namespace

exit_code run_start(arguments args) {
    const password_variables known;
    auto options = parse_start_options(std::move(args));
    if (!options) return wrong_usage(options.error());
    if (const auto good = check_start(options->how); !good) return wrong_usage(good.error());
    auto& how = options->how;
    if (!how.in_background()) complete_by_itself(how.job);
    leave_when_interrupted(how.output.quiet);
    auto plan = plan_start(*options, known);
    if (!plan) return not_planned(plan.error());
    auto daemon = connect_to_daemon();
    if (!daemon) return complain_about("start", daemon.error());
    const auto missing = make_folders(plan->folders, making_for(how.job));
    if (!missing) return not_planned(missing.error());
    const auto files = count_files(plan->request);
    auto job = submit(*daemon, std::move(plan->request), detail_for(how, files));
    if (!job) return complain_about("start", job.error());
    if (how.in_background()) {
        const auto told =
            tell_left(*std::move(job), completes_itself(how.job), how.output, how.job.unsupported);
        return but_for(*missing, told);
    }
    const std::string id(text_in(*job, "id"));
    const auto told = follow_jobs(*daemon, {id}, following(how, files), *std::move(job));
    if (told == exit_code::done) close_folders(plan->folders.here);
    return but_for(*missing, told);
}

}  // namespace ferry::cli
