#include <ferry/http/connect.hpp>

#include <doctest/doctest.h>

#include <string>
#include <vector>

namespace ferry::test::http_connect_test {

namespace http = ferry::http;

namespace {

using endpoints = std::vector<asio::ip::tcp::endpoint>;

endpoints addresses(const std::vector<std::string>& texts) {
    endpoints all;
    for (const auto& text : texts) all.emplace_back(asio::ip::make_address(text), 80);
    return all;
}

ferry::failure failed(int error_number) { return http::socket_failure(error_number); }

}  // namespace

TEST_CASE("http connect: the families take turns, the preferred one first") {
    CHECK(
        http::interleaved(addresses({"::1", "::2", "::3", "1.1.1.1", "2.2.2.2"})) ==
        addresses({"::1", "1.1.1.1", "::2", "2.2.2.2", "::3"}));
    CHECK(
        http::interleaved(addresses({"1.1.1.1", "::1", "::2"})) ==
        addresses({"1.1.1.1", "::1", "::2"}));
    CHECK(http::interleaved(addresses({"1.1.1.1"})) == addresses({"1.1.1.1"}));
    CHECK(http::interleaved({}).empty());
}

TEST_CASE("http connect: a refusal tells more than a missing route") {
    const auto code = [](int a, int b) {
        return http::more_telling(failed(a), failed(b)).code.value();
    };
    CHECK(code(ENETUNREACH, ECONNREFUSED) == ECONNREFUSED);
    CHECK(code(ECONNREFUSED, ENETUNREACH) == ECONNREFUSED);
    CHECK(code(ETIMEDOUT, ECONNREFUSED) == ECONNREFUSED);
    CHECK(code(EHOSTUNREACH, ETIMEDOUT) == ETIMEDOUT);
    CHECK(code(ENETUNREACH, EAFNOSUPPORT) == ENETUNREACH);
}

}  // namespace ferry::test::http_connect_test
