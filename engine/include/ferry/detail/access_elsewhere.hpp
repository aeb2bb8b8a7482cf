#pragma once

#include <ferry/access.hpp>

#include <memory>
#include <utility>
#include <vector>

namespace ferry::detail {

/// What of `access`, which is meant for the origin of `named`, may be told to that of `where`:
/// everything, if it is the same one; else no header, and no secret that the user has not given for
/// that very host.
inline std::shared_ptr<const access_options> access_elsewhere(
    std::shared_ptr<const access_options> access, const url& named, const url& where) {
    if (where.origin() == named.origin()) return access;
    auto some = *access;
    some.headers.clear();
    some.who = {};
    some.certificate.clear();
    some.key.clear();
    some.key_password = {};
    const bool downgraded = named.scheme == "https" && where.scheme == "http";
    std::erase_if(some.logins, [&](const host_login& one) {
        return downgraded || one.host.empty();  // without a host: of the one that the user named
    });
    return std::make_shared<const access_options>(std::move(some));
}

}  // namespace ferry::detail
