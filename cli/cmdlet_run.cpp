#include "cli/cmdlet_run.hpp"

#include "cli/cmdlet.hpp"
#include "cli/control/daemon_access.hpp"
#include "cli/get/plan.hpp"
#include "cli/jobs/job_calls.hpp"
#include "cli/jobs/job_sources.hpp"
#include "cli/jobs/job_submit.hpp"
#include "cli/jobs/job_words.hpp"
#include "cli/options/options_list.hpp"
#include "cli/options/options_start.hpp"
#include "cli/sources/wanted_source.hpp"
#include "cli/text/console.hpp"
#include "cli/usage.hpp"

#include <ferry/detail/ascii.hpp>
#include <ferry/detail/file.hpp>

#include <fcntl.h>
#include <unistd.h>

#include <iostream>

namespace ferry::cli {
namespace {

template <class Options>
result<void> nothing_else(const result<Options>& parsed) {
    return parsed ? result<void>() : parsed.error();
}

/// "http://h/a to /home/me/a", a line for each file that a new job would have.
result<arguments> files_of(const arguments& args) {
    const auto options = parse_start_options(args);
    if (!options) return options.error();
    if (const auto good = check_start(options->how); !good) return good.error();
    const auto& sources = options->files.sources;
    if (asks_server(sources, options->how.find)) {  // who we are is not known yet
        arguments names;
        for (const auto& one : sources) names.push_back(shown(one));
        return names;
    }
    job_sources places(options->how.type, options->how.job.create_directories, options->how.find);
    const auto files = places.plan(options->files);
    if (!files && sources.size() > 1)
        return failure{
            files.error().code,
            files.error().detail + " (a comma separates; one in a name: '\"a,b\"')"};
    if (!files) return files.error();
    arguments lines;
    for (const auto& one : *files)
        lines.push_back(shown(one.source) + " to " + shown(one.destination));
    if (lines.empty()) lines.emplace_back("a job without files");
    return lines;
}

/// What the verb itself would find wrong before it does anything.
result<void> check(std::string_view verb, const arguments& args) {
    if (verb == "start") return nothing_else(files_of(args));
    if (verb == "add") return nothing_else(parse_add_options(args));
    if (verb == "set") return nothing_else(parse_set_options(args));
    if (verb == "list") return nothing_else(parse_list_options(args));
    return {};
}

struct target_list {
    arguments names = {};
    exit_code code = exit_code::done;  ///< of the search for them
};

target_list look_up(const arguments& jobs, std::string_view verb) {
    auto daemon = connect_to_daemon();
    if (!daemon) return {{}, complain_about(verb, daemon.error())};
    target_list found;
    std::vector<exit_code> codes;
    for (const auto& one : jobs) {
        const auto job = call_on(*daemon, "job.get", one);
        codes.push_back(job ? exit_code::done : complain_about(one, job.error()));
        if (job) found.names.push_back(label_of(*job));
    }
    found.code = exit_code_of(codes);
    return found;
}

target_list targets_of(const command& what) {
    if (!what.manner.jobs.empty()) return look_up(what.manner.jobs, what.what->name);
    auto files = files_of(what.args);  // check() let it pass
    return {files ? *std::move(files) : arguments(), exit_code::done};
}

std::string performing(const command& what, const std::string& target) {
    return "Performing the operation \"" + std::string(what.manner.from->name) + "\" on target \"" +
           target + "\".\n";
}

exit_code tell_what_if(const command& what) {
    const auto targets = targets_of(what);
    for (const auto& one : targets.names)
        if (const auto told = print("What if: " + performing(what, one)); told != exit_code::done)
            return told;
    return targets.code;
}

bool confirmed(const command& what, const arguments& targets) {
    std::string question;
    for (const auto& one : targets) question += performing(what, one);
    question += "Are you sure? [Y] Yes [N] No (default Y): ";
    write_all(STDERR_FILENO, question);
    std::string answer;
    if (!std::getline(std::cin, answer)) return false;
    answer = detail::to_lower(answer);
    return answer.empty() || answer == "y" || answer == "yes";
}

void silence_errors() {
    const detail::unique_fd nowhere(::open("/dev/null", O_WRONLY | O_CLOEXEC));
    if (nowhere) ::dup2(nowhere.get(), STDERR_FILENO);
}

}  // namespace

exit_code run_cmdlet(command what) {
    const auto& manner = what.manner;
    if (const auto good = check(what.what->name, what.args); !good)
        return wrong_usage({good.error().code, in_words_of(*manner.from, good.error().detail)});
    const bool can_ask = ::isatty(STDIN_FILENO) == 1 && ::isatty(STDERR_FILENO) == 1;
    if (manner.confirm && !manner.what_if && !can_ask)
        return wrong_usage(
            {errc::bad_argument,
             "-Confirm: no terminal to ask on (leave it out, or '-Confirm:$false')"});
    if (manner.silent && !manner.confirm) silence_errors();
    if (manner.what_if) return tell_what_if(what);
    if (manner.confirm) {
        const auto targets = targets_of(what);
        if (targets.code != exit_code::done) return targets.code;
        if (!confirmed(what, targets.names)) return exit_code::done;
        if (manner.silent) silence_errors();
    }
    return what.what->run(std::move(what.args));
}

}  // namespace ferry::cli
