#include "cli/jobs/created.hpp"

#include "cli/jobs/follow_state.hpp"
#include "cli/jobs/job_calls.hpp"
#include "cli/jobs/job_words.hpp"
#include "cli/text/console.hpp"
#include "cli/text/terminal_text.hpp"

#include <ferry/clock.hpp>
#include <ferry/detail/ascii.hpp>
#include <ferry/detail/json_text.hpp>

#include <unistd.h>

#include <utility>

namespace ferry::cli {
namespace {

namespace json = boost::json;

/// "--dynamic, --range", each once.
std::string names_of(const option_values& options) {
    std::string names, last;
    for (const auto& [name, value] : options)
        if (name != std::exchange(last, name)) names += (names.empty() ? "--" : ", --") + name;
    return names;
}

}  // namespace

job_detail detail_for(const creation& how, std::size_t files) {
    const bool brief = files > 1 && !how.output.json && !how.in_background();
    return brief ? job_detail::summary : job_detail::files;
}

follow_options following(const creation& how, std::size_t files) {
    follow_options follow;
    follow.output = how.output;
    follow.detach_on_interrupt = how.detach_on_interrupt;
    if (detail_for(how, files) == job_detail::files) return follow;
    const auto& name = how.job.display_name;
    follow.name = name ? printable(detail::valid_utf8(*name)) : name_of_files(files);
    return follow;
}

std::string created_line(const json::object& job) {
    const auto state = text_in(job, "state");
    if (state == "TransientError") return label_of(job) + ": queued, waits for the network";
    return label_of(job) + ": " + printable(detail::to_lower(state));
}

std::string created_hint(
    const json::object& job, bool completes_itself, const option_values& unsupported) {
    if (!unsupported.empty())
        return names_of(unsupported) + ": not yet supported; the job is kept, but cannot start";
    const auto command = [id = printable(short_id(job))](const char* verb) {
        return std::string("'ferry ") + verb + " " + id + "'";
    };
    if (number_in(job, "files_total") == 0) return command("add") + " gives it files";
    if (text_in(job, "state") == "Suspended") return command("resume") + " starts it";
    const auto waits = command("wait") + " waits for it";
    if (completes_itself) return waits;
    return waits + ", then " + command("complete") +
           (has_names_at_once(job) ? " ends it" : " gives its files their names");
}

json::object created_event(json::object job, wall_time now) {
    json::object event;
    event["v"] = 1;
    event["event"] = "job.created";
    event["time"] = detail::format_time(now);
    event["job"] = std::move(job);
    return event;
}

void complete_by_itself(job_options& job) { job.settings["auto_complete"] = true; }

bool completes_itself(const job_options& job) {
    const auto* member = job.settings.if_contains("auto_complete");
    return member && member->is_bool() && member->get_bool();
}

result<void> check_checksum(const job_options& job, std::size_t files) {
    if (job.checksum.empty() || files == 1) return {};
    return failure{
        errc::bad_argument, "--checksum: " + std::to_string(files) + " files (only with one)"};
}

void tell_left_out(const std::string& line, const output_options& output) {
    if (!line.empty() && !output.quiet) complain(line);
}

exit_code tell_created(json::object job, const output_options& output) {
    if (output.json) return print(created_event(std::move(job), system_clock().wall()));
    return output.quiet ? exit_code::done : print(created_line(job) + "\n");
}

exit_code tell_left(
    json::object job, bool completes_itself, const output_options& output,
    const option_values& unsupported) {
    const auto hint = created_hint(job, completes_itself, unsupported);
    const auto code = tell_created(std::move(job), output);
    if (!output.json && !output.quiet) plain_lines(STDERR_FILENO).line(hint);
    return code;
}

}  // namespace ferry::cli
