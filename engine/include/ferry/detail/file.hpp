#pragma once

#include <ferry/result.hpp>

#include <fcntl.h>
#include <linux/magic.h>
#include <linux/openat2.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstddef>
#include <span>
#include <string>
#include <thread>
#include <utility>

namespace ferry::detail {

/// Owns a file descriptor.
class unique_fd {
  public:
    unique_fd() = default;
    explicit unique_fd(int fd) noexcept : fd_(fd) {}
    unique_fd(unique_fd&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
    unique_fd& operator=(unique_fd&& other) noexcept {
        std::swap(fd_, other.fd_);
        return *this;
    }
    ~unique_fd() {
        if (fd_ >= 0) ::close(fd_);
    }
    int get() const noexcept { return fd_; }
    explicit operator bool() const noexcept { return fd_ >= 0; }

  private:
    int fd_ = -1;
};

/// The failure that errno tells of, about `path`.
inline failure errno_failure(std::string_view doing, const std::string& path) {
    const int number = errno;
    return file_failure(number, std::string(doing) + " " + path);
}

/// Writes all of `bytes` at `offset`; false with errno set if it cannot.
inline bool write_all(int fd, std::span<const std::byte> bytes, std::uint64_t offset) {
    while (!bytes.empty()) {
        const auto n = ::pwrite(fd, bytes.data(), bytes.size(), static_cast<off_t>(offset));
        if (n < 0 && errno == EINTR) continue;
        if (n < 0) return false;
        bytes = bytes.subspan(static_cast<std::size_t>(n));
        offset += static_cast<std::uint64_t>(n);
    }
    return true;
}

/// Reads until `bytes` is full or the file ends; how many, or -1 with errno set.
inline ssize_t read_fully(int fd, std::span<std::byte> bytes, std::uint64_t offset) {
    std::size_t got = 0;
    while (got < bytes.size()) {
        const auto n =
            ::pread(fd, bytes.data() + got, bytes.size() - got, static_cast<off_t>(offset + got));
        if (n < 0 && errno == EINTR) continue;
        if (n < 0) return -1;
        if (n == 0) break;
        got += static_cast<std::size_t>(n);
    }
    return static_cast<ssize_t>(got);
}

/// Files of /proc and the like say that they are empty, and are not.
inline bool hides_its_size(int fd, const struct stat& about) {
    char byte = 0;
    return about.st_size == 0 && ::pread(fd, &byte, 1, 0) > 0;
}

/// Of a stat(2).
inline std::chrono::system_clock::time_point to_time_point(const timespec& time) {
    using std::chrono::system_clock;
    const auto since = std::chrono::seconds(time.tv_sec) + std::chrono::nanoseconds(time.tv_nsec);
    return system_clock::time_point(std::chrono::duration_cast<system_clock::duration>(since));
}

/// "/a/b" for "/a/b/c", "/" for "/c"; the path must be absolute. (std::filesystem::path takes paths
/// apart each time it is made or copied, which shows with thousands of small files.)
inline std::string folder_of(const std::string& path) {
    const auto slash = path.rfind('/');
    return path.substr(0, slash == 0 ? 1 : slash);
}
inline std::string name_of(const std::string& path) { return path.substr(path.rfind('/') + 1); }

/// Whoever owns a file can change it at any time. Some file systems know but one owner: there, a
/// new file would have the same.
inline bool is_mine(const struct stat& about, const std::string& path) {
    if (about.st_uid == ::geteuid()) return true;
    const auto probe = path + ".owner";
    const unique_fd fresh(
        ::open(probe.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600));
    struct stat mine {};
    const bool known = fresh && ::fstat(fresh.get(), &mine) == 0;
    if (fresh) ::unlink(probe.c_str());
    return known && mine.st_uid == about.st_uid;
}

/// Is the file on a file system that a power cut empties anyway?
inline bool lives_in_memory(int fd) {
    struct statfs about {};
    if (::fstatfs(fd, &about) != 0) return false;
    return about.f_type == TMPFS_MAGIC || about.f_type == RAMFS_MAGIC;
}

/// Opens for reading what is found without asking a disk or a server (openat2(2)). Never blocks.
inline unique_fd open_cached(const std::string& path) {
    open_how how{};
    how.flags = O_RDONLY | O_CLOEXEC | O_NONBLOCK;
    how.resolve = RESOLVE_CACHED;
    return unique_fd(
        static_cast<int>(::syscall(SYS_openat2, AT_FDCWD, path.c_str(), &how, sizeof how)));
}

/// Reads a file from its start, if memory has all of `bytes`. Never blocks.
inline bool read_cached(int fd, std::span<std::byte> bytes) {
    const auto wanted = static_cast<ssize_t>(bytes.size());
    if (lives_in_memory(fd)) return read_fully(fd, bytes, 0) == wanted;
    const iovec into{bytes.data(), bytes.size()};
    return ::preadv2(fd, &into, 1, 0, RWF_NOWAIT) == wanted;
}

/// Gives a new file its permissions, which it mostly has: an umask is seldom another. False with
/// errno set if it cannot.
inline bool ensure_mode(int fd, mode_t mode) noexcept {
    constexpr mode_t permissions = 07777;
    struct stat now {};
    if (::fstat(fd, &now) == 0 && (now.st_mode & permissions) == mode) return true;
    return ::fchmod(fd, mode) == 0;
}

/// Locks a file as flock(2) does, for us alone. A process that was killed a moment ago has its
/// locks until it is gone, and whoever killed it may have started us already: in our first second,
/// that is waited for. Blocking. False, with errno EWOULDBLOCK: somebody else has it.
inline bool lock_file(int file) {
    using std::chrono::steady_clock;
    static const auto late = steady_clock::now() + std::chrono::seconds(1);
    while (::flock(file, LOCK_EX | LOCK_NB) != 0) {
        if (errno != EWOULDBLOCK || steady_clock::now() > late) return false;
        std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
    return true;
}

/// Deletes a file that mostly is not there. To look costs a third of deleting in vain, which locks
/// the folder.
inline void unlink_if_there(const std::string& path) noexcept {
    struct stat there {};
    if (::lstat(path.c_str(), &there) == 0) ::unlink(path.c_str());
}

/// Makes the names in a folder survive a power cut.
inline result<void> sync_folder(const std::string& folder) {
    const unique_fd opened(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!opened || ::fsync(opened.get()) != 0) return errno_failure("sync folder", folder);
    return {};
}

}  // namespace ferry::detail
