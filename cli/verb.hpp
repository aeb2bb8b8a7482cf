#pragma once

#include "cli/exit_code.hpp"

#include <ferry/result.hpp>

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace ferry::cli {

/// What stands behind the verb.
using arguments = std::vector<std::string>;

/// The sections of the help.
enum class verb_group { here, jobs, daemon };

/// One thing that `ferry` can do.
struct verb {
    verb_group group;
    std::string_view name;
    std::string_view summary;
    exit_code (*run)(arguments);
    std::string (*help)();
};

/// What a command line asks for: a text to be printed, or a verb to be run.
struct command {
    std::string text = {};
    const verb* what = nullptr;  ///< null: print the text
    arguments args = {};
};

/// Understands a command line, cmdlets of BitsTransfer included.
/// @param known  The verbs that there are; what is returned points into them.
/// @param args   Without the program's name.
/// Errors: errc::bad_argument; the detail is the line for the user.
result<command> read_command(std::span<const verb> known, arguments args);

/// The whole command, as main() calls it: arguments without the program's name.
exit_code run_ferry(arguments args);

}  // namespace ferry::cli
