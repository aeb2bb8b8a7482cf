#pragma once

#include <ferry/detail/file.hpp>

#include <fcntl.h>
#include <linux/magic.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <optional>

namespace ferry::local::detail {

/// A pipe by which pages of the cache go from file to file. The kernel does the same for
/// copy_file_range(), but with a pipe of 64 KiB, which takes longer.
class page_pipe {
  public:
    /// Less is not worth a pipe.
    static constexpr std::uint64_t worthwhile = 1 << 20;

    /// Neither file system has a way of its own to copy, that copy_file_range() would take.
    static bool is_best(int from, int to) { return is_plain(from) && is_plain(to); }
    /// Nothing: there is none to be had.
    static std::optional<page_pipe> make();

    /// Bytes copied, at most `bytes`; 0: the source has no more. Less than 0, with errno: it
    /// failed, and the pipe can no longer be used unless it was with EINTR. Blocking.
    ssize_t copy(int from, off_t at, int to, off_t to_at, std::size_t bytes);

  private:
    static constexpr int capacity = 1 << 20;  // what an ordinary user may ask for

    page_pipe(int read_end, int write_end) : read_end_(read_end), write_end_(write_end) {}
    static bool is_plain(int fd);

    ferry::detail::unique_fd read_end_;
    ferry::detail::unique_fd write_end_;
};

inline std::optional<page_pipe> page_pipe::make() {
    int ends[2];
    if (::pipe2(ends, O_CLOEXEC) != 0) return std::nullopt;
    page_pipe made(ends[0], ends[1]);
    if (::fcntl(ends[1], F_SETPIPE_SZ, capacity) < capacity) return std::nullopt;
    return made;
}

inline bool page_pipe::is_plain(int fd) {
    struct statfs about {};
    if (::fstatfs(fd, &about) != 0) return false;
    return about.f_type == TMPFS_MAGIC || about.f_type == EXT4_SUPER_MAGIC;
}

inline ssize_t page_pipe::copy(int from, off_t at, int to, off_t to_at, std::size_t bytes) {
    const auto want = std::min<std::size_t>(bytes, capacity);
    const auto held = ::splice(from, &at, write_end_.get(), nullptr, want, 0);
    for (auto left = held; left > 0;) {
        const auto size = static_cast<std::size_t>(left);
        const auto put = ::splice(read_end_.get(), nullptr, to, &to_at, size, 0);
        if (put < 0 && errno == EINTR) continue;
        if (put <= 0) return -1;
        left -= put;
    }
    return held;
}

}  // namespace ferry::local::detail
