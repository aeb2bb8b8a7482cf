#pragma once

#include <poll.h>
#include <sys/sendfile.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <utility>

namespace ferry::http {
namespace detail {

/// How long a server may think about whether it wants the content; one that never heard of the
/// question gets it then (RFC 9110, 10.1.1).
inline constexpr std::chrono::seconds patience_for_permission{1};

/// Plaintext bytes of a TLS record at most (RFC 8446, 5.1).
inline constexpr std::size_t largest_record = 16 * 1024;

/// A fast peer makes room sooner than the network's thread could be asked to wait for it.
inline bool room_comes_soon(int socket, std::uint64_t moved) {
    static constexpr std::uint64_t fast = 256 * 1024;
    static constexpr int patience_ms = 2;
    if (moved < fast) return false;
    pollfd wanted{socket, POLLOUT, 0};
    return ::poll(&wanted, 1, patience_ms) > 0;
}

inline failure ended_early() {
    return {
        errc::source_changed, "the file has become shorter while it was sent",
        error_context::local_file};
}

inline bool ends_the_object(const request_content& what) {
    return what.from && what.first + what.size >= what.from->size();
}

/// Where in the object the portion begins that is held back; only its end has one.
inline std::uint64_t start_of_last_portion(const request_content& what) {
    static constexpr std::uint64_t held_back = 64 * 1024;
    const auto end = what.first + what.size;
    return ends_the_object(what) ? end - std::min(what.size, held_back) : end;
}

/// Not every file system's files can be sent so.
inline bool is_no_sendfile(const failure& why) {
    return why.code == std::errc::invalid_argument || why.code == std::errc::function_not_supported;
}

/// send(2) could not read what it was given: the file has become shorter, or its disk is broken.
inline bool is_out_of_file(const failure& why) { return why.code == std::errc::bad_address; }

inline result<void> fill_from(int file, std::uint64_t offset, std::span<std::byte> into) {
    while (!into.empty()) {
        const auto got = ::pread(file, into.data(), into.size(), static_cast<off_t>(offset));
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) return file_failure(errno, "read");
        if (got == 0) return ended_early();
        into = into.subspan(static_cast<std::size_t>(got));
        offset += static_cast<std::uint64_t>(got);
    }
    return {};
}

}  // namespace detail

inline step_result send_file(int file, std::uint64_t offset, int socket, std::uint64_t most) {
    auto at = static_cast<off_t>(offset);
    const auto ended = [&](io_state how, failure why = {}) {
        return step_result{static_cast<std::uint64_t>(at) - offset, how, std::move(why)};
    };
    while (static_cast<std::uint64_t>(at) - offset < most) {
        const auto moved = static_cast<std::uint64_t>(at) - offset;
        const auto put = ::sendfile(socket, file, &at, most - moved);
        if (put > 0) continue;
        if (put == 0) return ended(io_state::failed, detail::ended_early());
        if (errno == EAGAIN || errno == EWOULDBLOCK) {
            if (!detail::room_comes_soon(socket, moved)) return ended(io_state::want_write);
        } else if (errno == EIO) {
            return ended(io_state::failed, file_failure(errno, "read"));
        } else if (errno != EINTR) {
            return ended(io_state::failed, socket_failure(errno));
        }
    }
    return ended(io_state::moved);
}

inline content_sender::content_sender(exchange& with, watchdog& time, disk_pool& disk)
    : with_(with),
      wire_(*with.wire),
      time_(time),
      disk_(disk),
      what_(*with.asked.content),
      next_(what_.first),
      told_(what_.first),
      last_(detail::start_of_last_portion(what_)),
      end_(what_.first + what_.size),
      copies_(wire_.encrypted() || wire_.stays_here()) {}

inline awaitable<result<bool>> content_sender::run() {
    if (what_.ask_first) {
        auto wanted = co_await wait_for_permission();
        if (!wanted || !*wanted) co_return wanted;
    }
    if (end_ - next_ >= detail::long_body) wire_.expect_long_body();
    auto needs = io_state::moved;
    for (bool begun = false; told_ < end_; begun = true) {
        if (needs != io_state::moved) {  // before reserve(): a deaf server must hold no tokens
            auto ready = co_await wait(needs);
            if (!ready) co_return last_words(std::move(ready.error()));
        }
        auto answered = begun ? hear() : result<bool>(false);
        if (!answered) co_return answered;
        if (*answered) co_return next_ == end_;
        const auto most = (next_ < last_ ? last_ : end_) - told_;
        auto room = co_await what_.from->reserve(std::min(most, detail::most_per_step));
        if (!room) co_return std::move(room.error());
        const auto allowed = told_ + *room;
        auto done = co_await step(allowed - std::min(allowed, next_));
        if (!done) co_return std::move(done.error());
        next_ += done->moved;
        told_ = std::min(next_, allowed);
        what_.from->sent(told_);
        if (done->state == io_state::failed) co_return last_words(std::move(done->why));
        needs = done->state;
    }
    co_return true;
}

inline awaitable<result<bool>> content_sender::wait_for_permission() {
    watchdog::deadline patience(time_, wire_, detail::patience_for_permission);
    for (;;) {
        auto answered = hear();
        if (!answered) co_return answered;
        if (*answered) co_return false;
        if (with_.reply.has_interim_reply() || patience.expired()) co_return true;
        auto ready = co_await wire_.wait(io_state::want_read);
        if (!ready && !patience.expired()) co_return std::move(ready.error());
    }
}

inline awaitable<result<void>> content_sender::wait(io_state what) {
    watchdog::deadline limit(time_, wire_, what_.stall_timeout);
    const bool to_send = what == io_state::want_write;
    if (to_send) wire_.expect_long_body();  // so that a refusal ends the wait as well
    auto waiting = to_send ? wire_.wait_to_send() : wire_.wait(what);
    auto ready = co_await std::move(waiting);
    if (!ready && limit.expired())
        co_return failure{
            errc::timed_out, "the server takes nothing more", error_context::transport};
    co_return ready;
}

