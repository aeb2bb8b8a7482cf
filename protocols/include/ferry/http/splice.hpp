#pragma once

#include <ferry/http/connection.hpp>
#include <ferry/protocol.hpp>

#include <cstdint>
#include <span>

namespace ferry::http {
namespace detail {

/// At most this much in one step, so that progress, limits and cancellation are heeded often.
inline constexpr std::uint64_t most_per_step = 16 << 20;
inline constexpr std::size_t largest_buffer = 512 << 10;
/// TLS bytes are copied out of and into this one without leaving the processor's cache.
inline constexpr std::size_t decryption_buffer = 128 << 10;
/// From here on it pays to take the socket away from Asio's reactor.
inline constexpr std::uint64_t long_body = 1 << 20;

}  // namespace detail

/// How far one step of a direct copy came. A step moves what is there and never waits for the
/// network; it may wait for the disk, so it runs on the disk pool, where nobody else touches the
/// connection meanwhile.
struct step_result {
    std::uint64_t moved = 0;           ///< bytes now in the file, also when the step failed
    io_state state = io_state::moved;  ///< why it ended; moved: it had moved all it might
    failure why = {};                  ///< of io_state::failed
};

/// A pipe whose pages carry bytes from a socket to a file without a copy to user space.
class splice_pipe {
  public:
    splice_pipe() = default;
    splice_pipe(const splice_pipe&) = delete;
    splice_pipe& operator=(const splice_pipe&) = delete;
    ~splice_pipe();

    /// Makes the pipe. Errors: any errno of pipe().
    result<void> open();
    bool is_open() const noexcept { return capacity_ > 0; }
    /// False once the kernel refused: then bytes take the ordinary way.
    bool useful() const noexcept { return useful_; }

    /// Moves up to `most` bytes from `socket` to the file; the pipe is empty afterwards unless the
    /// file failed.
    step_result move(int socket, direct_output to, std::uint64_t most);

  private:
    static constexpr int wanted_capacity = 1 << 20;  // what an ordinary user may ask for

    result<void> empty_into(direct_output& to, std::size_t held);
    result<void> copy_out(direct_output& to, std::size_t held);

    int read_end_ = -1;
    int write_end_ = -1;
    std::size_t capacity_ = 0;
    bool useful_ = true;
};

/// The same through a buffer: for TLS, which has to see the bytes, and where splice() cannot.
step_result read_and_write(
    connection& from, std::span<std::byte> buffer, direct_output to, std::uint64_t most);

}  // namespace ferry::http

#include <ferry/http/impl/splice.ipp>
