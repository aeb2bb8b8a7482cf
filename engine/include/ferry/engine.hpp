#pragma once

#include <ferry/engine_types.hpp>
#include <ferry/environment.hpp>
#include <ferry/events.hpp>
#include <ferry/job.hpp>
#include <ferry/job_store.hpp>
#include <ferry/scheduler.hpp>

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace ferry {
namespace detail {
class engine_core;
}

/// Many jobs, on disk and at work: each survives this process, runs when its turn comes, and keeps
/// what it has when it does not.
/// What the calls change, is on the disk when they complete with success. A call that has begun is
/// finished, also when its caller is cancelled, which counts for the caller afterwards.
/// Threads: one executor, which must be a strand or run by one thread; the environment's too.
class engine {
  public:
    /// @param with    Must outlive the engine and, once that is destroyed, what its executor runs.
    /// @param folder  Of the job store; absolute.
    engine(
        asio::any_io_executor on, environment& with, std::string folder, engine_limits limits = {},
        engine_hooks hooks = {});
    /// Cancels what runs, which ends on the executor by itself; stop() waits for that. Calls that
    /// wait meanwhile complete with errc::not_running. An executor that is run no more may be
    /// destroyed at once, also after the environment: what came since the last checkpoint is lost.
    ~engine();
    engine(const engine&) = delete;
    engine& operator=(const engine&) = delete;

    /// Loads the jobs and lets those run that want to. To be called first, once.
    /// @return  What in the folder is no job.
    /// Errors: as job_store::open() and load().
    [[nodiscard]] awaitable<result<std::vector<stored_jobs::reject>>> start();
    /// Stops all transfers, waits for calls that have begun, keeps what has arrived, and stores all
    /// jobs; they are for the next engine. Calls that come later fail with errc::not_running.
    [[nodiscard]] awaitable<result<void>> stop();

    /// Takes over type, priority, owner, names, settings, and of the files source, destination and
    /// expected checksum; gives it an id. In state suspended it stays so, else it is queued.
    /// Errors: errc::bad_argument for what makes no sense, ::unsupported for what ferry cannot do
    ///   (yet), ::busy for a destination of another job, unless that is in Error and so gives way,
    ///   ::too_many; any errno of the store.
    [[nodiscard]] awaitable<result<job>> create(job what);
    /// The same for a job with secrets, which are sealed before anything is stored.
    /// Errors: also those of engine_hooks::key; errc::unsupported if there is none.
    [[nodiscard]] awaitable<result<job>> create(job what, job_secrets secrets);
    /// Adds files to the end. A job that is Transferred becomes suspended: resume it.
    /// Errors: as create(); errc::no_such_job, ::wrong_state.
    [[nodiscard]] awaitable<result<job>> add_files(std::string id, std::vector<job_file> files);

    using change_request = job_change;
    [[nodiscard]] awaitable<result<job>> change(std::string id, change_request what);

    // Errors of all: errc::no_such_job, ::wrong_state, any errno of the store. If the store fails,
    // they are in effect nevertheless, until the process ends.

    // While another job has a destination that one in Error gave up, this one stays in Error:
    // suspend() and resume() fail with errc::busy, complete() and remove() leave that file alone.

    [[nodiscard]] awaitable<result<job>> suspend(std::string id);
    /// Also the retry by hand. Errors: errc::unsupported for a job that cannot start,
    ///   ::bad_argument for one without files (BG_E_EMPTY).
    [[nodiscard]] awaitable<result<job>> resume(std::string id);
    /// Gives the files that are whole their names and drops the rest: then some of the result's
    /// files are not Acknowledged.
    /// Errors: also those of publish_held(); the job then stays as it was, but suspended if it ran,
    ///   and files that have their names keep them: repair what is wrong and call again.
    [[nodiscard]] awaitable<result<job>> complete(std::string id);
    /// Deletes all temporary files. Errors: also those of discard_held(); the job is then gone
    ///   nevertheless, its temporary files are not.
    [[nodiscard]] awaitable<result<job>> remove(std::string id);
    /// What arrived is not what it should be: Error, and the next resume() begins from zero.
    [[nodiscard]] awaitable<result<job>> reject(std::string id, std::size_t file);
    /// Completes when the job does not move by itself any more: Transferred (unless it completes
    /// itself), Error, Suspended, or over. Cancellation: terminal.
    [[nodiscard]] awaitable<result<job>> wait(std::string id);

    /// All jobs that are not over, in the order of their arrival. Pointers are good until control
    /// goes back to the executor.
    std::vector<const job*> jobs();
    /// Those that are over and still remembered, in the order of their ends.
    std::vector<const job*> remembered() const;
    /// Also one that is over and still remembered; null: none.
    const job* find(std::string_view id);
    result<explanation> explain(std::string_view id);
    job_events& events() noexcept;
    /// How many jobs run or will by themselves.
    std::size_t active() const noexcept;

    /// The network went away: jobs that need it wait until it is back instead of trying. That time,
    /// and that in which others have their turn, does not count for the retry timeout.
    void network_lost();
    /// It is back, or another one: whoever waits for a retry is queued at once (BITS).
    void network_returned();

  private:
    std::shared_ptr<detail::engine_core> core_;
};

}  // namespace ferry

#ifndef FERRY_SEPARATE_COMPILATION  // see detail/separate.hpp
#include <ferry/impl/engine.ipp>
#endif
