#include "cli/get/get.hpp"

#include "cli/control/daemon_access.hpp"
#include "cli/get/plan.hpp"
#include "cli/get/transfer_session.hpp"
#include "cli/jobs/created.hpp"
#include "cli/jobs/job_request.hpp"
#include "cli/jobs/job_sources.hpp"
#include "cli/jobs/job_submit.hpp"
#include "cli/options/option_words.hpp"
#include "cli/options/options_get.hpp"
#include "cli/options/options_job_access.hpp"
#include "cli/options/options_obeyed.hpp"
#include "cli/usage.hpp"

namespace ferry::cli {
namespace {

/// As for other jobs; `get` itself finds out when it gets there.
result<void> check_folders(const get_options& options, const std::vector<transfer_item>& items) {
    job_sources places(job_type::download, options.transfer.options.create_directories);
    for (const auto& item : items) {
        const std::filesystem::path whole(absolute_path(item.local.native()));
        if (auto good = places.check_folder(whole.parent_path().native()); !good) return good;
    }
    return {};
}

/// The daemon goes on with what is here already, as the next `get` would.
exit_code hand_over(
    get_options options, std::vector<transfer_item> items, const password_variables& known) {
    if (const auto good = check_folders(options, items); !good) return wrong_usage(good.error());
    if (options.transfer.options.access->insecure) options.job.settings["insecure"] = true;
    if (const auto good = obey(options.job, job_verb::create, known); !good)
        return wrong_usage_or_interrupted(good.error());
    auto request = request_of(options, job_type::download, std::move(items));
    if (!request) return wrong_usage(request.error());
    auto daemon = connect_to_daemon();
    if (!daemon) return complain_about("get", daemon.error());
    auto job = submit(*daemon, *std::move(request));
    if (!job) return complain_about("get", job.error());
    return tell_left(*std::move(job), true, options.output);
}

/// Passwords are asked for last: when nothing else is wrong.
result<void> prepare(get_options& options, std::size_t files, const password_variables& known) {
    if (auto good = obey(options, known); !good) return good;
    if (!options.transfer.options.parts.empty() && files > 1)
        return failure{errc::bad_argument, "--range: of which file? (give one URL)"};
    return {};
}

}  // namespace

exit_code run_get(arguments args) {
    const password_variables known;
    auto options = parse_get_options(std::move(args));
    if (!options) return wrong_usage(options.error());
    auto items = plan_downloads(*options);
    if (!items) return wrong_usage(items.error());
    if (options->asynchronous && !items->empty())
        return hand_over(*std::move(options), *std::move(items), known);
    if (const auto good = prepare(*options, items->size(), known); !good)
        return wrong_usage_or_interrupted(good.error());
    transfer_session session(*options, *std::move(items));
    if (const auto checked = session.check(); !checked) return wrong_usage(checked.error());
    return session.run();
}

}  // namespace ferry::cli
