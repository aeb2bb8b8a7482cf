#pragma once

#include "cli/control/home.hpp"

#include <ferry/job_secrets.hpp>

namespace ferry::cli {

/// The key for the secrets of jobs: the credential "ferry.key" that systemd gave us
/// ($CREDENTIALS_DIRECTORY) if there is one, else the file home::key(), which is made when it is
/// needed first.
key_source job_key(const home& where);

}  // namespace ferry::cli