/// Takes in what the server has said so far. true: it is the final reply.
inline result<bool> content_sender::hear() {
    for (;;) {
        auto got = wire_.fill();
        if (got.state == io_state::failed) return std::move(got.why);
        if (got.state == io_state::end)
            return failure{errc::cut_short, "while it was being sent", error_context::transport};
        if (got.state != io_state::moved) return false;
        with_.answered = true;
        auto parsed = with_.reply.read_head(wire_.buffered());
        if (!parsed) return std::move(parsed.error());
        wire_.consume(*parsed);
        if (!with_.reply.has_head()) continue;
        with_.reply.head().keep_alive = false;
        return true;
    }
}

/// A server that hangs up may have said why.
inline result<bool> content_sender::last_words(failure why) {
    if (why.context == error_context::local_file || why.code == errc::cancelled) return why;
    auto answered = hear();
    if (answered && *answered) return false;
    return why;
}

inline awaitable<result<step_result>> content_sender::step(std::uint64_t room) {
    if (room == 0) co_return step_result();
    if (next_ == last_ && pending_.empty()) {
        auto good = co_await read_last_portion();
        if (!good) co_return std::move(good.error());
    }
    if (next_ >= last_) co_return give_pending(room);
    const int file = what_.from->descriptor();
    if (file < 0) {
        auto done = co_await step_through_buffer(room);
        co_return done;
    }
    if (!copies_) {
        auto send = [&] { return send_file(file, next_, wire_.descriptor(), room); };
        auto done = co_await disk_.run(send);
        copies_ = done.state == io_state::failed && detail::is_no_sendfile(done.why);
        if (!copies_) co_return done;
    }
    auto send = [&] { return copy_and_send(file, room); };
    auto done = co_await disk_.run(send);
    co_return done;
}

/// What is sent in the end has been read before the question: a change that it does not see is one
/// that came too late to matter.
inline awaitable<result<void>> content_sender::read_last_portion() {
    const auto into = scratch(end_ - last_);
    auto read = co_await what_.from->read(last_, into);
    if (!read) co_return read;
    pending_ = into;
    auto same = co_await what_.from->unchanged();
    co_return same;
}

/// For TLS, which has to see the bytes, on this machine, and where sendfile() cannot. On the disk
/// pool.
inline step_result content_sender::copy_and_send(int file, std::uint64_t room) {
    step_result all;
    while (all.state == io_state::moved && all.moved < room) {
        if (pending_.empty()) {
            auto there = look_at(file, next_ + all.moved, room - all.moved);
            if (!there) return {all.moved, io_state::failed, std::move(there.error())};
            pending_ = *there;
        }
        auto put = give_pending(room - all.moved);
        all.moved += put.moved;
        all.state = put.state;
        all.why = std::move(put.why);
        if (all.state == io_state::want_write &&
            detail::room_comes_soon(wire_.descriptor(), all.moved))
            all.state = io_state::moved;
        if (all.state == io_state::failed && window_.useful() && detail::is_out_of_file(all.why)) {
            window_.give_up();  // to read them tells what is wrong with them
            pending_ = {};
            all.state = io_state::moved;
        }
    }
    return all;
}

/// At least one byte of the file, at most `room`: mapped where that is enough, else read.
inline result<std::span<const std::byte>> content_sender::look_at(
    int file, std::uint64_t offset, std::uint64_t room) {
    if (!wire_.encrypted() && what_.size >= detail::long_body) {
        const auto shown = window_.show(file, offset);
        if (!shown.empty())
            return shown.first(
                static_cast<std::size_t>(std::min<std::uint64_t>(room, shown.size())));
    }
    const auto into = scratch(room);
    auto read = detail::fill_from(file, offset, into);
    if (!read) return std::move(read.error());
    return std::span<const std::byte>(into);
}

inline awaitable<result<step_result>> content_sender::step_through_buffer(std::uint64_t room) {
    if (pending_.empty()) {
        const auto into = scratch(room);
        auto read = co_await what_.from->read(next_, into);
        if (!read) co_return std::move(read.error());
        pending_ = into;
    }
    co_return give_pending(room);
}

/// Sends what has been read, at most `room` bytes of it, as far as the socket takes it. A TLS
/// record that did not get out whole has to be offered again, also if less may be sent by now.
inline step_result content_sender::give_pending(std::uint64_t room) {
    const auto may = std::max<std::uint64_t>(std::min<std::uint64_t>(room, pending_.size()), owed_);
    step_result all;
    while (all.state == io_state::moved && all.moved < may) {
        const auto part = pending_.first(static_cast<std::size_t>(may - all.moved));
        auto put = wire_.write(part);
        const bool stuck = wire_.encrypted() && put.state == io_state::want_write;
        owed_ = stuck ? std::min(part.size(), detail::largest_record) : 0;
        pending_ = pending_.subspan(put.bytes);
        all.moved += put.bytes;
        all.state = put.state;
        all.why = std::move(put.why);
    }
    return all;
}

inline std::span<std::byte> content_sender::scratch(std::uint64_t wanted) {
    const auto most = wire_.encrypted() ? detail::decryption_buffer : detail::largest_buffer;
    const auto size = static_cast<std::size_t>(std::min<std::uint64_t>(what_.size, most));
    if (!buffer_) buffer_ = std::make_unique_for_overwrite<std::byte[]>(size);
    return {buffer_.get(), static_cast<std::size_t>(std::min<std::uint64_t>(wanted, size))};
}

}  // namespace ferry::http
