#pragma once

#include <ferry/http/io.hpp>
#include <ferry/http/proxy/address.hpp>
#include <ferry/http/proxy/bypass.hpp>

#include <algorithm>
#include <utility>

namespace ferry::http {
namespace detail {

inline const proxy_candidates& directly() {
    static const proxy_candidates only(1);
    return only;
}

inline bool any_bypasses(
    const std::vector<std::string>& patterns, const url& to, bypass_name names) {
    return std::any_of(patterns.begin(), patterns.end(), [&](const std::string& one) {
        return bypasses(one, to, names);
    });
}

/// A typing error must not send a request to the proxy that was to be spared it.
inline result<void> check_bypass(const std::vector<std::string>& patterns) {
    for (const auto& one : patterns)
        if (!is_bypass_pattern(one))
            return failure{
                errc::bad_argument,
                "--proxy-bypass " + printable(one, 60) +
                    ": write a host, *.domain, an address or network, <local> or *"};
    return {};
}

/// Explicit credentials go before those in the address; the schemes allowed hold for both.
inline credentials who_for(const credentials& beside, const credentials& explicitly) {
    const bool named =
        !explicitly.user.empty() || explicitly.password || !explicitly.bearer.empty();
    if (named || beside.empty()) return explicitly;
    auto who = beside;
    who.schemes = explicitly.schemes;
    return who;
}

/// Adds the proxy that `text` describes, if it is for URLs like `to`.
inline result<void> add_candidate(
    proxy_candidates& all, const std::string& where, const std::string& text, const url& to,
    const proxy_options& from) {
    auto entry = parse_proxy(text);
    if (!entry) return while_doing(where, std::move(entry.error()));
    if (!entry->only_for.empty() && entry->only_for != to.scheme) return {};
    entry->server.who = who_for(entry->server.who, from.who);
    all.emplace_back(std::move(entry->server));
    return {};
}

/// The variable that counts, and its name.
inline std::pair<std::string, std::string> variable_for(
    const url& to, const proxy_environment& set) {
    if (to.scheme == "http" && !set.http.empty()) return {"http_proxy", set.http};
    if (to.scheme == "https" && !set.https.empty()) return {"https_proxy", set.https};
    return {"all_proxy", set.all};
}

inline result<proxy_candidates> of_system(const url& to, const proxy_options& from) {
    const auto [name, value] = variable_for(to, from.environment);
    if (trimmed(value).empty()) return directly();
    const auto exceptions = split_bypass(from.environment.none);
    if (any_bypasses(exceptions, to, bypass_name::domain)) return directly();
    proxy_candidates all;
    if (auto added = add_candidate(all, name, value, to, from); !added) return added.error();
    return all.empty() ? directly() : all;
}

inline result<proxy_candidates> of_list(const url& to, const proxy_options& from) {
    if (from.list.empty())
        return failure{errc::bad_argument, "--proxy-list: no proxy is named, so none can be used"};
    proxy_candidates all;
    for (const auto& one : from.list)
        if (auto added = add_candidate(all, "--proxy-list", one, to, from); !added)
            return added.error();
    return all.empty() ? directly() : all;
}

inline result<proxy_candidates> of_network(
    const url& to, const proxy_options& from, const std::vector<std::string>& found) {
    proxy_candidates all;
    for (const auto& one : found) {
        if (one.starts_with("direct://")) {
            all.emplace_back();
            continue;
        }
        // libproxy's word for "SOCKS in a configuration file": the proxy resolves names
        const auto text = one.starts_with("socks://") ? "socks5h" + one.substr(5) : one;
        auto added = add_candidate(all, "the network's proxy configuration", text, to, from);
        if (!added) return added.error();
    }
    return all.empty() ? directly() : all;
}

}  // namespace detail

inline result<void> check(const proxy_options& from) {
    if (from.usage == proxy_usage::none) return {};
    if (auto good = detail::check_bypass(from.bypass); !good) return good;
    for (const auto& one : from.list)
        if (auto known = parse_proxy(one); !known)
            return while_doing("--proxy-list", std::move(known.error()));
    return {};
}

inline bool needs_discovery(const url& to, const proxy_options& from) {
    return from.usage == proxy_usage::automatic &&
           !detail::any_bypasses(from.bypass, to, bypass_name::host);
}

inline result<proxy_candidates> choose_proxies(
    const url& to, const proxy_options& from, const std::vector<std::string>& found) {
    if (from.usage == proxy_usage::none) return detail::directly();
    if (auto good = detail::check_bypass(from.bypass); !good) return good.error();
    if (detail::any_bypasses(from.bypass, to, bypass_name::host)) return detail::directly();
    if (from.usage == proxy_usage::system) return detail::of_system(to, from);
    if (from.usage == proxy_usage::listed) return detail::of_list(to, from);
    return detail::of_network(to, from, found);
}

}  // namespace ferry::http
