#pragma once

#include <ferry/impl/request_reader.ipp>
#include <ferry/security_flags.hpp>
#include <ferry/slices.hpp>
#include <ferry/upload_session.hpp>

#include <algorithm>
#include <cstdint>
#include <initializer_list>
#include <limits>

namespace ferry {
namespace detail {

inline json::array veiled_headers(const job_settings& settings) {
    json::array names;
    if (settings.headers_write_only) return names;
    for (const auto& header : settings.headers) {
        const auto colon = header.find(':');
        const auto name = colon == header.npos ? "" : header.substr(0, colon + 1) + " ";
        names.emplace_back(valid_utf8(name + "…"));
    }
    return names;
}

/// A mirror or a proxy may have been given with a password.
inline json::array veiled_options(const job_settings& settings) {
    json::array pairs;
    for (const auto& [name, value] : settings.unsupported) {
        const bool location = value.find("://") != value.npos;
        const auto shown = location ? without_user(value) : value;
        pairs.push_back(json::array{valid_utf8(name), valid_utf8(shown)});
    }
    return pairs;
}

inline bool is_one_of(std::string_view word, std::initializer_list<std::string_view> words) {
    return std::find(words.begin(), words.end(), word) != words.end();
}

/// "scheme://user:password@host"; the last '@' ends what is not the host.
inline bool names_password(std::string_view proxy) {
    const auto scheme = proxy.find("://");
    const auto login = proxy.substr(scheme == proxy.npos ? 0 : scheme + 3);
    const auto at = login.rfind('@');
    return at != login.npos && login.substr(0, at).find(':') != login.npos;
}

/// A password among the settings would be shown to whoever looks at them.
inline result<void> check_proxies(const job_settings& of) {
    const auto& variables = of.proxy_variables;
    for (const auto& one : {variables.http, variables.https, variables.all})
        if (one.find('@') != one.npos)
            return failure{errc::bad_argument, "a user in a variable (it is a secret of the job)"};
    for (const auto& one : of.proxy_list)
        if (names_password(one))
            return failure{
                errc::bad_argument, "a proxy with a password (it is a secret of the job)"};
    if (of.proxy == proxy_usage::listed && of.proxy_list.empty())
        return failure{
            errc::bad_argument,
            "--proxy-usage override: by which proxy? (add --proxy-list HOST:PORT)"};
    return {};
}

inline result<void> check_parts(const job_settings& of) {
    slices parts;
    for (const auto& one : of.ranges)
        if (auto good = parts.add(one); !good)
            return failure{errc::bad_argument, "--range: " + good.error().detail};
    if (!of.ranges.empty() && (of.dynamic || !of.method.empty()))
        return failure{
            errc::bad_argument,
            "--range: not of content that is made anew (--dynamic, --http-method)"};
    return {};
}

inline result<void> check_ranges(const job_settings& of) {
    // of a ULONG, as in BITS: far below what a clock can add
    constexpr std::int64_t forever = std::numeric_limits<std::uint32_t>::max();
    const struct {
        const char* key;
        std::int64_t value;
        std::int64_t least;
        std::int64_t most;
    } ranges[] = {
        {"retry_interval", of.retry_interval.count(), 1, forever},
        {"retry_timeout", of.retry_timeout.count(), 0, forever},
        {"max_download_time", of.max_download_time.count(), 0, forever},
        {"low_speed_time", of.low_speed_time.count(), 1, forever},
        {"connect_timeout", of.connect_timeout.count(), 1, forever},
        {"parallel", of.parallel, 1, 64},
        {"connections", of.connections, 0, 64},
        {"notify_flags", of.notify_flags, 0, 7},
        {"umask", of.umask.value_or(0), 0, 0777},
    };
    for (const auto& [key, value, least, most] : ranges) {
        if (value >= least && value <= most) continue;
        const auto range = std::to_string(least) + " to " + std::to_string(most);
        return bad_member("not within " + range + ":", "settings." + std::string(key));
    }
    if ((of.security_flags & ~security_flag::known) != 0)
        return bad_member("not a sum of flags:", "settings.security_flags");
    if (!is_one_of(of.existing, {"replace", "update", "fail", "skip"}))
        return bad_member("neither replace, update, fail nor skip:", "settings.existing");
    if (!is_one_of(of.redirect, {"follow", "report", "forbid"}))
        return bad_member("neither follow, report nor forbid:", "settings.redirect");
    if (!parse_rights(of.acl_flags))
        return bad_member("not made of the letters o, g and d:", "settings.acl_flags");
    if (!parse_upload_protocol(of.upload_protocol))
        return bad_member("neither auto, put, tus nor bits:", "settings.upload_protocol");
    if (!of.reply_file.empty() && !of.reply_file.starts_with('/'))
        return bad_member("no absolute path:", "settings.reply_file");
    if (auto good = check_proxies(of); !good) return good;
    return check_parts(of);
}

}  // namespace detail

inline boost::json::object describe(const job_settings& settings) {
    auto out = detail::described(settings);
    out["headers"] = detail::veiled_headers(settings);
    out["unsupported"] = detail::veiled_options(settings);
    return out;
}

inline result<void> read_settings(const boost::json::object& from, job_settings& into) {
    auto changed = into;
    detail::request_reader read(from);
    detail::each_member(read, changed);
    if (auto good = read.outcome("settings"); !good) return good;
    if (auto good = detail::check_ranges(changed); !good) return good;
    into = std::move(changed);
    return {};
}

inline result<std::vector<job_file>> read_files(const boost::json::array& from) {
    std::vector<job_file> files;
    files.reserve(from.size());
    for (const auto& one : from) {
        const auto where = "files[" + std::to_string(files.size()) + "]";
        const auto* object = one.if_object();
        if (!object) return detail::bad_member("no object:", where);
        auto& file = files.emplace_back();
        detail::request_reader read(*object);
        read.need("source", file.source);
        read.need("destination", file.destination);
        read("expected", detail::or_null{file.expected});
        if (auto good = read.outcome(where); !good) return good.error();
    }
    return files;
}

}  // namespace ferry
