#pragma once

#include "cli/verb.hpp"

namespace ferry::cli {

/// `ferry get`: downloads in this process.
exit_code run_get(arguments args);

}  // namespace ferry::cli
