#pragma once

#include <ferry/result.hpp>

#include <string>
#include <vector>

namespace ferry::cli {

enum class daemon_action { run, start, stop, status, stdio, install };

struct daemon_options {
    daemon_action action = daemon_action::status;
    bool background = false;  ///< run: standard output is told when it is ready, or why not
    bool json = false;        ///< status
};

/// Parses the arguments after "daemon". A failure's detail is the line for the user.
result<daemon_options> parse_daemon_options(std::vector<std::string> arguments);

std::string daemon_help();

}  // namespace ferry::cli
