#pragma once

#include <algorithm>
#include <utility>

namespace ferry::http {
inline awaitable<result<bool>> body_copy::run() {
    if (wire_.ran_full() || wire_.holds_bytes()) needs_ = io_state::moved;
    if (from_.head().framing == body_framing::chunked) {
        auto done = co_await run_chunked();
        co_return done;
    }
    auto done = co_await run_plain();
    co_return done;
}

inline awaitable<result<bool>> body_copy::run_plain() {
    auto given = co_await give_buffered();
    if (!given || !*given) co_return given;
    if (left_ >= detail::long_body) wire_.expect_long_body();
    while (left_ > 0) {
        if (needs_ != io_state::moved) {  // before reserve(): a silent server must hold no tokens
            auto ready = co_await wire_.wait(needs_);
            if (!ready) co_return named(std::move(ready.error()));
        }
        auto room = co_await into_.reserve(std::min(left_, detail::most_per_step));
        if (!room) co_return std::move(room.error());
        if (*room == 0) co_return false;
        auto done = co_await step(*room);
        if (!done) co_return std::move(done.error());
        if (auto good = count(done->moved); !good) co_return std::move(good.error());
        if (done->state == io_state::failed) co_return named(std::move(done->why));
        if (done->state == io_state::end) co_return at_end(false);
        needs_ = done->state;
    }
    co_return true;
}

/// Gives away what came along with the head.
inline awaitable<result<bool>> body_copy::give_buffered() {
    const auto bytes = wire_.buffered();
    const auto size = std::min<std::uint64_t>(left_, bytes.size());
    auto given = co_await give(bytes.first(size));
    if (!given || !*given) co_return given;
    wire_.consume(size);
    if (auto good = count(size); !good) co_return std::move(good.error());
    co_return true;
}

inline awaitable<result<bool>> body_copy::give(std::span<const std::byte> bytes) {
    while (!bytes.empty()) {
        auto room = co_await into_.reserve(bytes.size());
        if (!room) co_return std::move(room.error());
        if (*room == 0) co_return false;
        const auto part = bytes.first(std::min<std::uint64_t>(*room, bytes.size()));
        auto written = co_await into_.write(part);
        if (!written) co_return std::move(written.error());
        bytes = bytes.subspan(part.size());
    }
    co_return true;
}

/// Moves what is there, up to `room` bytes, which are reserved.
inline awaitable<result<step_result>> body_copy::step(std::uint64_t room) {
    const auto to = into_.direct();
    if (to.descriptor >= 0) {
        auto done = co_await step_directly(to, room);
        co_return done;
    }
    auto done = co_await step_through_buffer(room);
    co_return done;
}

inline awaitable<result<step_result>> body_copy::step_directly(
    direct_output to, std::uint64_t room) {
    const bool by_splice = !wire_.encrypted() && pipe_.useful();
    if (by_splice && !pipe_.is_open())
        if (auto opened = pipe_.open(); !opened) co_return std::move(opened.error());
    const auto buffer = by_splice
                            ? std::span<std::byte>()
                            : scratch(std::min<std::uint64_t>(room, detail::decryption_buffer));
    auto work = [&] {
        return by_splice ? pipe_.move(wire_.descriptor(), to, room)
                         : read_and_write(wire_, buffer, to, room);
    };
    auto done = co_await disk_.run(work);
    into_.accepted(done.moved);
    co_return done;
}

inline awaitable<result<step_result>> body_copy::step_through_buffer(std::uint64_t room) {
    const auto buffer = scratch(room);
    step_result done;
    while (done.state == io_state::moved && done.moved < buffer.size()) {
        auto got = wire_.read(buffer.subspan(done.moved));
        done.moved += got.bytes;
        done.state = got.state;
        done.why = std::move(got.why);
    }
    if (done.moved == 0) {
        into_.accepted(0);
        co_return done;
    }
    auto written = co_await into_.write(buffer.first(done.moved));
    if (!written) co_return std::move(written.error());
    co_return done;
}

/// Keeps the account of what is still to come.
inline result<void> body_copy::count(std::uint64_t bytes) {
    if (left_ == byte_range::open_end) return {};
    if (bytes > left_) return named({errc::malformed, "the body is longer than its Content-Range"});
    left_ -= bytes;
    return {};
}

inline result<bool> body_copy::at_end(bool reusable) const {
    if (left_ == byte_range::open_end || left_ == 0) return reusable;
    return cut_short();
}

inline failure body_copy::cut_short() const {
    if (left_ == byte_range::open_end) return named({errc::cut_short, "in the body"});
    return named(
        {errc::cut_short,
         "after " + std::to_string(size_ - left_) + " of " + std::to_string(size_) + " bytes"});
}

/// Failures of the connection tell of what it was about; those of the file speak for themselves.
inline failure body_copy::named(failure why) const {
    if (why.context == error_context::local_file) return why;
    if (why.context == error_context::none) why.context = error_context::transport;
    return while_doing(title(from_.asked), std::move(why));
}

/// At most `wanted` bytes of a buffer that is kept for next time.
inline std::span<std::byte> body_copy::scratch(std::uint64_t wanted) {
    const auto size =
        static_cast<std::size_t>(std::min<std::uint64_t>(wanted, detail::largest_buffer));
    if (buffer_size_ < size) {
        buffer_ = std::make_unique_for_overwrite<std::byte[]>(size);
        buffer_size_ = size;
    }
    return {buffer_.get(), size};
}

}  // namespace ferry::http
