#include "cli/jobs/import.hpp"

#include "cli/control/daemon_access.hpp"
#include "cli/control/document.hpp"
#include "cli/interrupt.hpp"
#include "cli/jobs/created.hpp"
#include "cli/jobs/follow.hpp"
#include "cli/jobs/job_submit.hpp"
#include "cli/jobs/start.hpp"
#include "cli/options/options_job_access.hpp"
#include "cli/sources/local_folders.hpp"
#include "cli/usage.hpp"

namespace ferry::cli {
namespace {

namespace json = boost::json;

/// Creates the jobs of a list and keeps count.
class import_run {
  public:
    import_run(const import_options& options, control_client& daemon)
        : options_(options), daemon_(daemon) {}

    exit_code create(import_plan plan) {
        const auto each = [&](std::size_t index, result<json::object> job) {
            if (job)
                created(*std::move(job));
            else
                failed(plan.lines[index], std::move(job.error()));
        };
        const auto& how = options_.how;
        const auto files = plan.jobs.size() == 1 ? count_files(plan.jobs.front()) : 0;
        const auto sent = submit_all(daemon_, std::move(plan.jobs), each, detail_for(how, files));
        if (!sent) return complain_about("import", sent.error());
        const auto code = how.in_background() || ids_.empty()
                              ? told_
                              : follow_jobs(daemon_, ids_, following(how, files), std::move(last_));
        if (failed_.empty()) return code;
        if (ids_.empty()) return exit_code_of(0, failed_);
        return code == exit_code::done ? exit_code::some_done : code;
    }

  private:
    void created(json::object job) {
        ids_.emplace_back(text_in(job, "id"));
        if (!options_.how.in_background()) {
            last_ = std::move(job);
            return;
        }
        const auto told = tell_created(std::move(job), options_.how.output);
        if (told != exit_code::done) told_ = told;
    }

    void failed(std::size_t line, failure why) {
        const auto row = list_name(options_.file) + ":" + std::to_string(line);
        complain_about(row, why);
        failed_.push_back(std::move(why));
    }

    const import_options& options_;
    control_client& daemon_;
    std::vector<std::string> ids_ = {};
    json::object last_ = {};  // of those to be followed
    std::vector<failure> failed_ = {};
    exit_code told_ = exit_code::done;
};

/// Standard input can be read once.
result<void> check_input(const import_options& options) {
    if (options.file != "-") return {};
    for (const auto& [name, value] : options.how.job.asked)
        if (value == "-")
            return failure{
                errc::bad_argument, "--" + name + ": standard input is for the list (name a file)"};
    return {};
}

}  // namespace

exit_code run_import(arguments args) {
    const password_variables known;
    auto options = parse_import_options(std::move(args));
    if (!options) return wrong_usage(options.error());
    if (const auto good = check_start(options->how); !good) return wrong_usage(good.error());
    if (!options->how.in_background()) complete_by_itself(options->how.job);
    if (const auto good = check_input(*options); !good) return wrong_usage(good.error());
    const auto rows = read_list(options->file);
    if (!rows) return wrong_usage(rows.error());
    leave_when_interrupted(options->how.output.quiet);
    const bool asks = asks_server(*rows, options->how.find);
    if (!options->how.job.named.empty() && !asks)  // perhaps a password is asked for: not in vain
        if (const auto good = plan_import(*rows, list_name(options->file), *options); !good)
            return not_planned(good.error());
    if (const auto good = obey(options->how.job, job_verb::create, known); !good)
        return wrong_usage_or_interrupted(good.error());
    auto plan = plan_import(*rows, list_name(options->file), *options);
    if (!plan) return not_planned(plan.error());
    tell_left_out(plan->left_out, options->how.output);
    auto daemon = connect_to_daemon();
    if (!daemon) return complain_about("import", daemon.error());
    const auto folders = std::move(plan->folders);
    const auto missing = make_folders(folders, making_for(options->how.job));
    if (!missing) return not_planned(missing.error());
    const auto code = import_run(*options, *daemon).create(*std::move(plan));
    const bool arrived = code == exit_code::done && !options->how.in_background();
    if (arrived) close_folders(folders.here);
    return but_for(*missing, code);
}

}  // namespace ferry::cli
