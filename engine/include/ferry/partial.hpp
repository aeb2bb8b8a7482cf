#pragma once

#include <ferry/detail/file.hpp>
#include <ferry/journal.hpp>
#include <ferry/result.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>

namespace ferry {

/// The hidden files beside a destination (design, section 1). While another version replaces kept
/// bytes, it gathers in the second pair, until it has overtaken them. Paths are absolute.
struct partial_paths {
    std::string data;     ///< .NAME.ferry-part
    std::string journal;  ///< .NAME.ferry-part.json
};
partial_paths partial_of(const std::string& destination);
partial_paths replacement_of(const std::string& destination);

/// An open, locked partial. All calls block: they belong on the disk pool.
class partial {
  public:
    partial() = default;

    /// Opens it and takes its lock; creates it unless it exists.
    /// @param umask  Of a new file; none: the process's.
    /// Errors: errc::busy if another transfer, here or in another process, has the lock; any errno.
    static result<partial> create(partial_paths paths, std::optional<unsigned> umask = {});
    /// The same for one that is there already; none if there is none.
    static result<std::optional<partial>> open(partial_paths paths);

    int descriptor() const noexcept { return file_.get(); }
    const partial_paths& paths() const noexcept { return paths_; }
    std::uint64_t inode() const noexcept { return inode_; }
    /// What the journal proves of this very file; none if it proves nothing.
    const std::optional<journal>& record() const noexcept { return record_; }

    result<void> write(std::span<const std::byte> bytes, std::uint64_t offset) const;
    /// Are the file's bytes at `offset` these?
    result<bool> same(std::span<const std::byte> bytes, std::uint64_t offset) const;
    /// Syncs the data, then replaces the journal by `record`. With record.boot set nothing is
    /// synced.
    result<void> checkpoint(const journal& record) const;
    result<void> truncate(std::uint64_t size) const;
    /// Makes it empty, and its journal speak of nothing.
    result<void> clear();
    /// Gives the file and its journal other names, replacing what stands there.
    result<void> move_to(partial_paths to);
    /// Deletes the file and its journal; it stays open and locked.
    void remove() const noexcept;

  private:
    partial(detail::unique_fd file, partial_paths paths, std::uint64_t inode, bool untouched)
        : file_(std::move(file)), paths_(std::move(paths)), inode_(inode), untouched_(untouched) {}
    static result<std::optional<partial>> lock(detail::unique_fd file, const partial_paths& paths);
    void load_journal();

    detail::unique_fd file_;
    partial_paths paths_;
    std::uint64_t inode_ = 0;
    bool untouched_ = false;  // empty and without a journal since it was created
    std::optional<journal> record_;
};

}  // namespace ferry

#include <ferry/impl/partial.ipp>
