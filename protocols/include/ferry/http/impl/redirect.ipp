#pragma once

#include <ferry/http/reply.hpp>

#include <tuple>

namespace ferry::http {
namespace detail {

inline bool same_request(const url& a, const url& b) {
    return std::tuple(a.scheme, a.host, a.effective_port(), a.path, a.query) ==
           std::tuple(b.scheme, b.host, b.effective_port(), b.path, b.query);
}

}  // namespace detail

inline bool is_redirect(int status) noexcept {
    return status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
}

inline result<url> next_hop(
    const request& asked, const response_head& reply, std::span<const url> hops) {
    const auto fail = [&](errc code, std::string_view why) {
        return detail::reply_failure(code, asked, reply, why);
    };
    if (reply.fields.count("Location") > 1)
        return fail(errc::refused, "a redirect to several places at once");
    const auto location = reply.fields.find("Location");
    if (!location || location->empty()) return fail(errc::refused, "a redirect without a Location");
    auto target = resolve(asked.what, *location);
    if (!target)
        return fail(
            errc::redirect_refused,
            "a redirect to something that is no URL: " + printable(*location, 200));
    target->user_info.clear();  // a server does not choose our credentials
    if (target->fragment.empty()) target->fragment = asked.what.fragment;  // RFC 9110, 10.2.2

    const auto refuse = [&](std::string_view why) {
        return fail(errc::redirect_refused, std::string(why) + ": " + to_string(*target));
    };
    if (target->scheme != "http" && target->scheme != "https")
        return refuse("a redirect out of http and https");
    if (asked.access->redirects == redirect_policy::forbid)
        return refuse("redirects are forbidden, and this one leads to");
    const bool downgrade = asked.what.scheme == "https" && target->scheme == "http";
    if (downgrade && !asked.access->allow_downgrade)
        return refuse(
            "a redirect from https to unprotected http, which needs --security-flags redirects");
    if (target->host.empty()) return refuse("a redirect without a host");
    for (const auto& hop : hops)
        if (detail::same_request(hop, *target)) return refuse("a redirect in circles");
    if (hops.size() > asked.access->max_redirects)
        return refuse(
            "more than " + std::to_string(asked.access->max_redirects) + " redirects, now to");
    return std::move(*target);
}

}  // namespace ferry::http
