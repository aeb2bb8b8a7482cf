#pragma once

#include <ferry/http/auth/digest.hpp>

#include <algorithm>
#include <array>

namespace ferry::http {
namespace detail {

inline constexpr std::array strongest_first = {
    auth_scheme::negotiate, auth_scheme::ntlm, auth_scheme::digest, auth_scheme::bearer,
    auth_scheme::basic};

inline bool allows(const credentials& who, auth_scheme scheme) noexcept {
    return who.schemes.empty() ||
           std::find(who.schemes.begin(), who.schemes.end(), scheme) != who.schemes.end();
}

inline bool suffices(const credentials& who, auth_scheme scheme) noexcept {
    const bool password = !who.user.empty() && who.password;
    switch (scheme) {
        case auth_scheme::negotiate:
        case auth_scheme::ntlm:  // whoever runs us, but only if asked for by name
            return password || !who.schemes.empty();
        case auth_scheme::bearer:
            return !who.bearer.empty();
        case auth_scheme::basic:
        case auth_scheme::digest:
            return password;
    }
    return false;
}

/// Among challenges of one scheme: more is better.
inline int strength(const challenge& offer, auth_scheme scheme) {
    return scheme == auth_scheme::digest ? digest_strength(offer) : 0;
}

inline std::string name_of(asker by) { return by == asker::server ? "the server" : "the proxy"; }

/// What to write on the command line: the options of the proxy have names of their own.
inline std::string option_for(asker by, std::string_view name) {
    return (by == asker::server ? "--" : "--proxy-") + std::string(name);
}

inline std::string hint_for(asker by, auth_scheme scheme, const credentials& who) {
    if (!allows(who, scheme)) {
        return "allow it with " + option_for(by, "authentication");
    }
    if (scheme == auth_scheme::bearer) return "give a token with " + option_for(by, "bearer-file");
    if (who.user.empty()) {
        auto text = "give " + option_for(by, "credential USER");
        if (scheme == auth_scheme::negotiate)
            text += ", or " + option_for(by, "authentication negotiate") + " for your ticket";
        return text;
    }
    return "give the password of " + printable(who.user);
}

}  // namespace detail

inline std::string_view to_string(auth_scheme scheme) noexcept {
    switch (scheme) {
        case auth_scheme::basic:
            return "Basic";
        case auth_scheme::bearer:
            return "Bearer";
        case auth_scheme::digest:
            return "Digest";
        case auth_scheme::ntlm:
            return "NTLM";
        case auth_scheme::negotiate:
            return "Negotiate";
    }
    return "?";
}

inline std::optional<auth_scheme> scheme_of(const challenge& offer) noexcept {
    for (const auto scheme : detail::strongest_first)
        if (offer.is(to_string(scheme))) return scheme;
    return std::nullopt;
}

inline std::vector<way> ways(const std::vector<challenge>& offers, const credentials& who) {
    std::vector<way> found;
    for (const auto scheme : detail::strongest_first) {
        if (!detail::allows(who, scheme) || !detail::suffices(who, scheme)) continue;
        const auto first = found.size();
        for (std::size_t i = 0; i < offers.size(); ++i)
            if (scheme_of(offers[i]) == scheme) found.push_back({scheme, i});
        std::stable_sort(
            found.begin() + static_cast<std::ptrdiff_t>(first), found.end(),
            [&](const way& a, const way& b) {
                return detail::strength(offers[a.offer], scheme) >
                       detail::strength(offers[b.offer], scheme);
            });
    }
    return found;
}

inline std::string list_of(const std::vector<challenge>& offers) {
    static constexpr std::size_t most = 6;
    std::string text;
    for (std::size_t i = 0; i < std::min(offers.size(), most); ++i) {
        if (i > 0) text += ", ";
        text += printable(offers[i].scheme, 20);
        if (const auto realm = offers[i].find("realm"); realm && !realm->empty())
            text += " for realm \"" + printable(*realm, 60) + "\"";
    }
    return offers.size() > most ? text + ", ..." : text;
}

inline std::string explain_wish(asker by, const std::vector<challenge>& offers) {
    const std::string asking = detail::name_of(by);
    if (offers.empty()) return asking + " asks who we are without saying how to answer";
    return asking + " wants " + list_of(offers);
}

inline std::string explain_no_way(
    asker by, const std::vector<challenge>& offers, const credentials& who) {
    auto text = explain_wish(by, offers);
    if (offers.empty()) return text;
    for (const auto scheme : detail::strongest_first) {
        const auto offers_it = [&](const challenge& one) { return scheme_of(one) == scheme; };
        if (!std::any_of(offers.begin(), offers.end(), offers_it)) continue;
        // Any password will do for the others: the first hint is enough.
        return text + "; " + detail::hint_for(by, scheme, who);
    }
    return text + ", which ferry does not know";
}

inline std::string explain_refusal(
    asker by, auth_scheme scheme, const std::vector<challenge>& offers, const credentials& who) {
    std::string text = detail::name_of(by);
    text += " refused our " + std::string(to_string(scheme)) + " answer: ";
    const auto same = std::find_if(offers.begin(), offers.end(), [&](const challenge& one) {
        return scheme_of(one) == scheme;
    });
    const auto of_it = [&](std::string_view name) {
        return same == offers.end() ? std::nullopt : same->find(name);
    };
    if (scheme == auth_scheme::bearer) {
        text += "the token is not valid here";
        if (const auto why = of_it("error_description"))
            text += " (" + printable(*why, 100) + ")";
        else if (const auto error = of_it("error"))
            text += " (" + printable(*error, 40) + ")";
    } else if (who.user.empty()) {
        text += "it does not want who runs ferry";
    } else {
        text += "wrong name or password";
    }
    if (const auto realm = of_it("realm"); realm && !realm->empty())
        text += " for realm \"" + printable(*realm, 60) + "\"";
    return text;
}

}  // namespace ferry::http
