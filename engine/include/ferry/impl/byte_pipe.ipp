#pragma once

#include <algorithm>
#include <cstring>
#include <utility>

namespace ferry::detail {

/// Not for every byte that is taken: sources ask their peers for as much as they are granted.
inline awaitable<result<std::uint64_t>> byte_pipe::reserve(std::uint64_t most) {
    const auto worth_it = std::min<std::uint64_t>(most, (size_ + 1) / 2);
    while (size_ - count_ < worth_it) {
        auto woken = co_await moved_.wait();
        if (!woken) co_return woken.error();
    }
    co_return std::min<std::uint64_t>(most, skip_ + size_ - count_);
}

/// The part of the ring that has room, up to where it wraps.
inline std::span<std::byte> byte_pipe::vacant() noexcept {
    const auto next = (first_ + count_) % size_;
    const auto end = next < first_ ? first_ : size_;
    return {ring_.get() + next, count_ == size_ ? 0 : end - next};
}

inline awaitable<result<void>> byte_pipe::write(std::span<const std::byte> bytes) {
    const auto dropped = static_cast<std::size_t>(std::min<std::uint64_t>(skip_, bytes.size()));
    skip_ -= dropped;
    bytes = bytes.subspan(dropped);
    while (!bytes.empty()) {
        const auto room = vacant();
        const auto part = bytes.first(std::min(room.size(), bytes.size()));
        std::memcpy(room.data(), part.data(), part.size());
        count_ += part.size();
        bytes = bytes.subspan(part.size());
    }
    moved_.notify();
    co_return result<void>();
}

inline void byte_pipe::end(result<void> how) {
    ended_ = std::move(how);
    moved_.notify();
}

inline awaitable<result<void>> byte_pipe::wait() {
    while (empty()) {
        if (ended_ && !*ended_) co_return *ended_;
        if (ended_) co_return failure{errc::cut_short, "", error_context::transport};
        auto woken = co_await moved_.wait();
        if (!woken) co_return woken;
    }
    co_return result<void>();
}

inline std::size_t byte_pipe::take(std::span<std::byte> into) {
    const auto bytes = std::min({into.size(), count_, size_ - first_});
    std::memcpy(into.data(), ring_.get() + first_, bytes);
    first_ = (first_ + bytes) % size_;
    count_ -= bytes;
    moved_.notify();
    return bytes;
}

}  // namespace ferry::detail
