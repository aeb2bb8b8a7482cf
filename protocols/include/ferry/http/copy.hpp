#pragma once

#include <ferry/http/client.hpp>
#include <ferry/http/splice.hpp>

#include <memory>
#include <span>

namespace ferry::http {

/// Moves the body of one reply into one sink, by the fastest way that the two have in common:
/// a plain socket and a file descriptor by splice(2); TLS and a file descriptor by decrypting and
/// writing on the disk pool; everything else through a buffer.
class body_copy {
  public:
    /// @param size  Bytes that the body must have; byte_range::open_end: its end will tell.
    body_copy(exchange& from, std::uint64_t size, sink& into, disk_pool& disk)
        : from_(from), wire_(*from.wire), into_(into), disk_(disk), size_(size), left_(size) {}

    /// true: the connection stands right behind the body and may serve again. false: it does not,
    /// because the sink wanted no more or the server sent more than it had announced.
    /// Errors: errc::cut_short, ::malformed, those of the connection and of the sink.
    [[nodiscard]] awaitable<result<bool>> run();

  private:
    awaitable<result<bool>> run_plain();
    awaitable<result<bool>> run_chunked();
    awaitable<result<bool>> give(std::span<const std::byte> bytes);
    awaitable<result<bool>> give_buffered();
    awaitable<result<step_result>> step(std::uint64_t room);
    awaitable<result<step_result>> step_directly(direct_output to, std::uint64_t room);
    awaitable<result<step_result>> step_through_buffer(std::uint64_t room);
    awaitable<result<std::span<std::byte>>> read_some_chunks();
    result<void> count(std::uint64_t bytes);
    result<bool> at_end(bool reusable) const;
    failure cut_short() const;
    failure named(failure why) const;
    std::span<std::byte> scratch(std::uint64_t wanted);

    exchange& from_;
    connection& wire_;
    sink& into_;
    disk_pool& disk_;
    const std::uint64_t size_;
    std::uint64_t left_;                    // open_end as long as nobody knows
    io_state needs_ = io_state::want_read;  // before bytes can be read
    splice_pipe pipe_;
    std::unique_ptr<std::byte[]> buffer_;
    std::size_t buffer_size_ = 0;
};

}  // namespace ferry::http

#include <ferry/http/impl/copy.ipp>
#include <ferry/http/impl/copy_chunked.ipp>
