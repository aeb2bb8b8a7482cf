#pragma once

#include <ferry/detail/file.hpp>
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
    std::string job = {};   ///< id of the job that keeps the partial; empty: none does
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

/// A journal that is written and has no name yet: the halves of write_journal(), for whoever syncs
/// many at once between them. Without a name it is deleted with this. Blocking.
class journal_draft {
  public:
    static result<journal_draft> write(std::string path, const journal& record);
    journal_draft(journal_draft&&) = default;
    journal_draft& operator=(journal_draft&&) = delete;
    ~journal_draft();

    result<void> sync() const;
    /// Replaces the file atomically. Must come after the bytes that the journal names, and its own,
    /// are on the disk. To be called once.
    result<void> give_name();

  private:
    journal_draft(std::string path, detail::unique_fd file)
        : path_(std::move(path)), file_(std::move(file)) {}
    std::string temporary() const { return path_ + ".tmp"; }
    failure failed() const { return detail::errno_failure("write journal", path_); }

    std::string path_;
    detail::unique_fd file_;  // open as long as there is a temporary to delete
};

/// This boot's id; empty if the system does not tell.
const std::string& boot_id();

}  // namespace ferry

#include <ferry/impl/journal.ipp>
