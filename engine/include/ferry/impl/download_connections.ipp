#pragma once

#include <asio/experimental/awaitable_operators.hpp>

#include <algorithm>
#include <string>
#include <utility>

// The connections of an attempt, and the watch over each.

namespace ferry::detail {

/// The first connection has its slot; of the others, those join that find one free. None waits for
/// one: the file might be whole by then.
inline awaitable<result<void>> download_task::fetch_all(
    unsigned connections, host_slots::slot slot, std::unique_ptr<source> first, lease* part) {
    if (connections == 1) {
        auto alone = co_await work(std::move(slot), std::move(first), part);
        co_return alone;
    }
    const auto here = co_await asio::this_coro::executor;
    task_group workers(here);
    board_.divide(connections - 1);
    workers.spawn(work(std::move(slot), std::move(first), part));
    for (unsigned i = 1; i < connections; ++i)
        if (auto further = patience_.try_slot())
            workers.spawn(work(std::move(*further), nullptr, nullptr));
    auto outcome = co_await workers.join();
    co_return outcome;
}

/// One connection's whole life. Its failure matters only if it is the last one: what it leaves is
/// fetched by the others.
inline awaitable<result<void>> download_task::work(
    host_slots::slot slot, std::unique_ptr<source> from, lease* part) {
    status_.connections = ++workers_;
    auto outcome = co_await fetch(std::move(from), part);
    status_.connections = --workers_;
    slot = {};  // the others may go on for long
    if (outcome || workers_ == 0 || kept_is_wrong_) co_return outcome;
    if (outcome.error().context == error_context::local_file) co_return outcome;
    co_return result<void>();
}

/// A running share is cut only for a connection that is sure to come: as many as now and one more
/// have brought bytes before. A server may refuse it, and the one that was cut could not go on.
inline lease* download_task::claim() { return board_.claim(replies_ < most_replies_); }

inline awaitable<result<void>> download_task::fetch(std::unique_ptr<source> from, lease* part) {
    if (!part) part = claim();
    while (part) {
        auto outcome = co_await fetch_lease(std::move(from), *part);
        board_.release(part);
        if (!outcome) co_return outcome;
        part = claim();
    }
    co_return result<void>();
}

inline awaitable<result<void>> download_task::fetch_lease(
    std::unique_ptr<source> from, lease& part) {
    constexpr unsigned patience = 3;
    for (unsigned lost = 0;;) {
        const auto before = file_.bytes_here();
        auto outcome = co_await fetch_once(std::move(from), part);
        if (outcome && part.left() == 0) co_return outcome;
        const bool progress = file_.bytes_here() != before;
        if (progress) lost = 0;
        if (outcome && !progress) outcome = failure{errc::cut_short, "no byte of the range came"};
        if (outcome) continue;  // the server gave less than was asked: ask for the rest
        const bool alone = workers_ <= 1;
        if (alone || ++lost > patience || !is_network_error(outcome.error().code))
            co_return outcome;
        auto slept =
            co_await with_.time.sleep_until(with_.time.now() + options_.retry.first * lost);
        if (!slept) co_return slept;
    }
}

/// May the bytes of this reply stand beside those that are here?
inline result<void> same_object(
    const kept_bytes& kept, const object_info& reply, byte_range brought, const lease& part) {
    if (resume::contradicts(kept, reply) || !reply.size)
        return failure{
            errc::source_changed, "a range of another version", error_context::remote_file};
    if (brought.first != part.next || brought.empty())
        return failure{errc::range_refused, "another range than asked", error_context::remote_file};
    return {};
}

inline awaitable<result<void>> download_task::fetch_once(
    std::unique_ptr<source> from, lease& part) {
    auto& bytes = file_.held().bytes;
    if (!from) {
        auto ask = resume::plan(bytes, {part.next, part.end});
        part.next = ask.range.first;
        auto opened = co_await open(std::move(ask), true);
        if (!opened) co_return opened.error();
        auto same = same_object(bytes, (*opened)->info(), (*opened)->range(), part);
        if (!same) co_return same;
        from = std::move(*opened);
    }
    range_sink into(with_, file_, status_, part);
    const auto had = file_.bytes_here();
    most_replies_ = std::max(most_replies_, ++replies_);
    auto outcome = co_await copy_watched(*from, into);
    into.give_back();
    --replies_;
    if (file_.bytes_here() > had) patience_.progressed(into.last_moved());
    if (into.disproved()) kept_is_wrong_ = true;
    if (outcome && part.end == byte_range::open_end) {
        part.end = part.next;
        if (bytes.size && *bytes.size != part.end) {
            kept_is_wrong_ = true;
            co_return failure{errc::source_changed, "another length than before"};
        }
        bytes.size = part.end;
        status_.bytes_total = bytes.size;
    }
    co_return outcome;
}

inline awaitable<result<void>> download_task::copy_watched(source& from, range_sink& into) {
    using namespace asio::experimental::awaitable_operators;
    const bool cannot_wait = from.at_hand();
    auto copying = from.copy(into);
    if (cannot_wait) {
        auto copied = co_await caught(std::move(copying));
        co_return copied;
    }
    auto watching = watch(into);
    auto first = co_await (caught(std::move(copying)) || caught(std::move(watching)));
    if (first.index() == 0) co_return std::get<0>(std::move(first));
    co_return std::get<1>(std::move(first));
}

/// Ends when the peer is silent, or slow, for too long.
inline awaitable<result<void>> download_task::watch(range_sink& into) {
    auto measured = with_.time.now();
    auto seen = into.received();
    for (;;) {
        const auto now = with_.time.now();
        const auto silent = into.waits_for_us() ? now : into.last_moved();
        if (now - silent >= options_.stall_timeout)
            co_return failure{
                errc::timed_out,
                "no byte for " + std::to_string(options_.stall_timeout.count()) + " ms",
                error_context::transport};
        auto next_look = silent + options_.stall_timeout;
        if (options_.low_speed_limit != 0) {
            if (now - measured >= options_.low_speed_time) {
                const std::chrono::duration<double> span = now - measured;
                const auto enough = static_cast<double>(options_.low_speed_limit) * span.count();
                if (static_cast<double>(into.received() - seen) < enough)
                    co_return failure{
                        errc::too_slow,
                        "less than " + std::to_string(options_.low_speed_limit) + " bytes/s",
                        error_context::transport};
                measured = now;
                seen = into.received();
            }
            next_look = std::min(next_look, measured + options_.low_speed_time);
        }
        auto slept = co_await with_.time.sleep_until(next_look);
        if (!slept) co_return slept;
    }
}

}  // namespace ferry::detail
