#pragma once

#include <ferry/result.hpp>

#include <filesystem>
#include <optional>
#include <vector>

namespace ferry::cli {

/// errc::bad_argument, with a line for the user, if `below` does not stay in `folder`: something
/// that is there already is a link. An errno, with context local_file, if it is no folder.
result<void> check_inside(const std::filesystem::path& folder, const std::filesystem::path& below);

/// A folder that is to be made.
struct local_folder {
    std::filesystem::path path = {};
    std::optional<unsigned> mode = {};  ///< its permissions in the end, but that we may always
                                        ///< look into it; none: those of new folders
};

/// Makes the folders that are not there, and what they lie in, so that we may write into them; and
/// into those that close_folders() has closed. Looks again that none of them is a link. Errors: as
/// check_inside(); any errno, with context local_file.
result<void> make_folders(const std::vector<local_folder>& folders);

/// All has come: forbids us to write into those where the source's owner may not. Those that are
/// not ours, or have other permissions than make_folders() gives them, stay as they are.
void close_folders(const std::vector<local_folder>& folders);

}  // namespace ferry::cli
