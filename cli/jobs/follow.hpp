#pragma once

#include "cli/control/control_client.hpp"
#include "cli/exit_code.hpp"
#include "cli/jobs/follow_state.hpp"
#include "cli/options/options_output.hpp"

#include <boost/json/object.hpp>

#include <chrono>
#include <optional>
#include <string>
#include <vector>

namespace ferry::cli {

/// How the daemon's jobs are watched, and when that is over.
struct follow_options {
    output_options output = {};
    follow_goal goal = follow_goal::acknowledged;
    /// On SIGINT: leave the jobs to the daemon and tell how to go on, as SIGTERM and SIGHUP always
    /// do.
    bool detach_on_interrupt = false;
    /// Else: cancel what is unfinished, or only stop watching.
    bool cancel_on_interrupt = true;
    std::optional<std::chrono::milliseconds> timeout = {};  ///< none: as long as it takes
    std::string name = {};  ///< of a job that is followed alone; empty: as its document says
};

/// Shows jobs until each has reached the goal or cannot go on by itself: a moving display on a
/// terminal, else a line at each change of state; with --json an event a line. A daemon that goes
/// away is started again; one that was stopped is waited for, half a minute.
/// @param daemon  Its connection may be replaced by a new one.
/// @param ids     Of jobs that have been resumed: one that is Suspended counts as ended.
/// @param known   The document of a job that is followed alone, if the caller has it already;
///                without its files only if it has a name in `how`.
/// @return        done, some_done, or the code of the first job's error; gave_up at the timeout,
///                interrupted, not_reachable. The user has been told.
exit_code follow_jobs(
    control_client& daemon, std::vector<std::string> ids, const follow_options& how,
    boost::json::object known = {});

}  // namespace ferry::cli
