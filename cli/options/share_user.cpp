#include "cli/options/share_user.hpp"

#include "cli/wrong.hpp"

#include <ferry/detail/ascii.hpp>
#include <ferry/url.hpp>

#include <algorithm>
#include <string_view>

namespace ferry::cli {
namespace {

bool says_who_we_are(const option_values& asked) {
    return std::any_of(asked.begin(), asked.end(), [](const auto& option) {
        const auto& name = option.first;
        return name.ends_with("credential") ? name != "proxy-credential"
                                            : name.starts_with("netrc");
    });
}

/// As --credential has it: "DOMAIN\user". Empty: none, or one with a password, which is refused.
std::string user_in(std::string_view location) {
    const auto what = parse_location(location);
    if (!what || what->scheme != "smb" || what->user_info.find(':') != std::string::npos) return {};
    auto user = percent_decode(what->user_info);
    std::replace(user.begin(), user.end(), ';', '\\');
    return user;
}

}  // namespace

result<void> take_share_user(const std::vector<std::string>& locations, job_options& options) {
    if (says_who_we_are(options.asked)) return {};
    std::vector<std::string> users;
    for (const auto& location : locations) {
        auto user = user_in(location);
        const bool known = std::find(users.begin(), users.end(), user) != users.end();
        if (!user.empty() && !known) users.push_back(std::move(user));
    }
    const bool guest = users.size() == 1 && detail::to_lower(users.front()) == "guest";
    if (users.empty() || guest) return {};
    if (users.size() > 1)
        return wrong(
            "several users in the URLs: " + users[0] + ", " + users[1] +
            " (a command each; from server to server --source-credential and its like)");
    options.named.push_back("credential");
    options.asked.emplace_back("credential", std::move(users.front()));
    return {};
}

}  // namespace ferry::cli
