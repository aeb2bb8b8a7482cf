#pragma once

#include "cli/verb.hpp"

namespace ferry::cli {

/// Runs the verb that a cmdlet stands for, in the manner that the cmdlet asks for: -WhatIf only
/// tells of it, -Confirm asks before. A wrong command line is explained in the cmdlet's words.
exit_code run_cmdlet(command what);

}  // namespace ferry::cli
