#pragma once

#include "cli/get/plan.hpp"
#include "cli/options/options_put.hpp"

#include <ferry/result.hpp>

namespace ferry::cli {

/// What goes where: one transfer for each file of the command line, but for the wildcards and
/// folders that stand for many. Looks at the file system and at shares, changes nothing.
/// Errors: errc::bad_argument for everything that makes no sense as a whole: a malformed URL,
///   several files for one, a file that is not there or none. The detail is the line for the user.
///   Else what the lister failed with.
result<transfer_plan> plan_uploads(const put_options& options, folder_lister list);

}  // namespace ferry::cli
