#include <ferry/http/text.hpp>

#include <doctest/doctest.h>

#include <string>

namespace ferry::test::http_text_test {

namespace http = ferry::http;

TEST_CASE("http text: numbers are digits that a file offset can hold") {
    CHECK(http::parse_number("0") == 0);
    CHECK(http::parse_number("007") == 7);
    CHECK(http::parse_number("9223372036854775807") == 9223372036854775807u);
    for (const auto* text :
         {"", " 1", "1 ", "+1", "-1", "1.0", "0x1", "9223372036854775808",
          "99999999999999999999"}) {
        CAPTURE(text);
        CHECK_FALSE(http::parse_number(text));
    }
}

TEST_CASE("http text: tokens are what RFC 9110 calls so") {
    CHECK(http::is_token("X-Header_1~!#$%&'*+.^`|"));
    for (const auto* text : {"", "a b", "a:", "a/b", "a\"", "(a)", "a\x80"})
        CHECK_FALSE(http::is_token(text));
}

TEST_CASE("http text: what a server wrote is printable and short when it is shown") {
    CHECK(http::printable("Not Found") == "Not Found");
    CHECK(http::printable("\x1b[31m\r\n\xc3\xa9") == "?[31m????");
    CHECK(http::printable(std::string(200, 'x'), 3) == "xxx...");
}

TEST_CASE("http text: comparing and trimming heed case and space as fields need it") {
    CHECK(http::equal_ignoring_case("Content-Length", "content-LENGTH"));
    CHECK_FALSE(http::equal_ignoring_case("a", "ab"));
    CHECK_FALSE(http::equal_ignoring_case("[", "{"));
    CHECK(http::trimmed(" \ta b\t ") == "a b");
    CHECK(http::trimmed(" \t ").empty());
}

}  // namespace ferry::test::http_text_test
