#pragma once

#include <ferry/access.hpp>

#include <memory>
#include <utility>
#include <vector>

namespace ferry::detail {

/// How either server of a transfer from one to the other is to be reached.
struct relay_access {
    std::shared_ptr<const access_options> source;
    std::shared_ptr<const access_options> destination;
};

// What a transfer from one server to another cannot do, and what to write instead.

inline constexpr const char* whose_credential =
    "--credential: to which of the two servers? (write --source-credential or "
    "--destination-credential)";
inline constexpr const char* only_whole_files =
    "from server to server only whole files that stay the same (leave out --range, --dynamic and "
    "--http-method)";
inline constexpr const char* no_checksum_between =
    "--checksum: not of what goes from server to server (leave it out)";

inline bool speaks_http(const url& what) { return what.scheme == "http" || what.scheme == "https"; }

/// What of `all` an end may know: nothing that proves who we are but `who`, and what was given for
/// its very host. Headers, tokens and certificates are for the end that speaks HTTP.
inline std::shared_ptr<const access_options> access_of_end(
    const access_options& all, const credentials& who, bool is_the_http_end) {
    auto some = all;
    some.who = who;
    some.method.clear();
    std::erase_if(some.logins, [](const host_login& one) { return one.host.empty(); });
    if (is_the_http_end) {
        some.who.bearer = all.who.bearer;
        some.who.schemes = all.who.schemes;
    } else {
        some.headers.clear();
        some.certificate.clear();
        some.key.clear();
        some.key_password = {};
    }
    return std::make_shared<const access_options>(std::move(some));
}

/// Divides what a user has said of both, so that no secret of the one end gets to the other. Of two
/// that speak HTTP, the destination is the one that headers and tokens are meant for.
inline relay_access access_between(
    const access_options& all, const relay_credentials& who, const url& from, const url& to) {
    const bool to_http = speaks_http(to);
    return {
        access_of_end(all, who.source, speaks_http(from) && !to_http),
        access_of_end(all, who.destination, to_http)};
}

}  // namespace ferry::detail
