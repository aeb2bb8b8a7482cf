#include "cli/options/share_user.hpp"

#include "cli/wrong.hpp"

#include <ferry/detail/ascii.hpp>
#include <ferry/detail/job_places.hpp>
#include <ferry/url.hpp>

#include <algorithm>
#include <string_view>

namespace ferry::cli {
namespace {

/// @param option  What the user of a URL would count as.
bool says_who_we_are(const option_values& asked, std::string_view option) {
    return std::any_of(asked.begin(), asked.end(), [option](const auto& given) {
        const auto& name = given.first;
        const bool of_either = option == "credential" && name.ends_with("-credential");
        return name == option || name == "credential" || name.starts_with("netrc") ||
               (of_either && name != "proxy-credential");
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

result<void> take_user(
    const std::vector<std::string>& locations, const char* option, job_options& options) {
    if (says_who_we_are(options.asked, option)) return {};
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
            "several users in the URLs: " + users[0] + ", " + users[1] + " (a command each)");
    options.named.push_back(option);
    options.asked.emplace_back(option, std::move(users.front()));
    return {};
}

bool are_elsewhere(const std::vector<std::string>& locations) {
    return std::any_of(locations.begin(), locations.end(), [](const std::string& one) {
        return detail::is_elsewhere(one);
    });
}

}  // namespace

result<void> take_share_users(
    std::vector<std::string> sources, const std::vector<std::string>& destinations,
    job_options& options) {
    if (are_elsewhere(sources) && are_elsewhere(destinations)) {
        const auto taken = take_user(sources, "source-credential", options);
        return taken ? take_user(destinations, "destination-credential", options) : taken;
    }
    sources.insert(sources.end(), destinations.begin(), destinations.end());
    return take_user(sources, "credential", options);
}

}  // namespace ferry::cli
