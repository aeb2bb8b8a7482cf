#pragma once

#include <ferry/awaitable.hpp>
#include <ferry/smb/detail/wire.hpp>

#include <asio/any_io_executor.hpp>
#include <asio/local/stream_protocol.hpp>

#include <sys/types.h>

#include <array>
#include <cstddef>
#include <filesystem>
#include <memory>
#include <span>
#include <string_view>

namespace ferry::smb::detail {

/// A process that has libsmbclient and one connection to one share. libsmbclient blocks, and it
/// bears no second thread: in a process of its own that costs nobody anything, and a call is ended
/// at once by ending the process. Threads: one executor, one call at a time.
class helper {
  public:
    /// Errors: errc::unsupported if there is no such program; any errno.
    static result<std::unique_ptr<helper>> start(
        asio::any_io_executor on, const std::filesystem::path& program);
    helper(const helper&) = delete;
    helper& operator=(const helper&) = delete;
    /// Ends the process, whatever it is doing.
    ~helper();

    /// Asks for something. Replies come in the order of the requests. False: the helper is gone.
    bool post(wire_request what, std::string_view text = {});
    /// The same; nobody wants to know how it went.
    void post_blindly(wire_request what, std::string_view text = {});
    /// The reply to the first request that has none yet.
    /// Errors: connection_aborted: the helper is gone. Cancellation: terminal.
    [[nodiscard]] awaitable<result<wire_reply>> receive();

    /// The memory that read and write move bytes to and from.
    std::span<std::byte> slot(std::uint32_t number) const noexcept {
        return {memory_ + number * block_size, block_size};
    }
    /// It lives, and nobody waits for a reply: somebody else may use it.
    bool free() const noexcept { return sound_ && owed_ == ignored_; }

  private:
    using socket = asio::local::stream_protocol::socket;

    helper(socket wire, std::byte* memory) : wire_(std::move(wire)), memory_(memory) {}

    socket wire_;
    std::byte* memory_;
    pid_t process_ = -1;
    bool sound_ = true;     // no reply was lost
    unsigned owed_ = 0;     // replies that are still to come
    unsigned ignored_ = 0;  // of these, the first ones, that nobody waits for
};

}  // namespace ferry::smb::detail

#include <ferry/smb/impl/helper.ipp>
