#pragma once

#include <ferry/secret.hpp>

#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace ferry {

/// Ways to prove to a server or proxy who we are, the weakest first (BITS: BG_AUTH_SCHEME; bearer
/// is RFC 6750).
enum class auth_scheme { basic, bearer, digest, ntlm, negotiate };

/// "basic", "bearer", "digest", "ntlm", "negotiate": for options and documents.
constexpr std::string_view word_for(auth_scheme scheme) noexcept {
    constexpr std::array<std::string_view, 5> words = {
        "basic", "bearer", "digest", "ntlm", "negotiate"};
    return words[static_cast<std::size_t>(scheme)];
}
constexpr std::optional<auth_scheme> parse_auth_scheme(std::string_view word) noexcept {
    using enum auth_scheme;
    for (const auto scheme : {basic, bearer, digest, ntlm, negotiate})
        if (word_for(scheme) == word) return scheme;
    return std::nullopt;
}

/// Name and password for one host, as a netrc file has them.
struct host_login {
    std::string host = {};  ///< empty: every other host ("default")
    std::string user = {};
    secret password = {};
    auto operator<=>(const host_login&) const = default;
};

/// Who we are to a server, or to a proxy, and how that may be proven. Sent only in answer to a
/// challenge, and only to whom it is meant for.
struct credentials {
    std::string user = {};  ///< UTF-8; "DOMAIN\\name" and "name@REALM" for ntlm and negotiate
    std::optional<secret> password = {};  ///< none: there is none to send
    secret bearer = {};                   ///< token for auth_scheme::bearer; empty: none
    /// The only ones to use; empty: every one that the rest of this suffices for.
    std::vector<auth_scheme> schemes = {};
    /// Where Kerberos finds the tickets of who asks ("FILE:/tmp/krb5cc_1000", as in KRB5CCNAME);
    /// empty: where it finds those of this process.
    std::string ticket_cache = {};
    auto operator<=>(const credentials&) const = default;

    /// Nothing could be proven with it. Negotiate and NTLM, when named, may take who runs this
    /// process (a Kerberos ticket; BITS: implicit credentials).
    bool empty() const noexcept {
        return user.empty() && !password && bearer.empty() && schemes.empty();
    }
};

/// Who we are to either server of a transfer from one to the other.
struct relay_credentials {
    credentials source = {};
    credentials destination = {};
    auto operator<=>(const relay_credentials&) const = default;
};

}  // namespace ferry
