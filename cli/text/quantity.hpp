#pragma once

#include <ferry/result.hpp>

#include <chrono>
#include <cstdint>
#include <string_view>

namespace ferry::cli {

// Numbers as users write them. A failure's detail is for people: why it is none, and what is one.

/// Bytes per second: "500000", "500K", "1.5M" (powers of 1024); at least 1.
result<std::uint64_t> parse_rate(std::string_view text);

/// The same; 0 for "none" and "0": no limit.
result<std::uint64_t> parse_rate_or_none(std::string_view text);

/// Seconds, possibly with a fraction: "30", "0.5"; 0 to 10⁹.
result<std::chrono::milliseconds> parse_seconds(std::string_view text);

/// As parse_seconds(), but not 0.
result<std::chrono::milliseconds> parse_positive_seconds(std::string_view text);

/// A whole number from `least` to `most`.
result<unsigned> parse_count(std::string_view text, unsigned least, unsigned most);

}  // namespace ferry::cli
