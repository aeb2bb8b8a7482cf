#pragma once

#include "cli/control/home.hpp"

#include <ferry/result.hpp>

namespace ferry::cli {

/// Ends the daemon of a home, whatever version it is, and waits until it is gone.
/// @return  False: there was none.
/// Errors: errc::not_running if it does not answer, or not end in ten seconds; the detail is the
///   line for the user. Any errno.
result<bool> stop_daemon(const home& where);

}  // namespace ferry::cli
