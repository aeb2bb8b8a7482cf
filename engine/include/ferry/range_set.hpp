#pragma once

#include <ferry/protocol.hpp>

#include <algorithm>
#include <cstdint>
#include <optional>
#include <vector>

namespace ferry {

/// A set of bytes: disjoint ranges in ascending order, neighbours merged.
class range_set {
  public:
    range_set() = default;

    bool empty() const noexcept { return ranges_.empty(); }
    const std::vector<byte_range>& ranges() const noexcept { return ranges_; }
    bool operator==(const range_set&) const = default;

    std::uint64_t total() const noexcept {
        std::uint64_t sum = 0;
        for (const auto& one : ranges_) sum += one.size();
        return sum;
    }

    void add(byte_range more) {
        if (more.empty()) return;
        const auto first = std::find_if(
            ranges_.begin(), ranges_.end(), [&](const auto& one) { return one.end >= more.first; });
        auto last = first;
        for (; last != ranges_.end() && last->first <= more.end; ++last) {
            more.first = std::min(more.first, last->first);
            more.end = std::max(more.end, last->end);
        }
        if (first == last) {
            ranges_.insert(first, more);
            return;
        }
        *first = more;
        ranges_.erase(first + 1, last);
    }

    /// Takes all bytes from `end` on out of the set.
    void clip(std::uint64_t end) {
        while (!ranges_.empty() && ranges_.back().first >= end) ranges_.pop_back();
        if (!ranges_.empty()) ranges_.back().end = std::min(ranges_.back().end, end);
    }

    /// The range that holds `position`, if any does.
    std::optional<byte_range> around(std::uint64_t position) const {
        for (const auto& one : ranges_)
            if (one.first <= position && position < one.end) return one;
        return std::nullopt;
    }

    /// Where the next range after `position` starts; open_end if there is none.
    std::uint64_t next_start(std::uint64_t position) const {
        for (const auto& one : ranges_)
            if (one.first > position) return one.first;
        return byte_range::open_end;
    }

    /// What is missing of [0, size); with size open_end the last gap has an open end.
    std::vector<byte_range> gaps(std::uint64_t size) const {
        std::vector<byte_range> missing;
        std::uint64_t position = 0;
        for (const auto& one : ranges_) {
            if (one.first >= size) break;
            if (position < one.first) missing.push_back({position, one.first});
            position = one.end;
        }
        if (position < size) missing.push_back({position, size});
        return missing;
    }

  private:
    std::vector<byte_range> ranges_;
};

}  // namespace ferry
