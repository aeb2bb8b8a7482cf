#pragma once

#include <ferry/clock.hpp>
#include <ferry/engine.hpp>

#include <asio/any_io_executor.hpp>

#include <functional>
#include <string_view>

namespace ferry::cli {

/// The programs that a job names, as an engine's hooks: notify_command when it is Transferred
/// (flag 1; also when it has completed itself) or in Error (flag 2), unless flag 4 is set; four at
/// once (BITS); and validate_command, with the path of the arrived file behind its arguments.
/// They are told about the job by the environment, and have an hour.
/// @param time  Must outlive the hooks and what they started.
/// @param tell  Takes a line for people about each notification that failed, and one with what a
///   program has printed (the first 4 KiB).
engine_hooks make_job_hooks(
    asio::any_io_executor on, clock& time, std::function<void(std::string_view)> tell);

}  // namespace ferry::cli
