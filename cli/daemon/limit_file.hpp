#pragma once

#include <ferry/result.hpp>

#include <cstdint>
#include <string>

namespace ferry::cli {

/// The limit shared by all jobs, in bytes per second, as the last `ferry limit` left it; 0: none,
/// also if there is no file.
/// Errors: errc::malformed (the detail says what to do); any errno.
result<std::uint64_t> read_limit(const std::string& file);

/// Blocks, on the disk. Errors: any errno.
result<void> write_limit(const std::string& file, std::uint64_t bytes_per_second);

}  // namespace ferry::cli
