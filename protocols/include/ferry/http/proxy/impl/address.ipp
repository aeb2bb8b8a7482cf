#pragma once

#include <ferry/http/text.hpp>
#include <ferry/url.hpp>

#include <algorithm>
#include <array>
#include <optional>

namespace ferry::http {
namespace detail {

inline failure bad_proxy(std::string why) { return {errc::bad_argument, std::move(why)}; }

/// "http=" in front: the sign must come before anything that could be a host or a user.
inline std::string take_condition(std::string_view& text) {
    const auto at = text.find_first_of("=:/@[");
    if (at == text.npos || at == 0 || text[at] != '=') return {};
    std::string condition(text.substr(0, at));
    std::transform(condition.begin(), condition.end(), condition.begin(), lower);
    text.remove_prefix(at + 1);
    return condition;
}

inline result<std::string> take_proxy_scheme(std::string_view& text) {
    static constexpr std::array<std::string_view, 4> known = {"http", "https", "socks5", "socks5h"};
    const auto at = text.find("://");
    if (at == text.npos) return std::string("http");
    std::string scheme(text.substr(0, at));
    std::transform(scheme.begin(), scheme.end(), scheme.begin(), lower);
    text.remove_prefix(at + 3);
    if (std::find(known.begin(), known.end(), scheme) != known.end()) return scheme;
    if (scheme == "socks")
        return bad_proxy("socks:// leaves the version open; write socks5:// or socks5h://");
    if (scheme == "socks4" || scheme == "socks4a")
        return bad_proxy("SOCKS 4 is not supported; socks5:// and socks5h:// are");
    if (!is_token(scheme))
        return bad_proxy("the scheme of a proxy is http, https, socks5 or socks5h");
    return bad_proxy(
        "no proxy has the scheme " + printable(scheme, 20) +
        "; ferry knows http, https, socks5 and socks5h");
}

/// The last '@' ends user and password: in a host there is none.
inline result<credentials> take_user(std::string_view& text) {
    credentials who;
    const auto at = text.rfind('@');
    if (at == text.npos) return who;
    auto user = text.substr(0, at);
    text.remove_prefix(at + 1);
    const bool with_password = user.find(':') != user.npos;
    who.user = percent_decode(take_until(user, ':'));
    if (with_password) who.password.emplace(percent_decode(user));
    const auto password = who.password ? who.password->reveal() : std::string_view();
    const auto has_nul = [](std::string_view part) { return part.find('\0') != part.npos; };
    if (has_nul(who.user) || has_nul(password))
        return bad_proxy("a NUL in the user or password of a proxy");
    return who;
}

inline bool is_host_name(std::string_view host) {
    return !host.empty() && host.size() <= 253 && std::all_of(host.begin(), host.end(), [](char c) {
        const bool letter = lower(c) >= 'a' && lower(c) <= 'z';
        return letter || is_digit(c) || c == '-' || c == '.' || c == '_';
    });
}

inline result<std::string> take_proxy_host(std::string_view& text) {
    std::string host;
    if (text.starts_with('[')) {
        const auto end = text.find(']');
        if (end == text.npos) return bad_proxy("an IPv6 address without its closing bracket");
        host = text.substr(1, end - 1);
        text.remove_prefix(end + 1);
        std::error_code error;
        asio::ip::make_address_v6(host, error);
        if (error) return bad_proxy("no IPv6 address in the brackets");
        return host;
    }
    const auto end = std::min(text.find(':'), text.size());
    host = text.substr(0, end);
    text.remove_prefix(end);
    std::transform(host.begin(), host.end(), host.begin(), lower);
    if (host.empty()) return bad_proxy("no host");
    if (!is_host_name(host)) return bad_proxy("the host is not a valid name or address");
    return host;
}

inline result<std::uint16_t> proxy_port(std::string_view text, std::string_view scheme) {
    if (text.empty()) return static_cast<std::uint16_t>(scheme == "https" ? 443 : 1080);
    const auto port = text.front() == ':' ? parse_number(text.substr(1)) : std::nullopt;
    if (!port || *port == 0 || *port > 65'535)
        return bad_proxy("what follows the host is no port (1 to 65535); an IPv6 address needs []");
    return static_cast<std::uint16_t>(*port);
}

}  // namespace detail

inline result<proxy_entry> parse_proxy(std::string_view text) {
    text = trimmed(text);
    proxy_entry parsed;
    parsed.only_for = detail::take_condition(text);
    if (parsed.only_for == "socks")
        return detail::bad_proxy("socks= leaves the version open; write socks5://host:port");
    auto scheme = detail::take_proxy_scheme(text);
    if (!scheme) return std::move(scheme.error());
    auto who = detail::take_user(text);
    if (!who) return std::move(who.error());
    if (text.ends_with('/')) text.remove_suffix(1);
    auto host = detail::take_proxy_host(text);
    if (!host) return std::move(host.error());
    const auto port = detail::proxy_port(text, *scheme);
    if (!port) return port.error();
    parsed.server = {std::move(*scheme), std::move(*host), *port, std::move(*who)};
    return parsed;
}

inline std::string to_string(const proxy_server& one) {
    const bool literal = one.host.find(':') != std::string::npos;
    return one.scheme + "://" + (literal ? "[" + one.host + "]" : one.host) + ":" +
           std::to_string(one.port);
}

}  // namespace ferry::http
