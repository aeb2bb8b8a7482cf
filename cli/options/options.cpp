#include "cli/options/options.hpp"

#include "cli/text/spelling.hpp"
#include "cli/text/terminal_text.hpp"

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <CLI/Option.hpp>

#include <algorithm>
#include <cstdint>

namespace ferry::cli {
namespace {

/// "-j,--parallel" → "--parallel": what messages call the option.
std::string long_name(const std::string& names) {
    const auto comma = names.rfind(',');
    return comma == names.npos ? names : names.substr(comma + 1);
}

failure wrong_for(const CLI::App& app, const std::string& what) {
    return {errc::bad_argument, what + " (see 'ferry " + app.get_name() + " --help')"};
}

/// "  -j, --parallel N           files at a time", "      --[no-]mtime           …"
std::string help_line(const CLI::Option& option) {
    constexpr std::size_t column = 28;
    const bool has_opposite = !option.get_fnames().empty();
    auto names =
        has_opposite ? "--[no-]" + option.get_lnames().front() : option.get_name(false, true);
    const auto comma = names.find(',');
    if (comma != names.npos) names.insert(comma + 1, " ");
    auto line = (names.starts_with("--") ? "      " : "  ") + names;
    if (option.get_items_expected_max() > 0) line += " " + option.get_type_name();
    line.resize(std::max(line.size(), column), ' ');
    return line + "  " + option.get_description() + "\n";
}

std::string before_value(const std::string& word) { return word.substr(0, word.find('=')); }

bool takes_value(const CLI::App& app, const std::string& word) {
    const auto* option = app.get_option_no_throw(word);
    return option && option->get_items_expected_max() > 0;
}

/// CLI11 would take the next argument for the value of "--name=", and any option for that of
/// another.
result<void> check_values(const CLI::App& app, const std::vector<std::string>& arguments) {
    for (std::size_t i = 0; i < arguments.size(); ++i) {
        const auto& one = arguments[i];
        if (one.starts_with("--") && one.ends_with('=') && one.size() > 3)
            return wrong_for(app, printable(one) + ": no value behind the '='");
        if (!one.starts_with('-') || !takes_value(app, one) || ++i == arguments.size()) continue;
        const auto next = before_value(arguments[i]);
        if (next.starts_with("--") && app.get_option_no_throw(next))
            return wrong_for(app, one + ": a value is missing before " + next);
    }
    return {};
}

failure unknown_option(const CLI::App& app, const std::string& word) {
    const auto name = before_value(word);
    std::vector<std::string> known;
    for (const auto* option : app.get_options())
        for (const auto& one : option->get_lnames()) known.push_back("--" + one);
    const auto hint = did_you_mean(known, name);
    if (hint.empty()) return wrong_for(app, printable(name) + ": unknown option");
    return {errc::bad_argument, printable(name) + ": unknown option (" + hint + ")"};
}

/// What CLI11 says of a missing or superfluous value, in our form.
std::string about_value(const CLI::ArgumentMismatch& why) {
    const std::string text = why.what();
    if (const auto end = text.find(": "); end != text.npos)
        return printable(text.substr(0, end)) + ": a value is missing";
    return "--" + printable(text.substr(0, text.find(' '))) + ": takes no value";
}

}  // namespace

option_set::option_set(std::string_view verb)
    : app_(std::make_unique<CLI::App>("", std::string(verb))) {}
option_set::~option_set() = default;

bool option_set::given(const std::string& name) const { return app_->count(name) > 0; }
void option_set::describe(const std::string& name, const std::string& help) {
    app_->get_option(name)->description(help);
}
void option_set::drop_defaults() {
    constexpr std::string_view mark = "(default ";
    for (auto* option : app_->get_options()) {
        auto help = option->get_description();
        const auto begin = help.find(mark);
        const auto end = std::min(help.find("; ", begin), help.find(')', begin));
        if (begin == help.npos || end == help.npos) continue;
        if (help[end] == ';')  // "(default 14 days; 0: no retry)"
            help.erase(begin + 1, end + 1 - begin);
        else
            help.erase(begin - 1, end + 2 - begin);
        option->description(help);
    }
}
void option_set::remove(const std::string& name) { app_->remove_option(app_->get_option(name)); }

void option_group::add(
    const std::string& names, const std::string& placeholder,
    std::function<void(const std::string&)> each, const std::string& help) {
    const auto callback = [each = std::move(each)](const CLI::results_t& values) {
        for (const auto& value : values) each(value);
        return true;
    };
    app_.app()
        .add_option(names, callback, help)
        ->type_name(placeholder)
        ->expected(1)
        ->allow_extra_args(false)
        ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll)
        ->group(title_);
}

