#include <ferry/retry.hpp>

#include <doctest/doctest.h>

#include <chrono>
#include <optional>

namespace ferry::test::retry_test {

using namespace std::chrono_literals;

namespace {

constexpr retry_policy steady{.first = 1s, .longest = 60s, .give_up = 600s, .jitter = false};

std::optional<std::chrono::milliseconds> wait_after(
    unsigned failures, const retry_policy& policy = steady) {
    return next_wait(policy, failures, 0s, 0s, 0.5);
}

}  // namespace

TEST_CASE("retry: the wait doubles from the first to the longest") {
    CHECK(wait_after(1) == 1s);
    CHECK(wait_after(2) == 2s);
    CHECK(wait_after(3) == 4s);
    CHECK(wait_after(6) == 32s);
    CHECK(wait_after(7) == 60s);
    CHECK(wait_after(8) == 60s);
    CHECK(wait_after(4'000'000'000) == 60s);
}

TEST_CASE("retry: a first wait above the longest one is kept, as with the interval of a job") {
    const retry_policy patient{.first = 600s, .longest = 60s, .give_up = 10h, .jitter = false};
    CHECK(wait_after(1, patient) == 600s);
    CHECK(wait_after(5, patient) == 600s);
}

TEST_CASE("retry: jitter spreads the wait over its second half") {
    auto policy = steady;
    policy.jitter = true;
    CHECK(next_wait(policy, 3, 0s, 0s, 0.0) == 2s);
    CHECK(next_wait(policy, 3, 0s, 0s, 0.5) == 3s);
    CHECK(*next_wait(policy, 3, 0s, 0s, 0.999) < 4s);
}

TEST_CASE("retry: the server's wish is never undercut, nor does jitter shorten it") {
    auto policy = steady;
    policy.jitter = true;
    CHECK(next_wait(policy, 1, 0s, 30s, 0.0) == 30s);
    CHECK(next_wait(policy, 1, 0s, 90s, 0.0) == 90s);
    CHECK(next_wait(steady, 7, 0s, 5s, 0.0) == 60s);
}

TEST_CASE("retry: it gives up when the time since the last progress is used up") {
    CHECK(next_wait(steady, 1, 599s, 0s, 0.5) == 1s);
    CHECK_FALSE(next_wait(steady, 1, 600s, 0s, 0.5).has_value());
    CHECK_FALSE(next_wait(steady, 1, 601s, 0s, 0.5).has_value());
}

TEST_CASE("retry: it gives up at once when the wait would end too late") {
    CHECK_FALSE(next_wait(steady, 7, 590s, 0s, 0.5).has_value());
    CHECK_FALSE(next_wait(steady, 1, 0s, 601s, 0.5).has_value());
    CHECK(next_wait(steady, 1, 0s, 600s, 0.5) == 600s);
}

TEST_CASE("retry: a time of 0 never retries") {
    auto never = steady;
    never.give_up = 0s;
    CHECK_FALSE(wait_after(1, never).has_value());
}

}  // namespace ferry::test::retry_test
