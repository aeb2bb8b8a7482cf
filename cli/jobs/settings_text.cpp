#include "cli/jobs/settings_text.hpp"

#include "cli/control/document.hpp"
#include "cli/text/terminal_text.hpp"

#include <ferry/job_json.hpp>
#include <ferry/security_flags.hpp>

#include <boost/json/serialize.hpp>

#include <array>
#include <optional>
#include <utility>

namespace ferry::cli {
namespace {

namespace json = boost::json;

/// A member of job_settings and the option that changes it.
struct setting {
    std::string_view member;
    std::string_view option;
    /// The value behind the option; empty: it takes none.
    std::string (*value)(const json::value& from);
};

std::string nothing(const json::value&) { return {}; }
std::string never(const json::value&) { return "never"; }

std::string plain(const json::value& from) {
    const auto* text = from.if_string();
    return printable(text ? std::string(*text) : json::serialize(from));
}

/// In the largest unit that leaves nothing over: "20M".
std::string rate(const json::value& from) {
    if (!from.is_uint64() && !from.is_int64()) return plain(from);
    auto bytes = from.to_number<std::uint64_t>();
    constexpr std::array units = {"", "K", "M", "G"};
    std::size_t unit = 0;
    for (; unit + 1 < units.size() && bytes > 0 && bytes % 1024 == 0; ++unit) bytes /= 1024;
    return std::to_string(bytes) + units[unit];
}

/// A program and its arguments.
std::string words(const json::value& from) {
    const auto* list = from.if_array();
    if (!list) return plain(from);
    std::string line;
    for (const auto& word : *list) line += (line.empty() ? "" : " ") + plain(word);
    return line;
}

/// "date, ca"; a number, where there is no word for a bit.
std::string security(const json::value& from) {
    constexpr std::array<std::pair<std::uint32_t, const char*>, 6> bits = {{
        {security_flag::revocation, "revocation"},
        {security_flag::name, "cn"},
        {security_flag::date, "date"},
        {security_flag::authority, "ca"},
        {security_flag::usage, "usage"},
        {security_flag::downgrade, "redirects"},
    }};
    if (!from.is_uint64() && !from.is_int64()) return plain(from);
    auto rest = from.to_number<std::uint64_t>();
    std::string names;
    for (const auto& [bit, name] : bits) {
        if ((rest & bit) != 0) names += (names.empty() ? "" : ",") + std::string(name);
        rest &= ~std::uint64_t{bit};
    }
    return rest == 0 ? names : plain(from);
}

std::string header_names(const json::value& from) {
    const auto* list = from.if_array();
    std::string names;
    for (const auto& header : list ? *list : json::array()) {
        const auto text = plain(header);
        names += (names.empty() ? "" : ", ") + text.substr(0, text.find(':'));
    }
    return names;
}

constexpr std::array table = {
    setting{"retry_interval", "--retry-interval", plain},
    setting{"retry_timeout", "--retry-timeout", plain},
    setting{"max_download_time", "--max-download-time", plain},
    setting{"parallel", "--parallel", plain},
    setting{"connections", "--connections", plain},
    setting{"auto_complete", "--auto-complete", nothing},
    setting{"create_directories", "--create-dirs", nothing},
    setting{"keep_mtime", "--no-mtime", nothing},
    setting{"acl_flags", "--acl-flags", plain},
    setting{"durable", "--sync", never},
    setting{"existing", "--existing", plain},
    setting{"bytes_per_second", "--limit-rate", rate},
    setting{"low_speed_limit", "--low-speed-limit", rate},
    setting{"low_speed_time", "--low-speed-time", plain},
    setting{"connect_timeout", "--connect-timeout", plain},
    setting{"upload_protocol", "--upload-protocol", plain},
    setting{"reply_file", "--reply-file", plain},
    setting{"redirect", "--redirect", plain},
    setting{"max_redirects", "--max-redirects", plain},
    setting{"headers", "--custom-header", header_names},
    setting{"headers_write_only", "--custom-headers-write-only", nothing},
    setting{"user_agent", "--user-agent", plain},
    setting{"ca_file", "--ca-file", plain},
    setting{"ca_path", "--ca-path", plain},
    setting{"insecure", "--insecure", nothing},
    setting{"smb_encrypt", "--smb-encrypt", nothing},
    setting{"security_flags", "--security-flags", security},
    setting{"crl_file", "--crl-file", plain},
    setting{"pins", "--pin", words},
    setting{"certificate", "--cert", plain},
    setting{"key", "--key", plain},
    setting{"user", "--credential", plain},
    setting{"source_user", "--source-credential", plain},
    setting{"destination_user", "--destination-credential", plain},
    setting{"authentication", "--authentication", plain},
    setting{"ticket_cache", "KRB5CCNAME", plain},
    setting{"proxy_usage", "--proxy-usage", plain},
    setting{"http_proxy", "http_proxy", plain},
    setting{"https_proxy", "https_proxy", plain},
    setting{"all_proxy", "all_proxy", plain},
    setting{"no_proxy", "no_proxy", plain},
    setting{"proxy_list", "--proxy-list", words},
    setting{"proxy_bypass", "--proxy-bypass", words},
    setting{"proxy_user", "--proxy-credential", plain},
    setting{"proxy_authentication", "--proxy-authentication", plain},
    setting{"method", "--http-method", plain},
    setting{"dynamic", "--dynamic", nothing},
    setting{"ranges", "--range", words},
    setting{"notify_flags", "--notify-flags", plain},
    setting{"notify_command", "--notify-command", words},
    setting{"validate_command", "--validate-command", words},
};

std::string joined(std::string_view option, const std::string& value) {
    return std::string(option) + (value.empty() ? "" : " " + value);
}

}  // namespace

std::vector<std::string> settings_text(const json::object& settings) {
    const auto usual = describe(job_settings());
    std::vector<std::string> lines;
    for (const auto& one : table) {
        const auto* value = settings.if_contains(one.member);
        const auto* same = usual.if_contains(one.member);
        if (value && !value->is_null() && !(same && *value == *same))
            lines.push_back(joined(one.option, one.value(*value)));
    }
    if (const auto* secrets = array_in(settings, "secrets"); secrets && !secrets->empty())
        lines.push_back("encrypted: " + words(*secrets));
    if (const auto* unsupported = array_in(settings, "unsupported"))
        for (const auto& one : *unsupported) {
            const auto* pair = one.if_array();
            if (!pair || pair->size() != 2) continue;
            const auto value = plain((*pair)[1]);
            lines.push_back(
                joined("--" + plain((*pair)[0]), value == "true" ? "" : value) +
                " (not yet supported)");
        }
    return lines;
}

}  // namespace ferry::cli
