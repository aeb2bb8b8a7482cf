#include <ferry/http/redirect.hpp>
#include <ferry/http/response_parser.hpp>

#include <doctest/doctest.h>

#include <memory>
#include <string>
#include <vector>

namespace ferry::test::http_redirect_test {

namespace http = ferry::http;

namespace {

struct trip {
    std::vector<std::string> hops;  // the last one redirects
    std::string fields;
    ferry::access_options access = {};
};

ferry::result<ferry::url> next(const trip& so_far) {
    std::vector<ferry::url> hops;
    for (const auto& hop : so_far.hops) hops.push_back(ferry::parse_url(hop).value());
    http::request asked;
    asked.what = hops.back();
    asked.access = std::make_shared<const ferry::access_options>(so_far.access);
    http::response_parser parser;
    const auto text = "HTTP/1.1 302 Found\r\n" + so_far.fields + "\r\n";
    REQUIRE(parser.read_head(std::as_bytes(std::span(text))).has_value());
    return http::next_hop(asked, parser.head(), hops);
}

std::string to(const std::string& from, const std::string& location) {
    const auto got = next({{from}, "Location: " + location + "\r\n"});
    return got ? to_string(*got) + got->fragment : std::string(symbol(got.error()));
}

}  // namespace

TEST_CASE("http redirect: five statuses lead elsewhere") {
    for (int status : {301, 302, 303, 307, 308}) CHECK(http::is_redirect(status));
    for (int status : {200, 300, 304, 305, 306, 309, 400}) CHECK_FALSE(http::is_redirect(status));
}

TEST_CASE("http redirect: a Location may be relative and inherits the fragment") {
    CHECK(to("http://h/a/b?q", "c") == "http://h/a/c");
    CHECK(to("http://h/a/b", "/c?d") == "http://h/c?d");
    CHECK(to("http://h/a", "//other/c") == "http://other/c");
    CHECK(to("http://h/a", "https://h/a") == "https://h/a");
    CHECK(to("http://h/a#part", "/b") == "http://h/b#part");
    CHECK(to("http://h/a#part", "/b#other") == "http://h/b#other");
}

TEST_CASE("http redirect: to less protection only for those who allow it") {
    trip down{{"https://h/a"}, "Location: http://h/b\r\n"};
    CHECK(symbol(next(down).error()) == "http.redirect");
    down.access.allow_downgrade = true;
    CHECK(to_string(next(down).value()) == "http://h/b");
    down.fields = "Location: ftp://h/b\r\n";
    CHECK(symbol(next(down).error()) == "http.redirect");
    down.fields = "Location: http://h/b\r\n";
    down.access.redirects = ferry::redirect_policy::forbid;
    CHECK(symbol(next(down).error()) == "http.redirect");
}

TEST_CASE("http redirect: never to less protection, and never out of http") {
    CHECK(to("https://h/a", "http://h/b") == "http.redirect");
    CHECK(to("http://h/a", "file:///etc/passwd") == "http.redirect");
    CHECK(to("http://h/a", "smb://h/share/f") == "http.redirect");
    CHECK(to("http://h/a", "ftp://h/f") == "http.redirect");
    CHECK(to("http://h/a", "http://") == "http.redirect");
}

TEST_CASE("http redirect: a server does not choose our credentials") {
    const auto got = next({{"http://h/a"}, "Location: http://user:secret@other/b\r\n"});
    REQUIRE(got);
    CHECK(got->user_info.empty());
}

TEST_CASE("http redirect: circles are found, whatever the fragment") {
    CHECK(to("http://h/a", "/a") == "http.redirect");
    CHECK(to("http://h/a", "/a#b") == "http.redirect");
    CHECK(to("http://h/a", "http://h:80/a") == "http.redirect");
    CHECK_FALSE(next({{"http://h/a", "http://h/b"}, "Location: /a\r\n"}));
    CHECK(next({{"http://h/a", "http://h/b"}, "Location: /a?c\r\n"}));
}

TEST_CASE("http redirect: their number is limited, down to none") {
    trip so_far{{"http://h/0"}, "Location: /new\r\n", {}};
    so_far.access.max_redirects = 0;
    CHECK_FALSE(next(so_far));
    so_far.access.max_redirects = 2;
    so_far.hops = {"http://h/0", "http://h/1"};
    CHECK(next(so_far));
    so_far.hops = {"http://h/0", "http://h/1", "http://h/2"};
    const auto got = next(so_far);
    REQUIRE_FALSE(got);
    CHECK(got.error().code == errc::redirect_refused);
    CHECK(got.error().http_status == 302);
}

TEST_CASE("http redirect: where they are forbidden, the failure tells where to") {
    trip so_far{{"http://h/0"}, "Location: /new\r\n", {}};
    so_far.access.redirects = ferry::redirect_policy::forbid;
    const auto got = next(so_far);
    REQUIRE_FALSE(got);
    CHECK(got.error().code == errc::redirect_refused);
    CHECK(got.error().detail.find("http://h/new") != std::string::npos);
}

TEST_CASE("http redirect: to nowhere or to several places at once is a refusal") {
    CHECK(next({{"http://h/0"}, ""}).error().code == errc::refused);
    CHECK(next({{"http://h/0"}, "Location:\r\n"}).error().code == errc::refused);
    CHECK(next({{"http://h/0"}, "Location: /a\r\nLocation: /b\r\n"}).error().code == errc::refused);
}

}  // namespace ferry::test::http_redirect_test
