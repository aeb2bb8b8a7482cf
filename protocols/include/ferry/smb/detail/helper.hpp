#pragma once

#include <ferry/awaitable.hpp>
#include <ferry/detail/file.hpp>
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
/// at once by ending the process, which ends itself when we are gone. helper_source starts them.
/// Threads: one executor, one call at a time.
class helper {
  public:
    helper(const helper&) = delete;
    helper& operator=(const helper&) = delete;
    /// Ends the process, whatever it is doing, without waiting for that.
    ~helper();

    /// Asks for something. Replies come in the order of the requests. False: the helper is gone.
    bool post(wire_request what, std::string_view text = {});
    /// The same; nobody wants to know how it went.
    void post_blindly(wire_request what, std::string_view text = {});
    /// The reply to the first request that has none yet.
    /// Errors: connection_aborted: the helper is gone. Cancellation: terminal.
    [[nodiscard]] awaitable<result<wire_reply>> receive();

    /// Takes hold of the process, so that it can be ended even if somebody has stopped it.
    /// @param id  As it has told.
    void hold(pid_t id);
    /// False: the system cannot do that.
    bool held() const noexcept { return process_.get() >= 0; }
    /// Ends the process and waits until it can do nothing any more, two seconds at most.
    /// Precondition: held().
    void end_at_once();

    /// The memory that read and write move bytes to and from.
    std::span<std::byte> slot(std::uint32_t number) const noexcept {
        return {memory_ + number * block_size, block_size};
    }
    /// It lives, and nobody waits for a reply: somebody else may use it.
    bool free() const noexcept { return sound_ && owed_ == ignored_; }

  private:
    friend class helper_source;
    using socket = asio::local::stream_protocol::socket;

    helper(socket wire, std::byte* memory) : wire_(std::move(wire)), memory_(memory) {}

    socket wire_;
    std::byte* memory_;
    ferry::detail::unique_fd process_;
    bool sound_ = true;     // no reply was lost
    unsigned owed_ = 0;     // replies that are still to come
    unsigned ignored_ = 0;  // of these, the first ones, that nobody waits for
};

/// Starts helpers. To load their program, with a hundred libraries, takes longer than to fetch many
/// a file: it is loaded once, and forks. Threads: one at a time.
class helper_source {
  public:
    explicit helper_source(std::filesystem::path program) : program_(std::move(program)) {}
    helper_source(const helper_source&) = delete;
    helper_source& operator=(const helper_source&) = delete;
    /// Waits until its helpers have ended, two seconds at most. Nobody must have one any more.
    ~helper_source() { unload(); }

    const std::filesystem::path& program() const noexcept { return program_; }
    /// Errors: errc::unsupported if there is no such program; any errno.
    result<std::unique_ptr<helper>> start(asio::any_io_executor on);
    /// Ends what is loaded, which is of no use; its helpers go on. The next one comes of a new one.
    void drop();

  private:
    using unique_fd = ferry::detail::unique_fd;

    result<void> load();
    void unload();
    bool hand_over(int wire, int memory) const;

    const std::filesystem::path program_;
    unique_fd loaded_;  // our end of its standard input
    pid_t process_ = -1;
};

}  // namespace ferry::smb::detail

#include <ferry/smb/impl/helper.ipp>
