#include <ferry/result.hpp>

#include <doctest/doctest.h>

#include <memory>
#include <string>
#include <system_error>

namespace ferry::test::result_test {

TEST_CASE("result: it holds a value or a failure") {
    const result<int> good = 7;
    const result<int> bad = failure{errc::refused, "no"};
    CHECK(good);
    CHECK(*good == 7);
    CHECK_FALSE(bad);
    CHECK(bad.error().code == errc::refused);
    CHECK(bad.error().detail == "no");
}

TEST_CASE("result: a default one is an empty failure, that of nothing a success") {
    CHECK_FALSE(result<int>().has_value());
    CHECK_FALSE(result<int>().error().code);
    CHECK(result<void>().has_value());
}

TEST_CASE("result: a code alone makes a failure") {
    const result<std::string> bad = errc::cancelled;
    const result<void> nothing = errc::cancelled;
    CHECK(bad.error().code == errc::cancelled);
    CHECK(nothing.error().code == errc::cancelled);
}

TEST_CASE("result: value() throws for users who prefer exceptions") {
    result<int> bad = failure{errc::not_found, "GET x"};
    CHECK_THROWS_AS((void)bad.value(), std::system_error);
    CHECK_THROWS_AS(result<void>(errc::refused).value(), std::system_error);
    try {
        (void)bad.value();
    } catch (const std::system_error& thrown) {
        CHECK(thrown.code() == errc::not_found);
        CHECK(std::string(thrown.what()).find("GET x") != std::string::npos);
    }
    CHECK(result<int>(3).value() == 3);
    CHECK_NOTHROW(result<void>().value());
}

TEST_CASE("result: what can only be moved moves through it") {
    result<std::unique_ptr<int>> held = std::make_unique<int>(5);
    CHECK(**held == 5);
    const auto taken = *std::move(held);
    CHECK(*taken == 5);
    CHECK(*result<std::unique_ptr<int>>(std::make_unique<int>(6)).value() == 6);
}

TEST_CASE("result: a string is a value, never a failure") {
    const result<std::string> text = std::string("x");
    REQUIRE(text.has_value());
    CHECK(text->size() == 1);
}

}  // namespace ferry::test::result_test
