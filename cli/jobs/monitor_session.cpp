#include "cli/jobs/monitor_session.hpp"

#include "cli/control/daemon_access.hpp"
#include "cli/control/document.hpp"
#include "cli/jobs/job_calls.hpp"
#include "cli/jobs/list.hpp"
#include "cli/text/format.hpp"
#include "cli/text/terminal_text.hpp"

#include <poll.h>
#include <unistd.h>
#include <boost/json/serialize.hpp>

#include <limits>
#include <utility>

namespace ferry::cli {

namespace json = boost::json;
using namespace std::chrono_literals;

monitor_session::monitor_session(
    control_client daemon, const std::vector<std::string>& names, const output_options& output)
    : daemon_(std::move(daemon)), json_(output.json), table_(names), screen_(STDOUT_FILENO) {}

exit_code monitor_session::run() {
    std::optional<monitor_keys> keys;
    if (!json_) keys.emplace();
    if (const auto loaded = load(); !loaded) lose(loaded.error());
    while (wanted_ && !signals_.stop() && !(keys && keys->quit())) step();
    return exit_code::done;
}

exit_code monitor_session::print_once() {
    if (const auto loaded = load(); !loaded) return complain_about("monitor", loaded.error());
    constexpr auto all = std::numeric_limits<std::size_t>::max();
    std::string text;
    for (const auto& line : table_.lines({all, 121}, time_.wall())) text += line + "\n";
    return print(text);
}

/// Subscribes before it asks for the list, so that nothing falls between the two: what happens
/// meanwhile waits in the client.
result<void> monitor_session::load() {
    const auto subscribed = daemon_->call("events.subscribe", {});
    if (!subscribed) return subscribed.error();
    auto jobs = fetch_jobs(*daemon_, job_detail::summary);
    if (!jobs) return jobs.error();
    table_.clear();
    for (auto& one : *jobs) {
        auto& job = one.get_object();
        const auto now = format_time(time_.wall());
        json::object event{{"v", 1}, {"event", "job.state"}, {"time", now}, {"job", job}};
        if (table_.take(std::move(job), time_.now())) tell(event);
    }
    return {};
}

void monitor_session::step() {
    constexpr auto between = 250ms;
    if (!daemon_) return find_daemon();
    auto event = daemon_->next_event(between);
    if (!event) return lose(event.error());
    if (*event) take(**std::move(event));
    if (json_ || time_.now() - drawn_ < between) return;
    drawn_ = time_.now();
    table_.sample(drawn_);
    const auto window = screen_.window();
    screen_.show(table_.lines(window, time_.wall()), window);
}

void monitor_session::take(json::object event) {
    auto* job = object_in(event, "job");
    if (job && table_.take(*job, time_.now())) tell(event);
}

void monitor_session::tell(const json::object& event) {
    if (json_) wanted_ = wanted_ && write_all(STDOUT_FILENO, json::serialize(event) + "\n");
}

void monitor_session::lose(const failure& why) {
    daemon_.reset();
    tried_ = time_.now();
    const auto text = daemon_error_line("monitor", why);
    if (json_) return complain(text);
    auto window = screen_.window();
    --window.rows;
    auto lines = table_.lines(window, time_.wall());
    lines.push_back(cut("ferry: " + text, window.columns - 1));
    screen_.show(lines, window);
}

/// Once a second. Does not start it, for somebody may have stopped it on purpose.
void monitor_session::find_daemon() {
    ::poll(nullptr, 0, 250);
    if (time_.now() - tried_ < 1s) return;
    tried_ = time_.now();
    const auto where = find_home();
    if (!where) return;
    auto found = control_client::connect(*where, control_client::when_absent::fail);
    if (!found) return;
    daemon_ = *std::move(found);
    if (const auto loaded = load(); !loaded) lose(loaded.error());
}

}  // namespace ferry::cli
