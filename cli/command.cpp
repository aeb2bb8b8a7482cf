#include "cli/cmdlet.hpp"
#include "cli/help.hpp"
#include "cli/text/spelling.hpp"
#include "cli/text/terminal_text.hpp"
#include "cli/verb.hpp"
#include "cli/wrong.hpp"

#include <ferry/detail/ascii.hpp>

#include <algorithm>
#include <array>

namespace ferry::cli {
namespace {

constexpr std::array planned_verbs = {"session"};
constexpr std::array planned_options = {"--host", "--session"};

command to_print(std::string text) { return {std::move(text)}; }

const verb* find_verb(std::span<const verb> known, std::string_view name) {
    const auto found =
        std::find_if(known.begin(), known.end(), [&](const verb& one) { return one.name == name; });
    return found == known.end() ? nullptr : &*found;
}

std::vector<std::string> names_of(std::span<const verb> known) {
    std::vector<std::string> names;
    for (const auto& one : known) names.emplace_back(one.name);
    for (const auto& one : cmdlets()) names.emplace_back(one.name);
    return names;
}

failure unknown_verb(std::span<const verb> known, const std::string& name) {
    if (std::find(planned_verbs.begin(), planned_verbs.end(), name) != planned_verbs.end())
        return wrong(name + ": not yet supported (see 'ferry help')");
    if (detail::to_lower(name) == "import-csv")
        return wrong(name + ": no cmdlet of BitsTransfer (write 'ferry import FILE.csv')");
    if (typographic_dash(name) > 0) return wrong(about_dash(name));
    if (const auto hint = did_you_mean(names_of(known), name); !hint.empty())
        return wrong(printable(name) + ": unknown verb (" + hint + ")");
    std::string names;
    for (const auto& one : known) names += std::string(one.name) + ", ";
    const bool option = name.starts_with('-');
    return wrong(
        printable(name) + ": unknown " + (option ? "option before the verb" : "verb") +
        " (the verbs are " + names + "help)");
}

/// What stands before "--".
std::span<const std::string> options_of(const arguments& args) {
    return {args.begin(), std::find(args.begin(), args.end(), "--")};
}

bool has_any(std::span<const std::string> args, std::initializer_list<std::string_view> words) {
    return std::find_first_of(args.begin(), args.end(), words.begin(), words.end()) != args.end();
}

/// "-h" is help, unless a parameter of the cmdlet begins so.
bool asks_for_help(const cmdlet& about, const arguments& args) {
    const auto begins_so = [](const cmdlet_parameter& one) {
        return detail::to_lower(one.name).starts_with('h');
    };
    const auto& table = about.parameters;
    const bool taken = std::any_of(table.begin(), table.end(), begins_so);
    return has_any(options_of(args), {"--help", "-?"}) ||
           (!taken && has_any(options_of(args), {"-h"}));
}

result<void> check_options(const arguments& args) {
    for (const auto& word : options_of(args))
        for (const std::string option : planned_options)
            if (word == option || word.starts_with(option + "="))
                return wrong(option + ": not yet supported (leave it out)");
    return {};
}

result<command> read_help(std::span<const verb> known, const arguments& args) {
    if (args.empty()) return to_print(general_help(known));
    if (const auto* one = find_cmdlet(args.front())) return to_print(cmdlet_help(*one));
    const auto* one = find_verb(known, args.front());
    if (!one) return unknown_verb(known, args.front());
    return to_print(one->help());
}

result<command> to_run(std::span<const verb> known, arguments args) {
    const auto* one = find_verb(known, args.front());
    if (!one) return unknown_verb(known, args.front());
    args.erase(args.begin());
    if (const auto checked = check_options(args); !checked) return checked.error();
    return command{{}, one, std::move(args)};
}

result<command> read_cmdlet(
    std::span<const verb> known, const cmdlet& which, arguments args, bool piped) {
    if (asks_for_help(which, args)) return to_print(cmdlet_help(which));
    auto translated = translate_cmdlet(std::move(args), piped);
    if (!translated) return translated.error();
    auto asked = to_run(known, std::move(translated->words));
    if (asked) asked->manner = std::move(translated->manner);
    return asked;
}

/// `ferry --json list` is `ferry list --json`.
arguments with_verb_first(arguments args) {
    arguments moved;
    auto next = args.begin();
    for (; next != args.end(); ++next) {
        const bool flag = has_any({&*next, 1}, {"--json", "--quiet", "--verbose"});
        if (*next == "-q" || *next == "-v")
            moved.emplace_back(*next == "-q" ? "--quiet" : "--verbose");
        else if (flag || next->starts_with("--progress="))
            moved.push_back(*next);
        else if (*next == "--progress" && next + 1 != args.end())
            moved.push_back("--progress=" + *++next);
        else
            break;
    }
    if (moved.empty() || next == args.end()) return args;
    if (has_any({&*next, 1}, {"-h", "--help", "help"})) return {next, args.end()};  // without them
    moved.insert(moved.begin(), std::move(*next));
    moved.insert(moved.end(), next + 1, args.end());
    return moved;
}

}  // namespace

result<command> read_command(std::span<const verb> known, arguments args, bool piped) {
    if (args.empty()) return to_print(general_help(known));
    args = with_verb_first(std::move(args));
    const auto& name = args.front();
    if (name == "-h" || name == "--help" || name == "help")
        return read_help(known, {args.begin() + 1, args.end()});
    if (has_any(options_of(args), {"--version"})) return to_print("ferry " FERRY_VERSION "\n");
    if (const auto* one = find_cmdlet(name))
        return read_cmdlet(known, *one, std::move(args), piped);
    // Also where other options are wrong: then the help is what is needed.
    const auto* one = find_verb(known, name);
    if (one && has_any(options_of(args), {"-h", "--help"})) return to_print(one->help());
    return to_run(known, std::move(args));
}

}  // namespace ferry::cli
