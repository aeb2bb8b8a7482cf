#pragma once

#include "cli/get/input_list.hpp"
#include "cli/get/plan.hpp"
#include "cli/options/options_get.hpp"
#include "cli/sources/folder_access.hpp"

#include <ferry/result.hpp>

#include <optional>
#include <vector>

namespace ferry::cli {

/// The share that `get` is to bring its files to: what -o or -d names, or the last operand if that
/// is a folder of one (it is then no longer a source). None: they come here.
/// Errors: errc::bad_argument; the detail is the line for the user.
result<std::optional<url>> take_share(get_options& options);

/// What goes where: one transfer for each entry, but for those that stand for many files. Looks at
/// shares.
/// @param to  A file, or with a '/' at its end a folder.
/// Errors: as plan_downloads().
result<transfer_plan> plan_relays(
    const get_options& options, const std::vector<list_entry>& entries, const url& to,
    folder_lister list);

}  // namespace ferry::cli
