#pragma once

#include "cli/get/batch.hpp"
#include "cli/get/input_list.hpp"
#include "cli/options/options_get.hpp"
#include "cli/sources/folder_access.hpp"

#include <ferry/result.hpp>

#include <filesystem>
#include <iterator>
#include <string>
#include <string_view>
#include <vector>

namespace ferry::cli {

/// One file after the other, each with its source and destination.
struct transfer_plan {
    std::vector<transfer_item> items = {};
    wanted_folders folders = {};
    std::string left_out = {};          ///< see source_finder
    std::vector<failure> missing = {};  ///< what cannot come; what else there is, is transferred
};

inline void add_to(std::vector<failure>& all, std::vector<failure> more) {
    all.insert(
        all.end(), std::make_move_iterator(more.begin()), std::make_move_iterator(more.end()));
}

/// What `get` was told: the sources of the command line, then of the input list, which is read
/// here. Errors: errc::bad_argument; the detail is the line for the user.
result<std::vector<list_entry>> entries_of(const get_options& options);

/// Has a server to be asked which files there are?
bool asks_server(const std::vector<list_entry>& entries, const find_options& how);

/// What goes where: one transfer for each entry, but for those that stand for many files. Looks at
/// the file system and at shares, changes nothing.
/// Errors: errc::bad_argument for everything that makes no sense as a whole: a malformed URL or
///   list, two files for one destination, a destination that is a directory, a missing directory.
///   The detail is the line for the user. Else what the lister failed with, or check_inside().
result<transfer_plan> plan_downloads(
    const get_options& options, const std::vector<list_entry>& entries, folder_lister list);

/// The same with entries_of() and folders of this machine.
result<transfer_plan> plan_downloads(const get_options& options);

/// errc::bad_argument for the first URL that no protocol speaks.
result<void> check_schemes(const std::vector<transfer_item>& items, const protocol_set& known);

/// A URL as a user wrote it, for messages: safe for a terminal, and without user information.
std::string shown(std::string_view source);

}  // namespace ferry::cli
