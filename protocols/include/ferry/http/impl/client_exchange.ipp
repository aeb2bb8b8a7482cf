#pragma once

namespace ferry::http {
namespace detail {

/// A deadline ends the wait that it meets, and none that begins later: hence the question before.
inline awaitable<result<void>> wait_within(
    connection& wire, io_state what, watchdog::deadline& limit) {
    if (limit.expired()) co_return errc::timed_out;
    auto ready = co_await wire.wait(what);
    co_return ready;
}

}  // namespace detail

inline client::client(asio::any_io_executor on, clock& time, disk_pool& disk)
    : on_(on),
      time_(time),
      disk_(disk),
      watchdog_(on, time),
      standings_(on, time, disk),
      idle_(time),
      discovery_(on, time) {}

inline void client::drop(const asio::ip::address& local) {
    idle_.drop(local);
    for (auto* one : *open_)
        if (one->local_address() == local) one->break_off();
}

inline awaitable<client::exchange_result> client::fetch(request first) {
    if (auto good = check(first.what); !good) co_return good.error();
    if (auto good = check(*first.access); !good) co_return good.error();
    std::vector<url> hops;
    auto next = first;
    for (;;) {
        auto done = co_await exchange_once(next);
        if (!done || !is_redirect((*done)->head().status)) co_return done;
        hops.push_back(next.what);
        auto target = next_hop(next, (*done)->head(), hops);
        co_await discard(**done);
        if (!target) co_return std::move(target.error());
        next.downgraded |= next.what.scheme == "https" && target->scheme == "http";
        next.method = method_after((*done)->head().status, next.method);
        if (next.method == "GET" && next.content) {
            next.content.reset();
            next.fields.clear();  // they were about the content
        }
        next.what = std::move(*target);
        next.redirected = true;
        next.own_origin = first.own_origin && next.what.origin() == first.what.origin();
    }
}

/// As converse(). An empty content has no last portion to be held back until it is confirmed; and
/// what sendfile() was given leaves later, as it is by then.
inline awaitable<result<void>> client::converse_with_content(exchange& with) {
    result<void> done;
    if (with.asked.content->size == 0) done = co_await confirm_content(with);
    if (done) done = co_await converse(with);
    if (done && detail::means_done(with.head().status)) done = co_await confirm_content(with);
    co_return done;
}

/// Sends the request and reads the head of its reply. How long the content takes is not the
/// server's fault: the time for the reply begins behind it.
inline awaitable<result<void>> client::converse(exchange& with) {
    const auto limit = with.asked.access->reply_timeout;
    std::optional<watchdog::deadline> deadline(std::in_place, watchdog_, *with.wire, limit);
    auto done = co_await send_head(with, *deadline);
    if (done && with.asked.content) {
        deadline.reset();
        done = co_await send_content(with);
        deadline.emplace(watchdog_, *with.wire, limit);
    }
    if (done) done = co_await receive_head(with, *deadline);
    if (done) co_return done;
    if (deadline->expired())
        co_return failure{
            errc::timed_out, title(with.asked) + ": no reply within " + detail::seconds(limit),
            error_context::transport};
    if (done.error().context == error_context::local_file) co_return done;
    co_return while_doing(title(with.asked), std::move(done.error()));
}

inline awaitable<result<void>> client::send_head(exchange& with, watchdog::deadline& limit) {
    const auto text = to_text(with.asked);
    auto rest = std::as_bytes(std::span(text));
    const auto& content = with.asked.content;
    const bool more = content && content->size > 0 && !content->ask_first;
    while (!rest.empty()) {
        auto put = more ? with.wire->write_on(rest) : with.wire->write(rest);
        rest = rest.subspan(put.bytes);
        if (put.state == io_state::moved) continue;
        if (put.state == io_state::failed) co_return std::move(put.why);
        auto ready = co_await detail::wait_within(*with.wire, put.state, limit);
        if (!ready) co_return ready;
    }
    co_return result<void>();
}

inline awaitable<result<void>> client::send_content(exchange& with) {
    content_sender sender(with, watchdog_, disk_);
    auto sent = co_await sender.run();
    if (!sent) co_return std::move(sent.error());
    const int status = *sent ? 0 : with.head().status;
    if (!detail::means_done(status) || with.asked.content->may_stop) co_return result<void>();
    co_return failure{
        errc::malformed, std::to_string(status) + " before it had got all of the content",
        error_context::remote_file, status};
}

inline awaitable<result<void>> client::confirm_content(exchange& with) {
    const auto& what = *with.asked.content;
    if (!detail::ends_the_object(what)) co_return result<void>();
    auto same = co_await what.from->unchanged();
    co_return same;
}

inline awaitable<result<void>> client::receive_head(exchange& with, watchdog::deadline& limit) {
    auto& wire = *with.wire;
    auto needs = wire.holds_bytes() ? io_state::moved : io_state::want_read;
    while (!with.reply.has_head()) {
        if (needs != io_state::moved) {
            auto ready = co_await detail::wait_within(wire, needs, limit);
            if (!ready) co_return ready;
        }
        auto got = wire.fill();
        needs = got.state;
        if (got.state == io_state::failed) co_return std::move(got.why);
        if (got.state == io_state::end)
            co_return failure{
                errc::cut_short, with.answered ? "in the middle of the head" : "without a reply",
                error_context::transport};
        if (got.state != io_state::moved) continue;
        with.answered = true;
        auto parsed = with.reply.read_head(wire.buffered());
        if (!parsed) co_return std::move(parsed.error());
        wire.consume(*parsed);
    }
    co_return result<void>();
}

inline void client::recycle(exchange& finished) {
    auto wire = std::move(finished.wire);
    if (finished.head().keep_alive && wire->buffered().empty()) idle_.put(std::move(wire));
}

inline awaitable<void> client::discard(exchange& unwanted) {
    auto wire = co_await spare(unwanted);
    if (wire) idle_.put(std::move(wire), unwanted.head().status < 400);
}

/// The connection of a reply whose body nobody wants; null if it cannot serve again.
inline awaitable<std::unique_ptr<connection>> client::spare(exchange& unwanted) {
    static constexpr auto patience = std::chrono::seconds(1);
    std::unique_ptr<connection> wire;
    if (unwanted.head().keep_alive) {
        watchdog::deadline deadline(watchdog_, *unwanted.wire, patience);
        auto skipped = co_await skip_body(unwanted, deadline);
        if (skipped && unwanted.wire->buffered().empty()) wire = std::move(unwanted.wire);
    }
    unwanted.wire.reset();
    co_return wire;
}

inline awaitable<result<void>> client::skip_body(exchange& unwanted, watchdog::deadline& limit) {
    static constexpr std::uint64_t most = 64 * 1024;
    auto& wire = *unwanted.wire;
    const auto& head = unwanted.head();
    const bool chunked = head.framing == body_framing::chunked;
    auto left = head.framing == body_framing::length ? *head.length : 0;
    if (left > most) co_return errc::refused;
    for (std::uint64_t seen = 0; seen <= most;) {
        const auto bytes = wire.buffered();
        seen += bytes.size();
        if (chunked) {
            auto decoded = unwanted.reply.read_chunks(bytes);
            if (!decoded) co_return std::move(decoded.error());
            wire.consume(decoded->consumed);
        } else {
            const auto size = std::min<std::uint64_t>(left, bytes.size());
            wire.consume(size);
            left -= size;
        }
        if (chunked ? unwanted.reply.body_complete() : left == 0) co_return result<void>();
        auto got = wire.fill();
        if (got.state == io_state::failed || got.state == io_state::end) co_return errc::cut_short;
        if (got.state == io_state::moved) continue;
        auto ready = co_await detail::wait_within(wire, got.state, limit);
        if (!ready) co_return ready;
    }
    co_return errc::refused;
}

}  // namespace ferry::http
