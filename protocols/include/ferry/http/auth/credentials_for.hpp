#pragma once

#include <ferry/http/request.hpp>

#include <algorithm>

namespace ferry::http {
namespace detail {

inline credentials credentials_of(const host_login& login) {
    credentials who;
    who.user = login.user;
    who.password = login.password;
    return who;
}

}  // namespace detail

/// Who we are to the server that a request goes to. Those of the access options belong to the
/// first URL's origin alone. A login belongs to its host; the default one only to the host that the
/// user named himself, never to one that a redirect leads to. Nobody's, if the user has written an
/// Authorization field of his own, or once a redirect has led from https to http.
inline credentials credentials_for(const request& what) {
    const auto& access = *what.access;
    if (what.downgraded) return {};
    if (what.own_origin && detail::names(access.headers, "Authorization")) return {};
    if (what.own_origin && !access.who.empty()) return access.who;
    const host_login* fallback = nullptr;
    for (const auto& login : access.logins) {
        if (equal_ignoring_case(login.host, what.what.host)) return detail::credentials_of(login);
        if (login.host.empty() && !fallback) fallback = &login;
    }
    return fallback && what.own_origin ? detail::credentials_of(*fallback) : credentials();
}

}  // namespace ferry::http
