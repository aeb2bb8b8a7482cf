#include "cli/jobs/job_words.hpp"

#include "cli/control/document.hpp"
#include "cli/text/format.hpp"
#include "cli/text/terminal_text.hpp"

#include <ferry/detail/job_places.hpp>

#include <algorithm>
#include <cmath>
#include <optional>

namespace ferry::cli {
namespace {

namespace json = boost::json;

/// 100 only when all is there.
int percent(std::uint64_t part, std::uint64_t whole) {
    if (part >= whole) return 100;
    const auto share = static_cast<double>(part) / static_cast<double>(whole);
    return std::min(99, static_cast<int>(std::floor(share * 100)));
}

std::string bytes_of(
    std::uint64_t transferred, std::optional<std::uint64_t> total, const std::string& unknown) {
    if (total) return std::to_string(percent(transferred, *total)) + "% of " + format_size(*total);
    return transferred > 0 ? format_size(transferred) + " so far" : unknown;
}

/// "GET http://h/f: 503 Service Unavailable" without the request.
std::string_view without_request(std::string_view message) {
    const auto end = message.find(": ");
    return message.starts_with("GET ") && end != message.npos ? message.substr(end + 2) : message;
}

std::string try_again(const json::object& error, wall_time now) {
    const auto time = detail::parse_time(text_in(error, "next_try"));
    if (!time) return "waits";  // for the network, or for its turn
    return *time > now ? "next try " + relative(*time, now) : "next try now";
}

std::string command_for(const char* verb, const json::object& job) {
    return std::string("'ferry ") + verb + " " + printable(short_id(job)) + "'";
}

/// What has to happen before another try makes sense. Empty: nothing that we know of.
std::string repair(const json::object& error) {
    const auto code = text_in(error, "code");
    const auto status = number_in(error, "http_status").value_or(0);
    const auto says = [&error](std::string_view words) {
        return text_in(error, "message").find(words) != std::string_view::npos;
    };
    const bool speaks_otherwise = says("ferry does not know") || says("without saying how");
    if (status == 401 && says(" is not sent ")) return {};  // the URL is to be named
    if (status == 401 && !speaks_otherwise) return "say who you are with 'ferry set --credential'";
    if (status == 407 && !speaks_otherwise)
        return "say who you are with 'ferry set --proxy-credential'";
    if (code == "secrets.sealed") return "give it anew with 'ferry set'";
    if (says("--cert ")) return "name one with 'ferry set --cert'";
    if (says(": the login with ")) return "say who you are with 'ferry set --credential'";
    if (code == "tls.not_trusted")
        return says("--ca-file") ? "name the authority with 'ferry set --ca-file'" : "";
    if (code == "file.no_space") return "make room";
    if (code == "file.permission")
        return text_in(error, "context") == "local_file" ? "ask for access to the destination"
                                                         : "ask for access to the source";
    if (text_in(error, "class") != "action") return {};
    return text_in(error, "context") == "transport" ? "ask the proxy's owner for access"
                                                    : "ask the server's owner for access";
}

/// "REPAIR; then ", or nothing.
std::string first_of_all(const json::object& error) {
    const auto first = repair(error);
    return first.empty() ? "" : first + "; then ";
}

}  // namespace

std::string_view short_id(std::string_view id) noexcept { return id.substr(0, 8); }
std::string_view short_id(const json::object& job) noexcept { return short_id(text_in(job, "id")); }

std::string name_of(const json::object& job) {
    const auto name = text_in(job, "display_name");
    return name.empty() ? "(no name)" : printable(name);
}

std::string label_of(const json::object& job) {
    return name_of(job) + " (" + printable(short_id(job)) + ")";
}

std::string progress_of(const json::object& job) {
    const auto files = number_in(job, "files_total").value_or(0);
    if (files == 0) return "no files";
    const auto done = number_in(job, "files_transferred").value_or(0);
    const auto counted =
        std::to_string(done) + " of " + std::to_string(files) + (files == 1 ? " file" : " files");
    const auto total = number_in(job, "bytes_total");
    if (!total && files > 1) return counted;
    return bytes_of(number_in(job, "bytes_transferred").value_or(0), total, counted);
}

std::string file_progress_of(const json::object& file) {
    return bytes_of(
        number_in(file, "bytes_transferred").value_or(0), number_in(file, "bytes_total"),
        "size unknown");
}

bool has_names_at_once(const json::object& job) {
    if (text_in(job, "type") == "upload") return true;
    const auto* files = array_in(job, "files");
    const auto* first = files && !files->empty() ? files->front().if_object() : nullptr;
    return first && detail::is_elsewhere(text_in(*first, "destination"));
}

std::string explain_state(const json::object& job) {
    const auto state = text_in(job, "state");
    if (state == "Queued") return "waits for its turn";
    if (state == "Connecting") return "contacts the source";
    if (state == "Transferring") return "bytes move";
    if (state == "Suspended") return "stopped until " + command_for("resume", job);
    if (state == "Error") return "stopped: needs a decision";
    if (state == "TransientError") return "will be tried again by itself";
    if (state == "Transferred" && has_names_at_once(job))
        return "the server has all of it; " + command_for("complete", job) + " ends the job";
    if (state == "Transferred")
        return "all files are here; " + command_for("complete", job) + " gives them their names";
    if (state == "Acknowledged") return "completed";
    return state == "Cancelled" ? "removed" : "";
}

std::string next_step(const json::object& job) {
    const auto state = text_in(job, "state");
    if (state == "Suspended") return command_for("resume", job);
    if (state == "Transferred") return command_for("complete", job);
    if (state != "Error") return {};
    const auto* error = object_in(job, "error");
    return (error ? first_of_all(*error) : "") + command_for("resume", job) + " or " +
           command_for("remove", job);
}

std::string brief(const json::object& error) {
    return printable(without_request(text_in(error, "message")));
}

std::string note_on(const json::object& job, wall_time now) {
    const auto state = text_in(job, "state");
    if (state == "Transferred") return "waits for 'ferry complete'";
    const auto* error = object_in(job, "error");
    if (!error || (state != "Error" && state != "TransientError")) return {};
    return state == "Error" ? brief(*error) : try_again(*error, now) + ": " + brief(*error);
}

std::string advice_on(const json::object& job) {
    const auto* error = object_in(job, "error");
    const auto state = text_in(job, "state");
    if (error && state == "TransientError")
        return "nothing; " + command_for("resume", job) + " does not wait for the next try";
    if (!error || state != "Error") return {};
    return first_of_all(*error) + command_for("resume", job) + " tries again, " +
           command_for("remove", job) + " gives up";
}

std::string done_line(const json::object& job, std::string_view done, bool with_progress) {
    return label_of(job) + ": " + std::string(done) +
           (with_progress ? ", " + progress_of(job) : std::string());
}

std::vector<std::string> dropped_files(const json::object& job) {
    std::vector<std::string> lines;
    const auto* files = array_in(job, "files");
    for (const auto& one : files ? *files : json::array()) {
        const auto* file = one.if_object();
        if (file && text_in(*file, "state") != "Acknowledged")
            lines.push_back(
                printable(text_in(*file, "destination")) + ": dropped, it was not whole (" +
                file_progress_of(*file) + ")");
    }
    return lines;
}

std::string relative(wall_time time, wall_time now) {
    const auto seconds = std::chrono::round<std::chrono::seconds>(time - now);
    if (seconds.count() == 0) return "now";
    if (seconds.count() > 0) return "in " + format_duration(seconds);
    return format_duration(-seconds) + " ago";
}

std::string moment(std::string_view rfc3339, wall_time now) {
    const auto time = detail::parse_time(rfc3339);
    if (!time) return printable(rfc3339);
    auto text = std::string(rfc3339.substr(0, 19));
    text[10] = ' ';
    return text + " UTC (" + relative(*time, now) + ")";
}

}  // namespace ferry::cli
