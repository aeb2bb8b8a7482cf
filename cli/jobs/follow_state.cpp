#include "cli/jobs/follow_state.hpp"

#include "cli/control/document.hpp"
#include "cli/jobs/job_calls.hpp"
#include "cli/text/terminal_text.hpp"

#include <algorithm>

namespace ferry::cli {
namespace {

namespace json = boost::json;

/// An error that nobody will try to get over unasked.
bool stuck(const json::object& job) {
    const auto* error = object_in(job, "error");
    return error && text_in(*error, "class") != "transient" && text_in(*error, "next_try").empty();
}

std::string_view next_try(const json::object& job) {
    const auto* error = object_in(job, "error");
    return error ? text_in(*error, "next_try") : std::string_view();
}

/// A job that is followed alone goes by a name of its own, or that of its file.
std::string name_alone(const json::object& job) {
    const auto* files = array_in(job, "files");
    const auto* file = files && !files->empty() ? files->front().if_object() : nullptr;
    if (!file) return name_of(job);
    const auto path = text_in(*file, "destination");
    const auto first = path.substr(path.rfind('/') + 1);
    const auto name = text_in(job, "display_name");
    if (!name.empty() && name != first) return name_of(job);
    return files->size() == 1 ? printable(first) : name_of_files(files->size());
}

bool differ(const json::object& one, const json::object& other) {
    return text_in(one, "state") != text_in(other, "state") || next_try(one) != next_try(other);
}

}  // namespace

follow_step step_after(const json::object& job, follow_goal goal) {
    const auto state = state_in(job);
    if (!state || is_active(*state)) return follow_step::go_on;
    if (state != job_state::transferred) return follow_step::end;
    if (goal == follow_goal::completed) return follow_step::complete;
    // One that completes itself is Transferred for a moment, or for ever if it cannot.
    const bool waits = goal == follow_goal::acknowledged && !stuck(job);
    return waits ? follow_step::go_on : follow_step::end;
}

exit_code outcome_of(const json::object& job, follow_goal goal) {
    const auto state = state_in(job);
    if (goal == follow_goal::settled && state == job_state::transferred) return exit_code::done;
    if (state == job_state::acknowledged) {
        const auto whole = number_in(job, "files_transferred") == number_in(job, "files_total");
        return whole ? exit_code::done : exit_code::some_done;
    }
    if (state == job_state::suspended || state == job_state::cancelled)
        return exit_code::no_such_job;
    const auto* error = object_in(job, "error");
    return error ? exit_code_of_error(*error) : exit_code::failed;
}

std::uint64_t followed_job::received() const {
    const auto bytes = number_in(document, "bytes_transferred").value_or(0);
    return bytes - std::min(bytes, bytes_before);
}

std::string name_of_files(std::size_t count) { return std::to_string(count) + " files"; }

followed_jobs::followed_jobs(
    const std::vector<std::string>& ids, follow_goal goal, std::string name)
    : goal_(goal), name_(std::move(name)) {
    for (const auto& id : ids)
        if (places_.emplace(id, jobs_.size()).second)
            jobs_.push_back({.id = id, .name = printable(short_id(id))});
}

std::optional<followed_jobs::news> followed_jobs::take(
    json::object document, clock::time_point now) {
    const auto place = places_.find(std::string(text_in(document, "id")));
    if (place == places_.end() || jobs_[place->second].ended()) return std::nullopt;
    auto& one = jobs_[place->second];
    news what{.job = &one, .first = one.document.empty()};
    what.changed = what.first || differ(one.document, document);
    what.step = step_after(document, goal_);
    if (what.first) {
        one.since = now;
        one.bytes_before = number_in(document, "bytes_transferred").value_or(0);
        const bool named = jobs_.size() == 1 && !name_.empty();
        one.name = named ? name_ : jobs_.size() == 1 ? name_alone(document) : label_of(document);
    }
    one.speed.sample(now, document);
    one.document = std::move(document);
    return what;
}

void followed_jobs::end(followed_job& one, exit_code outcome) {
    if (!one.ended()) ++ended_;
    one.outcome = outcome;
}

exit_code followed_jobs::code() const {
    std::vector<exit_code> outcomes;
    for (const auto& one : jobs_) outcomes.push_back(one.outcome.value_or(exit_code::failed));
    return exit_code_of(outcomes);
}

std::vector<followed_job*> followed_jobs::unfinished() {
    std::vector<followed_job*> left;
    for (auto& one : jobs_)
        if (!one.ended()) left.push_back(&one);
    return left;
}

std::string subject_of(std::span<const followed_job* const> jobs) {
    return jobs.size() == 1 ? jobs.front()->name : std::to_string(jobs.size()) + " jobs";
}

std::string how_to_go_on(std::span<const followed_job* const> jobs) {
    constexpr std::size_t most = 5;  // a line stays a line
    if (jobs.size() > most) return "('ferry list' shows them)";
    std::string ids;
    for (const auto* one : jobs) ids += " " + printable(short_id(one->id));
    return "('ferry wait" + ids + "' waits, 'ferry resume" + ids + "' also completes)";
}

}  // namespace ferry::cli
