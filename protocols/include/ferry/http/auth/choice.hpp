#pragma once

#include <ferry/credentials.hpp>
#include <ferry/http/auth/challenge.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace ferry::http {

/// Which offer to take up, and what to tell the user if there is none. Pure functions.

/// An offer that the credentials suffice for.
struct way {
    auth_scheme scheme = auth_scheme::basic;
    std::size_t offer = 0;  ///< place in the list of challenges
    bool operator==(const way&) const = default;
};

/// "Digest", as the protocol writes it.
std::string_view to_string(auth_scheme scheme) noexcept;

/// The scheme of a challenge, if ferry knows it.
std::optional<auth_scheme> scheme_of(const challenge& offer) noexcept;

/// What can be taken up, the strongest first: Negotiate, NTLM, Digest (SHA-256 before MD5), Bearer,
/// Basic; equals in the asker's order. Which scheme fails without having proven anything may be
/// followed by the next.
std::vector<way> ways(const std::vector<challenge>& offers, const credentials& who);

/// "Digest for realm \"here\", Basic for realm \"here\"": for people, at most a line.
std::string list_of(const std::vector<challenge>& offers);

/// "the server wants Digest for realm \"here\""
std::string explain_wish(asker by, const std::vector<challenge>& offers);

/// Why ways() found none, and which option would help.
std::string explain_no_way(asker by, const std::vector<challenge>& offers, const credentials& who);

/// What was answered did not convince.
std::string explain_refusal(
    asker by, auth_scheme scheme, const std::vector<challenge>& offers, const credentials& who);

}  // namespace ferry::http

#include <ferry/http/auth/impl/choice.ipp>
