#pragma once

#include <ferry/protocol.hpp>

#include <string>

namespace ferry::cli {

class option_set;

/// How servers are reached and trusted: headers, redirects, certificates.
void add_access_options(option_set& app, access_options& into);

/// Checks "Name: value" (RFC 9110, 5.1 and 5.5). A failure does not repeat the value: it may be a
/// secret.
result<void> check_header(const std::string& header);

}  // namespace ferry::cli
