#pragma once

#include <ferry/engine.hpp>
#include <ferry/result.hpp>

#include <chrono>
#include <string>
#include <string_view>

namespace ferry::cli {

/// What the owner of a daemon may choose: config.json.
struct daemon_config {
    engine_limits limits = {};
    unsigned connections_per_host = 6;      ///< of all jobs together
    std::chrono::seconds idle_timeout{30};  ///< with nothing to do, then it ends; 0: never
};

/// A JSON object of numbers; every key may be left out.
/// Errors: errc::bad_argument for anything else, an unknown key, a value out of its range; the
///   detail says which, and is the line for the user.
result<daemon_config> parse_config(std::string_view text);

/// The same out of a file; without one it is all defaults. Errors: also any errno.
result<daemon_config> read_config(const std::string& file);

}  // namespace ferry::cli
