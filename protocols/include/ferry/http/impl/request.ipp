#pragma once

#include <ferry/http/text.hpp>

#include <algorithm>
#include <array>

namespace ferry::http {
namespace detail {

/// Fields that belong to the connection, to the framing or to the resume logic.
inline bool is_ours(std::string_view name) {
    static constexpr std::array<std::string_view, 14> ours = {
        "Host",  "Connection", "Keep-Alive",      "Proxy-Connection",   "Transfer-Encoding",
        "TE",    "Trailer",    "Upgrade",         "Content-Length",     "Expect",
        "Range", "If-Range",   "Accept-Encoding", "Proxy-Authorization"};
    return std::any_of(ours.begin(), ours.end(), [&](std::string_view one) {
        return equal_ignoring_case(one, name);
    });
}

inline bool has_control_character(std::string_view text) {
    return std::any_of(text.begin(), text.end(), [](char c) {
        return (c >= 0 && c < ' ' && c != '\t') || c == '\x7f';
    });
}

/// Custom headers may hold secrets: failures name the field, never its value.
inline result<void> check_header(std::string_view header) {
    const auto colon = header.find(':');
    const auto name = header.substr(0, colon);
    if (colon == header.npos || !is_token(name))
        return failure{
            errc::bad_argument, "custom header without a valid name (write 'Name: value')"};
    if (has_control_character(header.substr(colon + 1)))
        return failure{
            errc::bad_argument, "custom header " + std::string(name) +
                                    ": line breaks and control characters are not allowed"};
    if (is_ours(name))
        return failure{
            errc::bad_argument,
            "custom header " + std::string(name) + ": ferry sets this field itself"};
    return {};
}

inline bool names(const std::vector<std::string>& headers, std::string_view name) {
    return std::any_of(headers.begin(), headers.end(), [&](std::string_view header) {
        return equal_ignoring_case(take_until(header, ':'), name);
    });
}

inline void append_line(std::string& text, std::string_view name, std::string_view value) {
    text.append(name).append(": ").append(value).append("\r\n");
}

inline void append_range(std::string& text, const request& to) {
    text.append("Range: bytes=").append(std::to_string(to.range.first)).append("-");
    if (to.range.end != byte_range::open_end) text.append(std::to_string(to.range.end - 1));
    text.append("\r\n");
    if (!to.if_match.empty()) append_line(text, "If-Range", to.if_match);
}

/// What makes GET a question, not an order, is up to the user; these change the connection itself
/// or bring no file.
inline result<void> check_method(std::string_view method) {
    static constexpr std::array<std::string_view, 3> never = {"CONNECT", "HEAD", "TRACE"};
    if (method.empty()) return {};
    if (!is_token(method))
        return failure{errc::bad_argument, "method: not a word that HTTP allows"};
    if (std::find(never.begin(), never.end(), method) != never.end())
        return failure{errc::bad_argument, "method " + std::string(method) + ": it brings no file"};
    return {};
}

/// Then even its absence has to be told (RFC 9110, 8.6); with 411, servers insist on that.
inline bool expects_content(std::string_view method) noexcept {
    return method == "POST" || method == "PUT" || method == "PATCH";
}

}  // namespace detail

inline std::string to_text(const request& to) {
    static const std::vector<std::string> nothing;
    const auto& custom = to.own_origin ? to.access->headers : nothing;
    std::string text;
    text.reserve(512);
    text.append(to.method).append(" ");
    if (to.absolute_form) text.append(to.what.scheme).append("://").append(to.what.authority());
    text.append(to.what.target()).append(" HTTP/1.1\r\n");
    detail::append_line(text, "Host", to.what.authority());
    if (!to.authorization.empty()) detail::append_line(text, "Authorization", to.authorization);
    if (!to.proxy_authorization.empty())
        detail::append_line(text, "Proxy-Authorization", to.proxy_authorization);
    if (!detail::names(custom, "User-Agent")) {
        const auto& wish = to.access->user_agent;
        detail::append_line(text, "User-Agent", wish.empty() ? "ferry/" FERRY_VERSION : wish);
    }
    if (!detail::names(custom, "Accept")) detail::append_line(text, "Accept", "*/*");
    detail::append_line(text, "Accept-Encoding", "identity");
    if (to.ranged) detail::append_range(text, to);
    for (const auto& field : to.fields) text.append(field).append("\r\n");
    if (to.content || detail::expects_content(to.method))
        detail::append_line(
            text, "Content-Length", std::to_string(to.content ? to.content->size : 0));
    if (to.content && to.content->ask_first) detail::append_line(text, "Expect", "100-continue");
    for (const std::string_view header : custom) {
        auto value = header;
        const auto name = take_until(value, ':');
        detail::append_line(text, name, trimmed(value));
    }
    return text.append("\r\n");
}

inline result<void> check(const access_options& access) {
    if (auto good = detail::check_method(access.method); !good) return good;
    if (detail::has_control_character(access.user_agent))
        return failure{
            errc::bad_argument, "user agent: line breaks and control characters are not allowed"};
    for (const auto& header : access.headers)
        if (auto good = detail::check_header(header); !good) return good;
    return {};
}

inline result<void> check(const url& what) {
    if (!what.user_info.empty())
        return failure{
            errc::unsupported, to_string(what) +
                                   ": no credentials in URLs, where everybody can read them; give "
                                   "--credential USER"};
    return {};
}

inline bool may_be_repeated(const request& what) noexcept {
    static constexpr std::array<std::string_view, 5> idempotent = {
        "GET", "HEAD", "OPTIONS", "PUT", "DELETE"};
    return what.repeatable ||
           std::find(idempotent.begin(), idempotent.end(), what.method) != idempotent.end();
}

inline std::string_view method_after(int status, std::string_view method) noexcept {
    if (method == "HEAD") return method;
    const bool history = (status == 301 || status == 302) && method == "POST";
    return status == 303 || history ? "GET" : method;
}

inline std::string title(const request& what) {
    return std::string(what.method) + " " + to_string(what.what);
}

}  // namespace ferry::http
