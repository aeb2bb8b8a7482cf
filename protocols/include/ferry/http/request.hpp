#pragma once

#include <ferry/protocol.hpp>

#include <memory>
#include <string>
#include <string_view>

namespace ferry::http {

/// A request without a body.
struct request {
    std::string_view method = "GET";
    url what = {};
    bool ranged = false;  ///< ask for `range` only
    byte_range range = {};
    std::string if_match = {};                          ///< goes into If-Range; empty: none
    std::shared_ptr<const access_options> access = {};  ///< never null
    bool own_origin = true;  ///< at the first URL's origin: custom headers go along
};

/// The head as it goes over the wire (RFC 9112, 3), ending with the empty line.
/// Precondition: check(*to.access) succeeded.
std::string to_text(const request& to);

/// Could these options smuggle a header past us or break our own? errc::bad_argument.
result<void> check(const access_options& access);

/// The same for the URL of a source: credentials in it are errc::unsupported, for now.
result<void> check(const url& what);

/// "GET http://host/file", for the details of failures.
std::string title(const request& what);

}  // namespace ferry::http

#include <ferry/http/impl/request.ipp>
