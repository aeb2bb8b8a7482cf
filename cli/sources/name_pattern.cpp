#include "cli/sources/name_pattern.hpp"

#include "cli/text/glob.hpp"
#include "cli/text/utf8.hpp"

namespace ferry::cli {
namespace {

/// The first character, which goes.
char32_t take(std::string_view& text) noexcept {
    const auto next = first_char(text);
    text.remove_prefix(next.bytes);
    return next.code;
}

char32_t folded(char32_t c, letter_case how) noexcept {
    return how == letter_case::ignored && c >= U'A' && c <= U'Z' ? c + (U'a' - U'A') : c;
}

char32_t other_case(char32_t c) noexcept {
    return c >= U'a' && c <= U'z' ? c - (U'a' - U'A') : folded(c, letter_case::ignored);
}

/// What stands behind a '[', read to its end.
struct set_match {
    bool closed = false;
    bool holds = false;
};

/// @param set  Begins behind the '['; afterwards, if it is closed, behind the ']'.
set_match take_set(std::string_view& set, char32_t c, letter_case how) noexcept {
    auto rest = set;
    const bool others = rest.starts_with('!') || rest.starts_with('^');
    if (others) rest.remove_prefix(1);
    bool listed = false;
    for (bool first = true; !rest.empty(); first = false) {
        if (rest.front() == ']' && !first) {
            set = rest.substr(1);
            return {true, listed != others};
        }
        if (rest.front() == '\\' && rest.size() > 1) rest.remove_prefix(1);
        const auto low = take(rest);
        auto high = low;
        if (rest.size() > 1 && rest.front() == '-' && rest[1] != ']') {
            rest.remove_prefix(1);
            if (rest.front() == '\\' && rest.size() > 1) rest.remove_prefix(1);
            high = take(rest);
        }
        const auto within = [low, high](char32_t one) { return one >= low && one <= high; };
        listed = listed || within(c) || (how == letter_case::ignored && within(other_case(c)));
    }
    return {};
}

/// Does the pattern, which is no '*', begin with what the text begins with? Then both go on.
bool step(std::string_view& pattern, std::string_view& text, letter_case how) noexcept {
    if (pattern.empty()) return false;
    auto rest = pattern, left = text;
    const auto c = take(left);
    auto wanted = take(rest);
    bool equal = wanted == U'?';
    if (wanted == U'[') {
        const auto set = take_set(rest, c, how);
        equal = set.closed ? set.holds : c == U'[';
    } else if (!equal) {
        if (wanted == U'\\' && !rest.empty()) wanted = take(rest);
        equal = folded(wanted, how) == folded(c, how);
    }
    if (!equal) return false;
    pattern = rest;
    text = left;
    return true;
}

}  // namespace

bool has_wildcard(std::string_view text) noexcept { return text.find_first_of("*?[") != text.npos; }

bool fits(std::string_view pattern, std::string_view name, letter_case how) noexcept {
    return glob(pattern, name, [how](std::string_view& wanted, std::string_view& left) {
        return step(wanted, left, how);
    });
}

}  // namespace ferry::cli
