#pragma once

#include <algorithm>
#include <span>
#include <utility>

namespace ferry::local {
namespace detail {

/// Long enough to make the change of threads cheap, short enough for a cancellation.
inline constexpr std::uint64_t longest_step = 32 << 20;
inline constexpr std::size_t buffer_size = 1 << 20;

inline object_info describe_file(const regular_file& file, const url& location) {
    object_info info;
    info.size = static_cast<std::uint64_t>(file.about.st_size);
    info.version = version_of(file.about);
    info.ranges = true;
    info.modified = ferry::detail::to_time_point(file.about.st_mtim);
    info.mode = file.mode;
    info.rights = file.rights;
    info.location = location;
    return info;
}

/// What an object of `size` bytes has of the range that is asked for.
inline byte_range clipped(const open_request& asked, std::uint64_t size) {
    if (!asked.ranged) return {0, size};
    const auto end = std::min(asked.range.end, size);
    return {asked.range.first, std::max(asked.range.first, end)};
}

}  // namespace detail

inline source::source(disk_pool& disk, detail::regular_file file, const open_request& asked)
    : disk_(disk),
      file_(std::move(file)),
      info_(detail::describe_file(file_, asked.what)),
      range_(detail::clipped(asked, *info_.size)),
      position_(range_.first),
      copier_(file_.path) {}

inline awaitable<result<void>> source::copy(sink& into) {
    while (position_ < range_.end) {
        const auto most = std::min(range_.end - position_, detail::longest_step);
        const auto reserved = co_await into.reserve(most);
        if (!reserved) co_return reserved.error();
        if (*reserved == 0) break;
        const auto bytes = std::min(*reserved, most);
        const auto to = into.direct();
        result<void> copied;
        if (to.descriptor >= 0) {
            copied = co_await copy_to_file(into, to, bytes);
        } else {
            copied = co_await copy_through(into, bytes);
        }
        if (!copied) co_return copied;
    }
    co_return result<void>();
}

inline awaitable<result<void>> source::copy_to_file(
    sink& into, direct_output to, std::uint64_t bytes) {
    auto work = [this, to, bytes] { return move(to, bytes); };
    const auto done = co_await disk_.run(work);
    position_ += done.moved;
    if (done.moved > 0) into.accepted(done.moved);
    co_return done.end;
}

inline awaitable<result<void>> source::copy_through(sink& into, std::uint64_t bytes) {
    while (bytes > 0) {
        auto work = [this, bytes] { return read(bytes); };
        const auto got = co_await disk_.run(work);
        if (!got.end) co_return got.end;
        auto written = co_await into.write(std::span(buffer_).first(got.moved));
        if (!written) co_return written;
        position_ += got.moved;
        bytes -= got.moved;
    }
    co_return result<void>();
}

/// A step from file to file. Blocking.
inline source::outcome source::move(direct_output to, std::uint64_t bytes) {
    detail::copy_step step{file_.descriptor.get(), to.descriptor, position_, to.offset, bytes};
    auto end = copier_.run(step);
    auto unchanged = detail::check_unchanged(file_);
    if (!unchanged) return {0, std::move(unchanged)};
    return {bytes - step.length, std::move(end)};
}

/// Fills the buffer with the next bytes, at least one, at most `bytes`. Blocking.
inline source::outcome source::read(std::uint64_t bytes) {
    buffer_.resize(detail::buffer_size);
    const auto part = std::span(buffer_).first(std::min<std::uint64_t>(bytes, buffer_.size()));
    const auto got = ferry::detail::read_fully(file_.descriptor.get(), part, position_);
    if (got < 0) return {0, detail::source_errno(errno, "read", file_.path)};
    if (auto unchanged = detail::check_unchanged(file_); !unchanged) return {0, unchanged};
    if (static_cast<std::size_t>(got) < part.size())
        return {0, detail::source_failure(errc::cut_short, "read " + file_.path.string())};
    return {part.size(), {}};
}

}  // namespace ferry::local
