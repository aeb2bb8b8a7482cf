#pragma once

#include <ferry/local/detail/folder.hpp>
#include <ferry/local/source.hpp>

#include <utility>

namespace ferry::local {

inline result<void> protocol::check(const url& what, const access_options&) const {
    const auto path = to_path(what);
    if (path) return {};
    return detail::source_failure(path.error().code, path.error().detail);
}

inline awaitable<result<std::unique_ptr<ferry::source>>> protocol::open(open_request what) {
    auto path = to_path(what.what);
    if (!path) co_return detail::source_failure(path.error().code, path.error().detail);
    auto work = [&]() -> result<detail::regular_file> {
        auto file = detail::open_regular(*std::move(path));
        if (!file) return file;
        if (const auto read = detail::read_rights(*file, what.rights); !read) return read.error();
        return file;
    };
    auto file = co_await disk_.run(work);
    if (!file) co_return file.error();
    co_return std::make_unique<source>(disk_, *std::move(file), what);
}

inline awaitable<result<folder_listing>> protocol::list_folder(folder_request what) {
    auto path = to_path(what.what);
    if (!path) co_return detail::source_failure(path.error().code, path.error().detail);
    auto work = [&path] { return detail::read_folder(*path); };
    auto entries = co_await disk_.run(work);
    co_return entries;
}

}  // namespace ferry::local
