#pragma once

#include "cli/exit_code.hpp"

#include <ferry/error.hpp>

#include <vector>

namespace ferry::cli {

/// Says on standard error what is wrong with a command line.
/// @param why  Its detail is the line for the user.
/// @return     exit_code::usage
exit_code wrong_usage(const failure& why);

/// The same, unless the user did not want to be asked (errc::cancelled): that is an interruption.
exit_code wrong_usage_or_interrupted(const failure& why);

/// Says why it is not known what is to be transferred: a command line that makes no sense, or a
/// source that cannot be looked into.
/// @return  exit_code::usage, or what the source's failure is.
exit_code not_planned(const failure& why);

/// Says why something could not come; then what was done otherwise is not all that there is.
exit_code but_for(const std::vector<failure>& missing, exit_code otherwise);

}  // namespace ferry::cli
