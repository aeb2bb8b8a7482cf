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

struct cmdlet;

/// What a cmdlet asks for beside its verb.
struct cmdlet_manner {
    const cmdlet* from = nullptr;  ///< null: it was no cmdlet
    arguments jobs = {};           ///< that it is about, as the user called them
    bool what_if = false;          ///< only tell what would be done
    bool confirm = false;          ///< ask before
    bool silent = false;           ///< no errors on standard error
};

/// What a command line asks for: a text to be printed, or a verb to be run.
struct command {
    std::string text = {};
    const verb* what = nullptr;  ///< null: print the text
    arguments args = {};
    cmdlet_manner manner = {};
};

/// Understands a command line, cmdlets of BitsTransfer included.
/// @param known  The verbs that there are; what is returned points into them.
/// @param args   Without the program's name.
/// @param piped  Standard input is no terminal: perhaps a list was to be read from it.
/// Errors: errc::bad_argument; the detail is the line for the user.
result<command> read_command(std::span<const verb> known, arguments args, bool piped = false);

/// The whole command, as main() calls it: arguments without the program's name.
exit_code run_ferry(arguments args);

}  // namespace ferry::cli
