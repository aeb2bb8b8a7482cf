#pragma once

#include <ferry/access.hpp>

#include <memory>

namespace ferry::detail {

/// What is left for another origin than the one that the user named: nothing that tells who we are.
/// @param downgraded  From https to http: then not even what is meant for that host by name.
inline std::shared_ptr<const access_options> without_identity(
    access_options some, bool downgraded) {
    some.headers.clear();
    some.who = {};
    some.certificate.clear();
    some.key.clear();
    some.key_password = {};
    std::erase_if(some.logins, [&](const host_login& one) {
        return downgraded || one.host.empty();  // without a host: of the one that the user named
    });
    return std::make_shared<const access_options>(std::move(some));
}

}  // namespace ferry::detail
