#include "cli/help.hpp"

#include <algorithm>
#include <array>
#include <vector>

namespace ferry::cli {
namespace {

std::string in_column(std::string text, std::size_t width) {
    text.resize(std::max(text.size(), width), ' ');
    return text;
}

struct section {
    verb_group group;
    std::string_view title;
};

constexpr std::array sections = {
    section{verb_group::here, "Transfer now, in this process"},
    section{verb_group::jobs, "Jobs in the background, which survive their terminal"},
    section{verb_group::daemon, "The daemon that moves them; it starts by itself"},
};

constexpr std::string_view head =
    R"(Usage: ferry VERB [options]

Moves files reliably: a transfer continues after an interruption where it stopped, and a file gets
its name only when it is complete and verified.
)";

constexpr std::string_view tail = R"(
Help:
  help      print the help of a verb: ferry help get

Options:
  -h, --help     print this help
  --version      print the version

The cmdlets of BitsTransfer are verbs, too: ferry help Start-BitsTransfer

Examples:
  ferry get https://example.org/image.iso
  ferry get -d music -j 4 https://example.org/a.ogg https://example.org/b.ogg
  ferry start https://example.org/image.iso --asynchronous
  ferry list
)";

/// "-Source VALUE,..."
std::string spelling(const cmdlet_parameter& one) {
    const auto dash = "-" + std::string(one.name);
    if (one.shape == parameter_shape::flag) return dash;
    return dash + (one.shape == parameter_shape::array ? " VALUE,..." : " VALUE");
}

/// What is neither an option nor an operand nor something else, is not there in ferry.
bool is_supported(const cmdlet_parameter& one) {
    return !one.option.empty() || one.positional || !one.meaning.empty();
}

std::string parameter_line(const cmdlet_parameter& one) {
    auto line = in_column("  " + spelling(one), 34) + "  ";
    auto meaning = std::string(one.meaning);
    if (meaning.empty()) meaning = one.option.empty() ? "an operand" : one.option;
    if (!one.alias.empty()) meaning += ", alias -" + std::string(one.alias);
    if (one.positional) meaning += ", the name may be left out";
    if (one.mandatory) meaning += ", mandatory";
    return line + meaning + "\n";
}

/// "-OutBuffer, -OutVariable", in lines that fit.
std::string list_of(const std::vector<std::string>& names) {
    constexpr std::size_t width = 90;
    std::string text, line = " ";
    for (const auto& name : names) {
        if (line.size() + name.size() > width) text += std::exchange(line, " ") + "\n";
        line += " " + name;
    }
    return text + line + "\n";
}

}  // namespace

std::string general_help(std::span<const verb> known) {
    std::string text(head);
    for (const auto& part : sections) {
        text += "\n" + std::string(part.title) + ":\n";
        for (const auto& one : known)
            if (one.group == part.group)
                text +=
                    in_column("  " + std::string(one.name), 12) + std::string(one.summary) + "\n";
    }
    return text + std::string(tail);
}

std::string cmdlet_help(const cmdlet& about) {
    const std::string name(about.name), verb(about.verb);
    auto text = "Usage: ferry " + name + " [parameters]\n\n" +
                "The cmdlet of BitsTransfer; in ferry's words: ferry " + verb + " (see 'ferry " +
                verb + " --help').\n" +
                "Names are written in any case, as aliases or unique prefixes; a comma separates "
                "values.\n\nParameters, and the options of ferry that they are:\n";
    std::vector<std::string> missing;
    for (const auto table : {about.parameters, about.common})
        for (const auto& one : table)
            if (is_supported(one))
                text += parameter_line(one);
            else
                missing.push_back("-" + std::string(one.name));
    return text + "\nWithout a meaning outside PowerShell, and refused:\n" + list_of(missing) +
           "\nOptions of ferry that go with it:\n  --json, --quiet, --verbose, --progress WHEN\n";
}

}  // namespace ferry::cli
