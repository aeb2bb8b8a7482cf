#pragma once

#include <utility>
#include <vector>

namespace ferry::http {
namespace detail {

/// The folder that holds what `path` names: "/a/b" and "/a/b/" are both in "/a/".
inline std::string folder_of(std::string_view path) {
    if (path.ends_with('/')) path.remove_suffix(1);
    return std::string(path.substr(0, path.rfind('/') + 1));
}

inline awaitable<result<answer>> make_collection(
    client& by, url where, std::string path, std::shared_ptr<const access_options> access) {
    request make;
    make.method = "MKCOL";
    make.what = std::move(where);
    make.what.path = std::move(path);
    make.what.query.clear();
    make.repeatable = true;
    make.access = std::move(access);
    auto got = co_await ask(by, std::move(make));
    co_return got;
}

/// It has been made, or was there (RFC 4918, 9.3.1).
inline bool is_there(const answer& got) { return got.succeeded() || got.head.status == 405; }

/// The same, where others make it at the same moment: Apache calls that forbidden.
inline awaitable<result<answer>> make_collection_among_others(
    client& by, url where, std::string path, std::shared_ptr<const access_options> access) {
    auto got = co_await make_collection(by, where, path, access);
    if (!got || is_there(*got) || got->head.status == 409) co_return got;
    got = co_await make_collection(by, std::move(where), std::move(path), std::move(access));
    co_return got;
}

/// Errors: errc::unsupported if "method not allowed" did not mean that it is there already.
inline awaitable<result<void>> expect_made(
    client& by, answer made, std::shared_ptr<const access_options> access) {
    if (made.succeeded() || made.asked.redirected) co_return result<void>();
    auto missing = co_await is_missing(by, made.asked.what, access);
    if (!missing) co_return std::move(missing.error());
    if (!*missing) co_return result<void>();
    auto file = made.asked.what;
    file.path.pop_back();
    const auto there = co_await look_at(by, file, access);
    if (there && there->succeeded())
        co_return failure{
            errc::exists, to_string(file) + " is a file, where a folder is to be (remove it)",
            error_context::remote_file};
    co_return failure{
        errc::unsupported, title(made.asked, made.head) + " (the server makes no folders)",
        error_context::remote_file, made.head.status};
}

}  // namespace detail

inline awaitable<result<void>> make_collections(
    client& by, url where, std::shared_ptr<const access_options> access, bool parents) {
    std::vector<std::string> missing;
    // up from the innermost to the first that is there or can be made, and down again
    for (auto path = where.path;; path = detail::folder_of(path)) {
        auto got = co_await detail::make_collection_among_others(by, where, path, access);
        if (!got) co_return std::move(got.error());
        if (detail::is_there(*got)) {
            auto there = co_await detail::expect_made(by, *std::move(got), access);
            if (!there) co_return there;
            break;
        }
        const bool can_be_made = parents && got->head.status == 409 && path.size() > 1;
        if (!can_be_made) co_return refusal(*got, by.time().wall());
        missing.push_back(path);
    }
    for (; !missing.empty(); missing.pop_back()) {
        auto got = co_await detail::make_collection_among_others(by, where, missing.back(), access);
        if (!got) co_return std::move(got.error());
        if (!detail::is_there(*got)) co_return refusal(*got, by.time().wall());
    }
    co_return result<void>();
}

}  // namespace ferry::http
