#pragma once

#include "cli/verb.hpp"

namespace ferry::cli {

/// `ferry daemon`: the process that does the jobs in the background, and all that manages it.
exit_code run_daemon(arguments args);

}  // namespace ferry::cli
