#include "cli/text/terminal_text.hpp"

#include <doctest/doctest.h>

#include <string>

namespace ferry::test::cli_terminal_text_test {

using namespace ferry::cli;

TEST_CASE("cli: ordinary text of all the world is shown as it is") {
    for (const std::string text : {"", "a b.iso", "Grüße", "日本語", "😀", "C:\\x \"q\""}) {
        CAPTURE(text);
        CHECK(printable(text) == text);
    }
}

TEST_CASE("cli: a terminal never sees a control character") {
    CHECK(printable("a\x1b[2Jb") == "a\\x1b[2Jb");
    CHECK(printable("a\r\nb\tc\x7f") == "a\\x0d\\x0ab\\x09c\\x7f");
    CHECK(printable(std::string("\0", 1)) == "\\x00");
    CHECK(
        printable("\xc2\x9b"
                  "31m") == "\\x9b31m");  // CSI as one C1 character, in UTF-8
    CHECK(
        printable("\x9b"
                  "31m") == "\\x9b31m");  // and as a bare byte
}

TEST_CASE("cli: no byte sequence leaves a control character or invalid UTF-8 behind") {
    for (int first = 0; first < 256; ++first)
        for (int second = 0; second < 256; ++second) {
            const std::string text{static_cast<char>(first), static_cast<char>(second), 'x'};
            const auto safe = printable(text);
            CHECK(valid_utf8(safe) == safe);
            for (const unsigned char c : safe) REQUIRE((c >= 0x20 && c != 0x7f));
        }
}

TEST_CASE("cli: characters that reorder or hide text are made visible") {
    CHECK(printable("a\u202egpj.exe") == "a\\u{202e}gpj.exe");
    CHECK(printable("\u2066x\u2069") == "\\u{2066}x\\u{2069}");
    CHECK(printable("\u200f") == "\\u{200f}");
    CHECK(printable("\u200b") == "\\u{200b}");
    CHECK(printable("\ufeff") == "\\u{feff}");
    CHECK(printable("\u2028") == "\\u{2028}");
    CHECK(printable("\U000e0041") == "\\u{e0041}");
}

TEST_CASE("cli: overlong forms, surrogates and broken UTF-8 are shown as bytes") {
    CHECK(printable("\xc0\xaf") == "\\xc0\\xaf");
    CHECK(printable("\xe0\x80\xaf") == "\\xe0\\x80\\xaf");
    CHECK(printable("\xed\xa0\x80") == "\\xed\\xa0\\x80");
    CHECK(printable("\xf4\x90\x80\x80") == "\\xf4\\x90\\x80\\x80");
    CHECK(printable("\xe2\x82") == "\\xe2\\x82");
    CHECK(printable("\xff") == "\\xff");
}

TEST_CASE("cli: JSON gets a replacement for each byte that is no UTF-8") {
    CHECK(
        valid_utf8("a\xff\xfe"
                   "b") ==
        "a\ufffd\ufffd"
        "b");
    CHECK(valid_utf8("Grüße \u202e") == "Grüße \u202e");
}

TEST_CASE("cli: columns are counted as a terminal does") {
    CHECK(columns("") == 0);
    CHECK(columns("abc") == 3);
    CHECK(columns("Grüße") == 5);
    CHECK(columns("日本語") == 6);
    CHECK(columns("e\u0301") == 1);
    CHECK(columns("😀") == 2);
}

TEST_CASE("cli: text is cut between characters and never wider than asked") {
    CHECK(cut("abcdef", 6) == "abcdef");
    CHECK(cut("abcdef", 5) == "abcd…");
    CHECK(cut("abcdef", 1) == "…");
    CHECK(cut("abcdef", 0) == "");
    CHECK(cut("日本語", 5) == "日本…");
    CHECK(cut("日本語", 4) == "日…");
    CHECK(padded("abc", 5) == "abc  ");
    CHECK(padded("日本語", 4) == "日… ");
    for (std::size_t width = 0; width < 12; ++width)
        CHECK(columns(padded("Grüße日本", width)) == width);
}

}  // namespace ferry::test::cli_terminal_text_test
