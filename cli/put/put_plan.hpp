#pragma once

#include "cli/get/batch.hpp"
#include "cli/options/options_put.hpp"

#include <ferry/result.hpp>

#include <vector>

namespace ferry::cli {

/// What goes where: one transfer for each file of the command line. Looks at the file system,
/// changes nothing.
/// Errors: errc::bad_argument for everything that makes no sense as a whole: a malformed URL,
///   several files for one, a file that is not there or none. The detail is the line for the user.
result<std::vector<transfer_item>> plan_uploads(const put_options& options);

}  // namespace ferry::cli
