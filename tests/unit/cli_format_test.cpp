#include "cli/text/format.hpp"

#include <doctest/doctest.h>

namespace ferry::test::cli_format_test {

using namespace std::chrono_literals;
using namespace ferry::cli;

TEST_CASE("cli: sizes are short, in powers of 1024") {
    CHECK(format_size(0) == "0 B");
    CHECK(format_size(999) == "999 B");
    CHECK(format_size(1023) == "1023 B");
    CHECK(format_size(1024) == "1.0 KiB");
    CHECK(format_size(1536) == "1.5 KiB");
    CHECK(format_size(512 << 20) == "512 MiB");
    CHECK(format_size(2ULL << 30) == "2.0 GiB");
    CHECK(format_size(~0ULL) == "16.0 EiB");
}

TEST_CASE("cli: a size that rounds to 1024 of a unit is 1.0 of the next") {
    CHECK(format_size((1 << 20) - 1) == "1.0 MiB");
    CHECK(format_size(1'047'552) == "1023 KiB");
    CHECK(format_size(102'348) == "99.9 KiB");
    CHECK(format_size(102'399) == "100 KiB");
}

TEST_CASE("cli: rates are sizes per second, never negative") {
    CHECK(format_rate(1.8 * (1 << 30)) == "1.8 GiB/s");
    CHECK(format_rate(0) == "0 B/s");
    CHECK(format_rate(-5) == "0 B/s");
    CHECK(format_rate(1 / 0.0) == "0 B/s");
}

TEST_CASE("cli: durations get coarser as they get longer") {
    CHECK(format_duration(0ms) == "0 ms");
    CHECK(format_duration(99ms) == "99 ms");
    CHECK(format_duration(1100ms) == "1.1 s");
    CHECK(format_duration(9949ms) == "9.9 s");
    CHECK(format_duration(9950ms) == "10 s");
    CHECK(format_duration(59499ms) == "59 s");
    CHECK(format_duration(59500ms) == "1 min 0 s");
    CHECK(format_duration(125s) == "2 min 5 s");
    CHECK(format_duration(2h + 5min) == "2 h 5 min");
    CHECK(format_duration(-5ms) == "0 ms");
}

TEST_CASE("cli: a countdown looks like a clock") {
    CHECK(format_clock(0s) == "0:00");
    CHECK(format_clock(12s) == "0:12");
    CHECK(format_clock(125s) == "2:05");
    CHECK(format_clock(3723s) == "1:02:03");
    CHECK(format_clock(99h) == "99:00:00");
}

TEST_CASE("cli: times are RFC 3339 in UTC with milliseconds") {
    using namespace std::chrono;
    CHECK(format_time(std::chrono::system_clock::time_point()) == "1970-01-01T00:00:00.000Z");
    const auto leap = sys_days(2024y / 2 / 29) + 12h + 5ms;
    CHECK(format_time(leap) == "2024-02-29T12:00:00.005Z");
}

}  // namespace ferry::test::cli_format_test
