#pragma once

#include "cli/jobs/follow.hpp"
#include "cli/jobs/follow_report.hpp"
#include "cli/jobs/signals.hpp"

#include <ferry/clock.hpp>

namespace ferry::cli {

/// One run of follow_jobs(): the loop between the daemon, the jobs' states and who is told.
class follow_session {
  public:
    follow_session(
        control_client& daemon, const std::vector<std::string>& ids, const follow_options& how);

    /// @param known  As with follow_jobs().
    exit_code run(boost::json::object known);
    /// Whether standard output took all events.
    bool is_written() const noexcept { return report_.is_written(); }

  private:
    result<void> begin(boost::json::object known);
    result<void> subscribe();
    result<void> forget_unknown();
    result<void> step();
    result<void> reconnect(failure why);

    /// @param event  Its name.
    result<void> take(std::string_view event, boost::json::object document);
    result<void> complete(followed_job& one);
    result<void> finish(followed_job& one);
    result<void> load(followed_job& one);

    bool is_late() const;
    exit_code late();
    exit_code interrupted();
    void cancel_unfinished();
    bool removed(followed_job& one, result<boost::json::object>& reply);
    void leave_unfinished();
    exit_code lost(const failure& why);

    control_client& daemon_;
    const follow_options& how_;
    system_clock time_;
    clock::time_point started_;
    followed_jobs jobs_;
    signal_flags signals_{signal_flags::second::leaves};
    follow_report report_;
};

}  // namespace ferry::cli
