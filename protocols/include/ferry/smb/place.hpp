#pragma once

#include <ferry/url.hpp>

#include <cstdint>
#include <string>

namespace ferry::smb {

/// Where an `smb` URL leads: smb://[DOMAIN;][USER@]HOST[:PORT]/SHARE/PATH. Decoded, UTF-8.
struct place {
    std::string host = {};
    std::uint16_t port = 0;  ///< 0: the usual one
    std::string share = {};
    std::string path = {};  ///< within the share, without a '/' at either end; may be empty
    bool folder = false;    ///< written with a '/' at its end
    std::string domain = {};
    std::string user = {};

    bool operator==(const place&) const = default;
};

/// Errors: errc::bad_argument: no share, a password, a name that no share can have, and '?' or '#'
///   where they begin something that SMB does not have; errc::unsupported: an IPv6 address.
result<place> place_of(const url& what);

/// The same without a path: errc::bad_argument. A '/' at the end: errc::unsupported.
result<place> file_place_of(const url& what);

}  // namespace ferry::smb

#include <ferry/smb/impl/place.ipp>
