#pragma once

#include "cli/jobs/job_progress.hpp"
#include "cli/text/console.hpp"

#include <boost/json/object.hpp>

#include <cstddef>
#include <map>
#include <string>
#include <unordered_map>
#include <vector>

namespace ferry::cli {

/// The jobs that `ferry monitor` shows.
class monitor_table {
  public:
    /// @param names  Of jobs, with '*' and '?', or beginnings of ids; none: all jobs.
    explicit monitor_table(const std::vector<std::string>& names);

    /// What the daemon tells of a job; one that is over leaves the table.
    /// @return  Whether it is of interest: asked for, and not over before it was ever here.
    bool take(boost::json::object job, clock::time_point now);
    /// Rates fall where nothing comes any more.
    void sample(clock::time_point now);
    void clear();

    /// As it fits the window, with a head and a line for all: what runs comes first, then in the
    /// order of arrival.
    std::vector<std::string> lines(terminal_size window, wall_time now) const;

  private:
    struct row {
        boost::json::object job;
        job_meter speed;
    };
    bool is_wanted(const boost::json::object& job) const;
    std::vector<const row*> sorted() const;
    std::string total_line(std::size_t hidden) const;

    std::vector<std::string> names_;  // in lower case
    std::vector<std::string> ids_;    // the same words, as ids
    std::map<std::size_t, row> rows_;
    std::unordered_map<std::string, std::size_t> places_;  // by id
    std::size_t next_ = 0;
};

/// The head of the table, and the line of a job: at most `width` columns. With less room the bar
/// goes, then the priority, then what is at the end.
std::string monitor_head(std::size_t width);
std::string monitor_line(
    const boost::json::object& job, double bytes_per_second, wall_time now, std::size_t width);

}  // namespace ferry::cli
