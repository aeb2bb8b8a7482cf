#pragma once

#include "cli/control/home.hpp"

#include <ferry/clock.hpp>
#include <ferry/result.hpp>

#include <string_view>

namespace ferry::cli {

// What a daemon in the background says on its standard output, a pipe: one of these lines, or why
// it cannot run.
inline constexpr std::string_view daemon_is_ready = "ready";
inline constexpr std::string_view daemon_runs_already = "a daemon is running already";

/// Starts a daemon of this program in the background and waits until it is ready, or another one
/// has been before it. It keeps nothing of us but the environment, without secrets.
/// Errors: errc::not_running; the detail is the line for the user.
result<void> start_daemon(const home& where, clock::time_point end);

}  // namespace ferry::cli
