#pragma once

#include "cli/verb.hpp"

namespace ferry::cli {

/// `ferry monitor`: a live table of jobs, or a stream of their events.
exit_code run_monitor(arguments args);

std::string monitor_help();

}  // namespace ferry::cli
