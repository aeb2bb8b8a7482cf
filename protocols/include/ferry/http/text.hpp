#pragma once

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>

namespace ferry::http {

/// Small pieces of the grammar of HTTP (RFC 9110, 5.6), as plain functions over text.

inline char lower(char c) noexcept { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }

inline bool equal_ignoring_case(std::string_view a, std::string_view b) noexcept {
    return a.size() == b.size() && std::equal(a.begin(), a.end(), b.begin(), [](char x, char y) {
               return lower(x) == lower(y);
           });
}

inline bool is_digit(char c) noexcept { return c >= '0' && c <= '9'; }

/// A character of a token: field names, methods, parameters (RFC 9110, 5.6.2).
inline bool is_token_char(char c) noexcept {
    const bool letter = lower(c) >= 'a' && lower(c) <= 'z';
    return letter || is_digit(c) ||
           std::string_view("!#$%&'*+-.^_`|~").find(c) != std::string_view::npos;
}

inline bool is_token(std::string_view text) noexcept {
    return !text.empty() && std::all_of(text.begin(), text.end(), is_token_char);
}

/// Without spaces and tabs at both ends.
inline std::string_view trimmed(std::string_view text) noexcept {
    const auto first = text.find_first_not_of(" \t");
    if (first == text.npos) return {};
    return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

/// Takes the part before `separator`, and the separator, off the front of `text`.
inline std::string_view take_until(std::string_view& text, char separator) noexcept {
    const auto at = text.find(separator);
    const auto part = text.substr(0, at);
    text.remove_prefix(at == text.npos ? text.size() : at + 1);
    return part;
}

/// All of `text` as a decimal number that a file offset can hold; no sign, no spaces.
inline std::optional<std::uint64_t> parse_number(std::string_view text) noexcept {
    std::uint64_t value = 0;
    const auto end = text.data() + text.size();
    const auto [stop, error] = std::from_chars(text.data(), end, value);
    if (error != std::errc() || stop != end) return std::nullopt;
    if (value > std::numeric_limits<std::int64_t>::max()) return std::nullopt;
    return value;
}

/// Text from a server, made fit for one line of a log or a terminal: at most `limit` bytes, and
/// '?' for whatever is not printable ASCII.
inline std::string printable(std::string_view text, std::size_t limit = 100) {
    std::string shown(text.substr(0, limit));
    for (char& c : shown)
        if (c < ' ' || c > '~') c = '?';
    if (text.size() > limit) shown += "...";
    return shown;
}

}  // namespace ferry::http
