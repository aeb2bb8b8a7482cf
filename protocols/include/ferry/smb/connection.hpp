#pragma once

#include <ferry/clock.hpp>
#include <ferry/protocol.hpp>
#include <ferry/smb/detail/helper.hpp>
#include <ferry/smb/detail/known_files.hpp>
#include <ferry/smb/detail/rights.hpp>
#include <ferry/smb/login.hpp>
#include <ferry/smb/place.hpp>

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace ferry::smb {

/// What a connection was made for; another one needs another connection.
struct route {
    std::string host = {};
    std::uint16_t port = 0;
    std::string share = {};
    login who = {};
    bool encrypt = false;  ///< what is not encrypted fails (SMB 3)

    bool operator==(const route&) const = default;
};

/// A file that was opened for reading. All its bytes, if they came along, are in slot 0 until the
/// connection is used for something else.
struct opened {
    detail::file_facts facts = {};
    std::span<const std::byte> whole = {};
    std::optional<detail::local_rights> rights = {};  ///< if they were asked for
};

/// One connection to one share, with at most one open file. Every call has the limit that
/// wait_at_most() sets. Threads: one executor, one call at a time.
/// Errors of all calls: errc::not_found, ::unauthorized, ::exists, ::unsupported (a folder),
///   ::overloaded (somebody else has the file open), ::timed_out, no_space_on_device, network
///   errors, any errno. Cancellation: terminal; ends the connection at once.
class connection {
  public:
    /// @param known  For all connections; it must outlive them, as `time` must.
    connection(
        clock& time, std::unique_ptr<detail::helper> process, route to, detail::known_files& known)
        : time_(time), process_(std::move(process)), to_(std::move(to)), known_(known) {}

    connection(const connection&) = delete;
    connection& operator=(const connection&) = delete;
    /// What was asked for and has not come is not done any more: see store().
    ~connection() {
        if (storing_) process_->end_at_once();
    }

    const route& to() const noexcept { return to_; }
    void wait_at_most(std::chrono::milliseconds limit) noexcept { limit_ = limit; }
    /// Nothing is under way: it can be used for something else.
    bool free() const noexcept { return connected_ && !lost_ && process_->free(); }

    /// To be called first.
    [[nodiscard]] awaitable<result<void>> connect(std::chrono::milliseconds patience);
    /// Opens a file, closing the one that was open. @param how  create or reopen.
    [[nodiscard]] awaitable<result<detail::file_facts>> open(
        detail::operation how, std::string path);
    /// Opens a file for reading, closing the one that was open.
    /// @param most  If it has no more bytes than that, all of them come with the reply.
    [[nodiscard]] awaitable<result<opened>> open_to_read(std::string path, std::size_t most);
    /// What a path names; empty: the open file.
    [[nodiscard]] awaitable<result<detail::file_facts>> look(std::string path);
    /// What a folder holds; the empty path is the share itself.
    /// Errors: not_a_directory; errc::malformed.
    [[nodiscard]] awaitable<result<folder_listing>> list(std::string path);
    /// Who owns a file and may use it, in the terms of this system. Uses slot 1.
    /// Errors: errc::unsupported: there is no equal here, or the server is asked by another port
    ///   than its usual one, where libsmbclient does not find it.
    [[nodiscard]] awaitable<result<detail::local_rights>> rights(
        std::string path, rights_wanted wanted);
    /// @param what  remove or make (a folder).
    [[nodiscard]] awaitable<result<void>> change(detail::operation what, std::string path);
    [[nodiscard]] awaitable<result<void>> close();
    /// Replaces what is there.
    [[nodiscard]] awaitable<result<void>> rename(std::string from, std::string to);
    /// @param when  Since the epoch.
    [[nodiscard]] awaitable<result<void>> set_time(
        std::string path, std::chrono::microseconds when);

    /// Asks for bytes of the open file to be moved to or from a slot; the reply comes by moved(),
    /// in the order of these calls.
    void move(detail::operation how, std::uint64_t offset, std::size_t bytes, std::uint32_t slot);
    [[nodiscard]] awaitable<result<detail::wire_reply>> moved(std::string path);
    /// Lets store() put bytes into a file of ours, until another one is opened on the share.
    /// @param descriptor  Of that file, which is opened anew, by /proc.
    /// Errors: also errc::unsupported: this system has not what that takes.
    [[nodiscard]] awaitable<result<void>> output(int descriptor);
    /// Asks for bytes of the open file to be put into the output, without their passing through a
    /// slot: each is moved once less, and the caches still have it. The reply comes by moved(), and
    /// tells how many are there now: fewer, where the file ends or the output takes no more.
    /// Whoever does not wait for it loses the connection, and the helper: nothing is put there once
    /// that is gone.
    /// @param to  Offset in the output.
    void store(std::uint64_t offset, std::size_t bytes, std::uint64_t to);
    /// How many bytes one such call should move: what the server manages in about a second, so that
    /// a slow one is not taken for a silent one. From detail::first_step to detail::block_size.
    std::size_t step() const noexcept { return step_; }
    std::span<std::byte> slot(std::uint32_t number) const noexcept {
        return process_->slot(number);
    }
    /// Closes the file without waiting, and forgets what was asked for before.
    void rest();

  private:
    awaitable<result<detail::wire_reply>> ask(
        detail::wire_request what, std::string texts, std::string path);
    awaitable<result<detail::wire_reply>> reply(std::string path);
    failure explain_connect(const detail::wire_reply& reply) const;
    std::string name(std::string_view path) const;

    clock& time_;
    std::unique_ptr<detail::helper> process_;
    const route to_;
    detail::known_files& known_;
    std::chrono::milliseconds limit_{60'000};
    std::size_t step_ = detail::first_step;
    bool connected_ = false;
    bool lost_ = false;       // what there is of it is of no more use
    bool may_close_ = false;  // a file may be open
    bool storing_ = false;    // see store()
};

}  // namespace ferry::smb

#include <ferry/smb/impl/connection.ipp>
