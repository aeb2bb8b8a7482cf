#include "cli/jobs/csv.hpp"

#include <doctest/doctest.h>

#include <random>
#include <string>

namespace ferry::test::cli_csv_test {

using ferry::cli::csv_row;
using ferry::cli::csv_transfer;
using ferry::cli::parse_csv;
using ferry::cli::read_transfers;
using ferry::cli::take_quoted;

namespace {

using fields = std::vector<std::string>;

/// The fields of the only row.
fields row_of(std::string_view text) {
    CAPTURE(text);
    const auto rows = parse_csv(text, "f");
    REQUIRE(rows);
    REQUIRE(rows->size() == 1);
    return rows->front().fields;
}

template <class Parse>
std::string error_of(Parse parse, std::string_view text) {
    CAPTURE(text);
    const auto parsed = parse(text, "my.csv");
    REQUIRE_FALSE(parsed);
    CHECK(parsed.error().code == ferry::errc::bad_argument);
    return parsed.error().detail;
}

std::string csv_error(std::string_view text) { return error_of(parse_csv, text); }
std::string list_error(std::string_view text) { return error_of(read_transfers, text); }

const std::string valid =
    "\xef\xbb\xbfSource, Destination\r\nhttp://h/a, \"b \"\"c\"\",\r\nd\"\r\n\r\n\thttp://h/e\n";

}  // namespace

TEST_CASE("csv: rows are lines, fields lie between commas") {
    const auto rows = parse_csv("a,b\n1,2\r\n3,4", "f").value();
    CHECK(rows == std::vector<csv_row>{{1, {"a", "b"}}, {2, {"1", "2"}}, {3, {"3", "4"}}});
    CHECK(row_of("a") == fields{"a"});
    CHECK(row_of(",") == fields{"", ""});
    CHECK(row_of("a,,b,\n") == fields{"a", "", "b", ""});
}

TEST_CASE("csv: quotes keep commas, blanks and line breaks, and two of them stand for one") {
    CHECK(row_of("\"a,b\",c") == fields{"a,b", "c"});
    CHECK(row_of("\" a \"") == fields{" a "});
    CHECK(row_of("\"a\r\nb\nc\td\"\r\n") == fields{"a\r\nb\nc\td"});
    CHECK(row_of("\"\"\"a\"\"\"") == fields{"\"a\""});
    CHECK(row_of("\"\",\"\"\"\"") == fields{"", "\""});
}

TEST_CASE("csv: blanks around a field mean nothing") {
    CHECK(row_of(" a b\t, c \t") == fields{"a b", "c"});
    CHECK(row_of("\t \"a\" ,  \" b\"\t\r\n") == fields{"a", " b"});
}

TEST_CASE("csv: blank lines, a byte order mark and a #TYPE line mean nothing") {
    CHECK(parse_csv("", "f").value().empty());
    CHECK(parse_csv("\xef\xbb\xbf\r\n \t\n\n", "f").value().empty());
    CHECK(parse_csv("#TYPE x", "f").value().empty());
    const auto rows = parse_csv("\xef\xbb\xbf#TYPE System.X\r\n\na\r\n \r\nb\n\n", "f").value();
    CHECK(rows == std::vector<csv_row>{{3, {"a"}}, {5, {"b"}}});
    CHECK(parse_csv("\"\"\n", "f").value().size() == 1);
}

TEST_CASE("csv: a row's line is the one on which it begins") {
    const auto rows = parse_csv("a\n\"b\n\nc\"\r\nd", "f").value();
    REQUIRE(rows.size() == 3);
    CHECK(rows[1].line == 2);
    CHECK(rows[2].line == 5);
}

TEST_CASE("csv: a shorter row stays short, empty fields too many are dropped") {
    const auto rows = parse_csv("a,b\n1\n1,2, ,\"\"\n", "f").value();
    REQUIRE(rows.size() == 3);
    CHECK(rows[1].fields == fields{"1"});
    CHECK(rows[2].fields == fields{"1", "2"});
}

TEST_CASE("csv: what is malformed is an error that names the line") {
    CHECK(
        csv_error("a,b\n1,2\n1,2,,4") ==
        "my.csv:3: 4 fields where the header has 2 (quotes keep a comma inside a field)");
    CHECK(
        csv_error("a\n\"b\nc\" x\n") ==
        "my.csv:3: text after a closing quote (a quote inside a field is written twice)");
    CHECK(csv_error("\"a\"b").starts_with("my.csv:1: text after a closing quote"));
    CHECK(csv_error("\"a\"\r").starts_with("my.csv:1: text after a closing quote"));
    CHECK(csv_error("a\nb\n\"c\nd\n") == "my.csv:3: a quote that is never closed");
    CHECK(csv_error("a,\"") == "my.csv:1: a quote that is never closed");
    CHECK(
        csv_error("a\nb\"c\"") ==
        "my.csv:2: a quote inside a field (enclose the field in quotes, write it twice)");
}

TEST_CASE("csv: a control character is an error, quoted or not") {
    for (int c = 0; c < 0x80; ++c) {
        if ((c >= 0x20 && c < 0x7f) || c == '\t' || c == '\n') continue;
        CAPTURE(c);
        const auto control = std::string(1, static_cast<char>(c));
        const std::string why = "control character (text in UTF-8 is wanted)";
        CHECK(csv_error("a\nb" + control + "c\n") == "my.csv:2: " + why);
        CHECK(csv_error("a\n\"b\n" + control + "c\"\n") == "my.csv:3: " + why);
    }
    const std::string utf16("\xff\xfeS\0o\0", 6);
    CHECK(csv_error(utf16).starts_with("my.csv:1: control character"));
}

TEST_CASE("csv: the name of a file is made safe for a terminal") {
    const auto rows = parse_csv("\"", "x\x1b[2J");
    REQUIRE_FALSE(rows);
    CHECK(rows.error().detail.starts_with("x\\x1b[2J:1: "));
}

TEST_CASE("csv: transfers come from the columns Source and Destination, wherever they are") {
    const std::vector<csv_transfer> expected = {{"http://h/a", "b", 2}, {"c", "d", 3}};
    CHECK(read_transfers("Source, Destination\nhttp://h/a, b\nc, d\n", "f").value() == expected);
    CHECK(
        read_transfers("size,DESTINATION,x,source\n1,b,,http://h/a\n2,d,,c\n", "f").value() ==
        expected);
    CHECK(
        read_transfers("\"Source\",\"Destination\",\nhttp://h/a,b,\nc,d", "f").value() == expected);
}

TEST_CASE("csv: without a destination a transfer goes to the current folder") {
    const std::vector<csv_transfer> expected = {{"a", "", 2}, {"b", "", 3}};
    CHECK(read_transfers("source\na\nb\n", "f").value() == expected);
    CHECK(read_transfers("source,destination\na\nb, \n", "f").value() == expected);
}

TEST_CASE("csv: a list that is no list of transfers is refused as a whole") {
    const std::string wanted = " (the first line must be: Source,Destination)";
    CHECK(list_error("") == "my.csv: empty" + wanted);
    CHECK(list_error("\xef\xbb\xbf\n \n") == "my.csv: empty" + wanted);
    CHECK(list_error("http://h/a,b\nc,d\n") == "my.csv:1: no column 'Source'" + wanted);
    CHECK(list_error("\nSource;Destination\na;b\n") == "my.csv:2: no column 'Source'" + wanted);
    CHECK(
        list_error("Source,Destination\r\n") ==
        "my.csv:1: nothing below the header (a transfer a line: SOURCE,DESTINATION)");
    CHECK(list_error("Source,source\na,b") == "my.csv:1: two columns are called 'source'");
    CHECK(list_error("x\x80,Source,X\x80\na,b") == "my.csv:1: two columns are called 'x\\x80'");
    for (const std::string row : {",b", " ,b", "\"\",b", ",", ",,"})
        CHECK(
            list_error("Source,Destination\na,b\n" + row + "\nc,d") ==
            "my.csv:3: no source (the column 'Source' is empty)");
    CHECK(list_error("x,Source\na").starts_with("my.csv:2: no source"));
    CHECK(list_error("Source\na\n\"b\n").starts_with("my.csv:3: a quote"));
}

TEST_CASE("csv: every prefix of a list is a list or an error that names it") {
    REQUIRE(read_transfers(valid, "f").value().size() == 2);
    for (std::size_t n = 0; n < valid.size(); ++n) {
        CAPTURE(n);
        const auto some = read_transfers(std::string_view(valid).substr(0, n), "f");
        const bool sound = some ? some->size() <= 2 : some.error().detail.starts_with("f:");
        CHECK(sound);
    }
}

TEST_CASE("csv: every changed byte of a list and random bytes are survived") {
    for (std::size_t n = 0; n < valid.size(); ++n)
        for (const char c : {'\0', '"', ',', '\n', '\r', ' ', '\xff'}) {
            auto changed = valid;
            changed[n] = c;
            static_cast<void>(read_transfers(changed, "f"));
        }
    std::mt19937 random(1);
    constexpr std::string_view alphabet = "a\",\r\n \t\xff";
    for (int round = 0; round < 5'000; ++round) {
        std::string text(random() % 40, ' ');
        for (auto& c : text) c = alphabet[random() % alphabet.size()];
        static_cast<void>(read_transfers("source,x\n" + text, "f"));
        for (auto& c : text) c = static_cast<char>(random());
        static_cast<void>(read_transfers(text, "f"));
    }
}

TEST_CASE("csv: a hundred thousand rows, and a field of their size, are nothing special") {
    std::string text = "Source,Destination\n";
    for (int i = 0; i < 100'000; ++i) text += "\"http://h/a\"\"b\", c\n";
    const auto transfers = read_transfers(text, "f").value();
    REQUIRE(transfers.size() == 100'000);
    CHECK(transfers.back() == csv_transfer{"http://h/a\"b", "c", 100'001});
    std::string quotes = "\"";
    for (const char c : text) quotes += c == '"' ? std::string("\"\"") : std::string(1, c);
    CHECK(row_of(quotes + "\"") == fields{text});
}

TEST_CASE("csv: quoted text ends at the first quote that stands alone") {
    std::string_view text = "'it''s', \"b\"";
    CHECK(take_quoted(text) == "it's");
    CHECK(text == ", \"b\"");
    text = "\"a''";
    CHECK(take_quoted(text) == std::nullopt);
    CHECK(text == "\"a''");
    text = "\"\"";
    CHECK(take_quoted(text) == "");
    CHECK(text.empty());
}

}  // namespace ferry::test::cli_csv_test
