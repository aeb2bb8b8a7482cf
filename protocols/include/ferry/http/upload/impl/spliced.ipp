#pragma once

#include <ferry/detail/access_elsewhere.hpp>
#include <ferry/detail/uuid.hpp>
#include <ferry/http/upload/memory_sink.hpp>

#include <algorithm>
#include <cstring>
#include <utility>
#include <vector>

namespace ferry::http {
namespace detail {

inline constexpr std::string_view put_token_start = "put ";

/// What is asked for is no longer there, or shorter.
inline bool is_gone(const failure& why) {
    return why.code == errc::not_found || why.code == errc::range_refused;
}

/// The ETag without its weakness, which passes (Apache: a second after the last change).
inline std::string tag_of(const answer& got) {
    return parse_etag(got.field("ETag")).value_or(validator()).tag;
}

}  // namespace detail

inline std::string put_token(const url& partial) {
    return std::string(detail::put_token_start) + to_string(partial);
}

inline bool is_put_token(std::string_view token) noexcept {
    return token.starts_with(detail::put_token_start);
}

inline awaitable<result<std::unique_ptr<upload_session>>> spliced_upload::begin(
    client& by, upload_request what) {
    what.what = object_in(std::move(what.what), what.name);
    url partial;
    const bool anew = what.token.empty();
    if (anew) {
        // a name of its own for each upload: two of the same object must not mix
        const auto mark = ferry::detail::random_uuid().substr(0, 8);
        const auto name = percent_decode(what.what.path.substr(what.what.path.rfind('/') + 1));
        partial = sibling_of(what.what, "." + name.substr(0, 200) + ".ferry-part-" + mark);
        what.token = put_token(partial);
    } else {
        auto known = parse_url(std::string_view(what.token).substr(detail::put_token_start.size()));
        if (!known || known->origin() != what.what.origin())
            co_return failure{errc::session_lost, "the journal names another server's upload"};
        partial = *std::move(known);
    }
    std::unique_ptr<spliced_upload> session(
        new spliced_upload(by, std::move(what), std::move(partial)));
    session->anew_ = anew;
    if (!anew) {
        auto there = co_await session->bytes_there();
        if (!there) co_return std::move(there.error());
        session->offset_ = *there;
    }
    co_return session;
}

inline awaitable<result<answer>> spliced_upload::ask_about_partial(std::string_view method) {
    request to;
    to.method = method;
    to.what = partial_;
    to.access = what_.access;
    auto got = co_await ask(client_, std::move(to));
    co_return got;
}

inline awaitable<result<std::uint64_t>> spliced_upload::bytes_there() {
    auto got = co_await ask_about_partial("HEAD");
    if (!got) co_return std::move(got.error());
    if (got->is_missing()) co_return failure{errc::session_lost, title(got->asked, got->head)};
    if (!got->succeeded()) co_return refusal(*got, client_.time().wall());
    landed_ = got->asked.what;
    tag_ = detail::tag_of(*got);
    const auto there = got->head.length.value_or(0);  // Apache does not say so in a reply to HEAD
    if (there > what_.size)
        co_return failure{errc::session_lost, title(got->asked) + ": other bytes than ours"};
    co_return there;
}

/// The last bytes that are there must be ours, as with a download that is continued (the server's
/// disk may have lost some).
inline awaitable<result<void>> spliced_upload::prove(content& from) {
    static constexpr std::uint64_t overlap = 64 * 1024;
    if (offset_ == 0) co_return result<void>();
    request look;
    look.what = partial_;
    look.access = what_.access;
    look.ranged = true;
    look.range = {offset_ - std::min(offset_, overlap), offset_};
    auto fetched = co_await client_.fetch(look);
    if (!fetched) co_return std::move(fetched.error());
    auto& reply = **fetched;
    const auto lost = failure{errc::session_lost, title(reply.asked) + ": other bytes than ours"};
    const auto means = understand(reply.asked, reply.head(), client_.time().wall());
    if (!means || means->range != look.range) {
        co_await client_.discard(reply);
        if (!means && !detail::is_gone(means.error())) co_return means.error();
        co_return lost;
    }
    detail::memory_sink theirs(look.range.size());
    body_copy body(reply, look.range.size(), theirs, client_.disk());
    auto copied = co_await body.run();
    if (!copied) co_return std::move(copied.error());
    if (*copied) client_.recycle(reply);
    std::vector<std::byte> ours(look.range.size());
    auto read = co_await from.read(look.range.first, ours);
    if (!read) co_return read;
    if (theirs.bytes != ours) co_return lost;
    co_return result<void>();
}

inline awaitable<result<answer>> spliced_upload::put_nothing(content& from) {
    auto to = detail::content_request(what_, partial_, from, what_.size);
    auto got = co_await ask(client_, std::move(to));
    co_return got;
}

/// An empty one, first: when a PUT fails, Apache deletes what it has made, but not what was there.
inline awaitable<result<void>> spliced_upload::make_partial(content& from) {
    auto got = co_await put_nothing(from);
    if (got && what_.make_folders && detail::lacks_folder(got->head.status)) {
        auto made = co_await make_collections(client_, sibling_of(partial_, ""), what_.access);
        if (!made) co_return made;
        got = co_await put_nothing(from);
    }
    if (!got) co_return std::move(got.error());
    if (!got->succeeded()) co_return refusal(*got, client_.time().wall());
    co_return result<void>();
}

inline awaitable<result<answer>> spliced_upload::put_rest(content& from) {
    auto to = detail::content_request(what_, partial_, from, offset_);
    to.fields.push_back(
        "Content-Range: bytes " + std::to_string(offset_) + "-" + std::to_string(what_.size - 1) +
        "/" + std::to_string(what_.size));
    auto got = co_await ask(client_, std::move(to));
    co_return got;
}

inline awaitable<result<void>> spliced_upload::send(content& from) {
    auto begun = anew_ ? make_partial(from) : prove(from);
    auto ready = co_await std::move(begun);
    if (!ready) co_return ready;
    if (offset_ < what_.size) {
        auto got = co_await put_rest(from);
        if (!got) co_return std::move(got.error());
        if (got->head.status == 413 && offset_ == 0) co_await cancel();  // it never can be whole
        if (!got->succeeded()) co_return refusal(*got, client_.time().wall());
    } else {
        auto same = co_await from.unchanged();
        if (!same) co_return same;
    }
    auto there = co_await bytes_there();
    if (!there) co_return std::move(there.error());
    if (*there == what_.size) co_return result<void>();
    co_return failure{
        errc::session_lost,
        to_string(partial_) + " has " + std::to_string(*there) + " of " +
            std::to_string(what_.size) + " bytes",
        error_context::remote_file};
}

/// Where redirects lead, there the object is to have its name as well: a server moves nothing to
/// another one, nor from http to https.
inline url spliced_upload::beside_what_landed() const {
    const auto& path = what_.what.path;
    auto to = landed_.host.empty() ? partial_ : landed_;
    to.path.erase(to.path.rfind('/') + 1).append(path, path.rfind('/') + 1);
    return to;
}

/// Where redirects have led, nobody must learn what was meant for the origin that the user named.
inline std::shared_ptr<const access_options> spliced_upload::access_to(const url& where) const {
    return ferry::detail::access_elsewhere(what_.access, what_.what, where);
}

inline awaitable<result<object_info>> spliced_upload::finish() {
    const auto destination = beside_what_landed();
    auto place = co_await look_at_place(client_, destination, access_to(destination));
    if (!place) co_return std::move(place.error());
    if (*place == dav_place::folder) co_return folder_in_the_way(destination);
    const bool replace = what_.replace && *place != dav_place::unknown;
    auto moved = co_await move_to(destination, replace);
    if (!moved) co_return std::move(moved.error());
    auto got = co_await look_at(client_, what_.what, what_.access);
    object_info object;
    object.location = what_.what;
    if (!got || !got->succeeded()) co_return object;  // it has arrived; who may see it is not ours
    co_return detail::stored_object(*got, client_.time().wall());
}

inline awaitable<result<void>> spliced_upload::move_to(url destination, bool replace) {
    request move;
    move.method = "MOVE";
    move.what = partial_;
    move.access = what_.access;
    move.fields = {
        "Destination: " + to_string(destination), replace ? "Overwrite: T" : "Overwrite: F"};
    auto got = co_await ask(client_, std::move(move));
    if (!got) {
        const bool arrived = co_await has_arrived(std::move(destination));
        co_return arrived ? result<void>() : std::move(got.error());
    }
    const bool in_part = got->head.status == 207;    // RFC 4918, 9.9.4
    const bool other = got->asked.method != "MOVE";  // after 303: about what, nobody knows
    if (got->succeeded() && !in_part && !other) co_return result<void>();
    co_return refusal(*got, client_.time().wall());
}

/// Perhaps only the reply was lost: with another name, an object keeps its ETag.
inline awaitable<bool> spliced_upload::has_arrived(url destination) {
    if (tag_.empty()) co_return false;
    const auto left = co_await look_at(client_, partial_, what_.access);
    if (!left || !left->is_missing()) co_return false;
    auto access = access_to(destination);
    const auto there = co_await look_at(client_, std::move(destination), std::move(access));
    const bool same = there && there->succeeded() && detail::tag_of(*there) == tag_;
    co_return same;
}

inline awaitable<result<void>> spliced_upload::cancel() {
    auto got = co_await ask_about_partial("DELETE");
    if (!got) co_return std::move(got.error());
    if (got->succeeded() || got->head.status == 404) co_return result<void>();
    co_return refusal(*got, client_.time().wall());
}

}  // namespace ferry::http
