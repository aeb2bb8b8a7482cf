#include <ferry/http/request.hpp>

#include <doctest/doctest.h>

#include <memory>
#include <string>

namespace ferry::test::http_method_test {

namespace http = ferry::http;

TEST_CASE("http method: a word that asks for a file is the user's to choose") {
    for (const auto* method : {"", "GET", "POST", "PROPFIND", "get"}) {
        ferry::access_options access;
        access.method = method;
        CHECK(http::check(access));
    }
    for (const auto* method : {"HEAD", "CONNECT", "TRACE", "GET /f HTTP/1.1\r\n", "A B", "\""}) {
        ferry::access_options access;
        access.method = method;
        const auto got = http::check(access);
        REQUIRE_FALSE(got);
        CHECK(got.error().code == errc::bad_argument);
    }
}

TEST_CASE("http method: only what changes nothing is sent a second time unasked") {
    const auto repeated = [](const char* method, bool repeatable = false) {
        http::request what;
        what.method = method;
        what.repeatable = repeatable;
        return http::may_be_repeated(what);
    };
    for (const auto* method : {"GET", "HEAD", "PUT"}) CHECK(repeated(method));
    CHECK(repeated("PATCH", true));
    for (const auto* method : {"POST", "PATCH", "get", "BITS_POST"}) CHECK_FALSE(repeated(method));
}

TEST_CASE("http method: a redirect keeps it, but for 303 and the history of POST") {
    for (const int status : {301, 302, 307, 308}) {
        CHECK(http::method_after(status, "GET") == "GET");
        CHECK(http::method_after(status, "HEAD") == "HEAD");
        CHECK(http::method_after(status, "PUT") == "PUT");
    }
    CHECK(http::method_after(301, "POST") == "GET");
    CHECK(http::method_after(302, "POST") == "GET");
    CHECK(http::method_after(307, "POST") == "POST");
    CHECK(http::method_after(308, "POST") == "POST");
    CHECK(http::method_after(303, "PUT") == "GET");
    CHECK(http::method_after(303, "HEAD") == "HEAD");
}

TEST_CASE("http request: what tells who we are goes along once, to server and proxy each") {
    http::request asked;
    asked.what = ferry::parse_url("http://h:81/f?a").value();
    asked.access = std::make_shared<const ferry::access_options>();
    CHECK(http::to_text(asked).find("uthorization") == std::string::npos);
    asked.authorization = "Basic a";
    asked.proxy_authorization = "Basic b";
    asked.absolute_form = true;
    CHECK(
        http::to_text(asked).rfind(
            "GET http://h:81/f?a HTTP/1.1\r\nHost: h:81\r\nAuthorization: Basic a\r\n"
            "Proxy-Authorization: Basic b\r\n",
            0) == 0);
}

TEST_CASE("http request: credentials in a URL are refused, and it says where they belong") {
    const auto got = http::check(ferry::parse_url("http://ann:secret@h/").value());
    REQUIRE_FALSE(got);
    CHECK(got.error().code == errc::unsupported);
    CHECK(got.error().detail.find("--credential USER") != std::string::npos);
    CHECK(got.error().detail.find("secret") == std::string::npos);
}

}  // namespace ferry::test::http_method_test
