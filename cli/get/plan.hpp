#pragma once

#include "cli/get/batch.hpp"
#include "cli/options/options_get.hpp"

#include <ferry/result.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace ferry::cli {

/// What goes where: one transfer for each URL of the command line, then of the input list, which
/// is read here. Looks at the file system, changes nothing.
/// Errors: errc::bad_argument for everything that makes no sense as a whole: a malformed URL or
///   list, two files for one destination, a destination that is a directory, a missing directory.
///   The detail is the line for the user.
result<std::vector<transfer_item>> plan_downloads(const get_options& options);

/// errc::bad_argument for the first URL that no protocol speaks.
result<void> check_schemes(const std::vector<transfer_item>& items, const protocol_set& known);

/// A URL as a user wrote it, for messages: safe for a terminal, and without user information.
std::string shown(std::string_view source);

}  // namespace ferry::cli
