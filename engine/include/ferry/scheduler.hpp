#pragma once

#include <ferry/clock.hpp>
#include <ferry/job.hpp>

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <tuple>
#include <vector>

namespace ferry {

struct schedule_limits {
    unsigned foreground = 8;  ///< foreground jobs that run at once
    /// How long a background job may run while an equal one waits; whichever is used up first.
    clock::duration slice = std::chrono::minutes(1);
    std::uint64_t slice_bytes = 1U << 30;
};

/// Whose turn it is. Foreground jobs run all at once, up to a limit; of the others one at a time,
/// by priority, and among equals in turn (BITS: scheduling; the length of its slices is not
/// documented). A job that waits for a retry holds up nobody: it is not in here.
/// Decides only: its owner reports what happens and does what decide() says. No I/O, no clock;
/// each call costs O(log n). Threads: one.
class scheduler {
  public:
    using key = std::uint64_t;  ///< a job's `order`: unique, and the place of a new job in its line
    using time_point = clock::time_point;

    /// What is to be done now. A stopped job keeps its place until its owner has reported
    /// leave() or queue() for it: only then does the next one start.
    struct decision {
        std::vector<key> start = {};
        std::vector<key> stop = {};
    };

    explicit scheduler(schedule_limits limits = {}) : limits_(limits) {}

    /// The job is ready to run: it is new here, or its owner has stopped it.
    void queue(key job, job_priority priority);
    /// The job wants no turn any more: it ended, was suspended, or waits for a retry.
    void leave(key job);
    /// A job that is not in here is left alone.
    void set_priority(key job, job_priority priority);
    /// The running job has moved so many bytes since the last report.
    void moved(key job, std::uint64_t bytes);

    [[nodiscard]] decision decide(time_point now);
    /// When decide() should be asked again although nothing happens: the end of a slice.
    std::optional<time_point> next_look() const;

    /// For explanations: the job that `job` waits for, which is before it in line or has the place
    /// that it wants; none if it runs, is not in here, or will be started by the next decide().
    std::optional<key> waits_for(key job) const;

  private:
    struct entry {
        job_priority priority = job_priority::normal;
        std::uint64_t turn = 0;  // the lower, the earlier
        bool stopping = false;
        bool slice_used = false;  // goes behind its equals when it comes back
        time_point since = {};    // started
        std::uint64_t bytes = 0;  // since then
    };
    using place = std::tuple<job_priority, std::uint64_t, key>;

    static place place_of(key job, const entry& of) { return {of.priority, of.turn, job}; }
    static bool in_foreground(const entry& one) { return one.priority == job_priority::foreground; }
    std::set<place>::const_iterator first_in_background() const;
    std::vector<key> running(bool foreground) const;
    bool slice_is_used(const entry& one, time_point now) const;
    void start(key job, time_point now, decision& into);
    void decide_foreground(time_point now, decision& into);
    void decide_background(time_point now, decision& into);

    schedule_limits limits_;
    std::map<key, entry> jobs_;
    std::set<place> waiting_;
    std::set<key> running_;  // few
    std::uint64_t last_turn_ = 0;
};

}  // namespace ferry

#include <ferry/impl/scheduler.ipp>
