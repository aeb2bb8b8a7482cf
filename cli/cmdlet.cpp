#include "cli/cmdlet.hpp"

#include "cli/cmdlet_values.hpp"
#include "cli/text/spelling.hpp"
#include "cli/text/terminal_text.hpp"

#include <ferry/detail/ascii.hpp>

#include <algorithm>
#include <array>
#include <map>

namespace ferry::cli {
namespace {

using enum parameter_shape;

constexpr std::array ferry_flags = {"--json", "--quiet", "--verbose"};
constexpr std::array ferry_values = {"--progress", "--host", "--session"};

failure wrong_word(std::string_view what, const std::string& why) {
    return {errc::bad_argument, printable(what) + ": " + why};
}

class translation {
  public:
    translation(const cmdlet& from, arguments words, bool piped)
        : from_(from), words_(std::move(words)), piped_(piped) {
        for (auto& word : words_)
            if (const auto dash = typographic_dash(word);
                dash > 0 && is_name("-" + word.substr(dash)))
                word.replace(0, dash, "-");
    }

    result<cmdlet_call> run() {
        while (next_ < words_.size())
            if (const auto read = read_next(); !read) return read.error();
        for (auto& text : unnamed_)
            if (const auto placed = place(std::move(text)); !placed) return placed.error();
        if (const auto whole = check(); !whole) return whole.error();
        return assembled();
    }

  private:
    result<void> read_next() {
        auto word = words_[next_++];
        if (word.starts_with("--")) return ferry_option(std::move(word));
        if (is_name(word)) return named(word);
        unnamed_.push_back(whole_array(std::move(word)));
        return {};
    }

    result<void> ferry_option(std::string word) {
        const auto name = word.substr(0, word.find('='));
        const auto is = [](const auto& table, const std::string& one) {
            return std::find(table.begin(), table.end(), one) != table.end();
        };
        if (!is(ferry_values, name) && !is(ferry_flags, word))
            return wrong_word(
                name, "cmdlets do not have this option (see 'ferry " + std::string(from_.verb) +
                          " --help')");
        const bool needs_value = word == name && is(ferry_values, name);
        if (needs_value && !value_follows()) return wrong_word(name, "a value is missing");
        options_.push_back(std::move(word));
        if (needs_value) options_.push_back(words_[next_++]);
        return {};
    }

    result<void> named(const std::string& word) {
        const auto colon = std::min(word.find(':'), word.size());
        const auto found = find_parameter(from_, std::string_view(word).substr(1, colon - 1));
        if (!found) return found.error();
        const auto& to = **found;
        const bool joined = colon < word.size();
        auto value = joined ? word.substr(colon + 1) : std::string();
        if (to.shape == flag) return bind(to, joined ? value : "$true");
        if (value.empty()) {
            if (!value_follows()) return wrong_word(dashed(to), "a value is missing");
            value = words_[next_++];
        }
        return bind(to, to.shape == array ? whole_array(std::move(value)) : std::move(value));
    }

    /// Joins "a," "b" and "a" ",b".
    std::string whole_array(std::string text) {
        while (value_follows() && (text.ends_with(',') || words_[next_].starts_with(',')))
            text += words_[next_++];
        return text;
    }

    /// "-5" and "-" are values.
    static bool is_name(const std::string& word) {
        return word.size() > 1 && word[0] == '-' && (word[1] == '-' || detail::is_alpha(word[1]));
    }
    bool value_follows() const { return next_ < words_.size() && !is_name(words_[next_]); }

    result<void> bind(const cmdlet_parameter& to, std::string text) {
        if (bound_.contains(&to))
            return wrong_word(
                dashed(to), to.shape == array ? "given twice (several values are written a,b)"
                                              : "given twice (once is enough)");
        auto values = values_of(to, std::move(text));
        if (!values) return wrong_word(dashed(to), values.error().detail);
        // only a job that there is can have been dynamic before
        if (values->empty() && to.option == "--dynamic" && from_.verb == "set")
            options_.push_back("--no-dynamic");
        bound_[&to] = *std::move(values);
        return {};
    }

    result<void> place(std::string text) {
        for (const auto& one : from_.parameters)
            if (one.positional && !bound_.contains(&one)) return bind(one, std::move(text));
        return wrong_word(text, "no parameter is left for it (a name with blanks needs quotes)");
    }

