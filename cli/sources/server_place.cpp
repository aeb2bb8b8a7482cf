#include "cli/sources/server_place.hpp"

#include "cli/get/plan.hpp"
#include "cli/sources/location.hpp"
#include "cli/wrong.hpp"

#include <ferry/detail/job_places.hpp>
#include <ferry/detail/json_text.hpp>
#include <ferry/detail/relay_access.hpp>

#include <locale.h>

#include <algorithm>
#include <cwchar>
#include <cwctype>

namespace ferry::cli {
namespace {

/// The same for all that differs by case alone. What is no UTF-8 stays as it is.
std::string without_case(std::string_view text) {
    static const auto unicode = ::newlocale(LC_CTYPE_MASK, "C.UTF-8", nullptr);
    const auto before = ::uselocale(unicode ? unicode : LC_GLOBAL_LOCALE);
    std::string same;
    detail::for_each_char(text, [&](std::string_view one, bool) {
        wchar_t letter = 0;
        std::mbstate_t state{};
        const bool read = std::mbrtowc(&letter, one.data(), one.size(), &state) == one.size();
        const auto lower = std::towlower(static_cast<std::wint_t>(letter));
        same += read ? std::to_string(lower) + "," : std::string(one);
    });
    ::uselocale(before);
    return same;
}

}  // namespace

result<url> read_share(std::string_view text) {
    if (text.find_first_of("*?") != text.npos)
        return wrong(
            "no wildcards in a destination: " + shown(text) + " (name a file or a folder)");
    auto place = read_location(text);
    if (!place) return wrong("the destination " + shown(text) + ": " + place.error().detail);
    const bool whole_share = place->path.find('/', 1) == place->path.npos;
    if (place->scheme == "smb") return whole_share ? as_folder(*std::move(place)) : place;
    return wrong(
        "the destination " + shown(text) +
        " is no local file and no share (for an upload: ferry put, or --transfer-type upload)");
}

url as_folder(url place) {
    if (!place.path.ends_with('/')) place.path += '/';
    return place;
}

url below(url folder, const std::filesystem::path& name) {
    auto path = from_path(std::filesystem::path("/") / name).path;  // percent-encoded
    folder.path += path.substr(1);
    return folder;
}

bool server_places::take_folder(const url& folder) {
    const auto [place, is_new] = places_.try_emplace(key_of(folder), folder.path);
    return is_new || place->second == folder.path;
}

std::string server_places::key_of(const url& place) {
    auto key = place.scheme + "://" + place.authority() + percent_decode(place.path);
    if (key.ends_with('/')) key.pop_back();
    return place.scheme == "smb" ? without_case(key) : key;
}

failure second_for(const url& place) {
    const bool share = place.scheme == "smb";
    return wrong(
        "a second file for " + shown(to_string(place)) + " (destinations must differ" +
        (share ? ", on shares by more than case)" : ")"));
}

std::string whole_text(const url& what) {
    const auto user = what.user_info.empty() ? "" : what.user_info + "@";
    return what.scheme + "://" + user + what.authority() + what.target();
}

result<void> check_credentials(const option_values& asked, bool relayed) {
    for (const auto& [name, value] : asked) {
        if (relayed && name == "credential") return wrong(detail::whose_credential);
        if (!relayed && (name == "source-credential" || name == "destination-credential"))
            return wrong(
                "--" + name +
                ": only from server to server (write --credential; to a server: -d or -o)");
    }
    return {};
}

result<void> check_credentials(const option_values& asked, const std::vector<job_file>& files) {
    if (files.empty()) return {};
    return check_credentials(asked, std::any_of(files.begin(), files.end(), detail::is_relayed));
}

}  // namespace ferry::cli
