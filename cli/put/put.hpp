#pragma once

#include "cli/verb.hpp"

namespace ferry::cli {

/// `ferry put`: uploads, in this process.
exit_code run_put(arguments args);

}  // namespace ferry::cli
