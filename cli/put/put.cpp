#include "cli/put/put.hpp"

#include "cli/control/daemon_access.hpp"
#include "cli/get/transfer_session.hpp"
#include "cli/get/uploads.hpp"
#include "cli/jobs/created.hpp"
#include "cli/jobs/job_request.hpp"
#include "cli/jobs/job_submit.hpp"
#include "cli/options/options_job_access.hpp"
#include "cli/options/options_obeyed.hpp"
#include "cli/options/options_put.hpp"
#include "cli/put/put_plan.hpp"
#include "cli/sources/server_place.hpp"
#include "cli/usage.hpp"

namespace ferry::cli {
namespace {

/// An upload job has one file (BITS): as many jobs as files.
exit_code hand_over(
    put_options options, const std::vector<transfer_item>& items, const password_variables& known) {
    if (options.transfer.options.access->insecure) options.job.settings["insecure"] = true;
    if (const auto good = obey(options.job, job_verb::create, known); !good)
        return wrong_usage_or_interrupted(good.error());
    auto daemon = connect_to_daemon();
    if (!daemon) return complain_about("put", daemon.error());
    std::vector<failure> failed;
    auto told = exit_code::done;
    for (const auto& item : items) {
        auto request = request_of(options, job_type::upload, {item}, options.protocol);
        auto job = request ? submit(*daemon, *std::move(request)) : request.error();
        if (!job) {
            complain_about(item.local.native(), job.error());
            failed.push_back(std::move(job.error()));
            continue;
        }
        const auto code = items.size() == 1 ? tell_left(*std::move(job), true, options.output)
                                            : tell_created(*std::move(job), options.output);
        if (code != exit_code::done) told = code;
    }
    return failed.empty() ? told : exit_code_of(items.size() - failed.size(), failed);
}

}  // namespace

exit_code run_put(arguments args) {
    const password_variables known;
    auto options = parse_put_options(std::move(args));
    if (!options) return wrong_usage(options.error());
    auto items = plan_uploads(*options);
    if (!items) return wrong_usage(items.error());
    const bool relayed = items->front().from.has_value();
    if (const auto good = check_credentials(options->job.asked, relayed); !good)
        return wrong_usage(good.error());
    if (options->asynchronous) return hand_over(*std::move(options), *items, known);
    if (const auto good = obey(*options, known); !good)
        return wrong_usage_or_interrupted(good.error());
    transfer_session session(
        *options, job_type::upload, *std::move(items), how_to_upload(options->protocol));
    if (const auto checked = session.check(); !checked) return wrong_usage(checked.error());
    return session.run();
}

}  // namespace ferry::cli
