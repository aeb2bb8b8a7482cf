#include "cli/demo/demo_server.hpp"

#include <doctest/doctest.h>

#include <string>

namespace ferry::test::cli_demo_server_test {

using ferry::cli::parse_demo_request;

namespace {

auto request(const std::string& fields) {
    return parse_demo_request("GET /demo.bin HTTP/1.1\r\nHost: h\r\n" + fields + "\r\n", "\"e\"");
}

}  // namespace

TEST_CASE("cli: the demo's server understands a range to the end") {
    CHECK_FALSE(request("").ranged);
    CHECK(request("Range: bytes=5-\r\n").ranged);
    CHECK(request("range:bytes=5-\r\n").first == 5);
    CHECK_FALSE(request("Range: bytes=5-9\r\n").ranged);
    CHECK_FALSE(request("Range: bytes=-9\r\n").ranged);
    CHECK(request("Range: bytes=-9\r\n").first == 0);
}

TEST_CASE("cli: the demo's server gives a range only of the version that is asked for") {
    CHECK(request("Range: bytes=5-\r\nIf-Range: \"e\"\r\n").ranged);
    CHECK_FALSE(request("Range: bytes=5-\r\nIf-Range: \"other\"\r\n").ranged);
    CHECK(parse_demo_request("HEAD / HTTP/1.1\r\n\r\n", "").head);
}

}  // namespace ferry::test::cli_demo_server_test
