#pragma once

#include <ferry/transfer_options.hpp>

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

namespace ferry::cli {

/// What the display says about one file.
struct file_progress {
    std::string name = {};  ///< printable
    transfer_phase phase = transfer_phase::waiting;
    std::optional<std::uint64_t> bytes_total = {};
    std::uint64_t bytes_transferred = 0;
    std::uint64_t bytes_resumed = 0;
    double bytes_per_second = 0;
    std::chrono::milliseconds next_try = {};  ///< from now; while retrying
    std::string reason = {};                  ///< printable; while retrying
};

/// What it says about all files together.
struct total_progress {
    std::size_t files = 0;
    std::size_t done = 0;
    std::size_t failed = 0;
    std::size_t syncing = 0;  ///< complete, waiting for the disk
    std::size_t hidden = 0;   ///< active, but the window is too small for them
    std::uint64_t bytes_transferred = 0;
    std::optional<std::uint64_t> bytes_total = {};  ///< once all sizes are known
    double bytes_per_second = 0;
};

/// The line of a file, at most `width` columns. What does not fit goes in this order: resumed
/// bytes, the bar, then whatever is at the end.
std::string progress_line(const file_progress& file, std::size_t width);

/// The line below all files, at most `width` columns.
std::string total_line(const total_progress& all, std::size_t width);

/// Time to the end at the present rate; none if nobody can tell.
std::optional<std::chrono::seconds> time_left(
    std::optional<std::uint64_t> total, std::uint64_t transferred, double bytes_per_second);

}  // namespace ferry::cli
