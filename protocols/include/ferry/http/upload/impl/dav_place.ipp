#pragma once

#include <ferry/http/upload/memory_sink.hpp>

#include <cstddef>
#include <string_view>
#include <utility>

namespace ferry::http {
namespace detail {

/// Where a tag of this name begins its name, whatever its prefix; npos: there is none.
/// @param start  What comes before prefix and name: "<" or "</".
inline std::size_t find_tag(
    std::string_view xml, std::string_view start, std::string_view name) noexcept {
    for (auto at = xml.find(name); at != xml.npos; at = xml.find(name, at + 1)) {
        const auto before = xml.substr(0, at);
        const auto open = before.rfind('<');
        if (open == before.npos || !before.substr(open).starts_with(start)) continue;
        const auto prefix = before.substr(open + start.size());
        const bool is_prefix = prefix.find_first_of(":/> \t\r\n") + 1 == prefix.size();
        const bool whole = prefix.empty() || (is_prefix && prefix.ends_with(':'));
        if (whole && xml.substr(at + name.size(), 1).find_first_of(">/ \t\r\n") == 0) return at;
    }
    return xml.npos;
}

/// What a multistatus about one thing says of its kind (RFC 4918, 15.9).
inline dav_place place_in(std::string_view multistatus) {
    constexpr std::string_view kind = "resourcetype";
    const auto begin = find_tag(multistatus, "<", kind);
    if (begin == multistatus.npos) return dav_place::unknown;
    const auto rest = multistatus.substr(begin + kind.size());
    const auto tag = rest.substr(0, rest.find('>'));
    if (tag.size() == rest.size()) return dav_place::unknown;  // it was cut
    if (tag.ends_with('/')) return dav_place::object;
    const auto end = find_tag(rest, "</", kind);
    if (end == rest.npos) return dav_place::unknown;
    const bool folder = find_tag(rest.substr(0, end), "<", "collection") != rest.npos;
    return folder ? dav_place::folder : dav_place::object;
}

}  // namespace detail

inline awaitable<result<dav_place>> look_at_place(
    client& by, url where, std::shared_ptr<const access_options> access) {
    constexpr std::uint64_t most = 64U << 10;
    request look;
    look.method = "PROPFIND";
    look.what = std::move(where);
    look.access = std::move(access);
    look.fields = {"Depth: 0"};
    look.repeatable = true;
    auto fetched = co_await by.fetch(look);
    if (!fetched) co_return std::move(fetched.error());
    auto& reply = **fetched;
    const int status = reply.head().status;
    if (status != 207) {
        const auto means = status_failure(reply.asked, reply.head(), by.time().wall());
        co_await by.discard(reply);
        if (status == 404 || status == 410) co_return dav_place::vacant;
        if (is_transient(means.code)) co_return means;
        co_return dav_place::unknown;
    }
    detail::memory_sink told(most);
    const auto size = reply.head().length.value_or(byte_range::open_end);
    body_copy body(reply, size, told, by.disk());
    auto copied = co_await body.run();
    if (!copied) co_return std::move(copied.error());
    if (*copied) by.recycle(reply);
    co_return detail::place_in(
        {reinterpret_cast<const char*>(told.bytes.data()), told.bytes.size()});
}

inline awaitable<result<bool>> is_missing(
    client& by, url where, std::shared_ptr<const access_options> access) {
    auto place = co_await look_at_place(by, where, access);
    if (!place) co_return std::move(place.error());
    if (*place != dav_place::unknown) co_return *place == dav_place::vacant;
    auto got = co_await look_at(by, std::move(where), std::move(access));
    if (!got) co_return std::move(got.error());
    co_return got->is_missing();
}

/// Other servers redirect to the name with a '/'.
inline awaitable<bool> is_folder(
    client& by, url where, std::shared_ptr<const access_options> access) {
    const auto place = co_await look_at_place(by, where, access);
    if (!place) co_return false;
    if (*place != dav_place::unknown) co_return *place == dav_place::folder;
    const auto got = co_await look_at(by, where, std::move(access));
    const bool led_into = got && leads_into(*got, where);
    co_return led_into;
}

}  // namespace ferry::http
