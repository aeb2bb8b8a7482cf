#include <ferry/http/reply.hpp>
#include <ferry/http/response_parser.hpp>

#include <doctest/doctest.h>

#include <chrono>
#include <memory>
#include <string>

namespace ferry::test::http_reply_test {

namespace http = ferry::http;
using namespace std::chrono_literals;

namespace {

http::request get() {
    http::request asked;
    asked.what = ferry::parse_url("http://h/f").value();
    asked.access = std::make_shared<const ferry::access_options>();
    return asked;
}

http::request get(byte_range range) {
    auto asked = get();
    asked.ranged = true;
    asked.range = range;
    return asked;
}

ferry::result<http::meaning> understand(const http::request& asked, const std::string& head) {
    http::response_parser parser(asked.method == "HEAD");
    const auto text = "HTTP/1.1 " + head + "\r\n\r\n";
    REQUIRE(parser.read_head(std::as_bytes(std::span(text))).has_value());
    return http::understand(asked, parser.head(), http::wall_time());
}

ferry::failure failure_of(const http::request& asked, const std::string& head) {
    auto got = understand(asked, head);
    REQUIRE_FALSE(got);
    CHECK(got.error().context == ferry::error_context::remote_file);
    return got.error();
}

}  // namespace

TEST_CASE("http reply: 200 brings the whole object and tells all about it") {
    const auto got = understand(
        get(),
        "200 OK\r\nContent-Length: 100\r\nETag: W/\"v\"\r\nAccept-Ranges: bytes\r\n"
        "Last-Modified: Thu, 01 Jan 1970 00:01:00 GMT\r\n"
        "Content-Disposition: attachment; filename=a.txt");
    REQUIRE(got);
    CHECK(got->range == byte_range{0, 100});
    CHECK(got->info.size == 100);
    CHECK(got->info.version.tag == "\"v\"");
    CHECK(got->info.version.weak);
    CHECK(got->info.version.date == "Thu, 01 Jan 1970 00:01:00 GMT");
    CHECK(got->info.modified == http::wall_time(60s));
    CHECK(got->info.ranges);
    CHECK(got->info.suggested_name == "a.txt");
    CHECK(got->info.http_status == 200);
    CHECK(to_string(got->info.location) == "http://h/f");
}

TEST_CASE("http reply: without a length only the end of the body will tell") {
    const auto got = understand(get({5, 10}), "203 Copy\r\nTransfer-Encoding: chunked");
    REQUIRE(got);
    CHECK(got->range == byte_range{0, byte_range::open_end});
    CHECK_FALSE(got->info.size);
    CHECK_FALSE(got->info.ranges);
}

TEST_CASE("http reply: 206 brings what its Content-Range says, asked or not") {
    const auto got = understand(get({5, 10}), "206 P\r\nContent-Range: bytes 4-9/20");
    REQUIRE(got);
    CHECK(got->range == byte_range{4, 10});
    CHECK(got->info.size == 20);
    CHECK(got->info.ranges);
    const auto endless = understand(get({5, 10}), "206 P\r\nContent-Range: bytes 5-9/*");
    REQUIRE(endless);
    CHECK_FALSE(endless->info.size);
}

TEST_CASE("http reply: a 206 that nobody can make sense of is malformed") {
    const std::string good = "\r\nContent-Range: bytes 5-9/20";
    const auto asked = get({5, 10});
    CHECK(failure_of(get(), "206 P" + good).code == errc::malformed);
    CHECK(failure_of(asked, "206 P").code == errc::malformed);
    CHECK(failure_of(asked, "206 P\r\nContent-Range: bytes 9-5/20").code == errc::malformed);
    CHECK(failure_of(asked, "206 P\r\nContent-Range: bytes */20").code == errc::malformed);
    CHECK(failure_of(asked, "206 P" + good + good).code == errc::malformed);
    CHECK(failure_of(asked, "206 P" + good + "\r\nContent-Length: 6").code == errc::malformed);
    CHECK(
        failure_of(asked, "206 P" + good + "\r\nContent-Type: Multipart/ByteRanges; boundary=x")
            .code == errc::malformed);
}

TEST_CASE("http reply: 416 with a size is an answer, without one a refusal") {
    const auto got = understand(get({20, 30}), "416 No\r\nContent-Range: bytes */20");
    REQUIRE(got);
    CHECK(got->range == byte_range{20, 20});
    CHECK(got->info.size == 20);
    CHECK(got->info.http_status == 416);
    CHECK(failure_of(get({20, 30}), "416 No").code == errc::range_refused);
    CHECK(
        failure_of(get({20, 30}), "416 No\r\nContent-Range: bytes 0-1/20").code ==
        errc::range_refused);
    CHECK(failure_of(get(), "416 No\r\nContent-Range: bytes */20").code == errc::refused);
}

TEST_CASE("http reply: each status is the failure that a retry should take it for") {
    const auto code = [](int status) {
        return failure_of(get(), std::to_string(status) + " Text").code;
    };
    for (int status : {401, 403, 407}) CHECK(code(status) == errc::unauthorized);
    for (int status : {404, 410}) CHECK(code(status) == errc::not_found);
    for (int status : {408, 409, 425, 429, 500, 502, 503, 504, 599})
        CHECK(code(status) == errc::overloaded);
    for (int status :
         {201, 202, 204, 205, 226, 300, 304, 305, 306, 399, 400, 405, 412, 451, 501, 505})
        CHECK(code(status) == errc::refused);
    CHECK(failure_of(get(), "404 Not Found").http_status == 404);
    CHECK(failure_of(get(), "404 Not Found").detail == "GET http://h/f: 404 Not Found");
}

TEST_CASE("http reply: Retry-After counts where another try makes sense") {
    CHECK(failure_of(get(), "503 No\r\nRetry-After: 7").retry_after == 7s);
    CHECK(failure_of(get(), "429 No\r\nRetry-After: soon").retry_after == 0s);
    CHECK(failure_of(get(), "404 No\r\nRetry-After: 7").retry_after == 0s);
}

TEST_CASE("http reply: what the server wrote is made fit for a terminal") {
    const auto colours = failure_of(get(), "404 \x80\xff" + std::string(500, 'x')).detail;
    CHECK(colours.starts_with("GET http://h/f: 404 ??xxx"));
    CHECK(colours.size() < 200);
}

TEST_CASE("http reply: an encoded body is refused") {
    CHECK(failure_of(get(), "200 OK\r\nContent-Encoding: gzip").code == errc::unsupported);
    CHECK(
        failure_of(get({0, 5}), "206 P\r\nContent-Range: bytes 0-4/5\r\nContent-Encoding: br")
            .code == errc::unsupported);
    CHECK(understand(get(), "200 OK\r\nContent-Encoding: Identity").has_value());
}

TEST_CASE("http reply: a reply to HEAD tells the size without a body") {
    auto asked = get();
    asked.method = "HEAD";
    const auto got = understand(asked, "200 OK\r\nContent-Length: 100");
    REQUIRE(got);
    CHECK(got->info.size == 100);
}

}  // namespace ferry::test::http_reply_test
