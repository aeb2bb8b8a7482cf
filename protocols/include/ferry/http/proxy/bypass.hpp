#pragma once

#include <ferry/url.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace ferry::http {

/// Which hosts a bare name means: in no_proxy the domain and all below it, in a bypass list (BITS)
/// that one host.
enum class bypass_name { domain, host };

/// Does one pattern of a bypass list say that `to` is reached directly? Patterns, without case:
///   "*"             every host
///   "<local>"       names without a dot, and this machine (loopback)
///   "*.corp" ".corp"  hosts below corp; the latter, in no_proxy, also corp itself
///   "corp"          see bypass_name
///   "10.1.2.3" "fd00::1" "10.0.0.0/8" "fd00::/8"  that address, or all of that network
/// each but the first two and networks also with ":port", then IPv6 addresses in brackets.
/// Addresses match what the URL says; no name is resolved. Nonsense matches nothing.
bool bypasses(std::string_view pattern, const url& to, bypass_name names);

/// Could it match anything at all?
bool is_bypass_pattern(std::string_view pattern);

/// The patterns in a variable such as no_proxy: separated by commas, blanks, or both.
std::vector<std::string> split_bypass(std::string_view list);

}  // namespace ferry::http

#include <ferry/http/proxy/impl/bypass.ipp>
