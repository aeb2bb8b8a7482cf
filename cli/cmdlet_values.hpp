#pragma once

#include "cli/cmdlet.hpp"

#include <ferry/result.hpp>

#include <string>
#include <string_view>

namespace ferry::cli {

/// "-Source"
std::string dashed(const cmdlet_parameter& one);

/// An exact name or alias, else the only parameter that begins so; as in PowerShell, its common
/// parameters do not make a prefix of the cmdlet's own ambiguous.
/// Errors: errc::bad_argument; the detail is the line for the user.
result<const cmdlet_parameter*> find_parameter(const cmdlet& in, std::string_view name);

/// What the text behind a parameter's name means to its option. None: as if it were not there.
/// Errors: errc::bad_argument; the detail lacks the name.
result<arguments> values_of(const cmdlet_parameter& one, std::string text);

}  // namespace ferry::cli
