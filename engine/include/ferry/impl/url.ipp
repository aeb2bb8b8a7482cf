#pragma once

#include <ferry/detail/ascii.hpp>

#include <arpa/inet.h>
#include <netinet/in.h>

#include <algorithm>
#include <charconv>
#include <optional>
#include <utility>

namespace ferry {
namespace detail {

inline bool is_unreserved(char c) {  // RFC 3986, 2.3
    return is_alpha(c) || is_digit(c) || std::string_view("-._~").find(c) != std::string_view::npos;
}

/// Percent-encodes the bytes that `must` names.
template <class Predicate>
std::string percent_encode(std::string_view text, Predicate must) {
    static constexpr char digits[] = "0123456789ABCDEF";
    std::string encoded;
    encoded.reserve(text.size());
    for (const char c : text) {
        if (!must(c)) {
            encoded += c;
            continue;
        }
        const auto byte = static_cast<unsigned char>(c);
        encoded += {'%', digits[byte >> 4], digits[byte & 15]};
    }
    return encoded;
}

/// What browsers encode in paths and queries; brackets and a lone % they leave as they are.
inline std::string encode_illegal(std::string_view text) {
    return percent_encode(text, [](char c) {
        return static_cast<unsigned char>(c) >= 0x80 ||
               std::string_view(" \"<>\\^`{|}").find(c) != std::string_view::npos;
    });
}

/// 0: the scheme has none, and a URL of it may do without a host.
inline std::uint16_t default_port(std::string_view scheme) {
    if (scheme == "http") return 80;
    if (scheme == "https") return 443;
    if (scheme == "smb") return 445;
    return 0;
}

/// The five parts of a URL reference (RFC 3986, appendix B), as written.
struct reference_parts {
    std::optional<std::string_view> scheme = {};
    std::optional<std::string_view> authority = {};
    std::string_view path = {};
    std::optional<std::string_view> query = {};  // with its '?'
    std::string_view fragment = {};              // with its '#'
};

/// Length of the scheme that `text` starts with, 0 if it starts with none (RFC 3986, 3.1).
inline std::size_t scheme_length(std::string_view text) {
    const auto end = std::find_if_not(text.begin(), text.end(), [](char c) {
        return is_alpha(c) || is_digit(c) || c == '+' || c == '-' || c == '.';
    });
    const bool found = end != text.end() && *end == ':' && is_alpha(text.front());
    return found ? static_cast<std::size_t>(end - text.begin()) : 0;
}

inline reference_parts split_reference(std::string_view text) {
    // Removes and returns what stands before the first of `ends`.
    const auto take = [&text](std::string_view ends) {
        const auto part = text.substr(0, text.find_first_of(ends));
        text.remove_prefix(part.size());
        return part;
    };
    reference_parts parts;
    if (const auto length = scheme_length(text); length > 0) {
        parts.scheme = text.substr(0, length);
        text.remove_prefix(length + 1);
    }
    if (text.starts_with("//")) {
        text.remove_prefix(2);
        parts.authority = take("/?#");
    }
    parts.path = take("?#");
    if (text.starts_with('?')) parts.query = take("#");
    parts.fragment = text;
    return parts;
}

/// RFC 3986, 5.2.4.
inline std::string remove_dot_segments(std::string_view in) {
    std::string out;
    while (!in.empty()) {
        if (in.starts_with("../")) {
            in.remove_prefix(3);
        } else if (in.starts_with("./") || in.starts_with("/./")) {
            in.remove_prefix(2);
        } else if (in.starts_with("/../") || in == "/..") {
            in = in.size() == 3 ? std::string_view("/") : in.substr(3);
            const auto last = out.rfind('/');
            out.erase(last == std::string::npos ? 0 : last);
        } else if (in == "/.") {
            in = "/";
        } else if (in == "." || in == "..") {
            break;
        } else {
            const auto segment = in.substr(0, in.find('/', 1));
            out += segment;
            in.remove_prefix(segment.size());
        }
    }
    return out;
}

inline failure bad_url(std::string_view why, std::string hint = {}) {
    std::string text = "URL: ";
    text += why;
    if (!hint.empty()) text += " (" + hint + ")";
    return {errc::bad_argument, std::move(text)};
}

inline result<std::string> parse_host(std::string_view text) {
    if (text.starts_with('[')) {
        auto address = to_lower(text.substr(1, text.size() - 2));
        in6_addr parsed;
        if (!text.ends_with(']') || inet_pton(AF_INET6, address.c_str(), &parsed) != 1)
            return bad_url("no IPv6 address stands between the brackets");
        return address;
    }
    const auto foreign = [](char c) { return static_cast<unsigned char>(c) >= 0x80; };
    if (std::any_of(text.begin(), text.end(), foreign))
        return bad_url("the host name is not ASCII", "write it in its xn-- form");
    if (!std::all_of(text.begin(), text.end(), is_unreserved))
        return bad_url("a character that no host name has");
    return to_lower(text);
}

inline result<std::uint16_t> parse_port(std::string_view text) {
    std::uint16_t port = 0;
    if (text.empty()) return port;  // "http://host:/" (RFC 3986, 6.2.3)
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
    if (error != std::errc() || end != text.data() + text.size() || port == 0)
        return bad_url("the port is not a number from 1 to 65535");
    return port;
}

/// Fills in user information, host and port (RFC 3986, 3.2).
inline result<void> parse_authority(std::string_view text, url& into) {
    // To a browser it ends the host, by the RFC it does not: nobody may be sent to the wrong one.
    if (text.find('\\') != std::string_view::npos)
        return bad_url("a backslash before the path", "write / for it");
    // The last @ counts: what only looks like a host before it must not become one.
    if (const auto at = text.rfind('@'); at != std::string_view::npos) {
        const auto inner_at = [](char c) { return c == '@'; };
        into.user_info = percent_encode(encode_illegal(text.substr(0, at)), inner_at);
        text.remove_prefix(at + 1);
    }
    const auto bracket = text.rfind(']');
    const auto colon = text.rfind(':');
    const bool has_port =
        colon != std::string_view::npos && (bracket == std::string_view::npos || colon > bracket);
    auto host = parse_host(text.substr(0, has_port ? colon : text.size()));
    if (!host) return host.error();
    auto port = parse_port(has_port ? text.substr(colon + 1) : std::string_view());
    if (!port) return port.error();
    into.host = std::move(*host);
    into.port = *port == default_port(into.scheme) ? std::uint16_t{0} : *port;
    return {};
}

/// What every URL must fulfil once its parts are together.
inline result<url> checked(url what) {
    if (what.host.empty() && default_port(what.scheme) != 0)
        return bad_url("no host", "write " + what.scheme + "://HOST/PATH");
    if (what.host.empty() && (!what.user_info.empty() || what.port != 0)) return bad_url("no host");
    if (what.scheme == "file") {
        if (what.host == "localhost") what.host.clear();  // RFC 8089, 2
        if (what.path.empty() || what.path.front() != '/')
            return bad_url("no absolute path", "write file:///PATH");
    }
    if (!what.host.empty() && what.path.empty()) what.path = "/";
    return what;
}

/// Removes the spaces around a reference; inside, they are encoded.
inline result<std::string_view> trimmed(std::string_view text) {
    text.remove_prefix(std::min(text.find_first_not_of(' '), text.size()));
    text = text.substr(0, text.find_last_not_of(' ') + 1);
    if (std::any_of(text.begin(), text.end(), is_control))
        return bad_url("it contains a control character", "write it as %XX");
    return text;
}

/// A reference with a scheme: it needs no base.
inline result<url> absolute_url(const reference_parts& parts) {
    url what;
    what.scheme = to_lower(*parts.scheme);
    if (parts.authority) {
        if (auto done = parse_authority(*parts.authority, what); !done) return done.error();
    }
    what.path = remove_dot_segments(encode_illegal(parts.path));
    what.query = encode_illegal(parts.query.value_or(""));
    what.fragment = encode_illegal(parts.fragment);
    return checked(std::move(what));
}

/// The path of a relative reference, put on the base's (RFC 3986, 5.2.2 and 5.2.3).
inline std::string merged_path(const url& base, std::string_view reference) {
    auto path = encode_illegal(reference);
    if (path.starts_with('/')) return remove_dot_segments(path);
    const auto slash = base.path.rfind('/');
    const auto kept = slash == std::string::npos ? 0 : slash + 1;
    return remove_dot_segments(base.path.substr(0, kept) + path);
}

/// "host" or "[host]", and the port where it is not the scheme's usual one.
inline std::string host_and_port(const url& what) {
    const bool literal = what.host.find(':') != std::string::npos;
    auto text = literal ? "[" + what.host + "]" : what.host;
    if (what.port != 0 && what.port != default_port(what.scheme))
        text += ":" + std::to_string(what.port);
    return text;
}

}  // namespace detail

inline std::uint16_t url::effective_port() const noexcept {
    return port != 0 ? port : detail::default_port(scheme);
}

inline std::string url::origin() const { return scheme + "://" + authority(); }
inline std::string url::authority() const { return detail::host_and_port(*this); }
inline std::string url::target() const { return path + query; }

inline result<url> parse_url(std::string_view text) {
    const auto clean = detail::trimmed(text);
    if (!clean) return clean.error();
    const auto parts = detail::split_reference(*clean);
    if (!parts.scheme) return detail::bad_url("no scheme", "write https://HOST/PATH");
    return detail::absolute_url(parts);
}

inline result<url> resolve(const url& base, std::string_view reference) {
    const auto clean = detail::trimmed(reference);
    if (!clean) return clean.error();
    auto parts = detail::split_reference(*clean);
    // "http:g" on an http base means "g" to browsers and older servers (RFC 3986, 5.4.2).
    const bool own_scheme = parts.scheme && detail::to_lower(*parts.scheme) == base.scheme;
    if (own_scheme && !parts.authority && !base.host.empty()) parts.scheme.reset();
    if (!parts.scheme && parts.authority) parts.scheme = base.scheme;
    if (parts.scheme) return detail::absolute_url(parts);

    url target = base;
    target.fragment = detail::encode_illegal(parts.fragment);
    if (!parts.path.empty()) target.path = detail::merged_path(base, parts.path);
    if (!parts.path.empty() || parts.query)
        target.query = detail::encode_illegal(parts.query.value_or(""));
    return detail::checked(std::move(target));
}

inline std::string to_string(const url& what) {
    const bool hierarchical = !what.host.empty() || what.path.starts_with('/');
    return what.scheme + (hierarchical ? "://" + what.authority() : ":") + what.target();
}

}  // namespace ferry

#include <ferry/impl/url_paths.ipp>
