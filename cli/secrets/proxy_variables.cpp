#include "cli/secrets/proxy_variables.hpp"

#include <cstdlib>

namespace ferry::cli {

proxy_environment proxy_variables() {
    return proxy_variables([](const char* name) -> const char* { return std::getenv(name); });
}

proxy_environment proxy_variables(const std::function<const char*(const char*)>& find) {
    const auto first = [&](std::initializer_list<const char*> names) {
        for (const auto* name : names)
            if (const auto* value = find(name); value && *value) return std::string(value);
        return std::string();
    };
    proxy_environment found;
    found.http = first({"http_proxy"});
    found.https = first({"https_proxy", "HTTPS_PROXY"});
    found.all = first({"all_proxy", "ALL_PROXY"});
    found.none = first({"no_proxy", "NO_PROXY"});
    return found;
}

}  // namespace ferry::cli
