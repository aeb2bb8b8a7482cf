#pragma once

#include "cli/options/options_job.hpp"

#include <ferry/result.hpp>

#include <string>
#include <vector>

namespace ferry::cli {

/// The user whom URLs of shares name (smb://[DOMAIN;]USER@HOST/...) counts as --credential, from
/// server to server as --source-credential or --destination-credential, unless who we are is said
/// by an option. Guests need no password, and stay where they are.
/// @param sources, destinations  As the user typed them.
/// Errors: errc::bad_argument if there are several such users, of whom one alone can have the
///   password.
result<void> take_share_users(
    std::vector<std::string> sources, const std::vector<std::string>& destinations,
    job_options& options);

}  // namespace ferry::cli
