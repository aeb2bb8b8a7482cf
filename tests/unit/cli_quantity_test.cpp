#include "cli/text/quantity.hpp"

#include <doctest/doctest.h>

#include <string>

namespace ferry::test::cli_quantity_test {

using namespace std::chrono_literals;
using ferry::cli::parse_count;
using ferry::cli::parse_positive_seconds;
using ferry::cli::parse_rate;
using ferry::cli::parse_rate_or_none;
using ferry::cli::parse_seconds;

TEST_CASE("cli: a rate is bytes per second, with K, M and G for powers of 1024") {
    CHECK(parse_rate("1").value() == 1);
    CHECK(parse_rate("500000").value() == 500'000);
    CHECK(parse_rate("500K").value() == 500 * 1024);
    CHECK(parse_rate("20m").value() == 20 << 20);
    CHECK(parse_rate("1.5M").value() == 3 << 19);
    CHECK(parse_rate("0.5k").value() == 512);
    CHECK(parse_rate("3G").value() == 3ULL << 30);
}

TEST_CASE("cli: what is no rate is refused, with a hint") {
    for (const std::string text :
         {"", "K", "x", "-1", "+1", "1KB", "1 K", " 1", "1.", ".5M", "1e3", "inf", "nan", "0x10",
          "1.5.2", "1,5M", "10M/s"}) {
        CAPTURE(text);
        const auto rate = parse_rate(text);
        REQUIRE_FALSE(rate);
        CHECK(rate.error().detail.find("(bytes per second") != std::string::npos);
    }
}

TEST_CASE("cli: a rate that is nothing or beyond all bounds is refused") {
    CHECK_FALSE(parse_rate("0"));
    CHECK(parse_rate_or_none("0").value() == 0);
    CHECK(parse_rate_or_none("none").value() == 0);
    CHECK(parse_rate_or_none("1K").value() == 1024);
    CHECK_FALSE(parse_rate_or_none("0.1"));
    CHECK_FALSE(parse_rate("0.1"));
    CHECK_FALSE(parse_rate("0G"));
    CHECK_FALSE(parse_rate("9223372036854775808"));
    CHECK_FALSE(parse_rate("99999999999G"));
    CHECK_FALSE(parse_rate(std::string(400, '9')));
    CHECK(parse_rate("8000000000G").value() == 8'000'000'000ULL << 30);
}

TEST_CASE("cli: seconds may have a fraction, and never round down to nothing") {
    CHECK(parse_seconds("30").value() == 30s);
    CHECK(parse_seconds("0.5").value() == 500ms);
    CHECK(parse_seconds("0").value() == 0s);
    CHECK(parse_seconds("0.0001").value() == 1ms);
    CHECK(parse_seconds("1000000000").value() == 1'000'000'000s);
    for (const std::string text : {"", "s", "5s", "-1", "1e3", "inf", "1000000001"}) {
        CAPTURE(text);
        CHECK_FALSE(parse_seconds(text));
    }
    CHECK(parse_positive_seconds("0.001").value() == 1ms);
    CHECK_FALSE(parse_positive_seconds("0"));
    CHECK_FALSE(parse_positive_seconds("0.000"));
}

TEST_CASE("cli: a count stays within its bounds") {
    CHECK(parse_count("1", 1, 64).value() == 1);
    CHECK(parse_count("64", 1, 64).value() == 64);
    for (const std::string text : {"", "0", "65", "-1", "+5", "5x", "1.5", "99999999999"}) {
        CAPTURE(text);
        const auto count = parse_count(text, 1, 64);
        REQUIRE_FALSE(count);
        CHECK(count.error().detail == "not a number from 1 to 64");
    }
}

}  // namespace ferry::test::cli_quantity_test
