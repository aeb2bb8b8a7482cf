#pragma once

#include <fcntl.h>

#include <algorithm>
#include <chrono>
#include <utility>

namespace ferry::detail {

/// Bytes of a file that is read as a whole at most.
inline constexpr std::uint64_t small_file = 16U << 10;

inline file_identity identity_of(const struct stat& about) noexcept {
    return {
        static_cast<std::uint64_t>(about.st_size),
        about.st_dev,
        about.st_ino,
        about.st_mtim.tv_sec,
        about.st_mtim.tv_nsec,
        about.st_ctim.tv_sec,
        about.st_ctim.tv_nsec};
}

inline awaitable<result<void>> file_content::open() {
    in_memory_ = open_from_memory();
    if (in_memory_) co_return result<void>();
    auto work = [this] { return open_now(); };
    auto opened = co_await with().disk.run_briefly(work);
    co_return opened;
}

/// A small file that memory has costs less than another thread's attention.
inline bool file_content::open_from_memory() {
    file_ = open_cached(path_);
    struct stat about {};
    if (!file_ || ::fstat(file_.get(), &about) != 0 || !S_ISREG(about.st_mode)) return false;
    if (hides_its_size(file_.get(), about)) return false;
    identity_ = identity_of(about);
    begun_ = false;
    read_whole(read_cached);
    return whole_.has_value();
}

inline result<void> file_content::open_now() {
    // a FIFO must not make us wait for a writer
    file_ = unique_fd(::open(path_.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
    struct stat about {};
    if (!file_ || ::fstat(file_.get(), &about) != 0) return errno_failure("open", path_);
    if (S_ISDIR(about.st_mode)) return file_failure(EISDIR, "read " + path_);
    if (!S_ISREG(about.st_mode))
        return failure{errc::unsupported, path_ + " is no regular file", error_context::local_file};
    if (hides_its_size(file_.get(), about))
        return failure{
            errc::unsupported, path_ + " does not tell its size (copy it with cat)",
            error_context::local_file};
    identity_ = identity_of(about);
    begun_ = false;
    read_whole([](int file, std::span<std::byte> into) {
        return read_fully(file, into, 0) == static_cast<ssize_t>(into.size());
    });
    if (!whole_) ::posix_fadvise(file_.get(), 0, 0, POSIX_FADV_SEQUENTIAL);
    return {};
}

/// What cannot be read, or is being changed, is left to read() and unchanged() to complain about.
inline void file_content::read_whole(bool (*read)(int file, std::span<std::byte> into)) {
    whole_.reset();
    fresh_ = proven_ = false;
    if (identity_.size > small_file) return;
    std::vector<std::byte> bytes(identity_.size);
    if (!read(file_.get(), bytes) || !look()) return;
    whole_ = std::move(bytes);
    fresh_ = true;
}

inline std::string file_content::version() const {
    std::string text;
    for (const auto part : {identity_.size, identity_.device, identity_.inode})
        text += std::to_string(part) + ':';
    text += std::to_string(identity_.seconds) + '.' + std::to_string(identity_.nanoseconds) + ':';
    return text + std::to_string(identity_.changed_seconds) + '.' +
           std::to_string(identity_.changed_nanoseconds);
}

inline awaitable<result<checksum>> file_content::sum(std::string algorithm) {
    auto read = [&] { return checksum_of_file(file_.get(), algorithm); };
    auto sum = co_await with().disk.run(read);
    co_return sum;
}

inline std::optional<std::chrono::system_clock::time_point> file_content::modified() const {
    return to_time_point({identity_.seconds, identity_.nanoseconds});
}

inline void file_content::begin(std::uint64_t offset) {
    paced_content::begin(offset);
    if (std::exchange(begun_, true)) fresh_ = false;
    proven_ = false;
}

inline awaitable<result<void>> file_content::read(std::uint64_t offset, std::span<std::byte> into) {
    if (whole_) {
        std::copy_n(
            whole_->begin() + static_cast<std::ptrdiff_t>(offset), into.size(), into.begin());
        co_return result<void>();
    }
    auto work = [&]() -> result<void> {
        const auto got = read_fully(file_.get(), into, offset);
        if (got < 0) return errno_failure("read", path_);
        return static_cast<std::size_t>(got) == into.size() ? result<void>() : changed();
    };
    auto done = co_await with().disk.run(work);
    co_return done;
}

inline void file_content::sent(std::uint64_t offset) {
    proven_ = false;
    paced_content::sent(offset);
}

/// The first answer of an attempt may be the one that open() has found. Once all is sent, client
/// and task ask one after the other.
inline awaitable<result<void>> file_content::unchanged() {
    if (proven_ || std::exchange(fresh_, false)) co_return result<void>();
    result<void> looked;
    auto looking = [this] { return look(); };
    if (in_memory_)
        looked = looking();
    else
        looked = co_await with().disk.run_briefly(looking);
    proven_ = looked.has_value();
    co_return looked;
}

/// What has this name now is what the user wanted to send. That it is still the file that we have
/// opened, its inode tells: no other file gets the number as long as we hold it.
inline result<void> file_content::look() const {
    struct stat named {};
    const bool same = ::stat(path_.c_str(), &named) == 0 && identity_of(named) == identity_;
    return same ? result<void>() : changed();
}

inline failure file_content::changed() const {
    return {
        errc::source_changed, path_ + " was changed while it was sent", error_context::local_file};
}

}  // namespace ferry::detail
