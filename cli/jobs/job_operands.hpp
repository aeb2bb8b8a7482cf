#pragma once

#include "cli/control/control_client.hpp"

#include <string>
#include <vector>

namespace ferry::cli {

/// The jobs that the operands of a verb mean. A name with '*' or '?' stands for each job whose
/// display name fits, in the order of 'ferry list'; "-" for the lines of standard input. All else,
/// and what fits nothing, is left to the daemon to find or to complain about. Each is there once.
/// Errors: errc::no_such_job if standard input has none; those of reading it and of the daemon.
result<std::vector<std::string>> jobs_meant(
    control_client& daemon, const std::vector<std::string>& operands);

}  // namespace ferry::cli
