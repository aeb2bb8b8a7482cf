#pragma once

#include <ferry/detail/file.hpp>
#include <ferry/detail/paced_content.hpp>

#include <sys/stat.h>

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace ferry::detail {

/// Tells a file from any other, and from itself once somebody has written to it.
struct file_identity {
    std::uint64_t size = 0;  ///< bytes
    std::uint64_t device = 0;
    std::uint64_t inode = 0;
    std::int64_t seconds = 0;  ///< mtime
    std::int64_t nanoseconds = 0;
    std::int64_t changed_seconds = 0;  ///< ctime, which nobody can set back
    std::int64_t changed_nanoseconds = 0;

    bool operator==(const file_identity&) const = default;
};

file_identity identity_of(const struct stat& about) noexcept;

/// A local file that is being sent: proven to be the same from its first byte to its last. A small
/// one is read when it is opened, because each later call of the disk would cost more time than its
/// bytes.
class file_content final : public paced_content {
  public:
    /// @param path  Absolute. @param with and others  As with paced_content.
    file_content(
        environment& with, std::string path, const transfer_options& options,
        transfer_status& status, std::function<void()> progressed)
        : paced_content(with, options, status, std::move(progressed)), path_(std::move(path)) {}

    /// Errors: errc::unsupported if it is no regular file; any errno.
    awaitable<result<void>> open() override;
    awaitable<void> close() override { co_return; }
    std::string version() const override;
    awaitable<result<checksum>> sum(std::string algorithm) override;
    void begin(std::uint64_t offset) override;

    std::uint64_t size() const noexcept override { return identity_.size; }
    int descriptor() const noexcept override { return whole_ ? -1 : file_.get(); }
    std::optional<std::chrono::system_clock::time_point> modified() const override;
    awaitable<result<void>> read(std::uint64_t offset, std::span<std::byte> into) override;
    void sent(std::uint64_t offset) override;
    awaitable<result<void>> unchanged() override;

  private:
    result<void> open_now();
    bool open_from_memory();
    void read_whole(bool (*read)(int file, std::span<std::byte> into));
    result<void> look() const;
    failure changed() const;

    const std::string path_;
    unique_fd file_;
    file_identity identity_;
    std::optional<std::vector<std::byte>> whole_;  // of a small file, as it was when it was opened
    bool in_memory_ = false;                       // it could be opened and read without a disk
    bool begun_ = false;                           // since it was opened
    bool fresh_ = false;   // nobody has asked yet whether whole_ is still what the file is
    bool proven_ = false;  // nothing was sent since that was asked
};

}  // namespace ferry::detail

#include <ferry/impl/file_content.ipp>
