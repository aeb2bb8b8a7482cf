#pragma once

#include <ferry/http/copy.hpp>

#include <utility>

namespace ferry::http {
namespace detail {

/// A reply whose body is yet to be read, or was wanted by nobody.
class reply_source final : public source {
  public:
    reply_source(client& by, std::unique_ptr<exchange> reply, meaning means)
        : client_(by), reply_(std::move(reply)), means_(std::move(means)) {}

    const object_info& info() const noexcept override { return means_.info; }
    byte_range range() const noexcept override { return means_.range; }
    bool at_hand() const noexcept override {
        return reply_ && reply_->wire && reply_->head().framing == body_framing::length &&
               reply_->wire->buffered().size() >= means_.range.size();
    }
    awaitable<result<void>> copy(sink& into) override {
        auto copied = copy_uncaught(into);
        return caught(std::move(copied));
    }

  private:
    awaitable<result<void>> copy_uncaught(sink& into) {
        // Taken over, so that a copy that ends early closes the connection.
        const auto reply = std::move(reply_);
        if (!reply || !reply->wire) co_return result<void>();
        const auto& range = means_.range;
        const auto size = range.end == byte_range::open_end ? range.end : range.size();
        body_copy body(*reply, size, into, client_.disk());
        auto done = co_await body.run();
        if (!done) co_return std::move(done.error());
        if (*done) client_.recycle(*reply);
        co_return result<void>();
    }

    client& client_;
    std::unique_ptr<exchange> reply_;  // without connection: there is no body, or nobody wants it
    meaning means_;
};

}  // namespace detail

inline protocol::protocol(asio::any_io_executor on, clock& time, disk_pool& disk)
    : client_(std::move(on), time, disk), survey_(client_) {}

inline bool protocol::speaks(std::string_view scheme) const noexcept {
    return scheme == "http" || scheme == "https";
}

inline result<void> protocol::check(const url& what, const access_options& access) const {
    if (auto good = http::check(what); !good) return good;
    if (auto good = http::check(access); !good) return good;
    return http::check(access.proxy);
}

inline awaitable<result<std::unique_ptr<source>>> protocol::open(open_request what) {
    auto opening = open_uncaught(std::move(what));
    return caught(std::move(opening));
}

inline awaitable<result<object_info>> protocol::probe(
    url what, std::shared_ptr<const access_options> access) {
    auto probing = probe_uncaught(std::move(what), std::move(access));
    return caught(std::move(probing));
}

inline awaitable<result<std::unique_ptr<source>>> protocol::open_uncaught(open_request what) {
    request asked;
    asked.what = std::move(what.what);
    asked.ranged = what.ranged;
    asked.range = what.range;
    asked.if_match = std::move(what.if_match);
    asked.access = std::move(what.access);
    if (!asked.access->method.empty()) asked.method = asked.access->method;
    auto done = co_await ask(std::move(asked));
    if (!done) co_return std::move(done.error());
    auto& [reply, means] = *done;
    if (means.range.empty()) co_await client_.discard(*reply);
    co_return std::make_unique<detail::reply_source>(client_, std::move(reply), std::move(means));
}

/// Sends `what` and understands the reply; a failure lets go of its connection.
inline awaitable<result<protocol::opened>> protocol::ask(request what) {
    auto fetched = co_await client_.fetch(std::move(what));
    if (!fetched) co_return std::move(fetched.error());
    auto& reply = **fetched;
    auto means = understand(reply.asked, reply.head(), client_.time().wall());
    if (!means) {
        co_await client_.discard(reply);
        co_return std::move(means.error());
    }
    opened done{std::move(*fetched), std::move(*means)};
    co_return done;
}

inline awaitable<result<object_info>> protocol::probe_uncaught(
    url what, std::shared_ptr<const access_options> access) {
    request asked;
    asked.method = "HEAD";
    asked.what = std::move(what);
    asked.access = std::move(access);
    auto done = co_await ask(asked);
    if (!done && (done.error().http_status == 405 || done.error().http_status == 501)) {
        asked.method = "GET";
        asked.ranged = true;
        asked.range = {0, 1};
        done = co_await ask(std::move(asked));
    }
    if (!done) co_return std::move(done.error());
    co_await client_.discard(*done->reply);
    co_return std::move(done->means.info);
}

}  // namespace ferry::http
