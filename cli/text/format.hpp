#pragma once

#include <ferry/detail/json_text.hpp>

#include <chrono>
#include <cstdint>
#include <string>

namespace ferry::cli {

// Values as people read them. All of it is independent of the locale.

std::string format_size(std::uint64_t bytes);                 ///< "999 B", "2.0 GiB", "512 MiB"
std::string format_rate(double bytes_per_second);             ///< "1.8 GiB/s"
std::string format_duration(std::chrono::milliseconds time);  ///< "12 ms", "1.1 s", "2 min 5 s"
std::string format_clock(std::chrono::seconds time);  ///< "0:12", "1:02:03", for a countdown

using detail::format_time;  ///< RFC 3339 in UTC with milliseconds: "2024-02-29T12:00:00.500Z"

}  // namespace ferry::cli
