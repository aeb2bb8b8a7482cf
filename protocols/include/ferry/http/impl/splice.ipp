#pragma once

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>

namespace ferry::http {
namespace detail {

/// Writes all of `bytes` at `to` and moves `to` on by as many as were written.
inline result<void> write_at(direct_output& to, std::span<const std::byte> bytes) {
    while (!bytes.empty()) {
        const auto put =
            ::pwrite(to.descriptor, bytes.data(), bytes.size(), static_cast<off_t>(to.offset));
        if (put < 0 && errno == EINTR) continue;
        if (put < 0) return file_failure(errno, "write");
        bytes = bytes.subspan(static_cast<std::size_t>(put));
        to.offset += static_cast<std::uint64_t>(put);
    }
    return {};
}

/// In a fast flow the next bytes come sooner than the network's thread could be asked to wait for
/// them. A slow one must not hold a disk thread.
inline bool more_comes_soon(int socket, std::uint64_t moved) {
    static constexpr std::uint64_t fast = 256 * 1024;
    static constexpr int patience_ms = 2;
    if (moved < fast) return false;
    pollfd wanted{socket, POLLIN, 0};
    return ::poll(&wanted, 1, patience_ms) > 0;
}

/// Encrypted bytes come slower than they are taken in: a nap lets enough of them gather to be worth
/// a call. (Plain ones do not, and a nap would only delay them.)
inline bool more_gathers_soon(int socket, std::uint64_t moved) {
    static constexpr useconds_t nap_us = 500;
    if (!more_comes_soon(socket, moved)) return false;
    ::usleep(nap_us);
    return true;
}

}  // namespace detail

inline splice_pipe::~splice_pipe() {
    if (!is_open()) return;
    ::close(read_end_);
    ::close(write_end_);
}

inline result<void> splice_pipe::open() {
    std::array<int, 2> ends = {};
    if (::pipe2(ends.data(), O_CLOEXEC) != 0) return socket_failure(errno, "pipe");
    read_end_ = ends[0];
    write_end_ = ends[1];
    ::fcntl(write_end_, F_SETPIPE_SZ, wanted_capacity);  // less will do where limits say no
    const int size = ::fcntl(write_end_, F_GETPIPE_SZ);
    capacity_ = size > 0 ? static_cast<std::size_t>(size) : 4096;
    return {};
}

inline step_result splice_pipe::move(int socket, direct_output to, std::uint64_t most) {
    const auto start = to.offset;
    const auto ended = [&](io_state how, failure why = {}) {
        return step_result{to.offset - start, how, std::move(why)};
    };
    while (useful_ && to.offset - start < most) {
        const auto room = std::min<std::uint64_t>(most - (to.offset - start), capacity_);
        const auto held =
            ::splice(socket, nullptr, write_end_, nullptr, room, SPLICE_F_MOVE | SPLICE_F_NONBLOCK);
        if (held == 0) return ended(io_state::end);
        if (held > 0) {
            auto emptied = empty_into(to, static_cast<std::size_t>(held));
            if (!emptied) return ended(io_state::failed, std::move(emptied.error()));
        } else if (errno == EAGAIN || errno == EWOULDBLOCK) {
            if (!detail::more_comes_soon(socket, to.offset - start))
                return ended(io_state::want_read);
        } else if (errno == EINVAL || errno == ENOSYS) {
            useful_ = false;
        } else if (errno != EINTR) {
            return ended(io_state::failed, socket_failure(errno));
        }
    }
    return ended(io_state::moved);
}

inline result<void> splice_pipe::empty_into(direct_output& to, std::size_t held) {
    while (held > 0) {
        auto offset = static_cast<off_t>(to.offset);
        const auto moved =
            ::splice(read_end_, nullptr, to.descriptor, &offset, held, SPLICE_F_MOVE);
        if (moved < 0 && errno == EINTR) continue;
        if (moved < 0 && (errno == EINVAL || errno == ENOSYS)) return copy_out(to, held);
        if (moved <= 0) return file_failure(moved < 0 ? errno : EIO, "write");
        held -= static_cast<std::size_t>(moved);
        to.offset += static_cast<std::uint64_t>(moved);
    }
    return {};
}

/// The file cannot be spliced to: what the pipe holds goes the ordinary way, as will all the rest.
inline result<void> splice_pipe::copy_out(direct_output& to, std::size_t held) {
    useful_ = false;
    std::array<std::byte, 16 * 1024> buffer;
    while (held > 0) {
        const auto got = ::read(read_end_, buffer.data(), std::min(held, buffer.size()));
        if (got < 0 && errno == EINTR) continue;
        if (got <= 0) return socket_failure(got < 0 ? errno : EIO, "pipe");
        const auto size = static_cast<std::size_t>(got);
        if (auto put = detail::write_at(to, std::span(buffer).first(size)); !put) return put;
        held -= size;
    }
    return {};
}

inline step_result read_and_write(
    connection& from, std::span<std::byte> buffer, direct_output to, std::uint64_t most) {
    const auto start = to.offset;
    auto state = io_state::moved;
    failure why;
    while (state == io_state::moved && to.offset - start < most) {
        const auto room = std::min<std::uint64_t>(most - (to.offset - start), buffer.size());
        std::size_t filled = 0;
        while (state == io_state::moved && filled < room) {
            auto got = from.read(buffer.subspan(filled, room - filled));
            filled += got.bytes;
            state = got.state;
            why = std::move(got.why);
        }
        auto put = detail::write_at(to, buffer.first(filled));
        if (!put) return {to.offset - start, io_state::failed, std::move(put.error())};
        const bool waits = state == io_state::want_read;
        if (waits && detail::more_gathers_soon(from.descriptor(), to.offset - start))
            state = io_state::moved;
    }
    return {to.offset - start, state, std::move(why)};
}

}  // namespace ferry::http
