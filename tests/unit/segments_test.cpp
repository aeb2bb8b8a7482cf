#include <ferry/range_set.hpp>
#include <ferry/segments.hpp>

#include <doctest/doctest.h>

#include <random>
#include <vector>

namespace ferry::test::segments_test {

namespace {

constexpr std::uint64_t mib = 1U << 20;

}  // namespace

TEST_CASE("segments: an undivided gap goes to the first who asks") {
    segment_board board({{10, 20}});
    auto* part = board.claim();
    REQUIRE(part != nullptr);
    CHECK(part->next == 10);
    CHECK(part->end == 20);
    CHECK(board.claim() == nullptr);
}

TEST_CASE("segments: a file is divided evenly") {
    segment_board board({{0, 80 * mib}});
    board.divide(8);
    for (std::uint64_t i = 0; i < 8; ++i) {
        const auto* part = board.claim();
        REQUIRE(part != nullptr);
        CHECK(part->next == i * 10 * mib);
        CHECK(part->end == (i + 1) * 10 * mib);
    }
}

TEST_CASE("segments: no share is smaller than what is worth a connection") {
    segment_board board({{0, 3 * mib}});
    board.divide(8);
    std::size_t shares = 0;
    for (auto* part = board.claim(); part && shares < 8; part = board.claim()) {
        CHECK(part->left() >= segment_board::smallest_share);
        ++shares;
    }
    CHECK(shares == 3);
}

TEST_CASE("segments: an idle connection takes the tail of the longest share") {
    segment_board board({{0, 100 * mib}});
    auto* slow = board.claim();
    slow->next = 20 * mib;
    auto* thief = board.claim();
    REQUIRE(thief != nullptr);
    CHECK(slow->end == 60 * mib);
    CHECK(thief->next == 60 * mib);
    CHECK(thief->end == 100 * mib);
}

TEST_CASE("segments: bytes that are on their way are not taken over") {
    segment_board board({{0, 10 * mib}});
    auto* slow = board.claim();
    slow->reserved = 8 * mib;
    auto* thief = board.claim();
    REQUIRE(thief != nullptr);
    CHECK(slow->end >= slow->next + slow->reserved);
    slow->reserved = slow->left();
    CHECK(board.claim() != thief);
}

TEST_CASE("segments: a connection that may yet be refused takes gaps, but cuts no running share") {
    segment_board board({{0, 100 * mib}, {200 * mib, 300 * mib}});
    REQUIRE(board.claim(false) != nullptr);
    REQUIRE(board.claim(false) != nullptr);
    CHECK(board.claim(false) == nullptr);
    CHECK(board.claim() != nullptr);
}

TEST_CASE("segments: a share of unknown end is not divided") {
    segment_board board({{0, byte_range::open_end}});
    REQUIRE(board.claim() != nullptr);
    CHECK(board.claim() == nullptr);
}

TEST_CASE("segments: what a lost connection leaves is claimed by another") {
    segment_board board({{0, 10 * mib}});
    auto* lost = board.claim();
    lost->next = 3 * mib;
    board.release(lost);
    CHECK_FALSE(board.finished());
    auto* heir = board.claim();
    REQUIRE(heir != nullptr);
    CHECK(heir->next == 3 * mib);
    heir->next = heir->end;
    board.release(heir);
    CHECK(board.finished());
}

TEST_CASE("segments: every byte is fetched exactly once, however connections come and go") {
    for (unsigned seed = 0; seed < 200; ++seed) {
        std::mt19937 dice(seed);
        const std::uint64_t size = dice() % (200 * mib) + 1;
        segment_board board({{0, size}});
        board.divide(dice() % 16 + 1);
        std::vector<lease*> running;
        std::uint64_t fetched = 0;
        ferry::range_set all;
        while (!board.finished()) {
            if (auto* part = running.size() < 8 ? board.claim() : nullptr) running.push_back(part);
            REQUIRE_FALSE(running.empty());
            const auto which = dice() % running.size();
            auto* part = running[which];
            const auto step = std::min<std::uint64_t>(dice() % (8 * mib) + 1, part->left());
            all.add({part->next, part->next + step});
            fetched += step;
            part->next += step;
            if (part->left() == 0 || dice() % 10 == 0) {
                board.release(part);
                running.erase(running.begin() + static_cast<std::ptrdiff_t>(which));
            }
        }
        CHECK(fetched == size);
        CHECK(all.gaps(size).empty());
    }
}

}  // namespace ferry::test::segments_test
