#include <ferry/http/proxy/address.hpp>

#include <doctest/doctest.h>

#include <string>

namespace ferry::test::http_proxy_address_test {

namespace http = ferry::http;

namespace {

struct good {
    std::string text;
    std::string shown;
    std::string only_for = {};
};

}  // namespace

TEST_CASE("http proxy address: scheme, port and brackets may be there or not") {
    const good table[] = {
        {"p", "http://p:1080"},
        {"p:3128", "http://p:3128"},
        {"  P.Example:3128/ ", "http://p.example:3128"},
        {"http://p:8080", "http://p:8080"},
        {"HTTP://p:8080", "http://p:8080"},
        {"https://p", "https://p:443"},
        {"https://p:8443", "https://p:8443"},
        {"socks5://p", "socks5://p:1080"},
        {"socks5h://10.0.0.1:9050", "socks5h://10.0.0.1:9050"},
        {"[::1]", "http://[::1]:1080"},
        {"https://[fd00::1]:444", "https://[fd00::1]:444"},
        {"http=p:80", "http://p:80", "http"},
        {"HTTPS=socks5://p:81", "socks5://p:81", "https"},
        {"ftp=p:21", "http://p:21", "ftp"},
    };
    for (const auto& row : table) {
        CAPTURE(row.text);
        const auto parsed = http::parse_proxy(row.text);
        REQUIRE_MESSAGE(parsed.has_value(), parsed.error().detail);
        CHECK(http::to_string(parsed->server) == row.shown);
        CHECK(parsed->only_for == row.only_for);
        CHECK(parsed->server.who.empty());
    }
}

TEST_CASE("http proxy address: user and password are percent-decoded and not shown") {
    const auto parsed = http::parse_proxy("socks5://us%40er:pa%3Ass@wo%25rd@p:1080");
    REQUIRE(parsed.has_value());
    CHECK(parsed->server.who.user == "us@er");
    CHECK(parsed->server.who.password == secret("pa:ss@wo%rd"));
    CHECK(http::to_string(parsed->server) == "socks5://p:1080");

    const auto plain = http::parse_proxy("user@p");
    REQUIRE(plain.has_value());
    CHECK(plain->server.who.user == "user");
    CHECK_FALSE(plain->server.who.password.has_value());

    const auto empty = http::parse_proxy("http=user:@p");
    REQUIRE(empty.has_value());
    CHECK(empty->server.who.password == secret());
}

TEST_CASE("http proxy address: nonsense is refused, and no password is shown") {
    const std::string table[] = {
        "",
        "/",
        ":3128",
        "http://",
        "p:0",
        "p:65536",
        "p:port",
        "p:-1",
        "p: 80",
        "p:",
        "p/path",
        "p q",
        "p\r\nX: y",
        "::1",
        "[::1",
        "[::1]x",
        "[p]:80",
        "[]",
        "ftp://p",
        "socks://p",
        "socks4://p",
        "socks4a://p",
        "socks=p:1080",
        "a b://p",
        "=p",
        "sesame:sesame@",
        "sesame://user:sesame@p:99999",
        "http://user:sesame@p:99999",
        "http://user:sesame%00@p",
        "user:sesame@p/sesame",
        std::string(300, 'h'),
        std::string("p\0q", 3),
    };
    for (const auto& text : table) {
        CAPTURE(text);
        const auto parsed = http::parse_proxy(text);
        REQUIRE_FALSE(parsed.has_value());
        CHECK(parsed.error().code == errc::bad_argument);
        CHECK_FALSE(parsed.error().detail.empty());
        if (!text.starts_with("sesame:"))
            CHECK(parsed.error().detail.find("sesame") == std::string::npos);
    }
}

TEST_CASE("http proxy address: what is not supported says what is") {
    for (const std::string text : {"socks4://p", "socks://p", "socks=p:1080", "quic://p"}) {
        CAPTURE(text);
        const auto why = http::parse_proxy(text).error().detail;
        CHECK_MESSAGE(why.find("socks5") != std::string::npos, why);
    }
}

}  // namespace ferry::test::http_proxy_address_test
