#include "cli/get/json_events.hpp"

#include "cli/get/job_report.hpp"
#include "cli/text/format.hpp"
#include "cli/text/terminal_text.hpp"

#include <ferry/job_json.hpp>

#include <boost/json/serialize.hpp>

#include <chrono>

namespace ferry::cli {

namespace json = boost::json;
using std::chrono::duration_cast;
using std::chrono::milliseconds;

json_events::json_events(
    clock& time, const std::vector<transfer_item>& items, job_type type, std::string id,
    std::string owner, writer write)
    : time_(time), write_(std::move(write)) {
    job_.id = std::move(id);
    job_.owner = std::move(owner);
    job_.type = type;
    job_.priority = job_priority::foreground;
    job_.state = job_state::transferring;
    job_.created = job_.modified = time_.wall();
    job_.files.reserve(items.size());
    for (const auto& item : items) {
        job_file file;
        file.source = to_string(item.remote);
        file.destination = item.local.native();
        if (item.from) file.destination = to_string(*item.from);
        if (item.from || type != job_type::download) std::swap(file.source, file.destination);
        job_.files.push_back(std::move(file));
    }
}

json::object json_events::event(std::string_view name) const {
    json::object object;
    object["v"] = 1;
    object["event"] = name;
    object["time"] = format_time(time_.wall());
    object["job_id"] = job_.id;
    return object;
}

json::object json_events::file_event(std::string_view name, std::size_t index) const {
    auto object = event(name);
    object["file"] = index;
    object["source"] = valid_utf8(job_.files[index].source);
    object["destination"] = valid_utf8(job_.files[index].destination);
    return object;
}

void json_events::emit(const json::object& event) { write_(json::serialize(event) + "\n"); }

void json_events::remember(const failure& why, std::size_t file) {
    auto& report = job_.files[file];
    if (report.http_status == 0) report.http_status = why.http_status;
    if (!job_.error) job_.error = job_error{why, file};
}

void json_events::begin() {
    auto object = event("job.started");
    object["display_name"] = job_.display_name;
    object["files_total"] = job_.files.size();
    object["job"] = summarize(job_);
    emit(object);
}

void json_events::started(const running_file& file) {
    active_.emplace(file.index, active{&file});
    emit(file_event("file.started", file.index));
}

void json_events::changed(const running_file& file) {
    const auto& status = file.status;
    if (status.phase != transfer_phase::retrying || !status.last_error) return;
    auto& one = active_.at(file.index);
    if (one.next_try && one.next_try == status.next_try) return;  // told already
    one.next_try = status.next_try;
    job_error error{*status.last_error, file.index};
    if (status.next_try)
        error.next_try = time_.wall() + duration_cast<milliseconds>(*status.next_try - time_.now());
    auto object = file_event("file.retry", file.index);
    object["error"] = describe(error);
    emit(object);
}

void json_events::finished(const running_file& file, const result<void>& outcome) {
    active_.erase(file.index);
    auto& report = job_.files[file.index];
    update(report, file);
    report.state = state_of(outcome);
    if (!outcome) remember(outcome.error(), file.index);
    job_.modified = time_.wall();
    auto object = file_event(outcome ? "file.finished" : "file.error", file.index);
    for (auto& [key, value] : describe(report)) object[key] = std::move(value);
    object["milliseconds"] = duration_cast<milliseconds>(time_.now() - file.started).count();
    object["skipped"] = file.status.skipped;
    if (!outcome) object["error"] = describe(job_error{outcome.error(), file.index});
    emit(object);
}

void json_events::tick() {
    for (auto& [index, one] : active_) {
        const auto& status = one.file->status;
        one.speed.sample(time_.now(), status.bytes_received);
        if (status.phase == transfer_phase::publishing) continue;  // no progress to tell
        auto object = file_event("file.progress", index);
        object["state"] = to_string(state_of(status.phase));
        object["bytes_total"] =
            status.bytes_total ? json::value(*status.bytes_total) : json::value();
        object["bytes_transferred"] = status.bytes_transferred;
        object["bytes_resumed"] = status.bytes_resumed;
        object["bytes_per_second"] = static_cast<std::uint64_t>(one.speed.bytes_per_second());
        emit(object);
    }
}

void json_events::end() {
    for (auto& file : job_.files)
        if (file.state == job_state::queued) file.state = job_state::suspended;
    job_.state = state_of(job_.files);
    job_.modified = time_.wall();
    if (job_.state == job_state::acknowledged) job_.completed = job_.modified;
    auto object = event("job.finished");
    object["job"] = describe(job_);
    emit(object);
}

}  // namespace ferry::cli
