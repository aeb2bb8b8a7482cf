#include "cli/sources/name_pattern.hpp"

#include <doctest/doctest.h>

#include <string>

namespace ferry::test::cli_name_pattern_test {

using namespace ferry::cli;

TEST_CASE("cli: a name fits a pattern as a whole") {
    CHECK(fits("a.txt", "a.txt"));
    CHECK_FALSE(fits("a.txt", "A.txt"));
    CHECK_FALSE(fits("a", "ab"));
    CHECK_FALSE(fits("ab", "a"));
    CHECK(fits("*", ""));
    CHECK(fits("*", "anything at all"));
    CHECK(fits("*.txt", ".txt"));
    CHECK(fits("a*b*c", "a-b-b-c"));
    CHECK_FALSE(fits("a*b*c", "a-b-b-d"));
    CHECK_FALSE(fits("", "a"));
    CHECK(fits("a b#%", "a b#%"));
}

TEST_CASE("cli: '?' is one character, not one byte; of what is no UTF-8, a byte") {
    CHECK(fits("?", "\xC3\xBC"));
    CHECK_FALSE(fits("??", "\xC3\xBC"));
    CHECK(fits("a?", "a\xFF"));
    CHECK_FALSE(fits("?", ""));
}

TEST_CASE("cli: a set is one of its characters, or none of them") {
    CHECK(fits("[a-c]", "b"));
    CHECK_FALSE(fits("[a-c]", "d"));
    CHECK(fits("[!a-c]", "d"));
    CHECK(fits("[^a-c]", "d"));
    CHECK_FALSE(fits("[!a-c]", "b"));
    CHECK(fits("[]x]", "]"));
    CHECK(fits("[!]x]", "y"));
    CHECK(fits("[a-]", "-"));
    CHECK(fits("[-a]", "-"));
    CHECK(fits("[\xC3\xA0-\xC3\xBF]", "\xC3\xBC"));
    CHECK(fits("[\\]]", "]"));
    CHECK(fits("*[0-9].txt", "x1y2.txt"));
    CHECK_FALSE(fits("[]", "x"));
}

TEST_CASE("cli: what is escaped, or not closed, is itself") {
    CHECK(fits("\\*", "*"));
    CHECK_FALSE(fits("\\*", "a"));
    CHECK(fits("\\[a]", "[a]"));
    CHECK(fits("a[b", "a[b"));
    CHECK(fits("a\\", "a\\"));
}

TEST_CASE("cli: case of ASCII letters may be ignored") {
    CHECK(fits("*.TXT", "a.txt", letter_case::ignored));
    CHECK(fits("[A-C]", "b", letter_case::ignored));
    CHECK(fits("[a-c]", "B", letter_case::ignored));
    CHECK_FALSE(fits("[!a-c]", "B", letter_case::ignored));
    CHECK_FALSE(fits("\xC3\x9C", "\xC3\xBC", letter_case::ignored));
}

TEST_CASE("cli: many stars take no long time") {
    std::string pattern, name(200, 'a');
    for (int i = 0; i < 50; ++i) pattern += "a*";
    CHECK(fits(pattern, name));
    CHECK_FALSE(fits(pattern + "b", name));
}

}  // namespace ferry::test::cli_name_pattern_test
