#pragma once

#include "cli/verb.hpp"

namespace ferry::cli {

/// `ferry explain`: why a job does not move, and until when.
exit_code run_explain(arguments args);
std::string explain_help();

}  // namespace ferry::cli