    bool has(std::string_view name) const {
        return std::any_of(bound_.begin(), bound_.end(), [&](const auto& one) {
            return one.first->name == name && !one.second.empty();
        });
    }

    result<void> check() const {
        if (has("JobId") && (has("Name") || has("AllUsers")))
            return wrong_word("-JobId", "not together with -Name or -AllUsers");
        for (const auto& one : from_.parameters)  // files may join a suspended job later
            if (one.mandatory && !has(one.name) && !has("Suspended"))
                return wrong_word(from_.name, dashed(one) + " is missing" + list_hint());
        return {};
    }

    /// `Import-Csv | Start-BitsTransfer` and `Get-BitsTransfer | …` are written otherwise.
    std::string list_hint() const {
        if (!piped_) return {};
        if (from_.verb == "start") return " (a list on standard input: 'ferry import -')";
        const bool one_job = from_.verb == "set" || from_.verb == "add";
        if (one_job || from_.parameters.front().name != "BitsJob") return {};
        return " ('ferry list -q | ferry " + std::string(from_.verb) + " -' takes all of them)";
    }

    cmdlet_call assembled() {
        cmdlet_manner manner{&from_, {}, has("WhatIf"), has("Confirm"), has("ErrorAction")};
        arguments operands;
        for (const auto table : {from_.parameters, from_.common})
            for (const auto& one : table)
                for (auto& value : bound_[&one]) {
                    if (!one.option.empty())
                        add_option(one, std::move(value));
                    else if (one.positional)
                        operands.push_back(std::move(value));
                }
        arguments all{std::string(from_.verb)};
        all.insert(all.end(), options_.begin(), options_.end());
        if (from_.parameters.front().name == "BitsJob") manner.jobs = operands;
        const auto dash = [](const std::string& one) {
            return one.starts_with('-') || typographic_dash(one) > 0;
        };
        if (std::any_of(operands.begin(), operands.end(), dash)) all.push_back("--");
        all.insert(all.end(), operands.begin(), operands.end());
        return {std::move(all), std::move(manner)};
    }

    /// A value that looks like an option is written so that nobody takes it for one.
    void add_option(const cmdlet_parameter& one, std::string value) {
        const std::string name(one.option);
        if (one.shape == flag &&
            std::find(options_.begin(), options_.end(), name) != options_.end())
            return;  // -Verbose -Debug
        if (one.shape != flag && value.starts_with('-')) {
            options_.push_back(name + "=" + value);
        } else {
            options_.push_back(name);
            if (one.shape != flag) options_.push_back(std::move(value));
        }
    }

    const cmdlet& from_;
    arguments words_;
    bool piped_;
    std::size_t next_ = 0;
    std::map<const cmdlet_parameter*, arguments> bound_ = {};
    arguments unnamed_ = {};
    arguments options_ = {};  // of ferry, in its spelling
};

}  // namespace

const cmdlet* find_cmdlet(std::string_view name) {
    for (const auto& one : cmdlets())
        if (detail::to_lower(one.name) == detail::to_lower(name)) return &one;
    return nullptr;
}

std::string in_words_of(const cmdlet& from, std::string text) {
    const auto is_letter = [](char c) { return detail::is_alpha(c) || c == '-'; };
    for (const auto& one : from.parameters) {
        if (one.option.empty()) continue;
        for (auto at = text.find(one.option); at != text.npos; at = text.find(one.option, at + 1)) {
            const auto end = at + one.option.size();
            if (end < text.size() && is_letter(text[end])) continue;  // of a longer one
            text.replace(at, one.option.size(), dashed(one));
        }
    }
    const auto help = "'ferry " + std::string(from.verb) + " --help'";
    if (const auto at = text.find(help); at != text.npos)
        text.replace(at, help.size(), "'ferry help " + std::string(from.name) + "'");
    return text;
}

result<cmdlet_call> translate_cmdlet(arguments command, bool piped) {
    const auto name = command.empty() ? std::string() : command.front();
    const auto* from = find_cmdlet(name);
    if (!from) return wrong_word(name, "no cmdlet of BitsTransfer");
    command.erase(command.begin());
    return translation(*from, std::move(command), piped).run();
}

}  // namespace ferry::cli
