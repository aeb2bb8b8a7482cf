#pragma once

#include <ferry/awaitable.hpp>
#include <ferry/url.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace ferry {

/// Bytes [first, end) of an object.
struct byte_range {
    static constexpr auto open_end = std::numeric_limits<std::uint64_t>::max();

    std::uint64_t first = 0;
    std::uint64_t end = open_end;  ///< one past the last byte; open_end: to the object's end

    bool operator==(const byte_range&) const = default;
    bool empty() const noexcept { return end <= first; }
    std::uint64_t size() const noexcept { return empty() ? 0 : end - first; }
};

/// What tells that an object is still the same one. Empty strings: the source did not say.
struct validator {
    std::string tag = {};   ///< ETag with its quotes, without W/; local: file id, size and mtime
    bool weak = false;      ///< the tag means "equivalent", not "the same bytes" (RFC 9110, 8.8.1)
    std::string date = {};  ///< Last-Modified as sent; local: mtime

    bool operator==(const validator&) const = default;
    /// The tag alone proves that two replies carry the same bytes.
    bool strong() const noexcept { return !tag.empty() && !weak; }
};

/// What a source says about its object.
struct object_info {
    std::optional<std::uint64_t> size = {};  ///< bytes of the whole object; none: not known yet
    validator version = {};
    bool ranges = false;  ///< parts can be asked for
    std::optional<std::chrono::system_clock::time_point> modified = {};
    url location = {};  ///< after redirects
    std::string suggested_name =
        {};               ///< the server's wish (Content-Disposition); not yet made safe
    int http_status = 0;  ///< 0: not HTTP
};

enum class redirect_policy { follow, report, forbid };  ///< report: followed, and shown to the user

/// How a job wants its sources reached. Everything in here that a server could notice or that
/// concerns trust separates pooled connections. Headers go to the first URL's origin only.
struct access_options {
    std::vector<std::string> headers = {};  ///< "Name: value"
    std::string user_agent = {};            ///< empty: ferry/VERSION
    redirect_policy redirects = redirect_policy::follow;
    unsigned max_redirects = 20;
    std::string ca_file = {};  ///< PEM; empty: the system's store
    std::string ca_path = {};  ///< a directory made by `openssl rehash`
    bool insecure = false;     ///< the server's certificate is not verified
    std::chrono::milliseconds connect_timeout{30'000};  ///< name, TCP and TLS handshake together
    std::chrono::milliseconds reply_timeout{60'000};    ///< from the request to the end of the head
    std::size_t receive_window = 0;  ///< bytes the kernel may hold unread; 0: its own choice

    bool operator==(const access_options&) const = default;
};

/// One opening of an object.
struct open_request {
    url what;
    byte_range range = {};      ///< what is wanted of it
    bool ranged = false;        ///< ask for exactly `range`; false: the whole object
    std::string if_match = {};  ///< a strong tag: give the range only if it still is the object's
    std::shared_ptr<const access_options> access;  ///< never null
};

/// Where a file descriptor takes bytes without their passing through user space.
struct direct_output {
    int descriptor = -1;       ///< -1: the bytes must be given to write()
    std::uint64_t offset = 0;  ///< of the next byte
};

/// The receiver of the bytes of one opening, in order. What it accepted is progress, also when the
/// copy fails afterwards. Threads: its calls come from one executor, one at a time.
class sink {
  public:
    virtual ~sink() = default;
    /// Waits until bytes may flow (rate limit, back-pressure) and returns how many, at most `most`.
    /// 0: the sink wants no more, ever; the copy is then done and successful.
    [[nodiscard]] virtual awaitable<result<std::uint64_t>> reserve(std::uint64_t most) = 0;
    /// Takes bytes within the last reservation; they stay valid until it completes.
    [[nodiscard]] virtual awaitable<result<void>> write(std::span<const std::byte> bytes) = 0;
    /// Where the reserved bytes may be put directly; ask again after each reserve().
    virtual direct_output direct() const noexcept = 0;
    /// Reports bytes within the last reservation that were put there directly.
    virtual void accepted(std::uint64_t bytes) = 0;
};

/// One object, opened. Destroying it drops or recycles its connection.
class source {
  public:
    virtual ~source() = default;
    virtual const object_info& info() const noexcept = 0;
    /// What copy() will deliver, which need not be what was asked: [0, size) where the source
    /// ignored the range; empty with first = asked first where nothing is there (HTTP 416 with a
    /// known size). The end is open_end where only the end of the stream will tell.
    virtual byte_range range() const noexcept = 0;
    /// Moves the bytes of range(), from its start on, by the fastest way source and sink have in
    /// common. Done when the range ends, or when the sink wants no more. To be called once.
    /// Errors: errc::cut_short if the peer stops before the announced end, ::malformed for broken
    ///   framing, any network error, and whatever the sink fails with.
    /// Cancellation: terminal; stops at once.
    [[nodiscard]] virtual awaitable<result<void>> copy(sink& into) = 0;
};

/// One way to reach objects. Types are erased here: a call per opening, not per buffer.
class protocol {
  public:
    virtual ~protocol() = default;
    virtual bool speaks(std::string_view scheme) const noexcept = 0;
    /// Errors: those of the first reply (errc::not_found, ::refused, ::unauthorized, ::overloaded
    ///   with retry_after, ::range_refused, ::malformed, ::not_trusted, ::timed_out, …).
    [[nodiscard]] virtual awaitable<result<std::unique_ptr<source>>> open(open_request what) = 0;
};

/// The protocols that a program has. Nothing registers itself: main() fills the set.
class protocol_set {
  public:
    void add(std::unique_ptr<protocol> one) { all_.push_back(std::move(one)); }
    /// The last one added that speaks `scheme`, or null.
    protocol* find(std::string_view scheme) const noexcept {
        for (auto one = all_.rbegin(); one != all_.rend(); ++one)
            if ((*one)->speaks(scheme)) return one->get();
        return nullptr;
    }

  private:
    std::vector<std::unique_ptr<protocol>> all_;
};

}  // namespace ferry
