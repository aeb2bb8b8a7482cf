#pragma once

#include <ferry/http/auth/challenge.hpp>
#include <ferry/http/fields.hpp>

#include <algorithm>
#include <array>
#include <utility>

namespace ferry::http {
namespace detail {

inline failure reply_failure(
    errc code, const request& asked, const response_head& reply, std::string_view why) {
    return {
        code, title(asked, reply) + ": " + std::string(why), error_context::remote_file,
        reply.status};
}

inline errc class_of_status(int status) noexcept {
    switch (status) {
        case 401:
        case 403:
        case 407:
            return errc::unauthorized;
        case 404:
        case 410:
            return errc::not_found;
        case 408:
        case 409:
        case 425:
        case 429:
            return errc::overloaded;
        case 416:
            return errc::range_refused;
        case 501:
        case 505:
            return errc::refused;
        default:
            return status >= 500 ? errc::overloaded : errc::refused;
    }
}

/// The peer says that it has taken all of the content.
inline bool means_done(int status) noexcept {
    return (status >= 200 && status < 300) || status == 303;
}

/// What a person cannot tell from the status alone.
inline std::string_view remark_on(int status) noexcept {
    switch (status) {
        case 201:
        case 202:
            return " (the server made or will make something instead of sending a file)";
        case 204:
        case 205:
            return " (the reply holds no file)";
        case 300:
            return " (the server offers a choice of files; name one of them)";
        case 304:
            return " (not modified: a custom header made the request conditional)";
        case 305:
        case 306:
            return " (the server demands a proxy in a way that is no longer allowed)";
        case 407:
            return " (it asks in a proxy's name, but is none)";
        default:
            return "";
    }
}

/// Servers refuse so who shows none, or one that they do not like; but they may mean something
/// else.
inline std::string_view remark_on_certificate(const request& asked, int status) noexcept {
    const bool refused = status == 400 || status == 403;
    if (asked.without_certificate && refused)
        return " (it has asked for a certificate of ours: --cert names one)";
    const bool shown = asked.what.scheme == "https" && !asked.access->certificate.empty();
    return shown && status == 400 ? " (perhaps it does not like the certificate of --cert)" : "";
}

/// A token may be good, but for something else (RFC 6750, 3.1).
inline std::string remark_on_scope(const response_head& reply) {
    if (reply.status != 403) return "";
    for (const auto& one : challenges_of(reply, asker::server)) {
        if (one.find("error").value_or("") != "insufficient_scope") continue;
        const auto scope = one.find("scope").value_or("");
        const auto which = scope.empty() ? "" : " \"" + printable(scope, 100) + "\"";
        return " (the token is not for this: get one with the scope" + which +
               " that is asked for)";
    }
    return "";
}

/// What a reply says about its object and its sender, for those who want to look at it later (BITS:
/// BITS_FILE_PROPERTY_ID_HTTP_RESPONSE_HEADERS). No cookies, and nothing of who asked.
inline std::string kept_headers(const field_list& fields) {
    constexpr std::size_t most = 8 * 1024;
    constexpr std::array<std::string_view, 7> secret = {
        "Set-Cookie",         "Set-Cookie2",         "WWW-Authenticate",
        "Proxy-Authenticate", "Authentication-Info", "Proxy-Authentication-Info",
        "BITS-Session-Id"};
    std::string kept;
    for (std::size_t i = 0; i < fields.size(); ++i) {
        const auto name = fields.name(i), value = fields.value(i);
        const auto is_it = [name](std::string_view one) { return equal_ignoring_case(one, name); };
        if (std::any_of(secret.begin(), secret.end(), is_it)) continue;
        if (kept.size() + name.size() + value.size() + 3 > most) break;
        kept.append(name).append(": ").append(value) += '\n';
    }
    return kept;
}

inline object_info describe_object(
    const request& asked, const response_head& reply, wall_time now) {
    object_info info;
    if (const auto tag = reply.fields.find("ETag"))
        info.version = parse_etag(*tag).value_or(validator());
    if (const auto date = reply.fields.find("Last-Modified")) {
        info.version.date = *date;
        info.modified = parse_http_date(*date, now);
    }
    if (const auto name = reply.fields.find("Content-Disposition"))
        info.suggested_name = parse_disposition_name(*name);
    info.location = asked.what;
    info.redirected = asked.redirected;
    info.http_status = reply.status;
    info.headers = kept_headers(reply.fields);
    return info;
}

/// We ask for identity; bytes of another coding must not be mixed with those of the object.
inline result<void> check_coding(const request& asked, const response_head& reply) {
    for (std::size_t i = 0; i < reply.fields.size(); ++i) {
        if (!equal_ignoring_case(reply.fields.name(i), "Content-Encoding")) continue;
        const auto coding = reply.fields.value(i);
        if (coding.empty() || equal_ignoring_case(coding, "identity")) continue;
        return reply_failure(
            errc::unsupported, asked, reply,
            "the server sent the file encoded (" + printable(coding, 40) +
                ") although it was asked not to");
    }
    return {};
}

inline result<meaning> whole_object(
    const request& asked, const response_head& reply, wall_time now) {
    meaning found{describe_object(asked, reply, now), {}};
    found.info.size = reply.length;
    const auto ranges = reply.fields.find("Accept-Ranges");
    found.info.ranges = ranges && accepts_byte_ranges(*ranges);
    if (reply.length) found.range.end = *reply.length;
    return found;
}

inline result<meaning> part_of_object(
    const request& asked, const response_head& reply, wall_time now) {
    const auto broken = [&](std::string_view why) {
        return reply_failure(errc::malformed, asked, reply, why);
    };
    if (!asked.ranged) return broken("a part, although the whole was asked for");
    const auto type = reply.fields.find("Content-Type").value_or("");
    if (equal_ignoring_case(type.substr(0, 20), "multipart/byteranges"))
        return broken("several parts (multipart/byteranges), although one was asked for");
    if (reply.fields.count("Content-Range") > 1) return broken("more than one Content-Range");
    const auto field = reply.fields.find("Content-Range");
    if (!field) return broken("no Content-Range");
    const auto content = parse_content_range(*field);
    if (!content || !content->part)
        return broken("Content-Range: " + printable(*field, 60) + " names no part");
    if (reply.length && *reply.length != content->part->size())
        return broken("Content-Length contradicts Content-Range: " + printable(*field, 60));
    meaning found{describe_object(asked, reply, now), *content->part};
    found.info.size = content->total;
    found.info.ranges = true;
    return found;
}

/// 416: nothing lies behind the asked start, but the size may be told (RFC 9110, 15.5.17).
inline result<meaning> nothing_there(
    const request& asked, const response_head& reply, wall_time now) {
    const auto field = reply.fields.find("Content-Range");
    const auto content = field ? parse_content_range(*field) : std::nullopt;
    if (!asked.ranged || !content || content->part) return status_failure(asked, reply, now);
    meaning found{describe_object(asked, reply, now), {asked.range.first, asked.range.first}};
    found.info.size = content->total;
    found.info.ranges = true;
    return found;
}

}  // namespace detail

inline std::string title(const request& asked, const response_head& reply) {
    std::string text = title(asked) + ": " + std::to_string(reply.status);
    if (!reply.reason.empty()) text += " " + printable(reply.reason);
    return text;
}

inline failure status_failure(const request& asked, const response_head& reply, wall_time now) {
    failure why;
    auto code = detail::class_of_status(reply.status);
    if (code == errc::range_refused && !asked.ranged) code = errc::refused;
    why.code = code;
    why.detail = title(asked, reply)
                     .append(detail::remark_on(reply.status))
                     .append(detail::remark_on_certificate(asked, reply.status))
                     .append(detail::remark_on_scope(reply));
    why.context = error_context::remote_file;
    why.http_status = reply.status;
    if (const auto wish = reply.fields.find("Retry-After"); wish && code == errc::overloaded)
        why.retry_after = parse_retry_after(*wish, now).value_or(std::chrono::milliseconds(0));
    return why;
}

inline result<meaning> understand(const request& asked, const response_head& reply, wall_time now) {
    if (reply.status == 416) return detail::nothing_there(asked, reply, now);
    const bool whole = reply.status == 200 || reply.status == 203;
    if (!whole && reply.status != 206) return status_failure(asked, reply, now);
    if (auto good = detail::check_coding(asked, reply); !good) return good.error();
    return whole ? detail::whole_object(asked, reply, now)
                 : detail::part_of_object(asked, reply, now);
}

}  // namespace ferry::http
