#pragma once

#include "cli/control/control_client.hpp"
#include "cli/exit_code.hpp"

#include <ferry/error.hpp>

#include <string>
#include <string_view>

namespace ferry::cli {

/// The daemon of this user; started if none runs. Errors: as find_home() and connect().
result<control_client> connect_to_daemon(
    control_client::when_absent what = control_client::when_absent::start);

/// "what: why (hint)": what the daemon refused, or why it cannot be reached, as a line for the user
/// without the "ferry: ".
/// @param what  The job as the user called it, or the verb; left out where the reason names it.
std::string daemon_error_line(std::string_view what, const failure& why);

/// Says so on standard error.
/// @return  The exit code: usage for errc::bad_argument, else as exit_code_of().
exit_code complain_about(std::string_view what, const failure& why);

}  // namespace ferry::cli
