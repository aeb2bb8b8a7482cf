#pragma once

#include "cli/options/options_job.hpp"
#include "cli/options/options_output.hpp"
#include "cli/options/options_transfer.hpp"

#include <ferry/result.hpp>

#include <string>
#include <vector>

namespace ferry::cli {

/// What `ferry get` was asked for.
struct get_options {
    std::vector<std::string> sources = {};
    std::string file = {};        ///< -o
    std::string directory = {};   ///< -d
    std::string input_file = {};  ///< -i; "-": standard input
    unsigned parallel = 8;
    bool asynchronous = false;  ///< left to the daemon, as a job
    job_options job = {};       ///< its names and priority
    transfer_settings transfer = {};
    option_values asked = {};  ///< for obey()
    output_options output = {};
};

/// Parses the arguments after "get". A failure's detail is the line for the user.
result<get_options> parse_get_options(std::vector<std::string> arguments);

std::string get_help();

}  // namespace ferry::cli
