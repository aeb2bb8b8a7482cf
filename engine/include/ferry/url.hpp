#pragma once

#include <ferry/result.hpp>

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

namespace ferry {

/// An absolute URL (RFC 3986), its parts as they go over the wire: percent-encoded, host in lower
/// case, IPv6 literals without brackets. A plain local path is a URL of scheme `file`.
struct url {
    std::string scheme = {};     ///< lower case
    std::string user_info = {};  ///< "user" or "user:password", still encoded; a secret
    std::string host = {};       ///< lower case
    std::uint16_t port = 0;      ///< 0: the scheme's default
    std::string path = {};       ///< starts with '/' for schemes that have a host
    std::string query = {};      ///< with its '?', or empty
    std::string fragment = {};   ///< with its '#', or empty; never sent

    bool operator==(const url&) const = default;

    /// The port in use: `port`, or 80 for http and 443 for https, 445 for smb, else 0.
    std::uint16_t effective_port() const noexcept;
    /// Scheme, host and effective port: what a credential or header belongs to (RFC 6454).
    std::string origin() const;
    /// "host" or "host:port" for the Host field; IPv6 literals in brackets (RFC 9112, 3.2).
    std::string authority() const;
    /// Path and query: the request target in origin form (RFC 9112, 3.2.1).
    std::string target() const;
};

/// Parses an absolute URL. Characters that must not stand in a URL are percent-encoded as browsers
/// do; control characters, an empty or non-ASCII host, and a bad port are errc::bad_argument.
result<url> parse_url(std::string_view text);

/// What a user may write for a source: an absolute URL, a local path (made absolute), or a path of
/// another machine, \\HOST\SHARE\PATH or //HOST/SHARE/PATH (it becomes a URL of scheme smb).
result<url> parse_location(std::string_view text);

/// Resolves a reference, as found in a Location field, against `base` (RFC 3986, 5.2).
result<url> resolve(const url& base, std::string_view reference);

/// Without user information and fragment: for logs, journals and people.
std::string to_string(const url& what);

/// The local path of a `file` URL (percent-decoded); errc::bad_argument for another host's.
result<std::filesystem::path> to_path(const url& what);
url from_path(const std::filesystem::path& path);

std::string percent_decode(std::string_view text);

/// A file name out of a URL's last segment or a server's suggestion, made safe: one component, no
/// leading dot, no control characters, at most 255 bytes. Empty if nothing usable is left.
std::string safe_file_name(std::string_view hint);

/// safe_file_name() of the last path segment; may be empty.
std::string file_name_of(const url& what);

}  // namespace ferry

#include <ferry/impl/url.ipp>
