#pragma once

#include "cli/verb.hpp"

namespace ferry::cli {

/// `ferry demo`: done only if interruption, resume and verification really happened.
exit_code run_demo(arguments args);

}  // namespace ferry::cli
