#include "cli/options/options_clear.hpp"

#include <algorithm>
#include <array>

namespace ferry::cli {
namespace {

constexpr auto clearables = std::to_array<clearable>({
    {"description", ""},
    {"user-agent", "user_agent"},
    {"connections", "connections"},
    {"acl-flags", "acl_flags"},
    {"ca-file", "ca_file"},
    {"ca-path", "ca_path"},
    {"custom-headers", "headers"},
    {"credential", "user", job_secret::password},
    {"source-credential", "source_user", job_secret::source_password},
    {"destination-credential", "destination_user", job_secret::destination_password},
    {"authentication", "authentication"},
    {"bearer-file", "", job_secret::bearer},
    {"netrc", "", job_secret::logins},
    {"netrc-file", "", job_secret::logins},
    {"proxy-list", "proxy_list"},
    {"proxy-bypass", "proxy_bypass"},
    {"proxy-credential", "proxy_user", job_secret::proxy_password},
    {"proxy-authentication", "proxy_authentication"},
    {"cert", "certificate"},
    {"key", "key", job_secret::key_password},
    {"pin", "pins"},
    {"crl-file", "crl_file"},
    {"range", "ranges"},
});

}  // namespace

const clearable* find_clearable(std::string_view name) {
    const auto found = std::find_if(
        clearables.begin(), clearables.end(), [&](const auto& one) { return one.name == name; });
    return found == clearables.end() ? nullptr : &*found;
}

bool is_set(const clearable& what, const job_options& options) {
    if (what.name == "description") return options.description.has_value();
    const auto& named = options.named;
    return (!what.member.empty() && options.settings.contains(what.member)) ||
           std::find(named.begin(), named.end(), what.name) != named.end();
}

void forget(const clearable& what, job_options& options) {
    const auto usual = members_of(job_settings());
    if (what.name == "description") options.description = "";
    if (!what.member.empty()) options.settings[what.member] = usual.at(what.member);
    if (!what.secret.empty()) options.secrets[std::string(what.secret)] = std::nullopt;
}

}  // namespace ferry::cli
