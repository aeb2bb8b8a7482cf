#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <string_view>

namespace ferry {

/// The states of a job, in the order and with the meaning of BITS (BG_JOB_STATE).
enum class job_state {
    queued,           ///< ready; waits for its turn
    connecting,       ///< contacts the source
    transferring,     ///< bytes move
    suspended,        ///< by its owner, or newly created
    error,            ///< needs its owner: nothing is tried again without being asked
    transient_error,  ///< will be tried again by itself
    transferred,      ///< all files are here; they appear when the job is completed
    acknowledged,     ///< completed (final)
    cancelled,        ///< removed (final)
};
inline constexpr std::size_t job_states = 9;

/// What can happen to a job.
enum class job_event {
    resume,          ///< owner: queue it (again); also the retry by hand
    suspend,         ///< owner
    complete,        ///< owner: publish what is whole, drop the rest
    cancel,          ///< owner, or no activity for too long: drop all of it
    start,           ///< scheduler: its turn has come
    connect,         ///< the source answered
    preempt,         ///< scheduler: another job's turn, or the end; what has arrived is kept
    lose_network,    ///< there is no way to the source
    fail_for_now,    ///< an error that may pass
    retry,           ///< the wait is over, or the network is back
    give_up,         ///< no progress within the retry timeout
    fail,            ///< an error that will not pass
    finish,          ///< the last file has arrived
    reject_content,  ///< owner: what arrived is not what it should be
};
inline constexpr std::size_t job_event_kinds = 14;

/// The state that follows; nothing if `event` makes no sense in `state` (BG_E_INVALID_STATE).
/// An event may leave the state as it is: resuming an active job, suspending a suspended one.
/// Whose rule: BITS, life cycle of a job.
constexpr std::optional<job_state> next_state(job_state state, job_event event) noexcept;

/// Waits for the scheduler, is at work, or will be again by itself.
constexpr bool is_active(job_state state) noexcept {
    return state == job_state::queued || state == job_state::connecting ||
           state == job_state::transferring || state == job_state::transient_error;
}
/// Holds a place among the jobs that run.
constexpr bool is_running(job_state state) noexcept {
    return state == job_state::connecting || state == job_state::transferring;
}
/// The job is over and no longer listed.
constexpr bool is_final(job_state state) noexcept {
    return state == job_state::acknowledged || state == job_state::cancelled;
}

/// "Queued", "TransientError": the names of the BitsTransfer module, for JSON and people.
constexpr std::string_view to_string(job_state state) noexcept;
std::optional<job_state> parse_job_state(std::string_view text) noexcept;

}  // namespace ferry

#include <ferry/impl/job_state.ipp>
