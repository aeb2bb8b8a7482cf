#pragma once

#include "cli/options/options_output.hpp"

#include <string>

namespace ferry::cli {

/// Adds --json, --quiet, --verbose, --progress and --help to a verb that prints one result, no
/// events.
/// @param verbose  What -v tells.
void add_document_options(option_set& app, output_options& into, const std::string& verbose);

}  // namespace ferry::cli
