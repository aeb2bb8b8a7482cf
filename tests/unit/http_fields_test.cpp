#include <ferry/http/fields.hpp>

#include <doctest/doctest.h>

#include <chrono>
#include <string>

namespace ferry::test::http_fields_test {

namespace http = ferry::http;
using namespace std::chrono_literals;
using std::chrono::sys_days;

namespace {

using time_point = std::chrono::system_clock::time_point;

const time_point now = sys_days(std::chrono::year(2024) / 2 / 29) + 12h;
const time_point example = sys_days(std::chrono::year(1994) / 11 / 6) + 8h + 49min + 37s;

}  // namespace

TEST_CASE("http fields: Content-Range names a part and the total, or says which of them it lacks") {
    const auto both = http::parse_content_range("bytes 0-99/1234");
    REQUIRE(both);
    CHECK(both->part == ferry::byte_range{0, 100});
    CHECK(both->total == 1234);
    const auto endless = http::parse_content_range("bytes 42-42/*");
    REQUIRE(endless);
    CHECK(endless->part == ferry::byte_range{42, 43});
    CHECK_FALSE(endless->total);
    const auto refused = http::parse_content_range("Bytes */0");
    REQUIRE(refused);
    CHECK_FALSE(refused->part);
    CHECK(refused->total == 0);
    CHECK(http::parse_content_range("bytes 9223372036854775806-9223372036854775806/*"));
}

TEST_CASE("http fields: a Content-Range that cannot be true is none") {
    for (const auto* text :
         {"",
          "bytes",
          "bytes ",
          "bytes */*",
          "bytes 0-99",
          "bytes 5-4/10",
          "bytes 0-10/10",
          "bytes -5/10",
          "bytes 5-/10",
          "bytes a-b/c",
          "items 0-1/2",
          "bytes 0-1/2,3-4/5",
          "bytes +0-1/2",
          "bytes 0 - 1/2",
          "bytes 0-1/",
          "bytes 0x0-1/2",
          "bytes=0-1/2",
          "bytes 0-18446744073709551616/*",
          "bytes 18446744073709551616-18446744073709551617/*",
          "bytes 0-18446744073709551615/*",
          "bytes 0-1/18446744073709551616"}) {
        CAPTURE(text);
        CHECK_FALSE(http::parse_content_range(text));
    }
}

TEST_CASE("http fields: all three forms of a date mean the same") {
    CHECK(http::parse_http_date("Sun, 06 Nov 1994 08:49:37 GMT", now) == example);
    CHECK(http::parse_http_date("Sunday, 06-Nov-94 08:49:37 GMT", now) == example);
    CHECK(http::parse_http_date("Sun Nov  6 08:49:37 1994", now) == example);
    CHECK(http::parse_http_date("Sun Nov 16 08:49:37 1994", now) == example + 10 * 24h);
}

TEST_CASE("http fields: a year of two digits is at most 50 years ahead") {
    const auto year_of = [](const char* text) {
        const auto date = http::parse_http_date(text, now);
        REQUIRE(date);
        return static_cast<int>(
            std::chrono::year_month_day(std::chrono::floor<std::chrono::days>(*date)).year());
    };
    CHECK(year_of("Friday, 01-Jan-74 00:00:00 GMT") == 2074);
    CHECK(year_of("Friday, 01-Jan-75 00:00:00 GMT") == 1975);
    CHECK(year_of("Friday, 01-Jan-24 00:00:00 GMT") == 2024);
    CHECK(year_of("Friday, 01-Jan-99 00:00:00 GMT") == 1999);
}

TEST_CASE("http fields: what is no date is none") {
    for (const auto* text :
         {"", "Sun", "Sun,", "Sun, 06 Nov 1994 08:49:37", "Sun, 06 Nov 1994 08:49:37 CET",
          "Sun, 31 Feb 1994 08:49:37 GMT", "Sun, 06 Nov 1994 24:00:00 GMT",
          "Sun, 06 Nov 1994 08:60:00 GMT", "Sun, 6 Nov 1994 08:49:37 GMT",
          "Xyz, 06 Nov 1994 08:49:37 GMT", "Sun, 06 nov 1994 08:49:37 GMT",
          "Sun, 06 Nov 1994 08:49:37 GMT ", "Sunday, 06 Nov 1994 08:49:37 GMT",
          "Sun, 06 Nov 0000 08:49:37 GMT", "Sun, -6 Nov 1994 08:49:37 GMT", "0", "-1",
          "1994-11-06T08:49:37Z"}) {
        CAPTURE(text);
        CHECK_FALSE(http::parse_http_date(text, now));
    }
}

TEST_CASE("http fields: Retry-After is a number of seconds or a date") {
    CHECK(http::parse_retry_after("0", now) == 0ms);
    CHECK(http::parse_retry_after("120", now) == 120s);
    CHECK(http::parse_retry_after("Thu, 29 Feb 2024 12:00:07 GMT", now) == 7s);
    CHECK(http::parse_retry_after("Thu, 29 Feb 2024 11:00:00 GMT", now) == 0ms);
    CHECK_FALSE(http::parse_retry_after("soon", now));
    CHECK_FALSE(http::parse_retry_after("-1", now));
    CHECK_FALSE(http::parse_retry_after("1.5", now));
    CHECK_FALSE(http::parse_retry_after("", now));
}

TEST_CASE("http fields: no Retry-After is longer than a day") {
    CHECK(http::parse_retry_after("86401", now) == 24h);
    CHECK(http::parse_retry_after("99999999999999999999999999", now) == 24h);
    CHECK(http::parse_retry_after("Fri, 29 Feb 2044 12:00:00 GMT", now) == 24h);
}

TEST_CASE("http fields: an ETag is kept with its quotes, and its weakness apart") {
    const auto strong = http::parse_etag("\"v1\"");
    REQUIRE(strong);
    CHECK(strong->tag == "\"v1\"");
    CHECK(strong->strong());
    const auto weak = http::parse_etag("W/\"v1\"");
    REQUIRE(weak);
    CHECK(weak->tag == "\"v1\"");
    CHECK_FALSE(weak->strong());
    CHECK(http::parse_etag("\"\""));
}

TEST_CASE("http fields: what has not the form of an ETag proves nothing and is none") {
    for (const auto* text :
         {"", "v1", "\"", "\"v1", "v1\"", "w/\"v1\"", "W/", "\"a\"b\"", "\"a b\"", "\"a\x01\"",
          "\"a\", \"b\""}) {
        CAPTURE(text);
        CHECK_FALSE(http::parse_etag(text));
    }
}

TEST_CASE("http fields: Accept-Ranges is a list that has bytes in it, or not") {
    CHECK(http::accepts_byte_ranges("bytes"));
    CHECK(http::accepts_byte_ranges("items , BYTES"));
    CHECK_FALSE(http::accepts_byte_ranges("none"));
    CHECK_FALSE(http::accepts_byte_ranges(""));
    CHECK_FALSE(http::accepts_byte_ranges("kilobytes"));
}

TEST_CASE("http fields: Content-Disposition suggests a name, the extended one first") {
    const auto name = [](std::string_view text) { return http::parse_disposition_name(text); };
    CHECK(name("attachment; filename=plain.txt") == "plain.txt");
    CHECK(
        name("attachment; filename=\"with space; and \\\"quotes\\\".txt\"") ==
        "with space; and \"quotes\".txt");
    CHECK(name("inline; FileName = \"a.txt\" ; x=y") == "a.txt");
    CHECK(
        name("attachment; filename=\"a.txt\"; filename*=UTF-8''na%C3%AFve.txt") ==
        "na\xc3\xafve.txt");
    CHECK(name("attachment; filename*=UTF-8'en'b.txt; filename=a.txt") == "b.txt");
    CHECK(name("attachment; filename*=KOI8-R''b.txt; filename=a.txt") == "a.txt");
    CHECK(name("attachment") == "");
    CHECK(name("") == "");
    CHECK(name("attachment; filename=\"unfinished") == "unfinished");
    CHECK(name("attachment; ;; = ; filename") == "");
}

}  // namespace ferry::test::http_fields_test
