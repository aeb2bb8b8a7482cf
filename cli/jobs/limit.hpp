#pragma once

#include "cli/options/options_output.hpp"
#include "cli/verb.hpp"

#include <ferry/result.hpp>

#include <cstdint>
#include <optional>

namespace ferry::cli {

/// `ferry limit`: the rate that all of the daemon's jobs share.
exit_code run_limit(arguments args);
std::string limit_help();

/// What `ferry limit` was asked for.
struct limit_options {
    bool change = false;
    std::optional<std::uint64_t> bytes_per_second = {};  ///< to change it to; none: no limit
    output_options output = {};
};

/// Errors: errc::bad_argument; the detail is the line for the user.
result<limit_options> parse_limit_options(arguments args);

/// "all jobs together: at most 20.0 MiB/s", or "no limit".
std::string limit_line(std::optional<std::uint64_t> bytes_per_second, bool exact);

}  // namespace ferry::cli
