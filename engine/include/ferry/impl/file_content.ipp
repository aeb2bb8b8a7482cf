#pragma once

#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>
#include <utility>

namespace ferry::detail {

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
    ::posix_fadvise(file_.get(), 0, 0, POSIX_FADV_SEQUENTIAL);
    return {};
}

inline void file_content::begin(std::uint64_t offset) {
    give_back();
    go_back(offset);
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

inline awaitable<result<void>> file_content::unchanged() {
    auto look = [this]() -> result<void> {
        struct stat now {
        }, named{};
        if (::fstat(file_.get(), &now) != 0) return errno_failure("look at", path_);
        if (identity_of(now) != identity_) return changed();
        // what has this name now is what the user wanted to send
        const bool same = ::stat(path_.c_str(), &named) == 0 && identity_of(named) == identity_;
        return same ? result<void>() : changed();
    };
    auto looked = co_await with_.disk.run_briefly(look);
    co_return looked;
}

inline failure file_content::changed() const {
    return {
        errc::source_changed, path_ + " was changed while it was sent", error_context::local_file};
}

}  // namespace ferry::detail
