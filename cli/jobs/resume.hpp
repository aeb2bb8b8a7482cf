#pragma once

#include "cli/verb.hpp"

namespace ferry::cli {

/// `ferry resume`: queues jobs (again), waits until they are Transferred, and completes them.
exit_code run_resume(arguments args);

std::string resume_help();

}  // namespace ferry::cli
