#pragma once

#include "cli/cmdlet.hpp"
#include "cli/verb.hpp"

#include <span>
#include <string>

namespace ferry::cli {

/// `ferry help`: what there is to do.
std::string general_help(std::span<const verb> known);

/// `ferry help Start-BitsTransfer`: the parameters of a cmdlet, and what they are in ferry.
std::string cmdlet_help(const cmdlet& about);

}  // namespace ferry::cli
