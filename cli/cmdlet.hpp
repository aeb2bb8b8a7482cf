#pragma once

#include "cli/verb.hpp"

#include <ferry/result.hpp>

#include <span>
#include <string_view>

namespace ferry::cli {

struct cmdlet_call {
    arguments words = {};  ///< the verb and what stands behind it
    cmdlet_manner manner = {};
};

/// Translates a cmdlet with its parameters into a verb of ferry with its options:
/// `Start-BitsTransfer -Priority low a,b` becomes `start --source a --source b --priority low`.
/// Jobs and names of jobs come last, as operands. The rules are those of PowerShell:
/// - Names of parameters in any case, as aliases or unique prefixes; `-Name value`, `-Name:value`.
///   What has no name goes to the positional parameters that are left.
/// - Switches: `-Name`, `-Name:$true`, and `-Name:$false`, which is as good as not there.
/// - Arrays: `a,b` and also `a, b` in several words. Bash has removed the quotes, so every comma
///   separates and blanks around it go, except inside quotes that outlive bash: '"a,b"'. Values
///   that are no arrays keep commas and quotes.
/// - A dash of typography before a name (U+2013 to U+2015) is a hyphen.
/// The options that every verb has may be there in ferry's own spelling (`--json`, `--host`).
/// @param command  The cmdlet and what follows it.
/// @param piped    Standard input is no terminal: perhaps there is a list on it.
/// Errors: errc::bad_argument; the detail is the line for the user, "-Name: why (hint)". What only
///   the verb can judge (do sources and destinations pair up?), it does.
result<cmdlet_call> translate_cmdlet(arguments command, bool piped = false);

/// What a parameter takes: nothing, one text, or many.
enum class parameter_shape { flag, text, array };

/// One parameter of a cmdlet.
struct cmdlet_parameter {
    std::string_view name;
    std::string_view alias;   ///< empty: none
    std::string_view option;  ///< "--priority"; empty: the values are operands
    parameter_shape shape;
    /// Checks the values and puts them in ferry's words; a failure's detail says why not. Null: any
    /// will do. They are never empty; those of a flag are {"$true"}.
    result<arguments> (*convert)(arguments values) = nullptr;
    bool positional = false;  ///< takes values without a name; the first in the table first
    bool mandatory = false;
    std::string_view meaning = {};  ///< in the help: what it does without being an option
};

struct cmdlet {
    std::string_view name;
    std::string_view verb;  ///< ferry's
    std::span<const cmdlet_parameter> parameters;
    std::span<const cmdlet_parameter> common;  ///< those of PowerShell itself
};

/// All eight of the BitsTransfer module.
std::span<const cmdlet> cmdlets();
/// In any case; null: it is none of them.
const cmdlet* find_cmdlet(std::string_view name);

/// A line for the user about options, with the parameters that they are in the cmdlet.
std::string in_words_of(const cmdlet& from, std::string text);

}  // namespace ferry::cli
