#include "cli/jobs/follow_session.hpp"

#include "cli/control/daemon_access.hpp"
#include "cli/control/document.hpp"
#include "cli/text/format.hpp"

#include <poll.h>

#include <utility>

namespace ferry::cli {

namespace json = boost::json;
using namespace std::chrono_literals;

follow_session::follow_session(
    control_client& daemon, const std::vector<std::string>& ids, const follow_options& how)
    : daemon_(daemon),
      how_(how),
      started_(time_.now()),
      jobs_(ids, how.goal, how.name),
      report_(how.output, time_) {}

exit_code follow_session::run(json::object known) {
    for (auto going = begin(std::move(known));; going = step()) {
        if (!going && going.error().code == errc::not_running) going = reconnect(going.error());
        if (jobs_.all_ended()) break;
        if (signals_.stop()) return interrupted();
        if (!going) return lost(going.error());
        if (is_late()) return late();
    }
    report_.close();
    return jobs_.code();
}

/// What a job alone is called depends on its files, which only the whole document tells.
result<void> follow_session::begin(json::object known) {
    if (jobs_.jobs().size() == 1) {
        if (known.empty()) {
            auto reply = daemon_.call("job.get", {{"job", jobs_.jobs().front().id}});
            if (!reply) return reply.error();
            known = take_object(*reply, "job");
        }
        auto taken = take("", std::move(known));
        if (!taken || jobs_.all_ended()) return taken;
    }
    return subscribe();
}

result<void> follow_session::subscribe() {
    const auto wanted = [this] {
        json::array ids;
        for (const auto* one : jobs_.unfinished()) ids.push_back(json::string(one->id));
        return json::object{{"jobs", std::move(ids)}, {"brief", !how_.output.json}};
    };
    auto reply = daemon_.call("events.subscribe", wanted());
    if (!reply && reply.error().code == errc::no_such_job) {
        if (auto left = forget_unknown(); !left) return left;
        if (jobs_.all_ended()) return {};
        reply = daemon_.call("events.subscribe", wanted());
    }
    return reply ? result<void>() : reply.error();
}

/// The daemon remembers a job that is over for a while only, or not beyond its own end.
result<void> follow_session::forget_unknown() {
    for (auto* one : jobs_.unfinished()) {
        const auto reply = daemon_.call("job.get", {{"job", one->id}});
        if (reply) continue;
        if (reply.error().code != errc::no_such_job) return reply.error();
        jobs_.end(*one, exit_code::no_such_job);
        report_.failed(*one, reply.error());
    }
    return {};
}

result<void> follow_session::step() {
    auto event = daemon_.next_event(100ms);
    if (!event) return event.error();
    if (*event) {
        const std::string name(text_in(**event, "event"));
        if (auto taken = take(name, take_object(**event, "job")); !taken) return taken;
    }
    report_.redraw(jobs_);
    return {};
}

/// One that somebody stopped is not started by us; but systemd may do so.
result<void> follow_session::reconnect(failure why) {
    using when_absent = control_client::when_absent;
    constexpr auto patience = 30s;
    const bool stopped = daemon_.is_stopped();
    const auto how = stopped ? when_absent::fail : when_absent::start;
    report_.remark(
        stopped ? "the daemon was stopped; the jobs are safe, waiting until it runs again"
                : "the daemon has gone away; the jobs are safe, connecting again");
    for (const auto end = time_.now() + patience; time_.now() < end && !signals_.stop();) {
        auto again = connect_to_daemon(how);
        if (again) {
            daemon_ = *std::move(again);
            auto subscribed = subscribe();
            if (subscribed || subscribed.error().code != errc::not_running) return subscribed;
            why = subscribed.error();
        } else {
            why = again.error();
        }
        ::poll(nullptr, 0, 500);
    }
    if (stopped) return failure{errc::not_running, "the daemon was stopped"};
    return why;
}

result<void> follow_session::take(std::string_view event, json::object document) {
    const auto what = jobs_.take(std::move(document), time_.now());
    if (!what) return {};
    report_.event(event, *what);
    if (what->step == follow_step::complete) return complete(*what->job);
    return what->step == follow_step::end ? finish(*what->job) : result<void>();
}

result<void> follow_session::complete(followed_job& one) {
    auto reply = daemon_.call("job.complete", {{"job", one.id}});
    if (reply) {
        one.document = take_object(*reply, "job");
        return finish(one);
    }
    const auto& why = reply.error();
    if (why.code == errc::not_running) return why;  // asked again when it is back
    if (why.code == errc::wrong_state) return {};   // somebody was faster; that event will come
    jobs_.end(one, exit_code_of(why));
    report_.failed(one, why);
    return {};
}

result<void> follow_session::finish(followed_job& one) {
    if (auto loaded = load(one); !loaded) return loaded;
    jobs_.end(one, outcome_of(one.document, how_.goal));
    report_.ended(one, how_.goal);
    return {};
}

/// The whole document, where it is wanted; the last event may have been a summary.
result<void> follow_session::load(followed_job& one) {
    if (!how_.output.json || one.document.contains("files")) return {};
    auto reply = daemon_.call("job.get", {{"job", one.id}});
    if (!reply) return reply.error().code == errc::not_running ? reply.error() : result<void>();
    one.document = take_object(*reply, "job");
    return {};
}

bool follow_session::is_late() const {
    return how_.timeout && time_.now() - started_ >= *how_.timeout;
}

exit_code follow_session::late() {
    report_.close();
    for (const auto* one : jobs_.unfinished())
        report_.complaint(
            unfinished_line(one->document, one->name) + " after " + format_duration(*how_.timeout));
    leave_unfinished();
    return exit_code::gave_up;
}

exit_code follow_session::lost(const failure& why) {
    report_.close();
    const auto left = jobs_.unfinished();
    report_.complaint(daemon_error_line(left.front()->name, why));
    if (why.code == errc::not_running)
        report_.remark(
            subject_of(left) + ": safe, and goes on when a daemon runs again " +
            how_to_go_on(left));
    return exit_code_of(why);
}

}  // namespace ferry::cli
