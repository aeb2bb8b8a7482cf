#pragma once

#include <ferry/protocol.hpp>
#include <ferry/range_set.hpp>
#include <ferry/result.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace ferry {

/// What is known for certain about a partial: written only after the bytes that it names.
struct journal {
    std::string url = {};  ///< without user information
    std::optional<std::uint64_t> size = {};
    validator version = {};
    range_set durable = {};
    std::uint64_t inode = 0;  ///< of the partial that it speaks of
    /// Empty: the bytes are on the disk. Else they were only handed to the kernel, and the journal
    /// holds as long as this boot lasts (/proc/sys/kernel/random/boot_id).
    std::string boot = {};
    bool verified = false;  ///< all bytes are there and the right ones: only the name is missing

    bool operator==(const journal&) const = default;
};

std::string to_json(const journal& record);
/// Fails with errc::malformed on anything that to_json() would not have written.
result<journal> parse_journal(std::string_view text);

/// Blocking. A journal is small; a larger file than 16 MiB is errc::malformed.
result<journal> read_journal(const std::string& path);
/// Replaces the file atomically, readable by its owner alone: temporary, sync, rename. Blocking.
/// @param durable  Sync before the rename, so that a power cut leaves the old one or the new one.
result<void> write_journal(const std::string& path, const journal& record, bool durable);

/// This boot's id; empty if the system does not tell.
std::string boot_id();

}  // namespace ferry

#include <ferry/impl/journal.ipp>
