#pragma once

#include "cli/control/control_client.hpp"
#include "cli/exit_code.hpp"
#include "cli/jobs/follow_screen.hpp"
#include "cli/jobs/monitor_keys.hpp"
#include "cli/jobs/monitor_table.hpp"
#include "cli/jobs/signals.hpp"
#include "cli/options/options_output.hpp"

#include <ferry/clock.hpp>

#include <optional>
#include <string>
#include <vector>

namespace ferry::cli {

/// One run of `ferry monitor`.
class monitor_session {
  public:
    monitor_session(
        control_client daemon, const std::vector<std::string>& names, const output_options& output);

    /// Shows the jobs until a signal or a 'q'. A daemon that goes away is waited for.
    exit_code run();
    /// Prints the jobs as they are now.
    exit_code print_once();

  private:
    result<void> load();
    void step();
    void find_daemon();
    void take(boost::json::object event);
    void lose(const failure& why);
    void tell(const boost::json::object& event);

    std::optional<control_client> daemon_;  // none: it went away
    bool json_;
    bool wanted_ = true;  // somebody still reads what we write
    system_clock time_;
    monitor_table table_;
    signal_flags signals_{signal_flags::second::waits};  // the terminal wants its settings back
    screen_block screen_;
    clock::time_point drawn_ = {};
    clock::time_point tried_ = {};  // to find the daemon again
};

}  // namespace ferry::cli
