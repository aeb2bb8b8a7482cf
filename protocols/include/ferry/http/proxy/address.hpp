#pragma once

#include <ferry/http/connection.hpp>
#include <ferry/result.hpp>

#include <string>
#include <string_view>

namespace ferry::http {

/// One proxy, as people and environment variables write it.
struct proxy_entry {
    std::string only_for = {};  ///< URLs of this scheme alone; empty: all
    proxy_server server = {};
    bool operator==(const proxy_entry&) const = default;
};

/// Parses "[only_for=][scheme://][user[:password]@]host[:port][/]". Schemes: http (the default),
/// https (TLS to the proxy), socks5 and socks5h (who resolves names: we, or the proxy). User and
/// password are percent-decoded. Without port: 1080, of an https proxy 443 (as curl has it).
/// Errors: errc::bad_argument, whose detail shows nothing of user and password.
result<proxy_entry> parse_proxy(std::string_view text);

/// "http://host:port", for people: without user and password.
std::string to_string(const proxy_server& one);

}  // namespace ferry::http

#include <ferry/http/proxy/impl/address.ipp>
