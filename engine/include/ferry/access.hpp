#pragma once

#include <ferry/url.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace ferry {

/// What tells that an object is still the same one. Empty strings: the source did not say.
struct validator {
    std::string tag = {};   ///< ETag with its quotes, without W/; local: file id, size and mtime
    bool weak = false;      ///< the tag means "equivalent", not "the same bytes" (RFC 9110, 8.8.1)
    std::string date = {};  ///< Last-Modified as sent; local: mtime

    bool operator==(const validator&) const = default;
    /// The tag alone proves that two replies carry the same bytes.
    bool strong() const noexcept { return !tag.empty() && !weak; }
};

/// For people and documents: the tag as HTTP writes it, else the date.
inline std::string to_string(const validator& version) {
    if (version.tag.empty()) return version.date;
    return (version.weak ? "W/" : "") + version.tag;
}

/// What a source says about its object.
struct object_info {
    std::optional<std::uint64_t> size = {};  ///< bytes of the whole object; none: not known yet
    validator version = {};
    bool ranges = false;  ///< parts can be asked for
    std::optional<std::chrono::system_clock::time_point> modified = {};
    url location = {};  ///< after redirects
    std::string suggested_name =
        {};               ///< the server's wish (Content-Disposition); not yet made safe
    int http_status = 0;  ///< 0: not HTTP
};

enum class redirect_policy { follow, report, forbid };  ///< report: followed, and shown to the user

/// How a job wants its sources reached. Everything in here that a server could notice or that
/// concerns trust separates pooled connections. Headers go to the first URL's origin only.
struct access_options {
    std::vector<std::string> headers = {};  ///< "Name: value"
    std::string user_agent = {};            ///< empty: ferry/VERSION
    redirect_policy redirects = redirect_policy::follow;
    unsigned max_redirects = 20;
    std::string ca_file = {};  ///< PEM; empty: the system's store
    std::string ca_path = {};  ///< a directory made by `openssl rehash`
    bool insecure = false;     ///< the server's certificate is not verified
    std::chrono::milliseconds connect_timeout{30'000};  ///< name, TCP and TLS handshake together
    std::chrono::milliseconds reply_timeout{60'000};    ///< from the request to the end of the head
    std::size_t receive_window = 0;  ///< bytes the kernel may hold unread; 0: its own choice

    bool operator==(const access_options&) const = default;
};

}  // namespace ferry
