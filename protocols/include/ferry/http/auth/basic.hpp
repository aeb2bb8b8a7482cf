#pragma once

#include <ferry/credentials.hpp>
#include <ferry/http/auth/encoding.hpp>
#include <ferry/result.hpp>

#include <algorithm>
#include <string>

namespace ferry::http {
namespace detail {

inline bool has_control(std::string_view text) {
    return std::any_of(
        text.begin(), text.end(), [](char c) { return (c >= 0 && c < ' ') || c == '\x7f'; });
}

}  // namespace detail

/// The answer of Basic (RFC 7617): readable for everybody on the way, unless that is encrypted.
/// UTF-8, whether the server says so or not: it is what it wants if it cares.
/// Errors: errc::unauthorized: a name that this scheme cannot express.
inline result<std::string> basic_answer(const credentials& who) {
    const secret password = who.password.value_or(secret());
    if (who.user.find(':') != std::string::npos)
        return failure{errc::unauthorized, "Basic has no way to send a user name with a colon"};
    if (detail::has_control(who.user) || detail::has_control(password.reveal()))
        return failure{
            errc::unauthorized, "Basic has no way to send control characters in name or password"};
    const secret both(who.user + ":" + std::string(password.reveal()));
    return "Basic " + to_base64(both.reveal());
}

/// The answer of Bearer (RFC 6750, 2.1). Whoever reads it can use it: for https.
/// Errors: errc::unauthorized: what is no token.
inline result<std::string> bearer_answer(const credentials& who) {
    static constexpr std::string_view allowed =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~+/=";
    const auto token = who.bearer.reveal();
    if (token.empty() || token.find_first_not_of(allowed) != token.npos)
        return failure{
            errc::unauthorized,
            "the bearer token has characters that no token has (is there more in its file?)"};
    return "Bearer " + std::string(token);
}

}  // namespace ferry::http
