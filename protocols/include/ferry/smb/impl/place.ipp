#pragma once

#include <ferry/detail/ascii.hpp>
#include <ferry/detail/json_text.hpp>

#include <algorithm>
#include <string_view>
#include <utility>

namespace ferry::smb {
namespace detail {

inline failure bad_place(const url& what, std::string why) {
    return {errc::bad_argument, to_string(what) + ": " + std::move(why)};
}

/// "DOMAIN;user", as users write it in a URL.
inline result<void> read_user(const url& what, place& into) {
    if (what.user_info.find(':') != std::string::npos)
        return bad_place(what, "a password in the URL (write only the user's name there)");
    const auto semicolon = what.user_info.find(';');
    const bool has_domain = semicolon != std::string::npos;
    into.user = percent_decode(what.user_info.substr(has_domain ? semicolon + 1 : 0));
    if (has_domain) into.domain = percent_decode(what.user_info.substr(0, semicolon));
    return {};
}

/// What keeps a name from being one on a share; empty: nothing. Servers would take some of these
/// for more than a name.
inline std::string name_trouble(std::string_view name) {
    if (name == "." || name == "..") return "'" + std::string(name) + "' is no name";
    if (name.find_first_of("/\\") != name.npos) return "a name with a slash in it";
    if (name.find_first_of("<>:\"|?*") != name.npos)  // [MS-FSCC] 2.1.5
        return "a name with one of < > : \" | ? *, which shares do not have";
    if (std::any_of(name.begin(), name.end(), ferry::detail::is_control))
        return "a name with a control character";
    if (ferry::detail::valid_utf8(name) != name)
        return "a name that is no UTF-8, which shares do not have";
    return {};
}

/// One component of a path.
inline result<std::string> read_name(const url& what, std::string_view encoded) {
    auto name = percent_decode(encoded);
    if (auto trouble = name_trouble(name); !trouble.empty()) return bad_place(what, trouble);
    return name;
}

}  // namespace detail

inline result<place> place_of(const url& what) {
    if (!what.query.empty()) return detail::bad_place(what, "a '?', which no name on a share has");
    if (!what.fragment.empty())
        return detail::bad_place(what, "a '#' (in a name it is written %23)");
    if (what.host.find(':') != std::string::npos)
        return failure{
            errc::unsupported, to_string(what) + ": an IPv6 address (write the server's name)"};
    place found;
    found.host = what.host;
    found.port = what.port;
    if (auto good = detail::read_user(what, found); !good) return good.error();
    std::string_view rest = what.path;
    found.folder = rest.ends_with('/');
    while (!rest.empty()) {
        const auto end = std::min(rest.find('/'), rest.size());
        auto name = detail::read_name(what, rest.substr(0, end));
        rest.remove_prefix(std::min(end + 1, rest.size()));
        if (!name) return name.error();
        if (name->empty()) continue;
        if (found.share.empty())
            found.share = *std::move(name);
        else
            found.path += (found.path.empty() ? "" : "/") + *name;
    }
    if (found.share.empty())
        return detail::bad_place(what, "no share (write smb://HOST/SHARE/PATH)");
    return found;
}

inline result<place> file_place_of(const url& what) {
    auto found = place_of(what);
    if (!found) return found;
    if (found->path.empty() || found->folder)
        return failure{
            errc::unsupported,
            to_string(what) + " is a folder (name a file of it, or add --recursive)"};
    return found;
}

}  // namespace ferry::smb
