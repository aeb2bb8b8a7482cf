#include <ferry/http/request.hpp>

#include <doctest/doctest.h>

#include <memory>
#include <string>

namespace ferry::test::http_request_test {

namespace http = ferry::http;

namespace {

http::request get(const char* where, ferry::access_options access = {}) {
    http::request asked;
    asked.what = ferry::parse_url(where).value();
    asked.access = std::make_shared<const ferry::access_options>(std::move(access));
    return asked;
}

bool has(const std::string& text, const std::string& line) {
    return text.find("\r\n" + line + "\r\n") != std::string::npos;
}

}  // namespace

TEST_CASE("http request: a plain GET asks for the whole object, unencoded") {
    CHECK(
        http::to_text(get("http://Host:8080/a%20b?c#d")) ==
        "GET /a%20b?c HTTP/1.1\r\nHost: host:8080\r\nUser-Agent: ferry/" FERRY_VERSION
        "\r\nAccept: */*\r\nAccept-Encoding: identity\r\n\r\n");
    CHECK(has(http::to_text(get("http://[::1]/")), "Host: [::1]"));
}

TEST_CASE("http request: a range has an inclusive end, and a condition where one is wanted") {
    auto asked = get("http://h/f");
    asked.ranged = true;
    CHECK(has(http::to_text(asked), "Range: bytes=0-"));
    asked.range = {100, 200};
    asked.if_match = "\"v1\"";
    const auto text = http::to_text(asked);
    CHECK(has(text, "Range: bytes=100-199"));
    CHECK(has(text, "If-Range: \"v1\""));
    asked.ranged = false;
    CHECK(http::to_text(asked).find("Range") == std::string::npos);
}

TEST_CASE("http request: custom headers go to their own origin only") {
    ferry::access_options access;
    access.headers = {"Authorization: Bearer secret", "X-Empty:", "accept:text/plain"};
    auto asked = get("http://h/f", access);
    const auto own = http::to_text(asked);
    CHECK(has(own, "Authorization: Bearer secret"));
    CHECK(has(own, "X-Empty: "));
    CHECK(has(own, "accept: text/plain"));
    CHECK_FALSE(has(own, "Accept: */*"));
    asked.own_origin = false;
    const auto other = http::to_text(asked);
    CHECK(other.find("secret") == std::string::npos);
    CHECK(has(other, "Accept: */*"));
}

TEST_CASE("http request: the user agent can be chosen in either way") {
    ferry::access_options access;
    access.user_agent = "mine/1";
    CHECK(has(http::to_text(get("http://h/", access)), "User-Agent: mine/1"));
    access.headers = {"user-agent: other/2"};
    const auto text = http::to_text(get("http://h/", access));
    CHECK(has(text, "user-agent: other/2"));
    CHECK(text.find("mine") == std::string::npos);
}

TEST_CASE("http request: options that would smuggle or contradict are refused") {
    const auto refused = [](const char* header) {
        ferry::access_options access;
        access.headers = {header};
        const auto checked = http::check(access);
        return !checked && checked.error().code == errc::bad_argument;
    };
    for (const auto* header :
         {"X: a\r\nY: b",
          "X: a\nb",
          "X: a\rb",
          "X: \x01",
          "no colon",
          ": nameless",
          "",
          "A B: c",
          "A : b",
          " A: b",
          "A\r\n: b",
          "Host: x",
          "host: x",
          "RANGE: bytes=0-",
          "If-Range: x",
          "Content-Length: 0",
          "Transfer-Encoding: chunked",
          "Connection: close",
          "TE: trailers",
          "Accept-Encoding: gzip",
          "Upgrade: h2c",
          "Expect: 100-continue"}) {
        CAPTURE(header);
        CHECK(refused(header));
    }
    CHECK_FALSE(refused("X-Tab:\tvalue"));
    CHECK_FALSE(refused("Cookie: a=b; c=d"));

    ferry::access_options access;
    access.headers = {std::string("X: a\0b", 6)};
    CHECK_FALSE(http::check(access));
    access.headers.clear();
    access.user_agent = "a\r\nX: b";
    CHECK_FALSE(http::check(access));
}

TEST_CASE("http request: a refused header is named without its value") {
    ferry::access_options access;
    access.headers = {"Authorization: Bearer secret\n"};
    const auto checked = http::check(access);
    REQUIRE_FALSE(checked);
    CHECK(checked.error().detail.find("Authorization") != std::string::npos);
    CHECK(checked.error().detail.find("secret") == std::string::npos);
}

TEST_CASE("http request: a method that usually brings content says that there is none") {
    auto asked = get("http://h/f");
    for (const auto* method : {"POST", "PUT", "PATCH"}) {
        asked.method = method;
        CHECK(http::to_text(asked).find("\r\nContent-Length: 0\r\n") != std::string::npos);
    }
    for (const auto* method : {"GET", "HEAD", "DELETE"}) {
        asked.method = method;
        CHECK(http::to_text(asked).find("Content-Length") == std::string::npos);
    }
}

TEST_CASE("http request: credentials in a URL are neither sent nor shown") {
    const auto asked = get("http://user:secret@h/f");
    CHECK(http::to_text(asked).find("secret") == std::string::npos);
    CHECK(http::title(asked) == "GET http://h/f");
    const auto checked = http::check(asked.what);
    REQUIRE_FALSE(checked);
    CHECK(checked.error().code == errc::unsupported);
    CHECK(checked.error().detail.find("secret") == std::string::npos);
}

}  // namespace ferry::test::http_request_test
