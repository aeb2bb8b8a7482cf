#pragma once

#include <ferry/detail/ascii.hpp>

#include <algorithm>
#include <initializer_list>
#include <string_view>
#include <utility>

namespace ferry::smb {
namespace detail {

/// libsmbclient would cut them off.
inline constexpr std::size_t longest_name = 255;

/// "DOMAIN\user"; "user@REALM" stays as it is.
inline void split_domain(login& who) {
    const auto slash = who.user.find('\\');
    if (slash == std::string::npos) return;
    who.domain = who.user.substr(0, slash);
    who.user.erase(0, slash + 1);
}

inline bool same_name(std::string_view one, std::string_view other) {
    return ferry::detail::to_lower(one) == ferry::detail::to_lower(other);
}

inline bool usable(std::string_view text) {
    return text.size() <= longest_name && text.find('\0') == std::string_view::npos;
}

/// Sets what the user has said of himself; false: nothing.
inline bool take_credentials(login& who, const credentials& given) {
    if (given.user.empty()) return false;
    who.user = given.user;
    who.domain.clear();
    if (given.password) who.password = *given.password;
    return true;
}

inline void take_stored(login& who, const place& where, const access_options& access) {
    for (const auto& one : access.logins) {
        const bool here = one.host.empty() || same_name(one.host, where.host);
        if (!here || (!who.user.empty() && who.user != one.user)) continue;
        who.user = one.user;
        who.password = one.password;
        return;
    }
}

inline result<void> choose_scheme(login& who, const access_options& access) {
    const auto& schemes = access.who.schemes;
    const auto named = [&](auth_scheme one) {
        return std::find(schemes.begin(), schemes.end(), one) != schemes.end();
    };
    const bool ticket = named(auth_scheme::negotiate), password = named(auth_scheme::ntlm);
    if (!schemes.empty() && !ticket && !password)
        return failure{errc::unsupported, "SMB knows only negotiate and ntlm"};
    who.guest = who.password.empty() && same_name(who.user, "guest");
    who.ticket = !who.guest && who.password.empty() && (ticket || who.user.empty());
    return {};
}

}  // namespace detail

inline result<login> login_for(const place& where, const access_options& access) {
    login who;
    who.domain = where.domain;
    who.user = where.user;
    if (!detail::take_credentials(who, access.who)) detail::take_stored(who, where, access);
    detail::split_domain(who);
    who.ticket_cache = access.who.ticket_cache;
    for (const std::string_view one :
         {std::string_view(who.domain), std::string_view(who.user), who.password.reveal()})
        if (!detail::usable(one))
            return failure{errc::bad_argument, "a user or password longer than 255 bytes"};
    if (auto chosen = detail::choose_scheme(who, access); !chosen) return chosen.error();
    if (who.password.empty() && !who.guest && !who.ticket)
        return failure{
            errc::unauthorized,
            "no password of " + who.user + " (give --credential and --password-file)"};
    return who;
}

}  // namespace ferry::smb
