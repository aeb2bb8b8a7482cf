#include "cli/sources/location.hpp"

#include "cli/wrong.hpp"

#include <ferry/detail/relay_access.hpp>

namespace ferry::cli {

result<url> read_location(std::string_view text) {
    auto location = parse_location(text);
    if (!location) {
        auto why = location.error();
        for (const std::string_view what : {"URL: ", "source: "})
            if (why.detail.starts_with(what)) why.detail.erase(0, what.size());
        return why;
    }
    if (const auto good = check_user_info(*location); !good) return good.error();
    const bool no_path = location->path.find_first_not_of('/') == std::string::npos;
    if (location->scheme == "smb" && no_path)
        return wrong("no share (write smb://HOST/SHARE/PATH)");
    return location;
}

result<void> check_user_info(const url& what) {
    const auto& user = what.user_info;
    if (what.scheme == "smb" && user.find(':') != std::string::npos)
        return wrong(
            "no passwords in URLs, where everybody can read them (write the user's name alone, and "
            "give --password-file FILE)");
    if (!detail::speaks_http(what) || user.empty()) return {};
    return wrong("no credentials in URLs, where everybody can read them (give --credential USER)");
}

}  // namespace ferry::cli
