#include <ferry/range_set.hpp>

#include <doctest/doctest.h>

namespace ferry::test::range_set_test {

namespace {

range_set set_of(std::initializer_list<byte_range> ranges) {
    range_set all;
    for (const auto& one : ranges) all.add(one);
    return all;
}

}  // namespace

TEST_CASE("range set: neighbours and overlaps merge, in whatever order they come") {
    const std::vector<byte_range> merged{{0, 30}, {40, 50}};
    CHECK(set_of({{0, 10}, {10, 20}, {15, 30}, {40, 50}}).ranges() == merged);
    CHECK(set_of({{40, 50}, {15, 30}, {0, 10}, {10, 20}}).ranges() == merged);
    CHECK(set_of({{0, 5}, {7, 9}, {20, 30}, {0, 30}, {40, 50}}).ranges() == merged);
}

TEST_CASE("range set: empty ranges add nothing") { CHECK(set_of({{5, 5}, {9, 3}}).empty()); }

TEST_CASE("range set: gaps are what is missing up to the size") {
    const auto kept = set_of({{10, 20}, {30, 40}});
    CHECK(kept.gaps(50) == std::vector<byte_range>{{0, 10}, {20, 30}, {40, 50}});
    CHECK(kept.gaps(40) == std::vector<byte_range>{{0, 10}, {20, 30}});
    CHECK(kept.gaps(byte_range::open_end).back() == byte_range{40, byte_range::open_end});
    CHECK(range_set().gaps(0).empty());
    CHECK(set_of({{0, 7}}).gaps(7).empty());
}

TEST_CASE("range set: a position is inside a range or before the next start") {
    const auto kept = set_of({{10, 20}, {30, 40}});
    CHECK_FALSE(kept.around(9));
    CHECK(kept.around(10) == byte_range{10, 20});
    CHECK(kept.around(19) == byte_range{10, 20});
    CHECK_FALSE(kept.around(20));
    CHECK(kept.next_start(0) == 10);
    CHECK(kept.next_start(10) == 30);
    CHECK(kept.next_start(30) == byte_range::open_end);
}

TEST_CASE("range set: clipping takes out everything from an end on") {
    auto kept = set_of({{10, 20}, {30, 40}});
    kept.clip(35);
    CHECK(kept.ranges() == std::vector<byte_range>{{10, 20}, {30, 35}});
    kept.clip(30);
    CHECK(kept.ranges() == std::vector<byte_range>{{10, 20}});
    kept.clip(0);
    CHECK(kept.empty());
}

}  // namespace ferry::test::range_set_test
