#pragma once

#include <ferry/protocol.hpp>

#include <algorithm>
#include <cstdint>
#include <list>
#include <vector>

namespace ferry {

/// What one connection is to fetch; `next` moves on as bytes arrive, `end` may come nearer when an
/// idle connection takes over the tail.
struct lease {
    std::uint64_t next = 0;
    std::uint64_t end = byte_range::open_end;
    std::uint64_t reserved = 0;  ///< from `next` on; on their way, so nobody else may take them

    std::uint64_t left() const noexcept { return end > next ? end - next : 0; }
    std::uint64_t free() const noexcept { return left() > reserved ? left() - reserved : 0; }
};

/// Which connection fetches which bytes of one file. Decisions only: no I/O, no clock.
class segment_board {
  public:
    /// A tail worth a connection of its own.
    static constexpr std::uint64_t smallest_share = 1U << 20;

    segment_board() = default;
    explicit segment_board(std::vector<byte_range> missing) : gaps_(std::move(missing)) {}

    /// Splits what nobody fetches yet, so that at least `parts` shares of some size are there.
    void divide(std::size_t parts) {
        while (gaps_.size() < parts) {
            const auto longest = longest_gap();
            if (longest == gaps_.end() || longest->size() / 2 < smallest_share) return;
            const auto share = std::max(open_total() / parts, smallest_share);
            const auto cut = longest->first + std::min(share, longest->size() / 2);
            const byte_range rest{cut, longest->end};
            longest->end = cut;
            gaps_.insert(longest + 1, rest);
        }
    }

    /// The next thing to fetch: the first gap, else the second half of the longest running share.
    /// Null: nothing is left that is worth a connection.
    /// @param take_over  False for a connection that the server may still refuse: a running share
    ///                   is not cut for it.
    lease* claim(bool take_over = true) {
        if (!gaps_.empty()) {
            const auto gap = gaps_.front();
            gaps_.erase(gaps_.begin());
            return start(gap);
        }
        if (!take_over) return nullptr;
        lease* victim = nullptr;
        for (auto& one : running_)
            if (one.end != byte_range::open_end && (!victim || one.free() > victim->free()))
                victim = &one;
        if (!victim || victim->free() < 2 * smallest_share) return nullptr;
        const auto middle = victim->end - victim->free() / 2;
        const byte_range tail{middle, victim->end};
        victim->end = middle;
        return start(tail);
    }

    /// Ends a lease; what it did not fetch goes back to the gaps.
    void release(lease* done) {
        if (done->left() != 0) {
            const byte_range rest{done->next, done->end};
            const auto after = std::find_if(gaps_.begin(), gaps_.end(), [&](const auto& gap) {
                return gap.first > rest.first;
            });
            gaps_.insert(after, rest);
        }
        running_.remove_if([&](const lease& one) { return &one == done; });
    }

    bool finished() const noexcept { return gaps_.empty() && running_.empty(); }

    /// A lease on a given range, whether it is missing or not.
    lease* start(byte_range range) {
        running_.push_back({range.first, range.end});
        return &running_.back();
    }

  private:
    std::vector<byte_range>::iterator longest_gap() {
        return std::max_element(gaps_.begin(), gaps_.end(), [](const auto& a, const auto& b) {
            return a.size() < b.size();
        });
    }
    std::uint64_t open_total() const noexcept {
        std::uint64_t sum = 0;
        for (const auto& gap : gaps_) sum += gap.size();
        return sum;
    }

    std::vector<byte_range> gaps_;  // ascending
    std::list<lease> running_;      // stable addresses
};

}  // namespace ferry
