#pragma once

#include <ferry/awaitable.hpp>
#include <ferry/job.hpp>
#include <ferry/job_secrets.hpp>
#include <ferry/scheduler.hpp>

#include <chrono>
#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace ferry {

/// What an engine is limited to, and how long it keeps things.
struct engine_limits {
    schedule_limits schedule = {};
    std::size_t jobs = 100'000;                       ///< that are not over (BITS: 60 a user)
    std::size_t files = 100'000;                      ///< in a job (BITS: 200)
    std::size_t ranges = 500;                         ///< of a file (BITS: 500)
    std::chrono::seconds inactivity{90 * 86'400};     ///< then a job is cancelled (BITS: 90 days)
    std::chrono::seconds inactivity_warning{86'400};  ///< job_news::expiring comes so long before
    /// How long a job that is over can still be looked at, and how many of them.
    std::chrono::seconds remember{86'400};
    std::size_t remembered = 1'000;
    std::chrono::seconds remember_all{60};  ///< but all that were over since then
    /// So long the jobs that start() finds active are left alone, in TransientError
    /// (errc::crashed): for programs that one of them may have brought down.
    std::chrono::seconds pause{0};
};

/// What an engine asks of its owner. All may be empty. The job is there until the call completes,
/// but goes on changing.
struct engine_hooks {
    /// The job is Transferred or in Error and its owner wants to know. Awaited; a failure has it
    /// called again after the job's retry interval, as long as the job stays as it is.
    std::function<awaitable<result<void>>(const job& about)> notify = {};
    /// A file of a job with a validate_command has arrived under the name `temporary`.
    /// Errors: errc::rejected if its content is not what it should be; others are tried again.
    std::function<awaitable<result<void>>(
        const job& about, std::size_t file, std::string temporary)>
        validate = {};
    /// Where the key for the secrets of jobs comes from. Called on disk threads, several at once.
    key_source key = {};
};

/// Why a job does not move, and until when.
struct explanation {
    enum class reason {
        moving,            ///< it does
        queued,            ///< others have their turn; `waits_for`, unless it is too many of them
        host_gate,         ///< its server asked to be left alone (Retry-After): `host`, `until`
        host_slots,        ///< as many connections as its server may have are in use: `host`
        retry,             ///< after an error that may pass: `until`
        network,           ///< there is no network
        suspended,         ///< by its owner
        not_supported,     ///< it asks for something that ferry cannot do yet
        needs_decision,    ///< an error: its owner must resume or remove it
        needs_completion,  ///< all has arrived and waits to be completed
        over,
    };
    reason why = reason::moving;
    std::string text = {};  ///< one sentence, for people; holds names of strangers as they are
    std::optional<job::time> until = {};
    std::string waits_for = {};  ///< id of a job; empty: none
    std::string host = {};
};
std::string_view to_string(explanation::reason why) noexcept;

/// What engine::change() shall change of a job.
struct job_change {
    std::optional<std::string> display_name = {};
    std::optional<std::string> description = {};
    std::optional<job_priority> priority = {};
    std::optional<job_settings> settings = {};  ///< for a running job from the next try on
    secret_changes secrets = {};                ///< the same
};

}  // namespace ferry
