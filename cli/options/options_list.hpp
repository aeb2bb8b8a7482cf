#pragma once

#include "cli/options/options_output.hpp"

#include <ferry/result.hpp>

#include <string>
#include <vector>

namespace ferry::cli {

/// What `ferry list` was asked for. Without names and ids: all jobs.
struct list_options {
    std::vector<std::string> names = {};  ///< display names, or patterns of them
    std::vector<std::string> ids = {};    ///< or their beginnings
    bool all_users = false;
    output_options output = {};
};

/// Errors: errc::bad_argument; the detail is the line for the user.
result<list_options> parse_list_options(std::vector<std::string> arguments);
std::string list_help();

}  // namespace ferry::cli
