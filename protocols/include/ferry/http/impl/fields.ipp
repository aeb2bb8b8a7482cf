#pragma once

#include <ferry/http/text.hpp>

namespace ferry::http {
namespace detail {

/// "a-b", both inclusive, within `total` where that is known.
inline std::optional<byte_range> parse_part(
    std::string_view text, std::optional<std::uint64_t> total) {
    const auto dash = text.find('-');
    if (dash == text.npos) return std::nullopt;
    const auto first = parse_number(text.substr(0, dash));
    const auto last = parse_number(text.substr(dash + 1));
    if (!first || !last || *last < *first) return std::nullopt;
    if (total && *last >= *total) return std::nullopt;
    return byte_range{*first, *last + 1};
}

/// The next "name=value" of a parameter list; quotes and backslashes of the value are undone.
struct parameter {
    std::string name;
    std::string value;
};
inline std::optional<parameter> take_parameter(std::string_view& rest) {
    const auto start = rest.find_first_not_of("; \t");
    if (start == rest.npos) return std::nullopt;
    rest.remove_prefix(start);
    const auto stop = rest.find_first_of("=;");
    parameter found{std::string(trimmed(rest.substr(0, stop))), {}};
    rest.remove_prefix(stop == rest.npos ? rest.size() : stop);
    if (rest.substr(0, 1) != "=") return found;
    rest.remove_prefix(std::min(rest.find_first_not_of(" \t", 1), rest.size()));
    if (rest.substr(0, 1) != "\"") {
        found.value = trimmed(take_until(rest, ';'));
        return found;
    }
    std::size_t at = 1;
    for (; at < rest.size() && rest[at] != '"'; ++at) {
        if (rest[at] == '\\' && at + 1 < rest.size()) ++at;
        found.value += rest[at];
    }
    rest.remove_prefix(std::min(at + 1, rest.size()));
    return found;
}

/// UTF-8''na%C3%AFve (RFC 8187); other character sets are left alone.
inline std::string decode_extended(std::string_view value) {
    const auto charset = take_until(value, '\'');
    take_until(value, '\'');  // the language
    return equal_ignoring_case(charset, "UTF-8") ? percent_decode(value) : std::string();
}

}  // namespace detail

inline std::optional<content_range> parse_content_range(std::string_view value) {
    if (!equal_ignoring_case(take_until(value, ' '), "bytes")) return std::nullopt;
    value = trimmed(value);
    const auto slash = value.find('/');
    if (slash == value.npos) return std::nullopt;
    content_range found;
    if (const auto total = value.substr(slash + 1); total != "*") {
        found.total = parse_number(total);
        if (!found.total) return std::nullopt;
    }
    const auto part = value.substr(0, slash);
    if (part == "*") return found.total ? std::optional(found) : std::nullopt;
    found.part = detail::parse_part(part, found.total);
    return found.part ? std::optional(found) : std::nullopt;
}

inline std::optional<validator> parse_etag(std::string_view value) {
    validator found;
    found.weak = value.starts_with("W/");
    if (found.weak) value.remove_prefix(2);
    if (value.size() < 2 || value.front() != '"' || value.back() != '"') return std::nullopt;
    const auto inside = value.substr(1, value.size() - 2);
    const auto is_bad = [](char c) { return c == '"' || (c >= 0 && c <= ' ') || c == '\x7f'; };
    if (std::any_of(inside.begin(), inside.end(), is_bad)) return std::nullopt;
    found.tag = value;
    return found;
}

inline bool accepts_byte_ranges(std::string_view value) {
    while (!value.empty())
        if (equal_ignoring_case(trimmed(take_until(value, ',')), "bytes")) return true;
    return false;
}

inline std::string parse_disposition_name(std::string_view value) {
    take_until(value, ';');  // inline or attachment: we save either
    std::string plain;
    while (auto found = detail::take_parameter(value)) {
        if (equal_ignoring_case(found->name, "filename*")) {
            auto extended = detail::decode_extended(found->value);
            if (!extended.empty()) return extended;
        }
        if (plain.empty() && equal_ignoring_case(found->name, "filename"))
            plain = std::move(found->value);
    }
    return plain;
}

}  // namespace ferry::http
