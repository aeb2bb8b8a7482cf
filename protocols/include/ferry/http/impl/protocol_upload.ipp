#pragma once

#include <ferry/http/upload/bits.hpp>
#include <ferry/http/upload/put.hpp>
#include <ferry/http/upload/tus.hpp>

#include <utility>

namespace ferry::http {

inline awaitable<result<void>> protocol::make_folder(folder_request what, bool parents) {
    auto making = make_folder_uncaught(std::move(what), parents);
    return caught(std::move(making));
}

/// A server of tus gives names to its objects by itself.
inline awaitable<result<void>> protocol::make_folder_uncaught(folder_request what, bool parents) {
    auto& where = what.what;
    if (!where.path.ends_with('/')) where.path += '/';
    auto able = co_await survey_.ask_at(where, what.access);
    if (!able) co_return std::move(able.error());
    if (able->tus)
        co_return failure{
            errc::bad_argument, to_string(where) + ": a server of tus has no folders"};
    auto made = co_await make_collections(client_, where, what.access, parents);
    co_return made;
}

inline awaitable<result<std::unique_ptr<upload_session>>> protocol::begin_upload(
    upload_request what) {
    auto beginning = begin_uncaught(std::move(what));
    return caught(std::move(beginning));
}

inline awaitable<protocol::begun> protocol::begin_uncaught(upload_request what) {
    if (is_put_token(what.token)) {
        auto found = co_await spliced_upload::begin(client_, std::move(what));
        co_return found;
    }
    if (is_bits_token(what.token)) {
        auto found = co_await bits_upload::begin(client_, bits_contacts_, std::move(what));
        co_return found;
    }
    if (is_tus_token(what.token)) {
        auto found = co_await begin_tus(std::move(what));
        co_return found;
    }
    what.token.clear();
    auto session = co_await begin_anew(std::move(what));
    co_return session;
}

inline awaitable<protocol::begun> protocol::begin_anew(upload_request what) {
    auto how = what.how;
    if (what.wants_reply) {
        if (how != upload_protocol::automatic && how != upload_protocol::bits)
            co_return failure{
                errc::unsupported,
                to_string(what.what) + ": only the BITS upload protocol brings a reply"};
        how = upload_protocol::bits;
    }
    if (how == upload_protocol::automatic) {
        auto found = co_await survey_.ask_at(what.what, what.access);
        if (!found) co_return std::move(found.error());
        how = choose_upload(*found, what);
    }
    if (how == upload_protocol::put) {
        auto session = co_await begin_put(std::move(what));
        co_return session;
    }
    if (how == upload_protocol::tus) {
        auto session = co_await begin_tus(std::move(what));
        co_return session;
    }
    auto session = co_await bits_upload::begin(client_, bits_contacts_, std::move(what));
    co_return session;
}

inline awaitable<protocol::begun> protocol::begin_put(upload_request what) {
    const auto where = object_in(what.what, what.name);
    if (!what.replace) {
        auto vacant = co_await expect_vacant(client_, where, what.access);
        if (!vacant) co_return std::move(vacant.error());
    }
    if (what.size >= worth_continuing) {
        auto able = co_await survey_.ask_at(sibling_of(where, ""), what.access);
        if (!able) co_return std::move(able.error());
        // where the folder is yet to be made, there is nothing yet that could be moved
        if (able->splices && (able->moves || what.make_folders)) {
            auto place = co_await look_at_place(client_, where, what.access);
            if (!place) co_return std::move(place.error());
            if (*place == dav_place::folder) co_return folder_in_the_way(where);
            if (*place != dav_place::unknown || !what.replace) {
                auto session = co_await spliced_upload::begin(client_, std::move(what));
                co_return session;
            }
        }
    }
    co_return std::make_unique<put_upload>(client_, std::move(what));
}

inline awaitable<protocol::begun> protocol::begin_tus(upload_request what) {
    auto able = co_await survey_.ask_at(what.what, what.access);
    if (!able) co_return std::move(able.error());
    auto session = co_await tus_upload::begin(client_, std::move(*able), std::move(what));
    co_return session;
}

}  // namespace ferry::http
