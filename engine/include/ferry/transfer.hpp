#pragma once

#include <ferry/environment.hpp>
#include <ferry/transfer_options.hpp>

#include <filesystem>
#include <string>
#include <vector>

namespace ferry {

/// Downloads one object into one file, continuing what an earlier call left behind.
/// Bytes gather in a hidden partial beside `to`, whose name appears only when all are there and
/// verified. A partial is continued only on evidence of an unchanged source (RFC 9110, 13.1.5).
/// @param with    What transfers share; must outlive the call.
/// @param from    Absolute URL; its scheme selects the protocol.
/// @param to      Destination file; a relative path is taken from the current folder.
/// @param status  Kept up to date; must outlive the call; tells the outcome's figures.
/// Errors: errc::bad_argument, ::unsupported, ::refused, ::not_found, ::unauthorized,
///   ::not_trusted, ::malformed, ::redirect_refused at once; ::source_changed when it keeps
///   changing; ::cut_short, ::timed_out, ::overloaded and network errors when `retry` gives up;
///   ::checksum_mismatch; ::exists; ::busy; any errno of the destination (context local_file).
/// Cancellation: terminal; stops at once, keeps what arrived as a partial that can be resumed,
///   completes with errc::cancelled.
/// Threads: stays on the caller's executor, which must be a strand or run by one thread.
[[nodiscard]] awaitable<result<void>> download(
    environment& with, url from, std::filesystem::path to, transfer_options options,
    transfer_status& status);

/// A file that download() with `hold` has gathered and verified.
struct held_file {
    std::string to;    ///< absolute
    std::string mark;  ///< transfer_status::mark of that download
};

/// Makes held files survive a power cut that were not synced when they came (see
/// transfer_options::journal_from). Many at once cost little more than one.
/// @return  The mark of each from now on, in the same order. Errors of one: errc::not_found if
///   another file than had its mark, or none, is held; any errno, and what was held is then to be
///   fetched again, for the system reports such an error once.
/// Cancellation, threads: as publish_held().
[[nodiscard]] awaitable<std::vector<result<std::string>>> sync_held(
    environment& with, std::vector<held_file> files);

/// Gives a file its name that download() with `hold` has gathered and verified.
/// @param options  `existing` and `sync` count. What was not synced, is not taken for more.
/// @param mark     transfer_status::mark of that download.
/// @param rights   Its transfer_status::object.rights, of which owner and group are set now.
/// Errors: errc::not_found if nothing is held for `to`, or another file than had this mark;
///   ::exists; any errno. The partial then stays.
/// Cancellation: none; it is waited for. Threads: as download().
[[nodiscard]] awaitable<result<void>> publish_held(
    environment& with, std::filesystem::path to, transfer_options options, std::string mark,
    std::shared_ptr<const file_rights> rights);
/// The same for a file that keeps its owner and group.
[[nodiscard]] awaitable<result<void>> publish_held(
    environment& with, std::filesystem::path to, transfer_options options, std::string mark);

/// Deletes what download() keeps beside `to`; what is not there is no error.
/// Errors: errc::busy while a transfer writes it; any errno.
/// Cancellation, threads: as publish_held().
[[nodiscard]] awaitable<result<void>> discard_held(environment& with, std::filesystem::path to);

}  // namespace ferry

#ifndef FERRY_SEPARATE_COMPILATION  // see detail/separate.hpp
#include <ferry/impl/transfer.ipp>
#endif
