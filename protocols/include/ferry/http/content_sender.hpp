#pragma once

#include <ferry/disk_pool.hpp>
#include <ferry/http/exchange.hpp>
#include <ferry/http/file_window.hpp>
#include <ferry/http/splice.hpp>
#include <ferry/http/watchdog.hpp>

#include <cstdint>
#include <memory>
#include <span>

namespace ferry::http {

/// Sends the content of one request, whose head has been sent: from a file into the network by
/// sendfile(2); into TLS by reading and encrypting on the disk pool; else through a buffer. It
/// listens meanwhile: a server may refuse before it has seen everything.
/// Within this machine the bytes are copied, too, out of the page cache: so it is us, and not the
/// peer, who wait for the memory, and a peer that stores them has more to do than we.
/// Where the content ends, its last portion goes out only once content::unchanged() has agreed:
/// without that portion no peer takes it for the whole.
class content_sender {
  public:
    content_sender(exchange& with, watchdog& time, disk_pool& disk);

    /// true: all of it is sent. false: the final reply's head has come before; the rest is not
    /// wanted, and the connection cannot serve again.
    /// Errors: errc::timed_out if the peer takes nothing more; those of the connection and of the
    ///   content. Cancellation: terminal.
    [[nodiscard]] awaitable<result<bool>> run();

  private:
    awaitable<result<bool>> wait_for_permission();
    awaitable<result<void>> read_last_portion();
    awaitable<result<step_result>> step(std::uint64_t room);
    awaitable<result<step_result>> step_through_buffer(std::uint64_t room);
    step_result copy_and_send(int file, std::uint64_t room);
    result<std::span<const std::byte>> look_at(int file, std::uint64_t offset, std::uint64_t room);
    step_result give_pending(std::uint64_t room);
    std::span<std::byte> scratch(std::uint64_t wanted);
    awaitable<result<void>> wait(io_state what);
    result<bool> hear();
    result<bool> last_words(failure why);

    exchange& with_;
    connection& wire_;
    watchdog& time_;
    disk_pool& disk_;
    request_content& what_;
    std::uint64_t next_;        // offset in the content
    std::uint64_t told_;        // what the content has been told of; behind next_ while a TLS
                                // record has run ahead of the reservation
    const std::uint64_t last_;  // where the portion begins that is held back; end_: none is
    const std::uint64_t end_;
    bool copies_;  // else sendfile() moves what is in a file
    file_window window_ = {};
    std::unique_ptr<std::byte[]> buffer_ = {};
    std::span<const std::byte> pending_ = {};  // in window_ or buffer_, those from next_ on
    std::size_t owed_ = 0;  // of these, what TLS has begun to send and must be offered again
};

/// Sends up to `most` bytes of a file without their passing through user space; `moved` is what the
/// socket has taken. Must run on the disk pool, where SIGPIPE is blocked.
step_result send_file(int file, std::uint64_t offset, int socket, std::uint64_t most);

}  // namespace ferry::http

#include <ferry/http/impl/content_sender.ipp>
