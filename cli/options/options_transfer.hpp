#pragma once

#include <ferry/transfer_options.hpp>

#include <cstdint>
#include <optional>

namespace ferry::cli {

class option_set;

/// How files are moved: segments, retries, limits, and what happens at the destination.
struct transfer_settings {
    transfer_options options = {};       ///< for each file
    std::uint64_t bytes_per_second = 0;  ///< for all of them together; 0: no limit
    /// Not given: as patient as who transfers is by himself.
    std::optional<std::chrono::milliseconds> retry_interval = {};
    std::optional<std::chrono::milliseconds> retry_timeout = {};
};

void add_transfer_options(option_set& app, transfer_settings& into);

/// A fixed wait instead of the growing one, as asked for by --retry-interval.
retry_policy fixed_interval(retry_policy policy, std::chrono::milliseconds wait);

}  // namespace ferry::cli
