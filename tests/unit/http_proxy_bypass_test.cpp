#include <ferry/http/proxy/bypass.hpp>

#include <doctest/doctest.h>

#include <string>
#include <vector>

namespace ferry::test::http_proxy_bypass_test {

namespace http = ferry::http;
using http::bypass_name;

namespace {

struct match {
    std::string pattern;
    std::string to;
    bool as_domain;  ///< no_proxy
    bool as_host;    ///< --proxy-bypass
};

}  // namespace

TEST_CASE("http proxy bypass: patterns match the hosts that they mean, and no others") {
    const match table[] = {
        {"*", "http://any.where/", true, true},
        {"corp", "http://corp/", true, true},
        {"CORP.", "http://corp/", true, true},
        {"corp", "http://corp./", true, true},
        {"corp", "http://a.corp/", true, false},
        {"corp", "http://acorp/", false, false},
        {"corp", "http://corp.a/", false, false},
        {".corp", "http://corp/", true, false},
        {".corp", "http://a.b.corp/", true, true},
        {".corp", "http://acorp/", false, false},
        {"*.corp", "http://a.corp/", true, true},
        {"*.corp", "http://corp/", false, false},
        {"*.Corp", "http://A.CORP/", true, true},
        {"*corp", "http://acorp/", true, true},
        {"<local>", "http://printer/", true, true},
        {"<LOCAL>", "http://printer.corp/", false, false},
        {"<local>", "http://127.1.2.3/", true, true},
        {"<local>", "http://[::1]/", true, true},
        {"<local>", "http://a.localhost/", true, true},
        {"<local>", "http://10.0.0.1/", false, false},
        {"<local>", "http://[fd00::1]/", false, false},
        {"10.0.0.1", "http://10.0.0.1/", true, true},
        {"10.0.0.1", "http://10.0.0.11/", false, false},
        {"10.0.0.1", "http://[::ffff:10.0.0.1]/", true, true},
        {"0.0.1", "http://10.0.0.1/", false, false},
        {"*.1", "http://10.0.0.1/", false, false},
        {"10.0.0.0/8", "http://10.255.0.1/", true, true},
        {"10.1.2.3/8", "http://10.255.0.1/", true, true},
        {"10.0.0.0/8", "http://11.0.0.1/", false, false},
        {"10.0.0.0/8", "http://ten.corp/", false, false},
        {"0.0.0.0/0", "http://11.0.0.1/", true, true},
        {"0.0.0.0/0", "http://[::1]/", false, false},
        {"10.0.0.7/32", "http://10.0.0.7/", true, true},
        {"fd00::/8", "http://[fd12::1]/", true, true},
        {"fd00::/8", "http://[fe80::1]/", false, false},
        {"::1", "http://[0:0:0:0:0:0:0:1]/", true, true},
        {"[::1]", "http://[::1]:8080/", true, true},
        {"[::1]:8080", "http://[::1]:8080/", true, true},
        {"[::1]:8080", "http://[::1]/", false, false},
        {"corp:8080", "http://corp:8080/", true, true},
        {"corp:8080", "http://a.corp:8080/", true, false},
        {"corp:8080", "http://corp/", false, false},
        {"corp:443", "https://corp/", true, true},
        {"corp:80", "https://corp/", false, false},
        {"*.corp:81", "http://a.corp:81/", true, true},
        {" corp ", "http://corp/", true, true},
    };
    for (const auto& row : table) {
        CAPTURE(row.pattern);
        CAPTURE(row.to);
        const auto to = ferry::parse_url(row.to).value();
        CHECK(http::bypasses(row.pattern, to, bypass_name::domain) == row.as_domain);
        CHECK(http::bypasses(row.pattern, to, bypass_name::host) == row.as_host);
        CHECK(http::is_bypass_pattern(row.pattern));
    }
}

TEST_CASE("http proxy bypass: nonsense matches nothing and is known as such") {
    const std::string table[] = {
        "",
        " ",
        ".",
        "*.",
        "10.0.0.0/33",
        "10.0.0.0/",
        "10.0.0/8",
        "corp/8",
        "fd00::/129",
        "corp:0",
        "corp:65536",
        "corp:",
        "corp:x",
        "[::1",
        "[::1]x",
        "[",
        "]",
        "[:",
        "http://corp",
        "a b",
        "<lokal>",
        "a*b",
        "10.0.0.0/-1",
        std::string("c\0rp", 4),
    };
    const auto to = ferry::parse_url("http://corp/").value();
    for (const auto& pattern : table) {
        CAPTURE(pattern);
        CHECK_FALSE(http::is_bypass_pattern(pattern));
        CHECK_FALSE(http::bypasses(pattern, to, bypass_name::domain));
    }
}

TEST_CASE("http proxy bypass: a variable holds patterns between commas and blanks") {
    using list = std::vector<std::string>;
    CHECK(http::split_bypass("a,b") == list{"a", "b"});
    CHECK(http::split_bypass(" a , b c\t,,d,") == list{"a", "b", "c", "d"});
    CHECK(http::split_bypass("").empty());
    CHECK(http::split_bypass(" , ").empty());
}

}  // namespace ferry::test::http_proxy_bypass_test
