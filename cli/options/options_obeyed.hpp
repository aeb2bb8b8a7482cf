#pragma once

#include "cli/options/options_direct.hpp"
#include "cli/secrets/password.hpp"
#include "cli/sources/folder_access.hpp"

#include <ferry/transfer_options.hpp>

#include <cstdint>
#include <memory>
#include <string_view>

namespace ferry::cli {

/// What the options about identity, proxies, trust and content ask of a transfer.
/// @param asked  Those of the command line, each value read and found good.
/// @param alone  There is no job yet whose options could complete these.
/// Reads the files that they name and, where a password is missing, asks for it on the terminal:
/// to be called once nothing else is wrong.
/// Errors: errc::bad_argument for what makes no sense together, or a file that is no good; the
///   detail is the line for the user. errc::cancelled: the user did not want to be asked.
result<void> obey(
    const option_values& asked, const password_variables& known, access_options& access,
    relay_credentials& between, transfer_options& transfer, bool alone = true);

/// The sum (see security_flag) that a value of --security-flags means: a number, or words.
std::uint32_t security_flags_in(std::string_view text);

/// The same for all that `get` or `put` was asked for, be it for a job.
result<void> obey(direct_options& options, const password_variables& known);

/// How folders of sources are looked into, as obey() read it.
folder_asking asking_sources(const direct_options& options, shared_loop loop);

/// How folders are made where the files go, as obey() read it.
/// @param relayed  Their sources are servers as well.
folder_making making_for(
    const direct_options& options, const url& to, bool relayed, shared_loop loop);

}  // namespace ferry::cli
