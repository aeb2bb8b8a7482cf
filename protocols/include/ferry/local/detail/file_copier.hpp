#pragma once

#include <ferry/detail/file.hpp>
#include <ferry/local/detail/page_pipe.hpp>
#include <ferry/local/detail/regular_file.hpp>

#include <fcntl.h>
#include <linux/fs.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <utility>
#include <vector>

namespace ferry::local::detail {

/// What is left to copy.
struct copy_step {
    int from = -1;
    int to = -1;
    std::uint64_t from_offset = 0;
    std::uint64_t to_offset = 0;
    std::uint64_t length = 0;

    void advance(std::uint64_t bytes) noexcept {
        from_offset += bytes;
        to_offset += bytes;
        length -= bytes;
    }
};

/// A part of a file: a hole, and the data behind it; either may be empty.
struct extent {
    std::uint64_t begin = 0;
    std::uint64_t data = 0;
    std::uint64_t end = 0;
};

/// Has it blocks for all of its bytes? Cheaper than to look for a hole.
inline bool is_dense(int fd) {
    constexpr off_t block = 512;
    struct stat about {};
    return ::fstat(fd, &about) == 0 && about.st_blocks * block >= about.st_size;
}

/// The extent that begins at `offset`. A file system that does not tell has no holes.
inline extent extent_at(int fd, std::uint64_t offset) {
    constexpr auto no_end = std::numeric_limits<std::uint64_t>::max();
    if (is_dense(fd)) return {offset, offset, no_end};
    const auto data = ::lseek(fd, static_cast<off_t>(offset), SEEK_DATA);
    if (data < 0) return {offset, errno == ENXIO ? no_end : offset, no_end};
    const auto hole = ::lseek(fd, data, SEEK_HOLE);
    return {
        offset, static_cast<std::uint64_t>(data),
        hole < 0 ? no_end : static_cast<std::uint64_t>(hole)};
}

/// Copies between open files by the cheapest way that both have. Blocking.
/// It remembers what did not work: one for each pair of files.
class file_copier {
  public:
    explicit file_copier(const std::filesystem::path& source) : source_(source) {}

    /// Advances `step` by what was copied, also when it fails.
    result<void> run(copy_step& step);

  private:
    bool share(copy_step& step);
    void look(const copy_step& step);
    result<void> copy_data(copy_step& step, std::uint64_t bytes);
    ssize_t copy_in_kernel(const copy_step& step, std::uint64_t bytes);
    result<void> copy_by_hand(copy_step& step, std::uint64_t bytes);

    const std::filesystem::path& source_;
    extent around_;              // that was looked at last: some file systems take long to tell
    bool sharing_ = true;        // may work: FICLONERANGE
    bool kernel_copies_ = true;  // may work: copy_in_kernel()
    std::optional<page_pipe> pipe_ = {};  // instead of copy_file_range()
    bool looked_for_pipe_ = false;
    std::vector<std::byte> buffer_;
};

/// The destination's region becomes zeros, if possible without taking up space.
inline bool make_hole(int fd, std::uint64_t offset, std::uint64_t length) {
    static constexpr std::array<std::byte, 64 * 1024> zeros{};
    struct stat about {};
    if (::fstat(fd, &about) != 0) return false;
    const auto end = offset + length;
    auto used_end = std::min(static_cast<std::uint64_t>(about.st_size), end);
    // A write and no ftruncate makes the file long enough: somebody else may just be extending it.
    if (used_end < end && !ferry::detail::write_all(fd, std::span(zeros).first(1), end - 1))
        return false;
    constexpr int punch = FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE;
    if (::fallocate(fd, punch, static_cast<off_t>(offset), static_cast<off_t>(length)) == 0)
        return true;
    while (offset < used_end) {
        const auto n = std::min<std::uint64_t>(zeros.size(), used_end - offset);
        if (!ferry::detail::write_all(fd, std::span(zeros).first(n), offset)) return false;
        offset += n;
    }
    return true;
}

inline failure destination_failure() { return file_failure(errno, "write to the destination"); }

inline result<void> file_copier::run(copy_step& step) {
    while (step.length > 0) {
        if (share(step)) break;
        look(step);
        const auto at = step.from_offset, end = at + step.length;
        const auto data = std::clamp(around_.data, at, end);
        if (data > at) {
            if (!make_hole(step.to, step.to_offset, data - at)) return destination_failure();
            step.advance(data - at);
        }
        const auto bytes = std::clamp(around_.end, data, end) - data;
        if (auto copied = copy_data(step, bytes); !copied) return copied;
    }
    return {};
}

inline void file_copier::look(const copy_step& step) {
    const auto at = step.from_offset;
    if (at < around_.begin || at >= around_.end) around_ = extent_at(step.from, at);
}

/// Both files get the same blocks on the disk, where the file system can (reflink).
inline bool file_copier::share(copy_step& step) {
    if (!sharing_) return false;
    file_clone_range what{};
    what.src_fd = step.from;
    what.src_offset = step.from_offset;
    what.src_length = step.length;
    what.dest_offset = step.to_offset;
    sharing_ = ::ioctl(step.to, FICLONERANGE, &what) == 0;
    if (sharing_) step.advance(step.length);
    return sharing_;
}

inline result<void> file_copier::copy_data(copy_step& step, std::uint64_t bytes) {
    while (bytes > 0 && kernel_copies_) {
        const auto moved = copy_in_kernel(step, bytes);
        if (moved < 0 && errno == EINTR) continue;
        // Not supported between these two, or broken: by hand it shows which of them it is.
        kernel_copies_ = moved > 0;
        if (!kernel_copies_) break;
        step.advance(static_cast<std::uint64_t>(moved));
        bytes -= static_cast<std::uint64_t>(moved);
    }
    return copy_by_hand(step, bytes);
}

inline ssize_t file_copier::copy_in_kernel(const copy_step& step, std::uint64_t bytes) {
    auto from = static_cast<off_t>(step.from_offset), to = static_cast<off_t>(step.to_offset);
    if (bytes >= page_pipe::worthwhile && !std::exchange(looked_for_pipe_, true) &&
        page_pipe::is_best(step.from, step.to))
        pipe_ = page_pipe::make();
    if (pipe_) return pipe_->copy(step.from, from, step.to, to, bytes);
    return ::copy_file_range(step.from, &from, step.to, &to, bytes, 0);
}

inline result<void> file_copier::copy_by_hand(copy_step& step, std::uint64_t bytes) {
    if (bytes > 0) buffer_.resize(1 << 20);
    while (bytes > 0) {
        const auto want = std::min<std::uint64_t>(bytes, buffer_.size());
        const auto part = std::span(buffer_).first(want);
        const auto got = ferry::detail::read_fully(step.from, part, step.from_offset);
        if (got < 0) return source_errno(errno, "read", source_);
        const auto moved = static_cast<std::uint64_t>(got);
        if (!ferry::detail::write_all(step.to, part.first(moved), step.to_offset))
            return destination_failure();
        step.advance(moved);
        bytes -= moved;
        if (moved < want) return source_failure(errc::cut_short, "read " + source_.string());
    }
    return {};
}

}  // namespace ferry::local::detail
