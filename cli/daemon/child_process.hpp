#pragma once

#include "cli/control/child_environment.hpp"

#include <ferry/clock.hpp>

#include <cstddef>
#include <string>
#include <vector>

namespace ferry::cli {

/// Runs a program to its end, without a shell: with nothing to read, and what it prints going to
/// our standard error. It is the leader of a process group of its own.
/// @param command  The program, a path or a name that is looked for in PATH, and its arguments.
/// @param limit    Then the group is killed: errc::timed_out.
/// @return  Its exit code, or minus the signal that ended it.
/// Errors: any errno if it cannot be started; errc::bad_argument for an empty command.
/// Cancellation: terminal; kills the group.
[[nodiscard]] awaitable<result<int>> run_program(
    clock& time, std::vector<std::string> command, variables extra, clock::duration limit);

/// So much of what a program prints is kept.
inline constexpr std::size_t longest_output = 4096;

/// The same, but what it prints goes to `said`, up to longest_output, and the rest nowhere. What it
/// leaves running when it ends has nobody to print to any more.
/// Errors: besides, any errno of pipe(2).
[[nodiscard]] awaitable<result<int>> run_program(
    clock& time, std::vector<std::string> command, variables extra, clock::duration limit,
    std::string& said);

}  // namespace ferry::cli
