#pragma once

#include <ferry/access.hpp>
#include <ferry/awaitable.hpp>
#include <ferry/url.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace ferry {

/// How an HTTP server is to be given an object: PUT (RFC 9110, 9.3.4), tus 1.0, the BITS upload
/// protocol (MC-BUP), or the best that it says it speaks.
enum class upload_protocol { automatic, put, tus, bits };

/// "auto", "put", "tus", "bits".
inline std::optional<upload_protocol> parse_upload_protocol(std::string_view word) noexcept {
    if (word == "auto") return upload_protocol::automatic;
    if (word == "put") return upload_protocol::put;
    if (word == "tus") return upload_protocol::tus;
    if (word == "bits") return upload_protocol::bits;
    return std::nullopt;
}

/// What an upload sends: one object that stays as it is. Threads: its calls come from one executor,
/// one at a time.
class content {
  public:
    virtual ~content() = default;
    /// Bytes of the whole.
    virtual std::uint64_t size() const noexcept = 0;
    /// A file whose bytes may be sent directly, at the same offsets; -1: there is only read().
    virtual int descriptor() const noexcept { return -1; }
    /// When it was modified last, where the peer is to know; none: it is not.
    virtual std::optional<std::chrono::system_clock::time_point> modified() const { return {}; }
    /// Can its bytes be read once more at no cost but a disk's time?
    virtual bool rereadable() const noexcept { return true; }
    /// Waits until bytes may flow (rate limit) and returns how many, from 1 to `most`. It ends the
    /// reservation before.
    [[nodiscard]] virtual awaitable<result<std::uint64_t>> reserve(std::uint64_t most) = 0;
    /// Fills all of `into`. Errors: errc::source_changed if the object ends before; any errno.
    [[nodiscard]] virtual awaitable<result<void>> read(
        std::uint64_t offset, std::span<std::byte> into) = 0;
    /// Reports that bytes of the reservation, those up to `offset`, have been given to the network.
    /// It may go back: a peer may want the content once more (401, 307).
    virtual void sent(std::uint64_t offset) = 0;
    /// Is it still what it was when the upload began? Asked before the peer is told that it has
    /// all. Errors: errc::source_changed; any errno.
    [[nodiscard]] virtual awaitable<result<void>> unchanged() = 0;
};

/// What is to be uploaded, and where to.
struct upload_request {
    url what;                 ///< ending in '/': into that folder, as `name`
    std::string name;         ///< of the object, one component, not percent-encoded
    std::string source = {};  ///< where it comes from: tells two uploads to one place apart
    std::uint64_t size = 0;   ///< bytes of the whole
    upload_protocol how = upload_protocol::automatic;
    std::string token = {};  ///< upload_session::token() of an upload to continue; empty: anew
    bool replace = true;     ///< else errc::exists where there is something already
    /// errc::unchanged where an object of that size and time is; plug-ins may leave that out.
    std::optional<std::chrono::system_clock::time_point> unless_modified = {};
    bool make_folders = false;
    bool wants_reply = false;                         ///< BITS: upload-reply
    std::chrono::milliseconds stall_timeout{30'000};  ///< longest wait for the peer to take more
    /// bytes/s; who is slower for low_speed_time, may be given up; 0: nobody. The content's
    /// reserve() sees to it, too, but only between two portions.
    std::uint64_t low_speed_limit = 0;
    std::chrono::milliseconds low_speed_time{30'000};
    std::shared_ptr<const access_options> access = {};  ///< never null
};

/// One upload that a peer has agreed to. Destroying it drops or recycles its connection and leaves
/// with the peer what is there. Threads: as content.
class upload_session {
  public:
    virtual ~upload_session() = default;
    /// What a later upload_request needs to go on from here; empty: this upload cannot be
    /// continued, or is too small to be worth it. May name a place at the peer that others must not
    /// learn; holds no password. Does not change.
    virtual const std::string& token() const noexcept = 0;
    /// Bytes that the peer had when the session began; send() goes on from there.
    virtual std::uint64_t offset() const noexcept = 0;
    /// Sends everything that is missing; done when the peer has said that it has all of it. To be
    /// called once.
    /// Errors: those of a reply, of the network and of `from`; errc::session_lost if the peer no
    ///   longer knows the session: it has to begin anew.
    /// Cancellation: terminal; stops at once.
    [[nodiscard]] virtual awaitable<result<void>> send(content& from) = 0;
    /// Where the peer's answer is to be fetched, after send(); empty scheme: there is none. It may
    /// be another origin's, which must not learn what is meant for that of the upload.
    virtual url reply() const { return {}; }
    /// After send(), and after the reply was fetched: gives the object its name and lets the peer
    /// forget the session. Says where it is and what it is now, as far as the peer has told.
    [[nodiscard]] virtual awaitable<result<object_info>> finish() = 0;
    /// The upload is given up: the peer may delete what it has of it. Errors: as send(); also if
    ///   the peer cannot be told.
    [[nodiscard]] virtual awaitable<result<void>> cancel() = 0;
};

}  // namespace ferry
