#pragma once

#include <support/fixture.hpp>
#include <support/made_content.hpp>

#include <doctest/doctest.h>

#include <memory>
#include <string>
#include <system_error>
#include <utility>

namespace ferry::test {

/// How an upload went.
struct upload_outcome {
    result<object_info> end = failure{};
    std::string token = {};    ///< of the session; empty also if none began
    std::uint64_t offset = 0;  ///< where it went on
    bool sent = false;         ///< send() succeeded

    bool ok() const noexcept { return end.has_value(); }
    std::error_code code() const { return end ? std::error_code() : end.error().code; }
    int status() const { return end ? end->http_status : end.error().http_status; }
    /// The same for people: CHECK_MESSAGE(got.ok(), got.why()).
    std::string why() const { return end ? "it succeeded" : describe(end.error()); }
};

/// As uploading(), but a cancellation is thrown, as Asio does it.
inline awaitable<result<object_info>> uploading_uncaught(
    protocol& by, upload_request what, content& from, upload_outcome& seen) {
    auto begun = co_await by.begin_upload(std::move(what));
    if (!begun) co_return std::move(begun.error());
    auto& session = **begun;
    seen.token = session.token();
    seen.offset = session.offset();
    auto sent = co_await session.send(from);
    if (!sent) co_return std::move(sent.error());
    seen.sent = true;
    auto done = co_await session.finish();
    co_return done;
}

/// Begins, sends, finishes; what happens meanwhile is in `seen` at once.
inline awaitable<result<object_info>> uploading(
    protocol& by, upload_request what, content& from, upload_outcome& seen) {
    auto going = uploading_uncaught(by, std::move(what), from, seen);
    return caught(std::move(going));
}

/// Gives up the upload that `what` names.
inline awaitable<result<void>> giving_up(protocol& by, upload_request what) {
    auto begun = co_await by.begin_upload(std::move(what));
    if (!begun) co_return std::move(begun.error());
    auto done = co_await (*begun)->cancel();
    co_return done;
}

/// A client that uploads, and what it is to know for that.
template <class Clock>
struct uploader {
    basic_fixture<Clock> on;
    std::shared_ptr<access_options> access = std::make_shared<access_options>();

    protocol& http() { return *on.protocols.find("http"); }

    upload_request to(const std::string& where, const content& from) const {
        upload_request what;
        what.what = parse_url(where).value();
        what.name = "f";
        what.size = from.size();
        what.how = upload_protocol::put;
        what.access = access;
        return what;
    }
    upload_outcome put(upload_request what, content& from) {
        upload_outcome got;
        got.end = on.run(uploading(http(), std::move(what), from, got));
        return got;
    }
    upload_outcome put(const std::string& where, content& from) {
        return put(to(where, from), from);
    }
};

}  // namespace ferry::test
