#include "cli/verb.hpp"

#include "cli/console.hpp"
#include "cli/demo.hpp"
#include "cli/get.hpp"
#include "cli/options_demo.hpp"
#include "cli/options_get.hpp"
#include "cli/terminal_text.hpp"

#include <unistd.h>

#include <algorithm>
#include <array>

namespace ferry::cli {
namespace {

// All verbs, in the order in which the help shows them.
constexpr std::array table = {
    verb{"get", "download files", run_get, get_help},
    verb{"demo", "watch a transfer survive interruptions; needs no network", run_demo, demo_help},
};

exit_code print(const std::string& text) {
    return write_all(STDOUT_FILENO, text) ? exit_code::done : exit_code::failed;
}

std::string general_help() {
    std::string text =
        "Usage: ferry VERB [options]\n\n"
        "Moves files reliably: a transfer continues after an interruption where it stopped, and a\n"
        "file gets its name only when it is complete and verified.\n\nVerbs:\n";
    for (const auto& one : table) {
        auto name = "  " + std::string(one.name);
        name.resize(10, ' ');
        text += name + std::string(one.summary) + "\n";
    }
    return text +
           "  help    print the help of a verb: ferry help get\n\nOptions:\n"
           "  -h, --help     print this help\n"
           "  --version      print the version\n\nExamples:\n"
           "  ferry get https://example.org/image.iso\n"
           "  ferry get -d music -j 4 https://example.org/a.ogg https://example.org/b.ogg\n"
           "  ferry get --help\n";
}

const verb* find_verb(std::string_view name) {
    const auto found =
        std::find_if(table.begin(), table.end(), [&](const verb& one) { return one.name == name; });
    return found == table.end() ? nullptr : &*found;
}

exit_code unknown_verb(const std::string& name) {
    std::string known;
    for (const auto& one : table) known += std::string(one.name) + ", ";
    const bool option = name.starts_with('-');
    complain(
        printable(name) + ": unknown " + (option ? "option before the verb" : "verb") +
        " (the verbs are " + known + "help)");
    return exit_code::usage;
}

exit_code run_help(const arguments& args) {
    if (args.empty()) return print(general_help());
    const auto* one = find_verb(args.front());
    return one ? print(one->help()) : unknown_verb(args.front());
}

/// Also where other options are wrong: then the help is what is needed.
bool asks_for_help(const arguments& args) {
    const auto end = std::find(args.begin(), args.end(), "--");
    return std::any_of(
        args.begin(), end, [](const std::string& one) { return one == "-h" || one == "--help"; });
}

}  // namespace

exit_code run_ferry(arguments args) {
    if (args.empty()) return print(general_help());
    const auto name = args.front();
    args.erase(args.begin());
    if (name == "-h" || name == "--help" || name == "help") return run_help(args);
    if (name == "--version") return print("ferry " FERRY_VERSION "\n");
    const auto* one = find_verb(name);
    if (!one) return unknown_verb(name);
    return asks_for_help(args) ? print(one->help()) : one->run(std::move(args));
}

}  // namespace ferry::cli
