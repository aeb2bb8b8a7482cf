#pragma once

#include <ferry/result.hpp>

#include <string>
#include <string_view>

namespace ferry::cli {

// Values of options that a job keeps. A failure's detail says why it is none, and does not repeat
// it: it may hold a secret. Empty: what ferry does anyway.

result<std::string> read_scheme(std::string_view text);       ///< basic, digest, ntlm, …
result<std::string> read_user(std::string_view text);         ///< without a password
result<std::string> read_file_name(std::string_view text);    ///< made absolute, or "-"
result<std::string> read_secret_file(std::string_view text);  ///< the same, of a file that is there
bool names_a_file(std::string_view text);                     ///< not "-" or "fd:3"
result<std::string> read_method(std::string_view text);       ///< of HTTP
result<std::string> read_range(std::string_view text);        ///< "A-B", "A-"; bytes, from 0
result<std::string> read_mirror(std::string_view text);       ///< a URL without a password
result<std::string> read_pin(std::string_view text);          ///< "sha256//" and Base64
result<std::string> read_security(std::string_view text);     ///< a sum of bits, or their names
result<std::string> read_cost(std::string_view text);         ///< names of network costs, numbers
result<std::string> read_proxy_usage(std::string_view text);  ///< system, none, auto, override
result<std::string> read_proxy(std::string_view text);        ///< host:port or a URL
result<std::string> read_bypass(std::string_view text);       ///< a host that needs no proxy
result<std::string> read_stored_credential(std::string_view text);
result<std::string> read_cert_store(std::string_view text);
result<std::string> read_cert_store_name(std::string_view text);
result<std::string> read_thumbprint(std::string_view text);  ///< 40 hexadecimal digits

/// A path that means the same to a process with another current folder.
std::string absolute_path(std::string_view path);

}  // namespace ferry::cli
