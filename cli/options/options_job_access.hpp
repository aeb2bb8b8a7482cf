#pragma once

#include "cli/options/options_job.hpp"
#include "cli/secrets/password.hpp"
#include "cli/sources/folder_access.hpp"

#include <ferry/result.hpp>

namespace ferry::cli {

/// Makes settings and secrets of what the options about identity, proxies, trust and content ask of
/// a job. Passwords, tokens, netrc files and proxy variables are read here and now; files of
/// certificates and keys are for the daemon.
/// To be called once nothing else is wrong: see obey().
/// @param access  What other options say of servers, for what is looked into or made at once.
/// Errors: errc::bad_argument, the detail is the line for the user; errc::cancelled: the user did
///   not want to be asked.
result<void> obey(
    job_options& job, job_verb verb, const password_variables& known, access_options access = {});

/// How the folders that a job needs on a share are made, as obey() read it.
folder_making making_for(const job_options& job);

}  // namespace ferry::cli
