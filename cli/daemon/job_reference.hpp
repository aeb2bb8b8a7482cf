#pragma once

#include <ferry/engine.hpp>

#include <span>
#include <string>
#include <string_view>

namespace ferry::cli {

/// The id of the job that `reference` means: its id, the beginning of that (4 characters or more),
/// both as plain_id() takes them, or its display name. Where no name is exactly so, the case of
/// ASCII letters does not count. A job that is over is meant only where no other one is: who waits
/// for a job that completes itself may come late.
/// Errors: errc::no_such_job if none is called that, or more than one.
result<std::string> find_job(engine& among, std::string_view reference);

/// The same among these jobs only.
result<std::string> find_job(std::span<const job* const> among, std::string_view reference);

}  // namespace ferry::cli
