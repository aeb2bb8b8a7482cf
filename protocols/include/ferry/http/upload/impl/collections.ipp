#pragma once

#include <ferry/detail/with_timeout.hpp>

#include <utility>
#include <vector>

namespace ferry::http {

inline awaitable<result<void>> make_collections(
    client& by, url where, std::shared_ptr<const access_options> access) {
    std::vector<std::string> missing;
    auto path = where.path.substr(0, where.path.rfind('/') + 1);
    // from the innermost up to one that can be made, and down again
    while (path.size() > 1) {
        request make;
        make.method = "MKCOL";
        make.what = where;
        make.what.path = path;
        make.what.query.clear();
        make.repeatable = true;
        make.access = access;
        auto got = co_await ask(by, std::move(make));
        if (!got) co_return std::move(got.error());
        const int status = got->head.status;
        const bool here = got->succeeded() || status == 405;  // RFC 4918, 9.3.1
        if (here && missing.empty()) co_return result<void>();
        if (here) {
            path = std::move(missing.back());
            missing.pop_back();
            continue;
        }
        if (status != 409 || !missing.empty()) co_return refusal(*got, by.time().wall());
        missing.push_back(path);
        path.erase(path.rfind('/', path.size() - 2) + 1);
    }
    co_return failure{
        errc::refused, "MKCOL " + to_string(where) + ": the server makes no folders there",
        error_context::remote_file};
}

}  // namespace ferry::http
