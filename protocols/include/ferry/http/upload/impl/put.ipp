#pragma once

#include <utility>

namespace ferry::http {
namespace detail {

/// A reply that may mean that the folder is missing: servers do not agree on which (nginx: 500).
inline bool lacks_folder(int status) noexcept {
    return status == 404 || status == 409 || status == 500;
}

inline request content_request(
    const upload_request& what, url where, content& from, std::uint64_t first) {
    request to;
    to.method = "PUT";
    to.what = std::move(where);
    to.access = what.access;
    to.content = request_content{&from, first, what.size - first};
    to.content->ask_first = what.size - first >= worth_asking;
    to.content->stall_timeout = what.stall_timeout;
    return to;
}

inline object_info stored_object(const answer& got, wall_time now) {
    auto info = describe_object(got.asked, got.head, now);
    info.suggested_name.clear();
    return info;
}

}  // namespace detail

inline awaitable<result<answer>> put_upload::put(content& from) {
    auto to = detail::content_request(what_, object_in(what_.what, what_.name), from, 0);
    if (!what_.replace) to.fields.emplace_back("If-None-Match: *");
    auto got = co_await ask(client_, std::move(to));
    co_return got;
}

inline awaitable<result<void>> put_upload::send(content& from) {
    const auto where = object_in(what_.what, what_.name);
    auto got = co_await put(from);
    if (got && what_.make_folders && detail::lacks_folder(got->head.status)) {
        auto made = co_await make_collections(client_, sibling_of(where, ""), what_.access);
        const bool may_pass =
            !made && made.error().code == errc::unsupported && got->head.status == 500;
        if (!made && !may_pass) co_return made;
        if (made) got = co_await put(from);
    }
    if (!got) co_return std::move(got.error());
    const auto now = client_.time().wall();
    if (!got->succeeded()) {
        auto why = co_await explain(*std::move(got));
        co_return why;
    }
    if (got->asked.method != "PUT") {
        auto proven = co_await prove(where, got->asked.what);
        co_return proven;
    }
    object_ = detail::stored_object(*got, now);
    co_return result<void>();
}

/// What a person cannot tell from the status: that a folder has the name, or that the folder is
/// missing, for which nginx has the status of what passes. Where a redirect has led, nobody is
/// asked.
inline awaitable<failure> put_upload::explain(answer got) {
    auto why = refusal(got, client_.time().wall());
    if (got.asked.redirected) co_return why;
    const auto& where = got.asked.what;
    if (got.head.status == 409) {
        const bool folder = co_await is_folder(client_, where, what_.access);
        if (folder) co_return folder_in_the_way(where);
    }
    const auto in = sibling_of(where, "");
    if (got.head.status != 500 || in.path == "/") co_return why;
    const auto missing = co_await is_missing(client_, in, what_.access);
    if (missing && *missing) why.detail += " (is its folder there? --create-dirs makes it)";
    co_return why;
}

/// A reply that came by 303 is about something else (RFC 9110, 15.4.4), be it a page to log in.
inline awaitable<result<void>> put_upload::prove(url where, url led_to) {
    auto got = co_await look_at(client_, where, what_.access);
    if (!got) co_return std::move(got.error());
    const auto why = refusal(*got, client_.time().wall());
    if (!got->succeeded() && is_transient(why.code)) co_return why;
    const bool there =
        got->succeeded() && got->asked.what == where && got->head.length.value_or(0) == what_.size;
    if (!there)
        co_return failure{
            errc::refused,
            "PUT " + to_string(where) + ": 303 led to " + to_string(led_to) +
                ", and nothing shows that the file has arrived",
            error_context::remote_file, 303};
    object_ = detail::stored_object(*got, client_.time().wall());
    co_return result<void>();
}

inline awaitable<result<object_info>> put_upload::finish() { co_return object_; }

/// What has arrived under its own name stays; half of it never has one.
inline awaitable<result<void>> put_upload::cancel() { co_return result<void>(); }

}  // namespace ferry::http
