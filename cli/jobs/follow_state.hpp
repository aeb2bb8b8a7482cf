#pragma once

#include "cli/exit_code.hpp"
#include "cli/jobs/job_progress.hpp"

#include <boost/json/object.hpp>

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

namespace ferry::cli {

/// What a job is followed for.
enum class follow_goal {
    acknowledged,  ///< it completes itself
    completed,     ///< it is to be completed once it is Transferred
    settled,       ///< it is Transferred, or cannot go on by itself; nothing is done to it
};

/// What there is to do about a job as its document shows it.
enum class follow_step { go_on, complete, end };
follow_step step_after(const boost::json::object& job, follow_goal goal);

/// How it went, for a job whose following ends with this document.
exit_code outcome_of(const boost::json::object& job, follow_goal goal);

/// A job that is followed.
struct followed_job {
    std::string id = {};
    std::string name = {};                  ///< for people, safe for a terminal
    boost::json::object document = {};      ///< the last one; empty: none came yet
    std::optional<exit_code> outcome = {};  ///< once its following has ended
    job_meter speed = {};
    clock::time_point since = {};    ///< of the first document
    std::uint64_t bytes_before = 0;  ///< in it

    bool ended() const noexcept { return outcome.has_value(); }
    /// Bytes that came while it was followed.
    std::uint64_t received() const;
};

/// All of them, in the order of the command line. Decides; what follows from it, others do.
class followed_jobs {
  public:
    /// @param name  Of a job that is followed alone; empty: as its document says.
    followed_jobs(
        const std::vector<std::string>& ids, follow_goal goal, std::string name = std::string());

    /// What a document brought.
    struct news {
        followed_job* job = nullptr;
        bool first = false;
        bool changed = false;  ///< another state or next try than before; also the first
        follow_step step = follow_step::go_on;
    };
    /// Nothing, if the job is none of ours or has ended.
    std::optional<news> take(boost::json::object document, clock::time_point now);

    bool all_ended() const noexcept { return ended_ == jobs_.size(); }
    void end(followed_job& one, exit_code outcome);
    /// Once all have ended.
    exit_code code() const;

    follow_goal goal() const noexcept { return goal_; }
    std::vector<followed_job>& jobs() noexcept { return jobs_; }
    const std::vector<followed_job>& jobs() const noexcept { return jobs_; }
    std::vector<followed_job*> unfinished();

  private:
    follow_goal goal_;
    std::string name_;
    std::vector<followed_job> jobs_;
    std::unordered_map<std::string, std::size_t> places_;
    std::size_t ended_ = 0;
};

/// "3 files": a job of several that nobody has named is called after the first of them, which would
/// be taken for the whole.
std::string name_of_files(std::size_t count);

/// "image.iso", "3 jobs".
std::string subject_of(std::span<const followed_job* const> jobs);
/// "('ferry wait ID' waits, 'ferry resume ID' also completes)"; of many, where to look.
std::string how_to_go_on(std::span<const followed_job* const> jobs);

}  // namespace ferry::cli
