#pragma once

#include <ferry/access.hpp>
#include <ferry/smb/place.hpp>

#include <string>

namespace ferry::smb {

/// Who we are to one server.
struct login {
    std::string domain = {};
    std::string user = {};
    secret password = {};
    bool ticket = false;            ///< by Kerberos, with the ticket that is there
    std::string ticket_cache = {};  ///< as credentials::ticket_cache
    bool guest = false;             ///< as nobody in particular; nothing is signed then

    bool operator==(const login&) const = default;
};

/// From the access options, else the URL, else what a netrc file has for the host, else the
/// Kerberos ticket. A guest is only who says so: the user "guest" without a password.
/// Errors: errc::bad_argument: a name or password that is too long or has a NUL character in it;
///   errc::unauthorized: a user whose password nobody has told; errc::unsupported: none of the
///   schemes asked for exists in SMB.
result<login> login_for(const place& where, const access_options& access);

}  // namespace ferry::smb

#include <ferry/smb/impl/login.ipp>
