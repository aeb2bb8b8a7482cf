#pragma once

#include <ferry/result.hpp>
#include <ferry/url.hpp>

#include <string_view>

namespace ferry::cli {

// Errors: errc::bad_argument; the detail is the reason alone, without what it is about.

/// parse_location(), of what a user typed.
result<url> read_location(std::string_view text);

/// Refuses credentials in a URL of http or https: everybody could read them. A share's may name a
/// user.
result<void> check_user_info(const url& what);

}  // namespace ferry::cli
