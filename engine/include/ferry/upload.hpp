#pragma once

#include <ferry/environment.hpp>
#include <ferry/transfer_options.hpp>
#include <ferry/upload_options.hpp>

#include <filesystem>

namespace ferry {

/// Uploads one local file, continuing what an earlier call with the same names left with the peer,
/// but only if the file is still the same (size, mtime, inode) and the peer still knows of it.
/// @param with    What transfers share; must outlive the call.
/// @param from    A regular file; a relative path is taken from the current folder.
/// @param to      Absolute URL; ending in '/': into that folder, under the file's own name.
/// @param options `connections`, `sync`, `keep_mtime`, `dynamic` and `parts` are not for uploads;
///   `expected` is what the file must be before anything is sent; `hold` is for the reply.
/// @param status  Kept up to date; must outlive the call.
/// Errors: those of protocol::begin_upload() and upload_session; errc::source_changed when the file
///   keeps changing; ::checksum_mismatch; ::busy while another one uploads the same; those of
///   download() for the reply; any errno of the file (context local_file).
/// Cancellation: terminal; stops at once, leaves with the peer what can be continued, completes
///   with errc::cancelled.
/// Threads: stays on the caller's executor, which must be a strand or run by one thread.
[[nodiscard]] awaitable<result<void>> upload(
    environment& with, std::filesystem::path from, url to, transfer_options options,
    upload_options asked, transfer_status& status);

/// The same with an object of another place: its bytes are sent on while they come, and nothing of
/// them is kept here. Continued if the source proves that it is still the same: by a strong tag, or
/// else by size and date.
/// @param from  Absolute URL.
/// Errors: as above, and those of protocol::open(); errc::unsupported if nobody knows the size, or
///   with `expected`.
[[nodiscard]] awaitable<result<void>> upload(
    environment& with, url from, url to, transfer_options options, upload_options asked,
    transfer_status& status);

/// Gives up what upload() has left with the peer, who is told so if he can be reached within a few
/// seconds (he forgets it by himself some day). Nothing to give up is no error.
/// Errors: errc::busy while it is being uploaded. Cancellation, threads: as upload().
[[nodiscard]] awaitable<result<void>> cancel_upload(
    environment& with, std::filesystem::path from, url to, transfer_options options,
    upload_options asked);
[[nodiscard]] awaitable<result<void>> cancel_upload(
    environment& with, url from, url to, transfer_options options, upload_options asked);

}  // namespace ferry

#ifndef FERRY_SEPARATE_COMPILATION  // see detail/separate.hpp
#include <ferry/impl/upload.ipp>
#endif
