#pragma once

#include "cli/options/options_direct.hpp"
#include "cli/sources/find_options.hpp"

#include <string>
#include <vector>

namespace ferry::cli {

/// What `ferry put` was asked for.
struct put_options : direct_options {
    std::vector<std::string> files = {};  ///< at least one
    std::string destination = {};         ///< URL
    std::string protocol = "auto";        ///< as job_settings::upload_protocol
    find_options find = {};
};

/// Parses the arguments after "put". A failure's detail is the line for the user.
result<put_options> parse_put_options(std::vector<std::string> arguments);

std::string put_help();

/// Adds --upload-protocol.
void add_upload_option(option_set& app, std::string& into);

}  // namespace ferry::cli
