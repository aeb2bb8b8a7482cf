#include "cli/put/put.hpp"

#include "cli/control/daemon_access.hpp"
#include "cli/get/transfer_session.hpp"
#include "cli/get/uploads.hpp"
#include "cli/interrupt.hpp"
#include "cli/jobs/created.hpp"
#include "cli/jobs/job_request.hpp"
#include "cli/jobs/job_submit.hpp"
#include "cli/options/options_obeyed.hpp"
#include "cli/options/options_put.hpp"
#include "cli/options/share_user.hpp"
#include "cli/put/put_plan.hpp"
#include "cli/sources/server_place.hpp"
#include "cli/sources/wanted_source.hpp"
#include "cli/usage.hpp"

#include <ferry/detail/job_places.hpp>

namespace ferry::cli {
namespace {

result<std::vector<failure>> make_folders_for(
    const put_options& options, const wanted_folders& folders, shared_loop loop) {
    if (folders.there.empty()) return std::vector<failure>();
    const bool relayed = detail::is_elsewhere(options.files.front());
    return make_folders(
        folders, making_for(options, folders.there.front().where, relayed, std::move(loop)));
}

/// An upload job has one file (BITS): as many jobs as files.
exit_code hand_over(const put_options& options, transfer_plan plan, shared_loop loop) {
    const auto& items = plan.items;
    std::vector<job_request> requests;
    for (const auto& item : items) {
        auto request = request_of(options, job_type::upload, {item}, options.protocol);
        if (!request) return wrong_usage(request.error());
        requests.push_back(*std::move(request));
    }
    auto daemon = connect_to_daemon();
    if (!daemon) return complain_about("put", daemon.error());
    auto unmade = make_folders_for(options, plan.folders, std::move(loop));
    if (!unmade) return not_planned(unmade.error());
    std::vector<failure> failed;
    auto told = exit_code::done;
    const auto tell = [&](std::size_t index, result<boost::json::object> job) {
        if (!job) {
            complain_about(items[index].local.native(), job.error());
            failed.push_back(std::move(job.error()));
            return;
        }
        const auto code = items.size() == 1 ? tell_left(*std::move(job), true, options.output)
                                            : tell_created(*std::move(job), options.output);
        if (code != exit_code::done) told = code;
    };
    const auto sent = submit_all(*daemon, std::move(requests), tell);
    if (!sent) return complain_about("put", sent.error());
    if (!failed.empty()) told = exit_code_of(items.size() - failed.size(), failed);
    add_to(plan.missing, *std::move(unmade));
    return but_for(plan.missing, told);
}

/// Passwords are asked for last, when nothing else is wrong; but a share that is to be looked into
/// wants to know who we are.
result<transfer_plan> plan_put(
    put_options& options, const password_variables& known, shared_loop loop) {
    const auto named = take_share_users(options.files, {options.destination}, options.job);
    if (!named) return named.error();
    const auto tell = [&]() -> result<void> {
        const bool relayed = detail::is_elsewhere(options.files.front());
        const auto good = check_credentials(options.job.asked, relayed);
        return good ? obey(options, known) : good;
    };
    const bool asks = asks_server(options.files, options.find);
    const auto early = asks ? tell() : result<void>();
    if (!early) return early.error();
    auto asking = asks ? asking_sources(options, std::move(loop)) : folder_asking();
    auto plan = plan_uploads(options, lister_with(std::move(asking)));
    const auto late = plan && !asks ? tell() : result<void>();
    if (!late) return late.error();
    return plan;
}

exit_code transfer(const put_options& options, transfer_plan plan, const shared_loop& loop) {
    transfer_session session(
        *loop, options, job_type::upload, std::move(plan.items), how_to_upload(options.protocol));
    if (const auto checked = session.check(); !checked) return wrong_usage(checked.error());
    auto unmade = make_folders_for(options, plan.folders, loop);
    if (!unmade) return not_planned(unmade.error());
    add_to(plan.missing, *std::move(unmade));
    return but_for(plan.missing, session.run());
}

}  // namespace

exit_code run_put(arguments args) {
    const password_variables known;
    auto options = parse_put_options(std::move(args));
    if (!options) return wrong_usage(options.error());
    leave_when_interrupted(options->output.quiet);
    const auto loop = loop_for(options->transfer);
    auto plan = plan_put(*options, known, loop);
    if (!plan) return not_planned(plan.error());
    tell_left_out(plan->left_out, options->output);
    if (plan->items.empty() || !options->asynchronous)
        return transfer(*options, *std::move(plan), loop);
    return hand_over(*options, *std::move(plan), loop);
}

}  // namespace ferry::cli
