#include <ferry/detail/at_once.hpp>

#include <support/loop.hpp>

#include <doctest/doctest.h>

namespace ferry::test::at_once_test {
namespace {

/// How often tasks that end at once, all but one well, were run.
struct tally {
    std::size_t ended = 0;
    result<void> outcome;
};

tally run_all(std::size_t count, std::size_t most, std::size_t bad) {
    test::loop loop;
    tally all;
    auto task = [&](std::size_t i) -> awaitable<result<void>> {
        ++all.ended;
        if (i == bad) co_return failure{errc::refused};
        co_return result<void>();
    };
    all.outcome = loop.run(detail::at_once(count, most, task));
    return all;
}

}  // namespace

TEST_CASE("at_once: every task is run, also when they end without a wait") {
    for (const std::size_t most : {1, 2, 4, 7})
        for (std::size_t count = 0; count < 30; ++count) {
            const auto all = run_all(count, most, count);
            CHECK(all.ended == count);
            CHECK(all.outcome.has_value());
        }
}

TEST_CASE("at_once: a failure is told, and the others go on") {
    const auto all = run_all(20, 4, 3);
    CHECK(all.ended == 20);
    REQUIRE_FALSE(all.outcome.has_value());
    CHECK(all.outcome.error().code == errc::refused);
}

}  // namespace ferry::test::at_once_test
