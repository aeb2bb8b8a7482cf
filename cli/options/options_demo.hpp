#pragma once

#include "cli/options/options_output.hpp"

#include <ferry/result.hpp>

#include <string>
#include <vector>

namespace ferry::cli {

/// Parses the arguments after "demo". A failure's detail is the line for the user.
result<output_options> parse_demo_options(std::vector<std::string> arguments);

std::string demo_help();

}  // namespace ferry::cli
