#pragma once

#include "cli/options/options_job_unsupported.hpp"

#include <ferry/job.hpp>
#include <ferry/result.hpp>
#include <ferry/url.hpp>

#include <filesystem>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace ferry::cli {

// Files that go from one server to another.

/// The share that a download is to be brought to, as a user wrote it: smb://HOST/SHARE/PATH,
/// \\HOST\SHARE\PATH or //HOST/SHARE/PATH.
/// Precondition: detail::is_elsewhere(). Errors: errc::bad_argument: another server than a share's,
///   or no place of one; the detail is the line for the user.
result<url> read_share(std::string_view text);

/// As what a user means when he names a folder.
url as_folder(url place);

/// @param name  Of a file below the folder.
url below(url folder, const std::filesystem::path& name);

/// A URL with its user information.
std::string whole_text(const url& what);

/// The places on servers that are spoken for. On shares, names that differ by case alone are one
/// name (ASCII letters, and what else the C library knows).
class server_places {
  public:
    /// False: something else goes there.
    bool take(const url& file) { return places_.try_emplace(key_of(file)).second; }
    /// False: a file goes there, or a folder of another spelling.
    bool take_folder(const url& folder);

  private:
    static std::string key_of(const url& place);

    std::unordered_map<std::string, std::string> places_ = {};  // how a folder is spelled
};

/// errc::bad_argument, with a line for the user: two files want the same place.
failure second_for(const url& place);

/// errc::bad_argument for options that leave open whom they are about.
/// @param asked    The options about identity.
/// @param relayed  Files go from server to server.
result<void> check_credentials(const option_values& asked, bool relayed);
result<void> check_credentials(const option_values& asked, const std::vector<job_file>& files);

}  // namespace ferry::cli
