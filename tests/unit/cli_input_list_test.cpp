#include "cli/get/input_list.hpp"

#include <doctest/doctest.h>

#include <string>

namespace ferry::test::cli_input_list_test {

using ferry::cli::list_entry;
using ferry::cli::parse_input_list;

TEST_CASE("cli: a list has one URL a line, with an optional destination after a tab") {
    const auto entries = parse_input_list("http://h/a\nhttp://h/b\tother name\n/c", "list").value();
    REQUIRE(entries.size() == 3);
    CHECK(entries[0] == list_entry{"http://h/a", std::nullopt, "list:1"});
    CHECK(entries[1] == list_entry{"http://h/b", "other name", "list:2"});
    CHECK(entries[2] == list_entry{"/c", std::nullopt, "list:3"});
}

TEST_CASE("cli: comments, empty lines, CRLF, blanks and a BOM in a list mean nothing") {
    const auto entries =
        parse_input_list("\xef\xbb\xbf# x\r\n\r\n  http://h/a \t b \r\n \t \n  # y\n\n", "l")
            .value();
    REQUIRE(entries.size() == 1);
    CHECK(entries[0] == list_entry{"http://h/a", "b", "l:3"});
    CHECK(parse_input_list("", "l").value().empty());
    CHECK(parse_input_list("#only", "l").value().empty());
}

TEST_CASE("cli: a '#' inside a URL is no comment") {
    const auto entries = parse_input_list("http://h/a#b", "l").value();
    CHECK(entries.at(0).source == "http://h/a#b");
}

TEST_CASE("cli: a malformed line is named and spoils the list") {
    const auto error = [](std::string_view text) {
        const auto entries = parse_input_list(text, "my.txt");
        REQUIRE_FALSE(entries);
        CHECK(entries.error().code == ferry::errc::bad_argument);
        return entries.error().detail;
    };
    CHECK(error("http://h/a\nhttp://h/b\t\n").starts_with("my.txt:2: no destination"));
    CHECK(error("http://h/b\t \r\n").starts_with("my.txt:1: no destination"));
    CHECK(error("http://h/b\tc\td").starts_with("my.txt:1: more than one tab"));
    CHECK(error("\n\nhttp://h/\x01").starts_with("my.txt:3: control character"));
    CHECK(error(std::string("http://h/\0", 10)).starts_with("my.txt:1: control character"));
}

TEST_CASE("cli: a list that cannot be read is an error with its name") {
    const auto entries = ferry::cli::read_input_list("/no/such/list");
    REQUIRE_FALSE(entries);
    CHECK(entries.error().code == ferry::errc::bad_argument);
    CHECK(entries.error().detail == "/no/such/list: No such file or directory");
    CHECK_FALSE(ferry::cli::read_input_list("/"));
}

}  // namespace ferry::test::cli_input_list_test
