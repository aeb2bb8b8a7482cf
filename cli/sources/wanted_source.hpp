#pragma once

#include "cli/sources/find_options.hpp"

#include <ferry/result.hpp>
#include <ferry/url.hpp>

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace ferry::cli {

/// A source that may stand for many files, taken apart.
struct wanted_source {
    url root = {};                        ///< a folder; without steps, perhaps a file
    std::vector<std::string> steps = {};  ///< patterns for names below it, one for each level
    bool any_case = false;                ///< on shares case does not count

    /// The name that a step is if it is no pattern.
    std::vector<std::string> names = {};
};

/// Does it stand for more than what it names? Local paths and shares may hold wildcards, and their
/// folders may be wanted as a whole; in other URLs '?' and brackets mean something else.
bool may_be_many(std::string_view source, const find_options& how) noexcept;

/// The same, and a server has to be asked which ones.
bool asks_server(std::string_view source, const find_options& how) noexcept;

bool asks_server(const std::vector<std::string>& sources, const find_options& how) noexcept;

/// @param here  The current folder.
/// Errors: errc::bad_argument: wildcards or ".." where they cannot be; the detail is the line for
///   the user. Else as parse_location().
result<wanted_source> read_wanted(std::string_view source, const std::filesystem::path& here);

/// One spelling for each local place: "a" and "./x/../a" are the same, but behind a link ".." is
/// elsewhere. Looks at the file system only for "..".
std::filesystem::path placed(const std::filesystem::path& here, std::string_view path);

}  // namespace ferry::cli
