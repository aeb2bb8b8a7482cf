#pragma once

#include <ferry/credentials.hpp>
#include <ferry/file_rights.hpp>
#include <ferry/url.hpp>

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
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
    std::optional<unsigned> mode = {};               ///< permissions, where the source tells them
    std::shared_ptr<const file_rights> rights = {};  ///< the same, as far as it was asked; or null
    url location = {};                               ///< after redirects
    bool redirected = false;                         ///< there were some
    std::string suggested_name =
        {};                    ///< the server's wish (Content-Disposition); not yet made safe
    int http_status = 0;       ///< 0: not HTTP
    std::string headers = {};  ///< of the reply, "Name: value\n" each, but for those with secrets
};

enum class redirect_policy { follow, report, forbid };  ///< report: followed, and shown to the user

/// Where the proxy comes from (BITS: BG_JOB_PROXY_USAGE): the environment's variables, nowhere, the
/// network's own configuration (WPAD, PAC), or proxy_options::list.
enum class proxy_usage { system, none, automatic, listed };

/// "system", "none", "auto", "override": for options and documents.
constexpr std::string_view word_for(proxy_usage usage) noexcept {
    constexpr std::array<std::string_view, 4> words = {"system", "none", "auto", "override"};
    return words[static_cast<std::size_t>(usage)];
}
constexpr std::optional<proxy_usage> parse_proxy_usage(std::string_view word) noexcept {
    using enum proxy_usage;
    for (const auto usage : {system, none, automatic, listed})
        if (word_for(usage) == word) return usage;
    return std::nullopt;
}

/// The environment's variables as their owner has them; empty: not set. (HTTP_PROXY in upper case
/// is not heeded: a web server's CGI lets clients set it.)
struct proxy_environment {
    std::string http = {};   ///< http_proxy
    std::string https = {};  ///< https_proxy, HTTPS_PROXY
    std::string all = {};    ///< all_proxy, ALL_PROXY
    std::string none = {};   ///< no_proxy, NO_PROXY
    auto operator<=>(const proxy_environment&) const = default;
};

/// A proxy is "[scheme://][user@]host[:port]" with the scheme http (the default), https (TLS to the
/// proxy), socks5 or socks5h (who resolves the name: we, or the proxy).
struct proxy_options {
    proxy_usage usage = proxy_usage::system;
    proxy_environment environment = {};    ///< with proxy_usage::system
    std::vector<std::string> list = {};    ///< with proxy_usage::listed: tried in this order
    std::vector<std::string> bypass = {};  ///< "host", "*.corp", "<local>", "10.0.0.0/8", "h:port"
    credentials who = {};                  ///< for the proxy alone
    auto operator<=>(const proxy_options&) const = default;
};

/// What is not to be checked in a server's certificate, one by one (BITS: SecurityFlags).
struct certificate_leniency {
    bool name = false;       ///< it may be another host's (0x2)
    bool date = false;       ///< expired or not yet valid (0x4)
    bool authority = false;  ///< issued by somebody unknown, or by itself (0x8)
    bool usage = false;      ///< not made for servers (0x10)
    auto operator<=>(const certificate_leniency&) const = default;
};

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
    certificate_leniency lenient = {};
    bool check_revocation = false;  ///< fail unless a CRL of ca_file, ca_path or crl_file clears
    std::string crl_file = {};      ///< PEM; certificate revocation lists (RFC 5280)
    std::vector<std::string> pins =
        {};                        ///< "sha256//BASE64" of the server's public key; any of them
    std::string certificate = {};  ///< ours: PEM with its chain, or PKCS#12
    std::string key = {};          ///< its private key (PEM); empty: in `certificate`
    secret key_password = {};      ///< of the key or the PKCS#12 file
    bool encrypt = false;          ///< SMB: refuse what is not encrypted; URLs do not tell there
    bool allow_downgrade = false;  ///< follow redirects from https to http (BITS: 0x800)
    credentials who = {};          ///< to the first URL's origin only
    std::vector<host_login> logins = {};  ///< by host, where `who` does not apply
    proxy_options proxy = {};
    std::string method = {};                            ///< empty: GET
    std::chrono::milliseconds connect_timeout{30'000};  ///< name, TCP and TLS handshake together
    std::chrono::milliseconds reply_timeout{60'000};    ///< from the request to the end of the head
    std::size_t receive_window = 0;  ///< bytes the kernel may hold unread; 0: its own choice

    bool operator==(const access_options&) const = default;
};

}  // namespace ferry
