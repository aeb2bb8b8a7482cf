#include "cli/job_report.hpp"

#include "cli/format.hpp"
#include "cli/terminal_text.hpp"

#include <boost/json/array.hpp>

#include <algorithm>

namespace ferry::cli {
namespace {

namespace json = boost::json;

json::value text(std::string_view value) { return json::string(valid_utf8(value)); }
json::value text_or_null(std::string_view value) {
    return value.empty() ? json::value() : text(value);
}
json::value status_or_null(int status) { return status == 0 ? json::value() : json::value(status); }

json::value number_or_null(const std::optional<std::uint64_t>& value) {
    return value ? json::value(*value) : json::value();
}

json::value time_or_null(const std::optional<std::chrono::system_clock::time_point>& time) {
    return time ? text(format_time(*time)) : json::value();
}

std::string validator_of(const validator& version) {
    if (version.tag.empty()) return version.date;
    return (version.weak ? "W/" : "") + version.tag;
}

/// Known once every file's size is.
std::optional<std::uint64_t> total_of(const std::vector<file_report>& files) {
    std::uint64_t sum = 0;
    for (const auto& file : files) {
        if (!file.bytes_total) return std::nullopt;
        sum += *file.bytes_total;
    }
    return sum;
}

json::array files_of(const job_report& job) {
    json::array files;
    files.reserve(job.files.size());
    for (const auto& file : job.files) files.push_back(to_json(file));
    return files;
}

}  // namespace

void update(file_report& report, const running_file& file) {
    const auto& status = file.status;
    report.state = state_of(status.phase);
    report.bytes_total = status.bytes_total;
    report.bytes_transferred = status.bytes_transferred;
    report.bytes_resumed = status.bytes_resumed;
    report.bytes_discarded = status.bytes_discarded;
    report.http_status = status.object.http_status;
    report.validator = validator_of(status.object.version);
    report.checksum = status.checksum;
}

std::string state_of(const result<void>& outcome) {
    if (outcome) return "Acknowledged";
    if (outcome.error().code == errc::cancelled) return "Suspended";
    return is_transient(outcome.error().code) ? "TransientError" : "Error";
}

std::string state_of(transfer_phase phase) {
    switch (phase) {
        case transfer_phase::waiting:
            return "Queued";
        case transfer_phase::connecting:
            return "Connecting";
        case transfer_phase::retrying:
            return "TransientError";
        default:
            return "Transferring";
    }
}

std::string state_of(const std::vector<file_report>& files) {
    for (const std::string_view state : {"Suspended", "Error", "TransientError"})
        if (std::any_of(files.begin(), files.end(), [&](const file_report& file) {
                return file.state == state;
            }))
            return std::string(state);
    return "Acknowledged";
}

json::object to_json(const file_report& file) {
    json::object object;
    object["source"] = text(file.source);
    object["destination"] = text(file.destination);
    object["state"] = text(file.state);
    object["bytes_total"] = number_or_null(file.bytes_total);
    object["bytes_transferred"] = file.bytes_transferred;
    object["bytes_resumed"] = file.bytes_resumed;
    object["bytes_discarded"] = file.bytes_discarded;
    object["http_status"] = status_or_null(file.http_status);
    object["validator"] = text_or_null(file.validator);
    object["checksum"] = text_or_null(file.checksum);
    return object;
}

json::object to_json(const error_report& error) {
    json::object object;
    object["class"] = text(error_class(error.why));
    object["code"] = text(symbol(error.why));
    object["message"] = text(describe(error.why));
    object["http_status"] = status_or_null(error.why.http_status);
    object["context"] = text(to_string(error.why.context));
    object["file"] = error.file;
    object["next_try"] = time_or_null(error.next_try);
    return object;
}

json::object to_json(const job_report& job) {
    std::uint64_t transferred = 0;
    std::uint64_t done = 0;
    for (const auto& file : job.files) {
        transferred += file.bytes_transferred;
        if (file.state == "Acknowledged") ++done;
    }
    json::object object;
    object["id"] = text(job.id);
    object["display_name"] = text(job.display_name);
    object["description"] = text(job.description);
    object["type"] = text(job.type);
    object["state"] = text(job.state);
    object["priority"] = text(job.priority);
    object["owner"] = text(job.owner);
    object["created"] = text(format_time(job.created));
    object["modified"] = text(format_time(job.modified));
    object["completed"] = time_or_null(job.completed);
    object["bytes_total"] = number_or_null(total_of(job.files));
    object["bytes_transferred"] = transferred;
    object["files_total"] = job.files.size();
    object["files_transferred"] = done;
    object["error"] = job.error ? json::value(to_json(*job.error)) : json::value();
    object["files"] = files_of(job);
    return object;
}

}  // namespace ferry::cli
