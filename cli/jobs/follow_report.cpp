#include "cli/jobs/follow_report.hpp"

#include "cli/control/daemon_access.hpp"
#include "cli/control/document.hpp"
#include "cli/text/format.hpp"

#include <unistd.h>
#include <boost/json/serialize.hpp>

#include <cstdint>

namespace ferry::cli {

namespace json = boost::json;
using namespace std::chrono_literals;

follow_report::follow_report(const output_options& output, clock& time)
    : time_(time),
      json_(output.json),
      errors_(!(output.quiet && output.json)),
      results_(!output.quiet && !output.json),
      remarks_(!output.quiet),
      changes_(output.verbose || (results_ && tells_progress(output))) {
    if (shows_bar(output)) screen_.emplace(STDERR_FILENO);
}

void follow_report::line(std::string_view text) {
    if (screen_)
        screen_->line(text);
    else
        plain_lines(STDERR_FILENO).line(text);
}

/// No reason to stop if nobody takes it: the files are still wanted.
void follow_report::emit(std::string_view name, const json::object& job) {
    if (!json_ || !written_) return;
    json::object event;
    event["v"] = 1;
    event["event"] = name;
    event["time"] = format_time(time_.wall());
    event["job"] = job;
    written_ = print_all(json::serialize(event) + "\n");
}

void follow_report::began(const followed_job& one) {
    if (!json_) return;
    auto summary = one.document;
    summary.erase("files");
    emit("job.started", summary);
}

void follow_report::event(std::string_view name, const followed_jobs::news& what) {
    const auto& one = *what.job;
    if (what.first)
        began(one);
    else if (name != "job.finished")
        emit(name, one.document);
    if (changes_ && what.changed && what.step != follow_step::end)
        line(change_line(one.document, one.name, time_.wall()));
}

void follow_report::ended(const followed_job& one, follow_goal goal) {
    emit("job.finished", one.document);
    const auto state = state_in(one.document);
    if (state == job_state::acknowledged) {
        if (results_)
            line(received_line(one.document, one.name, time_.now() - one.since, one.received()));
    } else if (state == job_state::transferred && goal == follow_goal::settled) {
        if (results_) line(transferred_line(one.document, one.name));
    } else if (errors_) {
        line("ferry: " + stopped_line(one.document, one.name));
    }
}

void follow_report::failed(const followed_job& one, const failure& why) {
    emit("job.finished", one.document);
    complaint(daemon_error_line(one.name, why));
}

void follow_report::left(const followed_job& one) { emit("job.finished", one.document); }

void follow_report::remark(const std::string& text) {
    if (remarks_) line("ferry: " + text);
}

void follow_report::complaint(const std::string& text) { line("ferry: " + text); }

void follow_report::redraw(const followed_jobs& jobs) {
    if (!screen_ || time_.now() - drawn_ < 100ms) return;
    drawn_ = time_.now();
    std::uint64_t received = 0;
    for (const auto& one : jobs.jobs()) received += one.received();
    speed_.sample(drawn_, received);
    const auto window = screen_->window();
    const auto block = follow_block(jobs, speed_.bytes_per_second(), time_.wall(), window);
    screen_->show(block, window);
}

void follow_report::close() {
    if (!screen_) return;
    screen_->show({}, screen_->window());
    screen_.reset();
}

}  // namespace ferry::cli
