#pragma once

#include "cli/options/options_output.hpp"

#include <ferry/result.hpp>

#include <cstddef>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

namespace ferry::cli {

class option_set;

/// What a verb says of itself whose operands are jobs, and whose options only those of the output.
struct jobs_syntax {
    const char* verb;
    std::string_view usage;                                      ///< the head of the help
    std::string_view examples;                                   ///< its end
    const char* verbose;                                         ///< what -v tells
    std::size_t most = std::numeric_limits<std::size_t>::max();  ///< jobs
};

struct jobs_options {
    std::vector<std::string> jobs = {};  ///< at least one, as the user named them
    output_options output = {};
};

// Errors: errc::bad_argument; the detail is the line for the user.

/// Fills what the options of a verb were bound to.
/// @return  The jobs, at least one.
result<std::vector<std::string>> parse_jobs(
    const option_set& app, const std::string& verb, std::vector<std::string> arguments);

result<jobs_options> parse_jobs_options(const jobs_syntax& of, std::vector<std::string> arguments);
std::string jobs_help(const jobs_syntax& of);

}  // namespace ferry::cli
