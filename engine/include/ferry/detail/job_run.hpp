#pragma once

#include <ferry/detail/event.hpp>
#include <ferry/detail/job_access.hpp>
#include <ferry/detail/task_group.hpp>
#include <ferry/engine_types.hpp>
#include <ferry/transfer.hpp>
#include <ferry/upload.hpp>

#include <cstddef>
#include <map>
#include <memory>
#include <optional>
#include <string>

namespace ferry::detail {

/// What the settings of a job mean for the transfer of one of its files.
transfer_options options_for(const job& what, const job_file& file);
/// The same for an upload.
/// @param journals  See there.
upload_options upload_options_for(const job& what, const job_file& file, std::string journals);
/// Puts in how the ends of a file are to be reached.
void set_access(
    const job_access& access, const job_file& file, transfer_options& options,
    upload_options& asked);
/// How the job's peers are to be reached, with its secrets as they are now.
[[nodiscard]] awaitable<result<job_access>> open_access(
    disk_pool& disk, key_source key, std::shared_ptr<const job> what);

/// One turn of a job: moves its files, in their order, until all have arrived, one fails, or it is
/// cancelled. Keeps the files' states and figures up to date; the job's own state is its owner's.
class job_run {
  public:
    /// Is told on the executor; must not throw, block, or destroy the run.
    struct observer {
        virtual ~observer() = default;
        virtual void connected() = 0;     ///< the first source answered
        virtual void file_changed() = 0;  ///< a file arrived, failed, or waits
    };

    /// @param journals  Folder of what uploads need to go on.
    /// @param after_restart  What is on the disk may be further than `what` says.
    job_run(
        environment& with, std::shared_ptr<job> what, const engine_hooks& hooks, observer& observer,
        std::string journals, bool after_restart);

    /// Cancellation: terminal; keeps what has arrived.
    [[nodiscard]] awaitable<result<void>> run();
    /// Brings the figures of the running files up to date.
    void refresh();
    /// Bytes that came since the last call.
    std::uint64_t take_received();
    /// The job has more files, or other settings; those of the rate count at once, others for the
    /// files that have not begun.
    void look_again();
    /// The error after which a file waits to be tried again, and until when; none if all move.
    std::optional<job_error> hindrance() const;
    /// The first of the files at work, if none of them has an answer from its source now.
    std::optional<std::size_t> file_without_bytes() const;
    /// The first of the files at work, if for each of them the validate command decides now.
    std::optional<std::size_t> judged_file() const;
    /// Precondition: the file is at work.
    const transfer_status& status_of(std::size_t file) const;
    /// The file of which run() reported the failure.
    std::size_t failed_file() const noexcept { return failed_; }

  private:
    struct active {
        transfer_status status = {};
        std::uint64_t discarded_before = 0;  // in earlier turns
        std::uint64_t taken = 0;             // of status.bytes_received, by take_received()
        bool receiving = true;               // else it only waits for the disk
        bool judging = false;                // by the validate command
    };
    [[nodiscard]] awaitable<result<void>> start_all();
    [[nodiscard]] awaitable<result<void>> transfer(std::size_t index);
    [[nodiscard]] awaitable<result<void>> fetch(std::size_t index, active& mine);
    [[nodiscard]] awaitable<result<void>> move(std::size_t index, active& mine);
    awaitable<result<void>> moving(std::size_t index, job_access access, active& mine);
    [[nodiscard]] awaitable<result<job_access>> access_now();
    [[nodiscard]] awaitable<bool> arrived_before(std::size_t index, transfer_status& status);
    [[nodiscard]] awaitable<result<void>> validate(std::size_t index, transfer_status& status);
    void changed(std::size_t index, active& mine);
    void make_room(std::size_t index, const transfer_status& status);
    void stop_at(std::size_t index);
    void take_over(job_file& file, const active& from) const;
    bool has_room() const noexcept;

    std::shared_ptr<job> job_;
    const engine_hooks& hooks_;
    observer& observer_;
    std::string journals_;
    bool after_restart_;
    rate_limit rate_;                   // the job's own
    environment with_;                  // the shared one, but for the rate
    std::optional<job_access> access_;  // none: to be made anew
    task_group* files_ = nullptr;
    std::optional<event> room_;
    std::map<std::size_t, active> active_;
    unsigned receiving_ = 0;
    std::uint64_t received_ = 0;  // by files that ended, since take_received()
    std::size_t failed_ = 0;
    bool stopped_ = false;  // by a file that failed
    bool connected_ = false;
};

}  // namespace ferry::detail

#include <ferry/impl/job_run.ipp>
