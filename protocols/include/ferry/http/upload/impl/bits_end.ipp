#pragma once

#include <algorithm>
#include <utility>

namespace ferry::http {

inline awaitable<result<object_info>> bits_upload::finish() {
    auto closing = close_session();
    return caught(std::move(closing));
}

inline awaitable<result<void>> bits_upload::cancel() {
    auto cancelling = cancel_session();
    return caught(std::move(cancelling));
}

inline awaitable<result<object_info>> bits_upload::close_session() {
    auto closed = co_await end_session(bits_packet::close_session);
    if (!closed && is_gone(closed.error()))
        closed = co_await prove_arrival(std::move(closed.error()));
    if (!closed) co_return std::move(closed.error());
    object_info object;
    object.location = what_.what;
    object.size = what_.size;
    co_return object;
}

inline awaitable<result<void>> bits_upload::cancel_session() {
    auto ended = co_await end_session(bits_packet::cancel_session);
    if (!ended && is_gone(ended.error())) co_return result<void>();
    co_return ended;
}

/// Asks again what may pass: no answer, or 500 to 599 (but for a session that is gone already).
inline awaitable<result<void>> bits_upload::end_session(bits_packet how) {
    static constexpr std::chrono::milliseconds longest_wait = std::chrono::seconds(10);
    static constexpr unsigned most = 4;
    std::chrono::milliseconds pause = std::chrono::seconds(1);
    for (unsigned asked = 1;; ++asked, pause *= 2) {
        auto to = packet(how);
        auto got = co_await post(std::move(to));
        if (got && got->succeeded()) co_return result<void>();
        auto why = closing_failure(got);
        const bool may_pass = why.http_status >= 500 || detail::is_out_of_reach(why);
        const auto wait = std::max(pause, why.retry_after);
        if (why.code == errc::session_lost || !may_pass || asked == most || wait > longest_wait)
            co_return why;
        auto slept = co_await client_.time().sleep_until(client_.time().now() + wait);
        if (!slept) co_return slept;
    }
}

/// The server says so itself; it is not that its host is out of reach for too long.
inline bool bits_upload::is_gone(const failure& why) {
    return why.code == errc::session_lost && why.http_status != 0;
}

inline failure bits_upload::closing_failure(const result<answer>& got) const {
    return got ? bits_refusal(*got, client_.time().wall()) : got.error();
}

/// The session is gone before it was closed. It may have been closed by a packet whose answer got
/// lost; but a server that shows a file only when the session is closed may have lost it: nothing
/// then is where it should be. What an application took for itself need not be there either.
inline awaitable<result<void>> bits_upload::prove_arrival(failure why) {
    if (what_.wants_reply) co_return result<void>();
    request look;
    look.method = "HEAD";
    look.what = what_.what;
    look.access = what_.access;
    auto got = co_await ask(client_, std::move(look));
    if (!got) co_return std::move(got.error());
    const int status = got->head.status;
    const bool other = got->succeeded() && got->head.length.value_or(what_.size) != what_.size;
    if (status == 404 || status == 410 || other) co_return why;
    co_return result<void>();
}

}  // namespace ferry::http
