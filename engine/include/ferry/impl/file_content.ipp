#pragma once

#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>
#include <utility>

namespace ferry::detail {

/// Bytes of a file that is read as a whole at most.
inline constexpr std::uint64_t small_file = 16U << 10;

inline result<void> file_content::open(std::string path) {
    path_ = std::move(path);
    // a FIFO must not make us wait for a writer
    file_ = unique_fd(::open(path_.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
    struct stat about {};
    if (!file_ || ::fstat(file_.get(), &about) != 0) return errno_failure("open", path_);
    if (S_ISDIR(about.st_mode)) return file_failure(EISDIR, "read " + path_);
    if (!S_ISREG(about.st_mode))
        return failure{errc::unsupported, path_ + " is no regular file", error_context::local_file};
    identity_ = identity_of(about);
    begun_ = false;
    read_whole();
    if (!whole_) ::posix_fadvise(file_.get(), 0, 0, POSIX_FADV_SEQUENTIAL);
    return {};
}

/// What cannot be read, or is being changed, is left to read() and unchanged() to complain about.
inline void file_content::read_whole() {
    whole_.reset();
    fresh_ = proven_ = false;
    if (identity_.size > small_file) return;
    std::vector<std::byte> bytes(identity_.size);
    const auto got = read_fully(file_.get(), bytes, 0);
    if (got != static_cast<ssize_t>(bytes.size()) || !look()) return;
    whole_ = std::move(bytes);
    fresh_ = true;
}

inline void file_content::begin(std::uint64_t offset) {
    give_back();
    go_back(offset);
    if (std::exchange(begun_, true)) fresh_ = false;
    proven_ = false;
    begun_at_ = offset_ = offset;
    highest_ = std::max(highest_, offset);
    status_.bytes_transferred = offset;
    moved_ = with_.time.now();
    in_flight_ = {};
    measured_ = 0;
}

/// What was sent behind `offset` goes out again.
inline void file_content::go_back(std::uint64_t offset) {
    if (offset_ > offset) status_.bytes_discarded += offset_ - offset;
    offset_ = std::min(offset_, offset);
}

inline void file_content::give_back() { with_.rate.give_back(std::exchange(reserved_, 0)); }

/// The time between two reservations is the network's; what comes before them, our own limit's.
inline result<void> file_content::check_speed() {
    in_flight_ += with_.time.now() - moved_;
    if (options_.low_speed_limit == 0 || in_flight_ < options_.low_speed_time) return {};
    const auto seconds = std::chrono::duration<double>(in_flight_).count();
    const auto wanted = static_cast<double>(options_.low_speed_limit) * seconds;
    if (static_cast<double>(measured_) < wanted)
        return failure{
            errc::too_slow,
            "only " + std::to_string(measured_) + " bytes in " +
                std::to_string(static_cast<std::uint64_t>(seconds)) + " s",
            error_context::transport};
    in_flight_ = {};
    measured_ = 0;
    return {};
}

inline awaitable<result<std::uint64_t>> file_content::reserve(std::uint64_t most) {
    give_back();
    if (auto fast = check_speed(); !fast) co_return fast.error();
    if (!with_.rate.unlimited()) {
        most = std::min(most, with_.rate.portion());
        auto taken = co_await with_.rate.take(most);
        if (!taken) co_return taken.error();
        reserved_ = most;
    }
    moved_ = with_.time.now();
    co_return most;
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
    auto done = co_await with_.disk.run(work);
    co_return done;
}

inline void file_content::sent(std::uint64_t offset) {
    if (offset < offset_) go_back(begun_at_);  // the peer wants it once more: 401, 307
    const auto bytes = offset - offset_;
    if (!with_.rate.unlimited()) reserved_ -= std::min(reserved_, bytes);
    give_back();
    proven_ = false;
    offset_ = offset;
    measured_ += bytes;
    in_flight_ += with_.time.now() - moved_;
    moved_ = with_.time.now();
    status_.bytes_received += bytes;
    status_.bytes_transferred = offset;
    if (offset <= highest_) return;
    highest_ = offset;
    progressed_();
}

/// The first answer of an attempt may be the one that open() has found. Once all is sent, client
/// and task ask one after the other.
inline awaitable<result<void>> file_content::unchanged() {
    if (proven_ || std::exchange(fresh_, false)) co_return result<void>();
    auto looking = [this] { return look(); };
    auto looked = co_await with_.disk.run_briefly(looking);
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
