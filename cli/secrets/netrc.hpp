#pragma once

#include <ferry/credentials.hpp>
#include <ferry/result.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace ferry::cli {

/// The logins of a netrc file in its order; the default one has no host. Words may stand in quotes,
/// with \" and \\; "account" and macros are skipped.
/// Errors: errc::bad_argument names the line, not what is in it.
result<std::vector<host_login>> parse_netrc(std::string_view text);

/// @param must_exist  False: a file that is not there has no logins.
/// Errors: as above, and those of read_secret_text().
result<std::vector<host_login>> read_netrc(const std::string& file, bool must_exist);

}  // namespace ferry::cli
