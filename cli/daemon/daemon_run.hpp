#pragma once

#include "cli/control/home.hpp"
#include "cli/exit_code.hpp"

namespace ferry::cli {

/// Is the daemon, until it is to stop. Logs to standard error.
/// @param background  Standard output is a pipe to who started it (see daemon_start.hpp).
exit_code be_daemon(const home& where, bool background);

}  // namespace ferry::cli
