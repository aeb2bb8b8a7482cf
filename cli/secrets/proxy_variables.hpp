#pragma once

#include <ferry/access.hpp>

#include <functional>

namespace ferry::cli {

/// What the environment says of proxies: http_proxy, https_proxy, all_proxy, no_proxy; where one is
/// not set, the upper case counts, except that of http_proxy (see proxy_environment).
proxy_environment proxy_variables();
/// @param find  getenv(3), or something like it.
proxy_environment proxy_variables(const std::function<const char*(const char*)>& find);

}  // namespace ferry::cli
