#pragma once

#include <ferry/result.hpp>

#include <filesystem>
#include <optional>
#include <vector>

namespace ferry::cli {

/// errc::bad_argument, with a line for the user, if `below` does not stay in `folder`: something
/// that is there already is a link, or no folder.
result<void> check_inside(const std::filesystem::path& folder, const std::filesystem::path& below);

/// A folder that is to be made.
struct local_folder {
    std::filesystem::path path = {};
    std::optional<unsigned> mode = {};  ///< its permissions, but that we may always use it; none:
                                        ///< those of new folders
};

/// Makes the folders that are not there, and what they lie in. Looks again that none of them
/// is a link. Errors: errc::bad_argument, as check_inside(); any errno, with context local_file.
result<void> make_folders(const std::vector<local_folder>& folders);

}  // namespace ferry::cli