void option_group::reject(const std::string& names, const std::string& text, const failure& why) {
    throw usage_error(long_name(names) + " " + printable(text) + ": " + why.detail);
}

void option_group::text(
    const std::string& names, const std::string& placeholder, std::string& into,
    const std::string& help) {
    const auto parse = [](std::string_view text) -> result<std::string> {
        if (text.empty()) return failure{errc::bad_argument, "empty (leave the option out)"};
        return std::string(text);
    };
    value<std::string>(names, placeholder, into, parse, help);
}

void option_group::single_text(
    const std::string& names, const std::string& placeholder, std::string& into,
    const std::string& help) {
    const auto each = [&into, names](const std::string& text) {
        if (text.empty()) throw usage_error(long_name(names) + ": empty (leave the option out)");
        if (!into.empty()) throw usage_error(long_name(names) + ": given twice (once is enough)");
        into = text;
    };
    add(names, placeholder, each, help);
}

void option_group::repeated_secret(
    const std::string& names, const std::string& placeholder,
    std::function<result<void>(const std::string&)> take, const std::string& help) {
    const auto each = [take = std::move(take), names](const std::string& text) {
        if (const auto taken = take(text); !taken)
            throw usage_error(long_name(names) + ": " + taken.error().detail);
    };
    add(names, placeholder, each, help);
}

void option_group::flag(const std::string& names, bool& into, const std::string& help) {
    app_.app().add_flag(names, into, help)->disable_flag_override()->group(title_);
}

void option_group::toggle(
    const std::string& name, std::function<void(bool)> take, const std::string& help) {
    const std::function<void(std::int64_t)> callback = [take = std::move(take)](auto sign) {
        take(sign > 0);
    };
    app_.app()
        .add_flag_function(name + ",!--no-" + name.substr(2), callback, help)
        ->multi_option_policy(CLI::MultiOptionPolicy::TakeLast)
        ->disable_flag_override()
        ->group(title_);
}

void option_group::toggle(const std::string& name, bool& into, const std::string& help) {
    toggle(
        name, [&into](bool on) { into = on; }, help);
}

void option_group::help_flag() {
    app_.app().set_help_flag("-h,--help", "print this help")->group(title_);
}

// The operands are what CLI11 does not know: given an option of many values for them, it would
// take a path "[a,b]" for a list.
result<std::vector<std::string>> parse_options(
    const option_set& set, std::vector<std::string> arguments) {
    auto& app = set.app();
    const auto end = std::find(arguments.begin(), arguments.end(), "--");
    const std::vector<std::string> last(end == arguments.end() ? end : end + 1, arguments.end());
    arguments.erase(end, arguments.end());
    if (const auto checked = check_values(app, arguments); !checked) return checked.error();
    std::reverse(arguments.begin(), arguments.end());  // as CLI11 wants them
    app.allow_extras();
    try {
        app.parse(std::move(arguments));
    } catch (const usage_error& why) {
        return failure{errc::bad_argument, why.what()};
    } catch (const CLI::ArgumentMismatch& why) {
        return wrong_for(app, about_value(why));
    } catch (const CLI::ParseError& why) {
        return wrong_for(app, printable(why.what()));
    }
    auto operands = app.remaining();
    for (const auto& operand : operands) {
        if (operand.size() > 1 && operand.front() == '-') return unknown_option(app, operand);
        if (typographic_dash(operand) > 0) return failure{errc::bad_argument, about_dash(operand)};
    }
    operands.insert(operands.end(), last.begin(), last.end());
    return operands;
}

std::string help_text(const option_set& set, std::string_view usage, std::string_view examples) {
    const auto& app = set.app();
    auto text = std::string(usage);
    for (const auto& title : app.get_groups()) {
        if (title.empty()) continue;
        text += "\n" + title + ":\n";
        for (const auto* option : app.get_options())
            if (option->get_group() == title) text += help_line(*option);
    }
    return text + "\n" + std::string(examples);
}

}  // namespace ferry::cli
