#pragma once

#include "cli/exit_code.hpp"
#include "cli/jobs/job_words.hpp"
#include "cli/text/speed_meter.hpp"

#include <ferry/job_state.hpp>

#include <boost/json/object.hpp>

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

namespace ferry::cli {

// What is shown of a job while and after somebody waits for it, from the daemon's documents. Names
// are given and safe for a terminal, and so is what comes out.

/// Nothing, for one that this program does not know.
std::optional<job_state> state_in(const boost::json::object& job) noexcept;

/// The exit code that an error of a document stands for: that of the failure it was made from.
exit_code exit_code_of_error(const boost::json::object& error);

/// The rate of a counter that moves in steps, and may fall back: a file began from zero again.
class job_meter {
  public:
    void sample(clock::time_point now, std::uint64_t bytes);
    /// The bytes of a job: while it transfers, for what its turn finds of before is no speed.
    void sample(clock::time_point now, const boost::json::object& job);
    double bytes_per_second() const { return meter_.bytes_per_second(); }

  private:
    void restart();

    speed_meter meter_;
    std::uint64_t bytes_ = 0;
    clock::time_point sampled_ = {};
    bool moving_ = false;  // as the last document said
};

/// The line of a job in a moving display, at most `width` columns.
std::string moving_line(
    const boost::json::object& job, const std::string& name, double bytes_per_second, wall_time now,
    std::size_t width);

/// What has become of a job that is not over: "image.iso: retrying in 12 s: connection refused".
std::string change_line(const boost::json::object& job, const std::string& name, wall_time now);

/// "image.iso: 2.0 GiB in 12 s (170 MiB/s), resumed 512 MiB". Of a job that was completed before
/// it was whole: "image.iso: 3 of 5 files, 2.0 GiB in …".
/// @param received  Bytes that came in `elapsed`.
std::string received_line(
    const boost::json::object& job, const std::string& name, clock::duration elapsed,
    std::uint64_t received);

/// "image.iso: all files are here; 'ferry complete 3f2a91c4' gives them their names".
std::string transferred_line(const boost::json::object& job, const std::string& name);

/// Why a job has not reached what it was followed for, and what can be done.
std::string stopped_line(const boost::json::object& job, const std::string& name);

/// "image.iso: still Transferring, 45% of 2.0 GiB".
std::string unfinished_line(const boost::json::object& job, const std::string& name);

}  // namespace ferry::cli
