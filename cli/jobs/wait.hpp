#pragma once

#include "cli/verb.hpp"

namespace ferry::cli {

/// `ferry wait`: until jobs are Transferred, over, or cannot go on by themselves.
exit_code run_wait(arguments args);

std::string wait_help();

}  // namespace ferry::cli
