#pragma once

#include <ferry/access.hpp>
#include <ferry/awaitable.hpp>
#include <ferry/checksum.hpp>
#include <ferry/retry.hpp>
#include <ferry/slices.hpp>

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>

namespace ferry {

/// What to do when the destination exists. update: as skip, if it has the source's size and mtime,
/// and as replace, if it has not, nobody can tell (what is sent by HTTP), or more is to be the same
/// (a sum, rights).
enum class existing_policy { replace, update, fail, skip };

namespace detail {
inline bool may_replace(existing_policy policy) {
    return policy == existing_policy::replace || policy == existing_policy::update;
}
}  // namespace detail

/// never: when data reaches the disk is the kernel's business; no word after a power cut
enum class sync_policy { automatic, never };

enum class transfer_phase {
    waiting,
    connecting,
    receiving,
    sending,  ///< an upload
    retrying,
    verifying,
    publishing,
    done
};

/// How one transfer stands; kept up to date by download() or upload() for whoever looks, on its
/// executor.
struct transfer_status {
    transfer_phase phase = transfer_phase::waiting;
    std::optional<std::uint64_t> bytes_total = {};
    std::uint64_t bytes_transferred = 0;     ///< in place: kept from before, or moved
    std::uint64_t bytes_received = 0;        ///< moved by this call, over the network or the disk
    std::uint64_t bytes_resumed = 0;         ///< kept from an earlier run
    std::uint64_t bytes_discarded = 0;       ///< moved but thrown away
    unsigned connections = 0;                ///< open now
    object_info object = {};                 ///< of the latest reply
    std::string checksum = {};               ///< "sha256:…" once verified
    std::optional<failure> last_error = {};  ///< why it is retrying
    std::optional<std::chrono::steady_clock::time_point> next_try = {};  ///< when it will
    bool skipped = false;                    ///< the destination existed already
    std::filesystem::path destination = {};  ///< the final name, once known
    std::string mark = {};                   ///< of a file that is held: for publish_held()
};

namespace detail {
inline constexpr const char* only_rights_of_files =
    "--acl-flags: only of files of this machine and of shares, when they come here (leave it out)";

inline bool tells_rights(const url& from) { return from.scheme == "file" || from.scheme == "smb"; }
}  // namespace detail

struct transfer_options {
    unsigned connections = 0;  ///< parallel ranges of one file, 1 to 64; 0: the protocol's wish
    std::chrono::milliseconds stall_timeout{30'000};  ///< longest wait for the next byte
    std::uint64_t low_speed_limit = 0;                ///< bytes/s; slower for low_speed_time: retry
    std::chrono::milliseconds low_speed_time{30'000};
    std::chrono::milliseconds max_time{0};  ///< for the whole transfer; 0: no limit
    retry_policy retry = {};                ///< how often, how patiently
    existing_policy existing = existing_policy::replace;
    sync_policy sync = sync_policy::automatic;
    bool create_directories = false;     ///< make the destination's folders
    std::optional<unsigned> umask = {};  ///< of a new file and its folders; none: the process's
    bool keep_mtime = true;              ///< the file gets the source's mtime
    rights_wanted rights = {};           ///< the file gets them too; local and SMB sources only
    bool hold = false;  ///< stop before the file gets its name; publish_held() gives it
    /// Held files that are smaller get no journal and are not synced, which costs more than they
    /// do: their owner is to remember transfer_status::mark, and to call sync_held() before they
    /// get their names, or they are fetched again.
    std::uint64_t journal_from = 0;
    /// Id of the job that keeps what arrives. Who names none, is refused (errc::busy) what a job
    /// has of another URL; of the same URL it is continued.
    std::string owner = {};
    /// Each reply may be another one (BITS: dynamic content): never continued, always from the
    /// start, over one connection and without asking for ranges.
    bool dynamic = false;
    slices parts = {};                      ///< only these of the object; empty: all of it
    std::optional<checksum> expected = {};  ///< verified before the file gets its name
    std::shared_ptr<const access_options> access = {};  ///< null: the defaults
    /// Called on the transfer's executor after each change of phase and each new reply; must not
    /// throw, block, or destroy the transfer.
    std::function<void(const transfer_status&)> on_change = {};
    /// Awaited after a wait for a retry, before the next attempt, so that an owner of many
    /// transfers can let others go first meanwhile; a failure ends the transfer. Empty: nobody is
    /// asked.
    std::function<awaitable<result<void>>()> turn = {};
};

}  // namespace ferry
