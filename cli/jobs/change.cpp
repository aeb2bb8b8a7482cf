#include "cli/control/daemon_access.hpp"
#include "cli/control/document.hpp"
#include "cli/interrupt.hpp"
#include "cli/jobs/created.hpp"
#include "cli/jobs/import.hpp"
#include "cli/jobs/job_calls.hpp"
#include "cli/jobs/job_submit.hpp"
#include "cli/jobs/job_words.hpp"
#include "cli/jobs/start.hpp"
#include "cli/options/options_job_access.hpp"
#include "cli/sources/wanted_source.hpp"
#include "cli/usage.hpp"

#include <ferry/detail/json_text.hpp>

#include <utility>

namespace ferry::cli {
namespace {

namespace json = boost::json;

exit_code tell(const json::object& job, const std::string& what, const output_options& output) {
    if (output.json) return print(job);
    return output.quiet ? exit_code::done : print(done_line(job, what, output.verbose) + "\n");
}

bool has_set(const json::object& about, std::string_view setting) {
    const auto* settings = object_in(about, "settings");
    return settings && flag_in(*settings, setting);
}

/// Who we are to shares that are to be looked into, or to get folders. The daemon keeps the
/// passwords of the job: here, we need them again.
result<job_options> options_like(
    const json::object& about, const find_options& how, const password_variables& known) {
    const auto* settings = object_in(about, "settings");
    job_options who;
    who.create_directories = has_set(about, "create_directories");
    who.settings["smb_encrypt"] = has_set(about, "smb_encrypt");
    const auto same = [&](std::string_view member, const char* option) {
        const auto user = settings ? text_in(*settings, member) : "";
        if (!user.empty()) who.asked.emplace_back(option, user);
    };
    same("user", "credential");
    same("source_user", "source-credential");
    if (how.recursive) same("destination_user", "destination-credential");
    const auto obeyed = obey(who, job_verb::create, known);
    if (!obeyed) return obeyed.error();
    return who;
}

/// What the files of a job have to fit.
job_sources places_for(const json::object& about, const find_options& how, folder_lister list) {
    const auto* job = object_in(about, "job");
    const auto type = parse_job_type(job ? text_in(*job, "type") : "");
    const bool make = has_set(about, "create_directories");
    return {type.value_or(job_type::download), make, how, std::move(list)};
}

/// Files for one job, which knows what its destinations may be.
struct addition {
    std::string job;  ///< as the user called it
    std::string id;
    std::vector<job_file> files;
    wanted_folders folders;
    folder_making making;
};

result<json::object> look_up(control_client& daemon, const std::string& job) {
    json::object parameters;
    parameters["job"] = json::string(detail::escaped(job));
    return daemon.call("job.get", std::move(parameters));
}

exit_code add_to(control_client& daemon, const addition& what, const output_options& output) {
    const auto missing = make_folders(what.folders, what.making);
    if (!missing) return not_planned(missing.error());
    const auto count = what.files.size();
    const auto job = add_in_parts(daemon, what.id, in_parts(what.files));
    if (!job) return complain_about(what.job, job.error());
    const auto told =
        tell(*job, std::to_string(count) + (count == 1 ? " file" : " files") + " added", output);
    return but_for(*missing, told);
}

/// The unsupported options of a job are one setting: those it has already must not get lost.
result<json::object> change_for(
    control_client& daemon, const std::string& job, const job_options& options) {
    auto change = change_of(options);
    if (options.restated.empty()) return change;
    const auto about = look_up(daemon, job);
    if (!about) return about;
    const auto* settings = object_in(*about, "settings");
    const auto* stored = settings ? array_in(*settings, "unsupported") : nullptr;
    auto& changed = change["settings"];
    if (!changed.is_object()) changed.emplace_object();
    changed.get_object()["unsupported"] = merged(stored ? *stored : json::array(), options);
    return change;
}

exit_code set_one(control_client& daemon, const std::string& job, const set_options& options) {
    auto change = change_for(daemon, job, options.job);
    if (!change) return complain_about(job, change.error());
    const auto about = call_on(daemon, "job.set", job, {{"set", *std::move(change)}});
    return about ? tell(*about, "changed", options.output) : complain_about(job, about.error());
}

}  // namespace

exit_code run_add(arguments args) {
    const password_variables known;
    const auto options = parse_add_options(std::move(args));
    if (!options) return wrong_usage(options.error());
    leave_when_interrupted(options->output.quiet);
    const auto& list = options->list;
    const auto rows = list.empty() ? std::vector<csv_transfer>() : read_list(list);
    if (!rows) return wrong_usage(rows.error());
    const bool asks =
        asks_server(options->files.sources, options->find) || asks_server(*rows, options->find);
    auto daemon = connect_to_daemon();
    if (!daemon) return complain_about("add", daemon.error());
    std::vector<addition> additions;
    std::vector<exit_code> codes;
    for (const auto& job : options->jobs) {
        const auto about = look_up(*daemon, job);
        if (!about) {
            codes.push_back(complain_about(job, about.error()));
            continue;
        }
        const auto like = asks ? options_like(*about, options->find, known) : job_options();
        if (!like) return not_planned(like.error());
        auto places = places_for(*about, options->find, lister_with({like->access}));
        auto files =
            list.empty() ? places.plan(options->files) : plan_rows(places, *rows, list_name(list));
        if (!files) return not_planned(files.error());
        tell_left_out(places.left_out(), options->output);
        const auto* document = object_in(*about, "job");
        const std::string id(document ? text_in(*document, "id") : "");
        additions.push_back({job, id, *std::move(files), places.folders(), making_for(*like)});
    }
    for (const auto& one : additions) codes.push_back(add_to(*daemon, one, options->output));
    return exit_code_of(codes);
}

exit_code run_set(arguments args) {
    const password_variables known;
    auto options = parse_set_options(std::move(args));
    if (!options) return wrong_usage(options.error());
    if (const auto good = obey(options->job, job_verb::change, known); !good)
        return wrong_usage_or_interrupted(good.error());
    auto daemon = connect_to_daemon();
    if (!daemon) return complain_about("set", daemon.error());
    std::vector<exit_code> codes;
    for (const auto& job : options->jobs) codes.push_back(set_one(*daemon, job, *options));
    return exit_code_of(codes);
}

}  // namespace ferry::cli
