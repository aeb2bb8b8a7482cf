#include "cli/cmdlet.hpp"

#include "cli/jobs/csv.hpp"
#include "cli/text/terminal_text.hpp"

#include <ferry/detail/ascii.hpp>

#include <algorithm>
#include <array>
#include <map>
#include <numeric>
#include <optional>

namespace ferry::cli {
namespace {

using enum parameter_shape;

constexpr std::array ferry_flags = {"--json", "--quiet", "--verbose"};
constexpr std::array ferry_values = {"--progress", "--host", "--session"};

failure wrong(std::string_view what, const std::string& why) {
    return {errc::bad_argument, printable(what) + ": " + why};
}

std::string dashed(const cmdlet_parameter& one) { return "-" + std::string(one.name); }

std::string list_of(const std::vector<const cmdlet_parameter*>& parameters) {
    std::string names;
    for (const auto* one : parameters) names += (names.empty() ? "" : ", ") + dashed(*one);
    return names;
}

/// Insertions, deletions and replacements that make one of the other (Levenshtein).
std::size_t distance(std::string_view one, std::string_view other) {
    std::vector<std::size_t> row(other.size() + 1);
    std::iota(row.begin(), row.end(), 0U);
    for (std::size_t i = 0; i < one.size(); ++i) {
        auto diagonal = std::exchange(row[0], i + 1);
        for (std::size_t k = 0; k < other.size(); ++k) {
            const auto replaced = diagonal + (one[i] != other[k]);
            diagonal = row[k + 1];
            row[k + 1] = std::min({replaced, row[k] + 1, diagonal + 1});
        }
    }
    return row.back();
}

bool resembles(std::string_view name, std::string_view wanted) {
    const auto most = 1 + name.size() / 5;
    if (wanted.size() > name.size() + most) return false;
    return distance(detail::to_lower(name), wanted) <= most;
}

failure unknown(const cmdlet& in, std::string_view name) {
    std::vector<const cmdlet_parameter*> close;
    for (const auto table : {in.parameters, in.common})
        for (const auto& one : table)
            if (resembles(one.name, detail::to_lower(name))) close.push_back(&one);
    const auto hint = close.empty() ? "see 'ferry " + std::string(in.verb) + " --help'"
                                    : "did you mean " + list_of(close) + "?";
    return wrong(
        "-" + std::string(name), "no parameter of " + std::string(in.name) + " (" + hint + ")");
}

/// An exact name or alias, else the only parameter that begins so; as in PowerShell, its common
/// parameters do not make a prefix of the cmdlet's own ambiguous.
result<const cmdlet_parameter*> find_parameter(const cmdlet& in, std::string_view name) {
    const auto wanted = detail::to_lower(name);
    for (const auto table : {in.parameters, in.common})
        for (const auto& one : table)
            if (detail::to_lower(one.name) == wanted || one.alias == wanted) return &one;
    for (const auto table : {in.parameters, in.common}) {
        std::vector<const cmdlet_parameter*> found;
        for (const auto& one : table)
            if (detail::to_lower(one.name).starts_with(wanted)) found.push_back(&one);
        if (found.size() == 1) return found.front();
        if (found.size() > 1)
            return wrong(
                "-" + std::string(name), "could be any of several (" + list_of(found) + ")");
    }
    return unknown(in, name);
}

void drop_blanks(std::string_view& text) {
    text.remove_prefix(std::min(text.find_first_not_of(" \t"), text.size()));
}

/// Takes the text before the next comma.
result<std::string> take_element(std::string_view& text) {
    drop_blanks(text);
    std::optional<std::string> element;
    if (text.starts_with('"') || text.starts_with('\'')) {
        element = take_quoted(text);
        drop_blanks(text);
        if (!element || !(text.empty() || text.front() == ','))
            return failure{errc::bad_argument, "a quote must close just before a comma or the end"};
    } else {
        element = text.substr(0, text.find(','));
        text.remove_prefix(element->size());
        element->resize(element->find_last_not_of(" \t") + 1);
    }
    if (element->empty()) return failure{errc::bad_argument, "an empty value"};
    return *std::move(element);
}

result<arguments> elements_of(std::string_view text) {
    arguments elements;
    for (;;) {
        auto next = take_element(text);
        if (!next) return next.error();
        elements.push_back(*std::move(next));
        if (text.empty()) return elements;
        text.remove_prefix(1);  // the comma
    }
}

result<arguments> switch_values(std::string_view text) {
    const auto word = detail::to_lower(text);
    if (word == "$true" || word == "true") return arguments{"$true"};
    if (word == "$false" || word == "false") return arguments{};
    return failure{
        errc::bad_argument,
        "neither $true nor $false behind the colon (bash wants it in quotes: ':$true')"};
}

result<arguments> values_of(const cmdlet_parameter& one, std::string text) {
    auto values = one.shape == flag    ? switch_values(text)
                  : one.shape == array ? elements_of(text)
                                       : result<arguments>(arguments{std::move(text)});
    if (!values || values->empty() || !one.convert) return values;
    return one.convert(*std::move(values));
}

class translation {
  public:
    translation(const cmdlet& from, arguments words) : from_(from), words_(std::move(words)) {}

