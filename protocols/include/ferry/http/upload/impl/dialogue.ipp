#pragma once

#include <algorithm>
#include <utility>

namespace ferry::http {
namespace detail {

inline std::string encoded_segment(std::string_view name) {
    return ferry::detail::percent_encode(
        name, [](char c) { return !ferry::detail::is_unreserved(c); });
}

/// What a person cannot tell from the status alone, when it is about an upload.
inline std::string_view remark_on_upload(int status) noexcept {
    switch (status) {
        case 404:
        case 409:
            return " (is its folder there? --create-dirs makes it)";
        case 405:
        case 501:
            return " (the server takes no uploads there, or in another way: see --upload-protocol)";
        case 411:
            return " (something on the way has dropped the length of the content)";
        case 413:
            return " (the server takes no file of that size)";
        case 415:
            return " (the server takes no file of that kind)";
        case 507:
            return " (the server has no room left)";
        default:
            return "";
    }
}

/// Was it to have its way only where nothing is yet?
inline bool wants_vacant(const request& asked) {
    return std::any_of(asked.fields.begin(), asked.fields.end(), [](std::string_view field) {
        return field == "If-None-Match: *" || field == "Overwrite: F";
    });
}

}  // namespace detail

inline awaitable<result<answer>> ask(client& by, request what) {
    auto fetched = co_await by.fetch(std::move(what));
    if (!fetched) co_return std::move(fetched.error());
    auto& reply = **fetched;
    co_await by.discard(reply);
    answer got;
    got.asked = std::move(reply.asked);
    got.head = std::move(reply.reply.head());
    co_return got;
}

inline failure refusal(const answer& got, wall_time now) {
    auto why = status_failure(got.asked, got.head, now);
    const int status = got.head.status;
    const auto remark = detail::remark_on_upload(status);
    if (status < 400 || !remark.empty()) why.detail = title(got.asked, got.head).append(remark);
    if (status == 409) why.code = errc::refused;
    if (status == 412 && detail::wants_vacant(got.asked)) why.code = errc::exists;
    return why;
}

inline awaitable<result<answer>> look_at(
    client& by, url where, std::shared_ptr<const access_options> access) {
    request look;
    look.method = "HEAD";
    look.what = std::move(where);
    look.access = std::move(access);
    auto got = co_await ask(by, std::move(look));
    co_return got;
}

inline bool leads_into(const answer& got, const url& where) {
    return got.asked.what.path == where.path + "/";
}

inline failure folder_in_the_way(const url& where) {
    return {
        errc::refused,
        to_string(where) + " is a folder (end its name in '/' to put the file into it)",
        error_context::remote_file};
}

inline awaitable<result<void>> expect_vacant(
    client& by, url where, std::shared_ptr<const access_options> access) {
    auto got = co_await look_at(by, where, std::move(access));
    if (!got) co_return std::move(got.error());
    if (got->is_missing()) co_return result<void>();
    if (leads_into(*got, where)) co_return folder_in_the_way(where);
    if (!got->succeeded()) co_return refusal(*got, by.time().wall());
    co_return failure{errc::exists, to_string(got->asked.what), error_context::remote_file};
}

inline url object_in(url folder, std::string_view name) {
    if (folder.path.ends_with('/')) folder.path += detail::encoded_segment(name);
    return folder;
}

inline url sibling_of(url what, std::string_view name) {
    what.path.erase(what.path.rfind('/') + 1);
    what.path += detail::encoded_segment(name);
    return what;
}

}  // namespace ferry::http
