#pragma once

#include "cli/options/options_start.hpp"
#include "cli/verb.hpp"

#include <string>

namespace ferry::cli {

// Their helps are in options_start.hpp.

/// `ferry start`: creates a job and waits for it, unless that is not wanted.
exit_code run_start(arguments args);

/// `ferry import`: creates a job for each row of a list.
exit_code run_import(arguments args);

/// `ferry add`: adds files to jobs.
exit_code run_add(arguments args);

/// `ferry set`: changes properties of jobs.
exit_code run_set(arguments args);

}  // namespace ferry::cli
