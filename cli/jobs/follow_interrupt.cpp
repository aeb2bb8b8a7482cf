#include "cli/control/daemon_access.hpp"
#include "cli/control/document.hpp"
#include "cli/jobs/follow_session.hpp"

#include <algorithm>

namespace ferry::cli {

namespace json = boost::json;

/// Jobs outlive a terminal that is closed, and a shutdown: only Ctrl-C cancels.
exit_code follow_session::interrupted() {
    report_.close();
    if (how_.cancel_on_interrupt && !how_.detach_on_interrupt && signals_.by_user()) {
        cancel_unfinished();
    } else {
        const auto left = jobs_.unfinished();
        report_.remark(
            "interrupted: the daemon goes on with " + subject_of(left) + " " + how_to_go_on(left));
        leave_unfinished();
    }
    return exit_code::interrupted;
}

/// BITS: so ends a synchronous transfer that is interrupted.
void follow_session::cancel_unfinished() {
    constexpr std::size_t at_once = 128;  // requests on their way; the daemon takes 256
    const auto left = jobs_.unfinished();
    std::vector<const followed_job*> cancelled;
    for (std::size_t begin = 0; begin < left.size(); begin += at_once) {
        const auto end = std::min(left.size(), begin + at_once);
        std::vector<result<std::uint64_t>> sent;
        for (auto i = begin; i < end; ++i)
            sent.push_back(daemon_.send("job.remove", {{"job", left[i]->id}}));
        for (auto i = begin; i < end; ++i) {
            const auto& request = sent[i - begin];
            auto reply = request ? daemon_.receive(*request) : request.error();
            if (!reply && reply.error().code == errc::not_running)
                return report_.complaint(daemon_error_line(left[i]->name, reply.error()));
            if (removed(*left[i], reply)) cancelled.push_back(left[i]);
        }
    }
    if (!cancelled.empty())
        report_.remark(
            "interrupted: cancelled " + subject_of(cancelled) +
            ", and deleted what had arrived (--detach-on-interrupt leaves it to the daemon)");
}

bool follow_session::removed(followed_job& one, result<json::object>& reply) {
    if (reply) {
        one.document = take_object(*reply, "job");
        report_.left(one);
        return true;
    }
    const auto& why = reply.error();  // not if it was over before we came
    if (why.code != errc::no_such_job && why.code != errc::wrong_state)
        report_.complaint(daemon_error_line(one.name, why));
    return false;
}

/// Tells a last time how they stand.
void follow_session::leave_unfinished() {
    for (auto* one : jobs_.unfinished()) {
        if (!load(*one)) return;
        report_.left(*one);
    }
}

}  // namespace ferry::cli
