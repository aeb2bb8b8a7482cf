#pragma once

#include "cli/jobs/follow_screen.hpp"
#include "cli/jobs/follow_state.hpp"
#include "cli/options/options_output.hpp"

#include <ferry/clock.hpp>
#include <ferry/error.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace ferry::cli {

/// Tells about jobs that are followed: people on standard error, programs on standard output.
/// Programs get an event a line: job.started (the first document of each job), job.state,
/// job.progress and job.expiring as the daemon sends them, and job.finished, with the whole job, at
/// the end of each job's following.
class follow_report {
  public:
    follow_report(const output_options& output, clock& time);

    /// The name of an event of the daemon, and what it brought.
    void event(std::string_view name, const followed_jobs::news& what);
    void ended(const followed_job& one, follow_goal goal);
    /// One whose following ended with an error that its document does not show.
    void failed(const followed_job& one, const failure& why);
    /// The whole document of one that has not ended, and will not be followed any longer.
    void left(const followed_job& one);
    /// About all of it; not with --quiet.
    void remark(const std::string& text);
    /// An error that no document shows: always.
    void complaint(const std::string& text);

    /// At any time; draws ten times a second at most.
    void redraw(const followed_jobs& jobs);
    /// Removes the moving display; later lines appear at once.
    void close();

    /// Whether standard output took all events.
    bool is_written() const noexcept { return written_; }

  private:
    void line(std::string_view text);
    void emit(std::string_view name, const boost::json::object& job);
    void began(const followed_job& one);

    clock& time_;
    bool json_;
    // Which lines people want:
    bool errors_;  // those that a document shows, too
    bool results_;
    bool remarks_;
    bool changes_;  // of state
    bool written_ = true;
    std::optional<screen_block> screen_;
    clock::time_point drawn_ = {};
    job_meter speed_;  // of all together
};

/// The moving display: a line each for the jobs that run, and one for all of them together where
/// that says more; no wider or higher than the window.
std::vector<std::string> follow_block(
    const followed_jobs& jobs, double bytes_per_second, wall_time now, terminal_size window);

}  // namespace ferry::cli
