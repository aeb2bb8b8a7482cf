#pragma once

#include "cli/options/options_direct.hpp"
#include "cli/secrets/password.hpp"

#include <ferry/transfer_options.hpp>

#include <cstdint>
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

/// The same for all that `get` or `put` was asked for.
result<void> obey(direct_options& options, const password_variables& known);

}  // namespace ferry::cli
