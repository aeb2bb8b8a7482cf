#pragma once

#include <ferry/detail/file.hpp>
#include <ferry/job.hpp>
#include <ferry/result.hpp>

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace ferry {

/// What a job_store holds.
struct stored_jobs {
    /// An entry that is no job, and why. A file is set aside under a free name beside the old one,
    /// `<id>.json.bad` or `.bad.2` and so on; links, folders and pipes stay where they are.
    struct reject {
        std::string path = {};  ///< where it is now
        failure why = {};       ///< its detail is meant for people
    };
    std::vector<job> jobs = {};  ///< in order of arrival
    std::vector<reject> rejects = {};
};

/// The jobs on disk: a file `<id>.json` for each, in one folder of their own. A file is replaced
/// whole or not at all, also by a power cut.
/// All calls block, on the disk: for a pool, not for the loop.
/// Threads: any, but one call at a time; one store for a folder at a time.
class job_store {
  public:
    /// Creates the folder, and what leads to it, for us alone (mode 0700).
    /// @param folder  Absolute.
    /// Errors: any errno; EACCES also for a folder of another user, or that others can write to.
    static result<job_store> open(std::string folder);

    /// Reads all jobs. A file that cannot be read, holds no job, or another one than its name says,
    /// is set aside, and the others load. Temporaries of a killed commit() are removed.
    /// Errors: any errno of the folder; too few descriptors or too little memory to open a file.
    result<stored_jobs> load();

    /// Stores jobs, each in place of what was stored under its id; of two with one id the later.
    /// Success means that all of them survive a power cut. A failure before the first one gets its
    /// name (bad id, full disk) leaves all old ones. After it, each job is stored either as it was
    /// or as it shall be, and committing them again is the way to know. No temporary stays.
    /// Errors: errc::bad_argument for a job whose id is no UUID; EFBIG for one above 256 MiB; any
    ///   errno. The first one counts.
    result<void> commit(std::span<const job> jobs);
    /// The same for jobs that do not lie together.
    result<void> commit(std::span<const job* const> jobs);

    /// Success means that the job is gone, also after a power cut, and also if it never was there.
    /// Errors: errc::bad_argument for an id that is no UUID; any errno.
    result<void> remove(std::string_view id);
    /// The same for many, at the cost of one. The first error counts; the others are tried.
    result<void> remove(std::span<const std::string> ids);

  private:
    job_store(std::string folder, detail::unique_fd opened)
        : folder_(std::move(folder)), opened_(std::move(opened)) {}

    std::string path_of(const std::string& name) const { return folder_ + "/" + name; }
    result<std::vector<std::string>> names() const;
    bool is_regular(const std::string& name) const;
    result<job> read(const std::string& name) const;
    stored_jobs::reject set_aside(const std::string& name, failure why) const;
    result<void> write_temporaries(std::span<const job* const> jobs) const;
    result<void> write(const std::string& name, const job& one, bool durable) const;
    result<void> rename_temporaries(std::span<const job* const> jobs) const;
    result<void> unlink(const std::string& id) const;
    result<void> sync() const;

    std::string folder_;
    detail::unique_fd opened_;
};

}  // namespace ferry

#include <ferry/impl/job_store.ipp>
