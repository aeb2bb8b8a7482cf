#pragma once

#include <ferry/access.hpp>
#include <ferry/awaitable.hpp>
#include <ferry/upload_session.hpp>
#include <ferry/url.hpp>

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

/// One opening of an object.
struct open_request {
    url what;
    byte_range range = {};      ///< what is wanted of it
    bool ranged = false;        ///< ask for exactly `range`; false: the whole object
    unsigned connections = 1;   ///< so many fetch parts of the object at the same time
    std::string if_match = {};  ///< a strong tag: give the range only if it still is the object's
    rights_wanted rights = {};  ///< what object_info::rights is to tell
    std::shared_ptr<const access_options> access;  ///< never null
};

/// A folder that is to be looked into, or made.
struct folder_request {
    url what;
    std::shared_ptr<const access_options> access;  ///< never null
};

/// One name in a folder.
struct folder_entry {
    enum class type { file, folder, other };  ///< other: pipe, device, socket, link to nothing

    std::string name = {};      ///< as the source has it; nobody vouches for what a server says
    type kind = type::other;    ///< of what a link leads to
    bool link = false;          ///< symbolic, or what Windows has of that sort
    std::string identity = {};  ///< of a folder, however it is reached; empty: unknown

    bool operator==(const folder_entry&) const = default;
};

/// What a folder holds, without "." and "..", in no order.
struct folder_listing {
    std::string identity = {};          ///< of the folder itself, as in an entry for it
    std::optional<unsigned> mode = {};  ///< its permissions, if it is one of this system
    std::vector<folder_entry> entries = {};
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
    /// Takes bytes within the last reservation, and ends it: what it did not bring others may have.
    /// The bytes stay valid until it completes.
    [[nodiscard]] virtual awaitable<result<void>> write(std::span<const std::byte> bytes) = 0;
    /// Where the reserved bytes may be put directly; ask again after each reserve().
    virtual direct_output direct() const noexcept = 0;
    /// Reports bytes within the last reservation that were put there directly, and ends it; 0 if
    /// none came after all.
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
    /// Is all that copy() will deliver here already, so that the peer cannot keep it waiting?
    virtual bool at_hand() const noexcept { return false; }
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
    /// Could `what` ever be opened so? For whoever wants to know it before anything begins; open()
    /// fails with the same. Must not block. Errors: errc::bad_argument, ::unsupported.
    virtual result<void> check(const url& what, const access_options& access) const {
        static_cast<void>(what);
        static_cast<void>(access);
        return {};
    }
    /// Errors: those of the first reply (errc::not_found, ::refused, ::unauthorized, ::overloaded
    ///   with retry_after, ::range_refused, ::malformed, ::not_trusted, ::timed_out, …).
    [[nodiscard]] virtual awaitable<result<std::unique_ptr<source>>> open(open_request what) = 0;
    /// Over how many connections a large object comes quickest, where nobody has said.
    virtual unsigned usual_connections() const noexcept { return 1; }
    /// While somebody has an object open there, its validator may stay as it was: of a change, only
    /// who asks afterwards learns.
    virtual bool tells_changes_late() const noexcept { return false; }
    /// Even a strong validator of its is made of what tools can set back: whoever goes on has to
    /// find the bytes before the gap unchanged, too.
    virtual bool wants_overlap() const noexcept { return false; }
    /// Looks into a folder.
    /// Errors: not_a_directory for a file; errc::unsupported if this protocol has no folders; else
    ///   as open(). Cancellation: terminal.
    [[nodiscard]] virtual awaitable<result<folder_listing>> list_folder(folder_request what) {
        const auto scheme = std::move(what.what.scheme);
        co_return failure{errc::unsupported, scheme + ": no folders there"};
    }
    /// Makes a folder; that it is there already is success. What it lies in must be there, unless
    /// `parents`: then that is made too.
    /// Errors: errc::not_found where it would lie in nothing; ::exists if a file has its name;
    ///   ::unsupported if this protocol, or the server, makes no folders (files may go there
    ///   nevertheless); ::bad_argument where there is nothing like a folder; else as open().
    /// Cancellation: terminal.
    [[nodiscard]] virtual awaitable<result<void>> make_folder(folder_request what, bool parents) {
        static_cast<void>(parents);
        const auto scheme = std::move(what.what.scheme);
        co_return failure{errc::unsupported, scheme + ": makes no folders"};
    }
    /// Begins an upload, or finds the one that the token names.
    /// Errors: those of the first reply, as open(); errc::session_lost if the peer no longer knows
    ///   what the token names; ::exists; ::unsupported if this protocol takes no uploads, or not
    ///   so.
    /// Cancellation: terminal.
    [[nodiscard]] virtual awaitable<result<std::unique_ptr<upload_session>>> begin_upload(
        upload_request what) {
        const auto scheme = std::move(what.what.scheme);
        co_return failure{errc::unsupported, scheme + ": no uploads there"};
    }
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
    /// What the one that speaks its scheme says to it, if there is one.
    /// Errors: as protocol::check(); errc::unsupported if nobody speaks it.
    result<void> check(const url& what, const access_options& access) const {
        if (const auto* one = find(what.scheme)) return one->check(what, access);
        return failure{errc::unsupported, "no protocol for " + what.scheme + ":"};
    }

  private:
    std::vector<std::unique_ptr<protocol>> all_;
};

}  // namespace ferry
