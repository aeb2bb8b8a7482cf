#pragma once

#include <ferry/checksum.hpp>
#include <ferry/clock.hpp>
#include <ferry/disk_pool.hpp>
#include <ferry/host_gates.hpp>
#include <ferry/protocol.hpp>
#include <ferry/publisher.hpp>
#include <ferry/rate.hpp>
#include <ferry/retry.hpp>

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace ferry {

/// What transfers share: time, plug-ins, threads and limits. Must outlive every transfer.
/// Threads: one executor, which must be a strand or run by one thread.
struct environment {
    clock& time;
    protocol_set& protocols;
    disk_pool& disk;
    rate_limit& rate;                ///< shared by all connections of all transfers
    publisher& publishing;           ///< groups the syncs of files that end at about the same time
    host_gates& gates;               ///< hosts that asked to be left alone for a while
    std::function<double()> random;  ///< in [0, 1); for jitter
};

enum class existing_policy { replace, fail, skip };  ///< what to do when the destination exists
enum class sync_policy {
    automatic,
    never
};  ///< never: when data reaches the disk is the
    ///< kernel's business; no word after a power cut

enum class transfer_phase { waiting, connecting, receiving, retrying, verifying, publishing, done };

/// How one transfer stands; kept up to date by download() for whoever looks, on its executor.
struct transfer_status {
    transfer_phase phase = transfer_phase::waiting;
    std::optional<std::uint64_t> bytes_total = {};
    std::uint64_t bytes_transferred = 0;     ///< in place: kept from before, or received
    std::uint64_t bytes_received = 0;        ///< by this call, over the network or from the disk
    std::uint64_t bytes_resumed = 0;         ///< kept from an earlier run
    std::uint64_t bytes_discarded = 0;       ///< received but thrown away
    unsigned connections = 0;                ///< open now
    object_info object = {};                 ///< of the latest reply
    std::string checksum = {};               ///< "sha256:…" once verified
    std::optional<failure> last_error = {};  ///< why it is retrying
    std::optional<clock::time_point> next_try = {};  ///< when it will
    bool skipped = false;                            ///< the destination existed already
    std::filesystem::path destination = {};          ///< the final name, once known
};

struct transfer_options {
    unsigned connections = 1;                         ///< parallel ranges of one file, 1 to 64
    std::chrono::milliseconds stall_timeout{30'000};  ///< longest wait for the next byte
    std::uint64_t low_speed_limit = 0;                ///< bytes/s; slower for low_speed_time: retry
    std::chrono::milliseconds low_speed_time{30'000};
    std::chrono::milliseconds max_time{0};  ///< for the whole transfer; 0: no limit
    retry_policy retry = {};                ///< how often, how patiently
    existing_policy existing = existing_policy::replace;
    sync_policy sync = sync_policy::automatic;
    bool create_directories = false;                    ///< make the destination's folders
    bool keep_mtime = true;                             ///< the file gets the source's mtime
    std::optional<checksum> expected = {};              ///< verified before the file gets its name
    std::shared_ptr<const access_options> access = {};  ///< null: the defaults
    /// Called on the transfer's executor after each change of phase and each new reply; must not
    /// throw, block, or destroy the transfer.
    std::function<void(const transfer_status&)> on_change = {};
};

/// Downloads one object into one file, continuing what an earlier call left behind.
/// Bytes gather in a hidden partial beside `to`, whose name appears only when all are there and
/// verified. A partial is continued only on evidence of an unchanged source (RFC 9110, 13.1.5).
/// @param with    What transfers share; must outlive the call.
/// @param from    Absolute URL; its scheme selects the protocol.
/// @param to      Destination file; a relative path is taken from the current folder.
/// @param status  Kept up to date; must outlive the call; tells the outcome's figures.
/// Errors: errc::unsupported, ::refused, ::not_found, ::unauthorized, ::not_trusted, ::malformed,
///   ::redirect_refused at once; ::source_changed when it keeps changing; ::cut_short, ::timed_out,
///   ::overloaded and network errors when `retry` gives up; ::checksum_mismatch; ::exists; ::busy;
///   any errno of the destination (context local_file).
/// Cancellation: terminal; stops at once, keeps what arrived as a partial that can be resumed,
///   completes with errc::cancelled.
/// Threads: stays on the caller's executor, which must be a strand or run by one thread.
[[nodiscard]] awaitable<result<void>> download(
    environment& with, url from, std::filesystem::path to, transfer_options options,
    transfer_status& status);

}  // namespace ferry

#include <ferry/impl/transfer.ipp>
