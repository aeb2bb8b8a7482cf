#include "cli/cmdlet_values.hpp"

#include "cli/jobs/csv.hpp"
#include "cli/text/spelling.hpp"
#include "cli/text/terminal_text.hpp"

#include <ferry/detail/ascii.hpp>

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

namespace ferry::cli {
namespace {

using enum parameter_shape;

failure wrong_value(std::string_view what, const std::string& why) {
    return {errc::bad_argument, printable(what) + ": " + why};
}

std::string list_of(const std::vector<const cmdlet_parameter*>& parameters) {
    std::string names;
    for (const auto* one : parameters) names += (names.empty() ? "" : ", ") + dashed(*one);
    return names;
}

failure unknown(const cmdlet& in, std::string_view name) {
    std::vector<std::string> known;
    for (const auto table : {in.parameters, in.common})
        for (const auto& one : table) known.push_back(dashed(one));
    auto hint = did_you_mean(known, "-" + std::string(name));
    if (hint.empty()) hint = "see 'ferry help " + std::string(in.name) + "'";
    return wrong_value(
        "-" + std::string(name), "no parameter of " + std::string(in.name) + " (" + hint + ")");
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

}  // namespace

std::string dashed(const cmdlet_parameter& one) { return "-" + std::string(one.name); }

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
            return wrong_value(
                "-" + std::string(name), "could be any of several (" + list_of(found) + ")");
    }
    return unknown(in, name);
}

result<arguments> values_of(const cmdlet_parameter& one, std::string text) {
    auto values = one.shape == flag    ? switch_values(text)
                  : one.shape == array ? elements_of(text)
                                       : result<arguments>(arguments{std::move(text)});
    if (!values || values->empty() || !one.convert) return values;
    return one.convert(*std::move(values));
}

}  // namespace ferry::cli
