#include "cli/get/get.hpp"

#include "cli/control/daemon_access.hpp"
#include "cli/get/plan.hpp"
#include "cli/get/relay_plan.hpp"
#include "cli/get/transfer_session.hpp"
#include "cli/get/uploads.hpp"
#include "cli/interrupt.hpp"
#include "cli/jobs/created.hpp"
#include "cli/jobs/job_request.hpp"
#include "cli/jobs/job_sources.hpp"
#include "cli/jobs/job_submit.hpp"
#include "cli/options/option_words.hpp"
#include "cli/options/options_get.hpp"
#include "cli/options/options_obeyed.hpp"
#include "cli/options/share_user.hpp"
#include "cli/sources/local_folders.hpp"
#include "cli/sources/server_place.hpp"
#include "cli/usage.hpp"
#include "cli/wrong.hpp"

#include <ferry/detail/relay_access.hpp>

#include <filesystem>
#include <set>

namespace ferry::cli {
namespace {

/// As for other jobs; `get` itself finds out when it gets there.
result<void> check_folders(const get_options& options, const transfer_plan& plan) {
    job_sources places(job_type::download, options.transfer.options.create_directories);
    std::set<std::filesystem::path> made;
    for (const auto& one : plan.folders.here) made.insert(one.path);
    for (const auto& item : plan.items) {
        if (made.contains(item.local.parent_path())) continue;
        const std::filesystem::path whole(absolute_path(item.local.native()));
        if (auto good = places.check_folder(whole.parent_path().native()); !good) return good;
    }
    return {};
}

result<std::vector<failure>> make_folders_for(
    const get_options& options, const wanted_folders& folders, shared_loop loop) {
    return make_folders(
        folders, options.share ? making_for(options, *options.share, true, std::move(loop))
                               : folder_making());
}

/// The daemon goes on with what is here already, as the next `get` would.
exit_code hand_over(const get_options& options, transfer_plan plan, shared_loop loop) {
    auto request = request_of(options, job_type::download, std::move(plan.items));
    if (!request) return wrong_usage(request.error());
    auto daemon = connect_to_daemon();
    if (!daemon) return complain_about("get", daemon.error());
    auto unmade = make_folders_for(options, plan.folders, std::move(loop));
    if (!unmade) return not_planned(unmade.error());
    add_to(plan.missing, *std::move(unmade));
    auto job = submit(*daemon, *std::move(request));
    if (!job) return complain_about("get", job.error());
    return but_for(plan.missing, tell_left(*std::move(job), true, options.output));
}

exit_code transfer(const get_options& options, transfer_plan plan, const shared_loop& loop) {
    std::optional<upload_options> upload;
    if (options.share) upload = how_to_upload();
    transfer_session session(
        *loop, options, job_type::download, std::move(plan.items), std::move(upload));
    if (const auto checked = session.check(); !checked) return wrong_usage(checked.error());
    auto unmade = make_folders_for(options, plan.folders, loop);
    if (!unmade) return not_planned(unmade.error());
    add_to(plan.missing, *std::move(unmade));
    const auto code = session.run();
    if (code == exit_code::done) close_folders(plan.folders.here);
    return but_for(plan.missing, code);
}

result<transfer_plan> plan_by(
    const get_options& options, const std::vector<list_entry>& entries, folder_lister list) {
    if (!options.share) return plan_downloads(options, entries, std::move(list));
    return plan_relays(options, entries, *options.share, std::move(list));
}

std::vector<std::string> sources_of(const std::vector<list_entry>& entries) {
    std::vector<std::string> sources;
    for (const auto& entry : entries) sources.push_back(entry.source);
    return sources;
}

/// Passwords are asked for last, when nothing else is wrong; but a share that is to be looked into
/// wants to know who we are.
result<transfer_plan> plan_get(
    get_options& options, const password_variables& known, shared_loop loop) {
    auto share = take_share(options);
    if (!share) return share.error();
    options.share = *std::move(share);
    const auto entries = entries_of(options);
    if (!entries) return entries.error();
    std::vector<std::string> destinations;
    if (options.share) destinations.push_back(whole_text(*options.share));
    const auto named = take_share_users(sources_of(*entries), destinations, options.job);
    if (!named) return named.error();
    const auto tell = [&]() -> result<void> {
        const auto good = check_credentials(options.job.asked, options.share.has_value());
        return good ? obey(options, known) : good;
    };
    const bool asks = asks_server(*entries, options.find);
    const auto early = asks ? tell() : result<void>();
    if (!early) return early.error();
    auto asking = asks ? asking_sources(options, std::move(loop)) : folder_asking();
    auto plan = plan_by(options, *entries, lister_with(std::move(asking)));
    if (!plan) return plan;
    const bool come_to_job = options.asynchronous && !options.share;
    const auto good = come_to_job ? check_folders(options, *plan) : result<void>();
    if (!good) return good.error();
    const auto late = asks ? result<void>() : tell();
    if (!late) return late.error();
    if (options.share &&
        (!options.transfer.options.parts.empty() || options.transfer.options.dynamic))
        return wrong(detail::only_whole_files);
    if (!options.transfer.options.parts.empty() && plan->items.size() > 1)
        return wrong("--range: of which file? (give one URL)");
    return plan;
}

}  // namespace

exit_code run_get(arguments args) {
    const password_variables known;
    auto options = parse_get_options(std::move(args));
    if (!options) return wrong_usage(options.error());
    leave_when_interrupted(options->output.quiet);
    const auto loop = loop_for(options->transfer);
    auto plan = plan_get(*options, known, loop);
    if (!plan) return not_planned(plan.error());
    tell_left_out(plan->left_out, options->output);
    if (options->asynchronous && !plan->items.empty())
        return hand_over(*options, *std::move(plan), loop);
    return transfer(*options, *std::move(plan), loop);
}

}  // namespace ferry::cli
