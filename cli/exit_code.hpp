#pragma once

#include <ferry/error.hpp>

#include <cstddef>
#include <span>

namespace ferry::cli {

/// What the process tells its caller. The numbers are a promise to scripts.
enum class exit_code {
    done = 0,
    failed = 1,          ///< a fatal transfer error that has no number of its own
    usage = 2,           ///< nothing was started
    gave_up = 3,         ///< after transient errors, or at a time limit
    some_done = 4,       ///< some files done, some not
    no_such_job = 5,     ///< or it is not in a state for that
    unauthorized = 6,    ///< HTTP 401, 403, 407
    not_found = 7,       ///< HTTP 404, 410, or no such local source
    not_trusted = 8,     ///< TLS verification failed
    integrity = 9,       ///< wrong checksum, or the content changed
    local_file = 10,     ///< the destination: disk full, permission, exists, busy
    not_reachable = 11,  ///< the daemon or the remote host
    interrupted = 130,   ///< SIGINT, SIGTERM or SIGHUP
};

/// The code of one file's failure.
exit_code exit_code_of(const failure& why) noexcept;

/// The code of a whole run. `interrupted` wins over everything; then some_done if there is both
/// success and failure. With failures only it is the code that they share, else that of the first.
/// @param done    Files that succeeded.
/// @param failed  Why the others did not, in the order of the command line.
exit_code exit_code_of(std::size_t done, std::span<const failure> failed) noexcept;

}  // namespace ferry::cli
