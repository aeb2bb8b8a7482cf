#pragma once

#include <ferry/detail/json_text.hpp>

#include <algorithm>
#include <array>
#include <system_error>
#include <utility>

// Where URLs meet the names of local files; a part of url.hpp.

namespace ferry {
namespace detail {

/// "C:x" and "notes:1.txt" are names of files; a URL says "//", or is a file URL (RFC 8089).
inline bool looks_like_url(std::string_view text) {
    const auto length = scheme_length(text);
    if (length < 2) return false;
    const auto rest = text.substr(length + 1);
    const bool is_file = to_lower(text.substr(0, length)) == "file";
    return rest.starts_with("//") || (is_file && rest.starts_with('/'));
}

/// Does it control a terminal (C0, DEL, C1), end a line, or turn the direction of the text around
/// it, which makes "exe.fdp" of "pdf.exe"?
/// @param character  UTF-8.
inline bool is_control_character(std::string_view character) {
    using range = std::pair<std::string_view, std::string_view>;
    static constexpr std::array<range, 6> unseen = {{
        {"\xc2\x80", "\xc2\x9f"},          // U+0080 to U+009F
        {"\xd8\x9c", "\xd8\x9c"},          // U+061C
        {"\xe2\x80\x8e", "\xe2\x80\x8f"},  // U+200E, U+200F
        {"\xe2\x80\xa8", "\xe2\x80\xae"},  // U+2028 to U+202E
        {"\xe2\x81\xa6", "\xe2\x81\xa9"},  // U+2066 to U+2069
        {"\xef\xbb\xbf", "\xef\xbb\xbf"},  // U+FEFF
    }};
    if (character.size() == 1) return is_control(character[0]);
    return std::any_of(unseen.begin(), unseen.end(), [character](const range& one) {
        return one.first <= character && character <= one.second;
    });
}

inline std::string without_controls(std::string_view text) {
    std::string clean;
    for_each_char(text, [&clean](std::string_view one, bool) {
        if (!is_control_character(one)) clean += one;
    });
    return clean;
}

/// At most `most` bytes, of UTF-8 no character cut in two; what is no UTF-8 is cut anywhere.
inline std::string_view utf8_prefix(std::string_view text, std::size_t most) {
    const auto continues = [&](std::size_t i) {
        return (static_cast<unsigned char>(text[i]) & 0xc0) == 0x80;
    };
    if (text.size() <= most) return text;
    for (auto cut = most; cut + 4 > most && cut > 0; --cut)
        if (!continues(cut)) return text.substr(0, cut);
    return text.substr(0, most);
}

/// Cuts a long name before its extension, which tells what the file is.
inline std::string shortened(const std::string& name) {
    static constexpr std::size_t longest = 255, longest_extension = 16;  // file systems allow it
    if (name.size() <= longest) return name;
    const auto dot = name.rfind('.');
    const bool keep = dot != std::string::npos && name.size() - dot <= longest_extension;
    const auto extension = keep ? name.substr(dot) : std::string();
    return std::string(utf8_prefix(name, longest - extension.size())) + extension;
}

/// "\\\\host\\share\\path", as Windows has it; and "//host/share/path". "//tmp/x" is a local path.
inline bool looks_like_unc(std::string_view text) {
    if (text.starts_with("\\\\")) return true;
    if (!text.starts_with("//") || text.starts_with("///")) return false;
    const auto share = text.find('/', 2);
    if (share == text.npos) return false;
    const auto path = text.find('/', share + 1);
    return path != text.npos && path > share + 1 && path + 1 < text.size();
}

/// As a URL of scheme smb. What is left out, whoever speaks SMB will miss.
inline result<url> from_unc(std::string_view text) {
    std::string path(text.substr(2));
    if (text.starts_with('\\')) std::replace(path.begin(), path.end(), '\\', '/');
    const auto slash = std::min(path.find('/'), path.size());
    const auto server = std::string_view(path).substr(0, slash);
    if (server.find_first_of(":@") != server.npos)
        return bad_url("a UNC name has no port and no user", "write smb://HOST:PORT/SHARE/PATH");
    auto host = parse_host(server);
    if (!host) return host.error();
    url what;
    what.scheme = "smb";
    what.host = *std::move(host);
    what.path =
        remove_dot_segments(percent_encode(std::string_view(path).substr(slash), [](char c) {
            return !is_unreserved(c) && c != '/';
        }));
    return checked(std::move(what));
}

}  // namespace detail

inline std::string percent_decode(std::string_view text) {
    std::string decoded;
    decoded.reserve(text.size());
    for (std::size_t i = 0; i < text.size(); ++i) {
        const bool escape = text[i] == '%' && i + 2 < text.size();
        const int high = escape ? detail::hex_value(text[i + 1]) : -1;
        const int low = escape ? detail::hex_value(text[i + 2]) : -1;
        if (high >= 0 && low >= 0) {
            decoded += static_cast<char>(high * 16 + low);
            i += 2;
        } else {
            decoded += text[i];
        }
    }
    return decoded;
}

inline result<url> parse_location(std::string_view text) {
    if (text.empty()) return failure{errc::bad_argument, "source: the name is empty"};
    if (detail::looks_like_unc(text)) return detail::from_unc(text);
    if (detail::looks_like_url(text)) return parse_url(text);
    if (text.find('\0') != std::string_view::npos)
        return failure{errc::bad_argument, "source: the path contains a NUL character"};
    std::error_code error;
    const auto path = std::filesystem::absolute(std::filesystem::path(text), error);
    if (error)
        return failure{error, "source: the current folder is unknown", error_context::local_file};
    return from_path(path);
}

inline result<std::filesystem::path> to_path(const url& what) {
    if (what.scheme != "file")
        return failure{errc::bad_argument, to_string(what) + ": not a local file"};
    if (!what.host.empty())
        return failure{
            errc::bad_argument, to_string(what) + ": a file of another host (write file:///PATH)"};
    auto path = percent_decode(what.path);
    if (path.find('\0') != std::string::npos)
        return failure{errc::bad_argument, to_string(what) + ": %00 cannot stand in a path"};
    return std::filesystem::path(std::move(path));
}

inline url from_path(const std::filesystem::path& path) {
    std::error_code error;
    auto absolute = std::filesystem::absolute(path, error);
    if (error) absolute = path;
    url what;
    what.scheme = "file";
    what.path = detail::percent_encode(
        absolute.native(), [](char c) { return !detail::is_unreserved(c) && c != '/'; });
    return what;
}

inline std::string safe_file_name(std::string_view hint) {
    const auto separator = hint.find_last_of("/\\");
    if (separator != std::string_view::npos) hint.remove_prefix(separator + 1);
    auto name = detail::without_controls(hint);
    name.erase(0, std::min(name.find_first_not_of(" ."), name.size()));
    name = detail::shortened(name);
    name.erase(name.find_last_not_of(' ') + 1);
    return name;
}

inline std::string file_name_of(const url& what) {
    const auto slash = what.path.rfind('/');
    const auto last = slash == std::string::npos ? 0 : slash + 1;
    return safe_file_name(percent_decode(what.path.substr(last)));
}

}  // namespace ferry