    result<arguments> run() {
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
            return wrong(
                name, "cmdlets do not have this option (see 'ferry " + std::string(from_.verb) +
                          " --help')");
        const bool needs_value = word == name && is(ferry_values, name);
        if (needs_value && !value_follows()) return wrong(name, "a value is missing");
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
            if (!value_follows()) return wrong(dashed(to), "a value is missing");
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
            return wrong(
                dashed(to), to.shape == array ? "given twice (several values are written a,b)"
                                              : "given twice (once is enough)");
        auto values = values_of(to, std::move(text));
        if (!values) return wrong(dashed(to), values.error().detail);
        // only a job that there is can have been dynamic before
        if (values->empty() && to.option == "--dynamic" && from_.verb == "set")
            options_.push_back("--no-dynamic");
        bound_[&to] = *std::move(values);
        return {};
    }

    result<void> place(std::string text) {
        for (const auto& one : from_.parameters)
            if (one.positional && !bound_.contains(&one)) return bind(one, std::move(text));
        return wrong(text, "no parameter is left for it (a name with blanks needs quotes)");
    }

    bool has(std::string_view name) const {
        return std::any_of(bound_.begin(), bound_.end(), [&](const auto& one) {
            return one.first->name == name && !one.second.empty();
        });
    }

    result<void> check() const {
        if (has("JobId") && (has("Name") || has("AllUsers")))
            return wrong("-JobId", "not together with -Name or -AllUsers");
        for (const auto& one : from_.parameters)  // files may join a suspended job later
            if (one.mandatory && !has(one.name) && !has("Suspended"))
                return wrong(from_.name, dashed(one) + " is missing");
        return {};
    }

    arguments assembled() {
        arguments operands;
        for (const auto table : {from_.parameters, from_.common})
            for (const auto& one : table)
                for (auto& value : bound_[&one]) {
                    if (one.option.empty())
                        operands.push_back(std::move(value));
                    else
                        add_option(one, std::move(value));
                }
        arguments all{std::string(from_.verb)};
        all.insert(all.end(), options_.begin(), options_.end());
        const auto dash = [](const std::string& one) { return one.starts_with('-'); };
        if (std::any_of(operands.begin(), operands.end(), dash)) all.push_back("--");
        all.insert(all.end(), operands.begin(), operands.end());
        return all;
    }

    /// A value that looks like an option is written so that nobody takes it for one.
    void add_option(const cmdlet_parameter& one, std::string value) {
        const std::string name(one.option);
        if (one.shape != flag && value.starts_with('-')) {
            options_.push_back(name + "=" + value);
        } else {
            options_.push_back(name);
            if (one.shape != flag) options_.push_back(std::move(value));
        }
    }

    const cmdlet& from_;
    arguments words_;
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

result<arguments> translate_cmdlet(arguments command) {
    const auto name = command.empty() ? std::string() : command.front();
    const auto* from = find_cmdlet(name);
    if (!from) return wrong(name, "no cmdlet of BitsTransfer");
    command.erase(command.begin());
    return translation(*from, std::move(command)).run();
}

}  // namespace ferry::cli
