#pragma once

#include "cli/exit_code.hpp"

#include <string>
#include <string_view>

namespace ferry::cli {

/// Writes the user units of systemd for the running program and has them started.
exit_code install_daemon();

/// A unit for the program at this path.
std::string unit_for(std::string_view unit, std::string_view program);

}  // namespace ferry::cli
