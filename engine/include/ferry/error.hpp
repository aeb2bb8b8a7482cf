#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <system_error>

namespace ferry {

/// Why an operation stopped (category "ferry"). The numbers are stable: stored jobs contain them.
enum class errc {
    cancelled = 1,           ///< the caller asked for it
    timed_out = 2,           ///< no byte, or no answer, within the limit
    cut_short = 3,           ///< the peer closed before the announced end
    source_changed = 4,      ///< another version of the object than the partial began with
    refused = 5,             ///< the peer said no and will say it again (HTTP 4xx)
    overloaded = 6,          ///< the peer said not now (HTTP 408, 409, 425, 429, most of 5xx)
    malformed = 7,           ///< the peer broke the protocol
    unsupported = 8,         ///< no plug-in for the scheme, or it lacks the ability
    not_found = 9,           ///< HTTP 404, 410, or no such local source
    unauthorized = 10,       ///< HTTP 401, 403, 407
    not_trusted = 11,        ///< the server's certificate or host name failed verification
    name_not_resolved = 12,  ///< the host name has no address (yet)
    redirect_refused = 13,   ///< a redirect loops, is one too many, or leads where it must not
    checksum_mismatch = 14,  ///< all bytes are there and they are the wrong ones
    exists = 15,             ///< the destination exists and must not be replaced
    busy = 16,               ///< another transfer is writing the same destination
    bad_argument = 17,       ///< an option or URL that cannot mean anything
    range_refused = 18,      ///< the peer has no such range and does not say how long the object is
    too_slow = 19,           ///< below the low-speed limit for too long
    out_of_time = 20,        ///< the time allowed for the whole transfer is used up
    no_such_job = 21,        ///< no job is called that, or several are
    wrong_state = 22,        ///< the job is not in a state for that (BG_E_INVALID_STATE)
    too_many = 23,           ///< a quota of jobs, files or ranges is used up
    not_running = 24,        ///< the daemon cannot be reached
    rejected = 25,           ///< the owner's check of the content said no (BG_E_FILE_REJECTED)
    session_lost = 26,       ///< the peer no longer knows of the upload (BG_E_SESSION_NOT_FOUND)
    unchanged = 27,          ///< the same is there already (existing_policy::update): no failure
    crashed = 28,            ///< the program that ran the job, and not for the first time
};

const std::error_category& ferry_category() noexcept;
std::error_code make_error_code(errc code) noexcept;

/// What the error concerns; the error contexts of BITS (IBackgroundCopyError) that apply here.
enum class error_context { none, local_file, remote_file, transport };

/// A failed operation, as a value.
struct failure {
    std::error_code code = {};  ///< for programs
    std::string detail = {};    ///< for people: what was being done, "GET http://h/f: status 404"
    error_context context = error_context::none;
    int http_status = 0;                       ///< of the reply that said so; 0: none did
    std::chrono::milliseconds retry_after{0};  ///< the peer's wish (RFC 9110, 10.2.3); 0: none
};

/// Could the same operation succeed later, with nothing changed on our side?
bool is_transient(const std::error_code& code) noexcept;

/// What has to happen before a failed transfer can go on: "transient" (nothing, it is tried again),
/// "action" (its owner repairs something and resumes it), "fatal".
std::string_view error_class(const failure& why) noexcept;

/// A stable dotted name for JSON and scripts: "http.status", "net.timeout", "file.no_space".
std::string_view symbol(const failure& why) noexcept;

std::string_view to_string(error_context context) noexcept;

/// "detail: what the code means", or either alone; one line, for people.
std::string describe(const failure& why);

/// The failure of a local file call that set errno.
failure file_failure(int error_number, std::string detail);

}  // namespace ferry

template <>
struct std::is_error_code_enum<ferry::errc> : std::true_type {};

#include <ferry/impl/error.ipp>
