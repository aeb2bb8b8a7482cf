#include "cli/jobs/list.hpp"

#include "cli/control/daemon_access.hpp"
#include "cli/control/document.hpp"
#include "cli/jobs/job_calls.hpp"
#include "cli/jobs/job_selection.hpp"
#include "cli/jobs/job_table.hpp"
#include "cli/text/console.hpp"
#include "cli/usage.hpp"

#include <unistd.h>

namespace ferry::cli {
namespace {

namespace json = boost::json;

job_table_style style_for(const json::array& all, bool whole_ids) {
    std::vector<std::string_view> ids;
    ids.reserve(all.size());
    for (const auto& one : all) ids.push_back(text_in(one.get_object(), "id"));
    job_table_style style;
    style.now = ferry::system_clock().wall();
    style.id_length = whole_ids ? std::string::npos : unique_length(std::move(ids));
    if (is_terminal(STDOUT_FILENO)) style.width = size_of_terminal(STDOUT_FILENO).columns;
    return style;
}

std::string ids_of(const json::array& jobs) {
    std::string lines;
    for (const auto& one : jobs) lines.append(text_in(one.get_object(), "id")).append("\n");
    return lines;
}

exit_code print_selected(
    json::array jobs, const job_table_style& style, const output_options& output) {
    if (output.json) return print(json::object{{"jobs", std::move(jobs)}});
    return print(output.quiet ? ids_of(jobs) : job_table(jobs, style));
}

exit_code print_jobs(json::array all, const list_options& options) {
    const bool empty = all.empty();
    const auto style = style_for(all, options.output.verbose);
    auto selected = select_jobs(std::move(all), options);
    auto code = print_selected(std::move(selected.jobs), style, options.output);
    if (empty && !options.output.json && !options.output.quiet && selected.missing.empty())
        plain_lines(STDERR_FILENO).line("no jobs");
    for (const auto& line : selected.missing) {
        complain(line);
        code = exit_code::no_such_job;
    }
    return code;
}

}  // namespace

result<json::array> fetch_jobs(control_client& daemon, job_detail detail) {
    json::array all;
    json::object parameters;
    parameters["files"] = detail == job_detail::files;
    for (;;) {
        auto page = daemon.call("job.list", parameters);
        if (!page) return page.error();
        auto* jobs = page->if_contains("jobs");
        if (jobs && jobs->is_array())
            for (auto& one : jobs->get_array())
                if (one.is_object()) all.push_back(std::move(one));
        const auto next = text_in(*page, "next");
        if (next.empty()) return all;
        parameters["after"] = next;
    }
}

exit_code run_list(arguments args) {
    const auto options = parse_list_options(std::move(args));
    if (!options) return wrong_usage(options.error());
    if (options->all_users && ::geteuid() != 0) {
        complain("--all-users: only root may see the jobs of other users (leave it out)");
        return exit_code::usage;
    }
    if (options->all_users && !options->output.quiet)
        complain("--all-users: not yet supported (these are the jobs of root)");
    auto daemon = connect_to_daemon();
    if (!daemon) return complain_about("list", daemon.error());
    const auto detail = options->output.json ? job_detail::files : job_detail::summary;
    auto jobs = fetch_jobs(*daemon, detail);
    if (!jobs) return complain_about("list", jobs.error());
    return print_jobs(*std::move(jobs), *options);
}

}  // namespace ferry::cli
