#pragma once

#include <ferry/http/text.hpp>

#include <asio/ip/address.hpp>
#include <asio/ip/network_v4.hpp>
#include <asio/ip/network_v6.hpp>

#include <algorithm>
#include <optional>

namespace ferry::http {
namespace detail {

/// A host in brackets or not; IPv4 within IPv6 counts as what it is.
inline std::optional<asio::ip::address> parse_address(std::string_view text) {
    if (text.size() > 2 && text.front() == '[' && text.back() == ']')
        text = text.substr(1, text.size() - 2);
    std::error_code error;
    const auto address = asio::ip::make_address(std::string(text), error);
    if (error) return std::nullopt;
    if (address.is_v6() && address.to_v6().is_v4_mapped())
        return asio::ip::make_address_v4(asio::ip::v4_mapped, address.to_v6());
    return address;
}

struct network {
    asio::ip::address base = {};
    unsigned bits = 0;
};

inline std::optional<network> parse_network(std::string_view pattern) {
    const auto slash = pattern.find('/');
    if (slash == pattern.npos) return std::nullopt;
    const auto base = parse_address(pattern.substr(0, slash));
    const auto bits = parse_number(pattern.substr(slash + 1));
    if (!base || !bits || *bits > (base->is_v4() ? 32U : 128U)) return std::nullopt;
    return network{*base, static_cast<unsigned>(*bits)};
}

inline bool contains(const network& whole, const asio::ip::address& one) {
    if (whole.base.is_v4() != one.is_v4()) return false;
    const auto bits = static_cast<unsigned short>(whole.bits);
    if (one.is_v4())
        return asio::ip::network_v4(whole.base.to_v4(), bits).canonical() ==
               asio::ip::network_v4(one.to_v4(), bits).canonical();
    return asio::ip::network_v6(whole.base.to_v6(), bits).canonical() ==
           asio::ip::network_v6(one.to_v6(), bits).canonical();
}

/// Takes ":port" off the end; false if there is one that is no port. Of several colons without
/// brackets, all belong to an IPv6 address.
inline bool take_port(std::string_view& pattern, std::uint64_t& port) {
    const auto colon = pattern.rfind(':');
    const bool literal = pattern.starts_with('[');
    if (colon == pattern.npos || (!literal && pattern.find(':') != colon)) return true;
    if (literal && pattern[colon - 1] != ']') return pattern.ends_with(']');
    const auto number = parse_number(pattern.substr(colon + 1));
    if (!number || *number == 0 || *number > 65'535) return false;
    port = *number;
    pattern = pattern.substr(0, colon);
    return true;
}

inline std::string lower_host(std::string_view text) {
    if (text.size() > 1 && text.ends_with('.')) text.remove_suffix(1);
    std::string host(text);
    std::transform(host.begin(), host.end(), host.begin(), lower);
    return host;
}

inline bool is_local(const std::string& host) {
    if (const auto address = parse_address(host)) return address->is_loopback();
    return host.find('.') == host.npos || host.ends_with(".localhost");
}

inline bool name_matches(const std::string& pattern, const std::string& host, bypass_name names) {
    const auto below = [&](std::string_view tail) {
        return host.size() > tail.size() && host.ends_with(tail);
    };
    if (pattern.starts_with('*')) return below(std::string_view(pattern).substr(1));
    const bool domain = names == bypass_name::domain;
    if (pattern.starts_with('.')) return below(pattern) || (domain && host == pattern.substr(1));
    return host == pattern || (domain && below("." + pattern));
}

}  // namespace detail

inline bool bypasses(std::string_view pattern, const url& to, bypass_name names) {
    pattern = trimmed(pattern);
    if (!is_bypass_pattern(pattern)) return false;
    if (pattern == "*") return true;
    const auto host = detail::lower_host(to.host);
    if (equal_ignoring_case(pattern, "<local>")) return detail::is_local(host);
    const auto address = detail::parse_address(host);
    if (const auto network = detail::parse_network(pattern))
        return address && detail::contains(*network, *address);
    std::uint64_t port = to.effective_port();
    detail::take_port(pattern, port);
    if (port != to.effective_port()) return false;
    if (const auto one = detail::parse_address(pattern)) return address == one;
    return !address && detail::name_matches(detail::lower_host(pattern), host, names);
}

inline bool is_bypass_pattern(std::string_view pattern) {
    pattern = trimmed(pattern);
    if (pattern == "*" || equal_ignoring_case(pattern, "<local>")) return true;
    if (pattern.find('/') != pattern.npos) return detail::parse_network(pattern).has_value();
    std::uint64_t port = 0;
    if (!detail::take_port(pattern, port)) return false;
    if (detail::parse_address(pattern)) return true;
    if (pattern.starts_with('*')) pattern.remove_prefix(1);
    if (pattern.starts_with('.')) pattern.remove_prefix(1);
    return !pattern.empty() && std::all_of(pattern.begin(), pattern.end(), [](char c) {
        const bool letter = lower(c) >= 'a' && lower(c) <= 'z';
        return letter || is_digit(c) || c == '-' || c == '.' || c == '_';
    });
}

inline std::vector<std::string> split_bypass(std::string_view list) {
    static constexpr std::string_view separators = ", \t\r\n";
    std::vector<std::string> patterns;
    while (!list.empty()) {
        const auto end = std::min(list.find_first_of(separators), list.size());
        if (end > 0) patterns.emplace_back(list.substr(0, end));
        list.remove_prefix(std::min(end + 1, list.size()));
    }
    return patterns;
}

}  // namespace ferry::http
