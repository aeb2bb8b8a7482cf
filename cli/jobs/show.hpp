#pragma once

#include "cli/verb.hpp"

namespace ferry::cli {

/// `ferry show`: all that is known about jobs.
exit_code run_show(arguments args);
std::string show_help();

}  // namespace ferry::cli
