#include <ferry/detail/with_timeout.hpp>

#include <doctest/doctest.h>
#include <support/loop.hpp>

#include <chrono>
#include <stdexcept>
#include <string>

namespace ferry::test::with_timeout_test {

using namespace std::chrono_literals;

namespace {

awaitable<result<std::string>> answer(manual_clock& time, clock::duration after, bool& cancelled) {
    const auto when = time.now() + after;
    const auto slept = co_await time.sleep_until(when);
    cancelled = !slept;
    if (!slept) co_return slept.error();
    co_return std::string("answer");
}

awaitable<result<std::string>> failing() { co_return failure{errc::refused, "no"}; }

awaitable<result<std::string>> throwing() {
    throw std::runtime_error("a bug");
    co_return std::string();
}

}  // namespace

TEST_CASE("with_timeout: an answer in time is the answer") {
    loop on;
    bool cancelled = false;
    const auto got = on.start(detail::with_timeout(on.time, 2s, answer(on.time, 1s, cancelled)));
    on.advance(1s);
    REQUIRE(got->ready());
    CHECK(got->value->value() == "answer");
}

TEST_CASE("with_timeout: when the time is over, the operation is cancelled and waited for") {
    loop on;
    bool cancelled = false;
    const auto got = on.start(detail::with_timeout(on.time, 1s, answer(on.time, 1h, cancelled)));
    on.advance(999ms);
    CHECK_FALSE(got->ready());
    on.advance(1ms);
    REQUIRE(got->ready());
    CHECK(got->value->error().code == errc::timed_out);
    CHECK(got->value->error().context == error_context::transport);
    CHECK(cancelled);
}

TEST_CASE("with_timeout: failures and exceptions come out at once, not when the alarm rings") {
    loop on;
    const auto refused = on.start(detail::with_timeout(on.time, 1h, failing()));
    REQUIRE(refused->ready());
    CHECK(refused->value->error().code == errc::refused);
    const auto thrown = on.start(detail::with_timeout(on.time, 1h, throwing()));
    REQUIRE(thrown->ready());
    CHECK(thrown->value->error().detail == "a bug");
}

TEST_CASE("with_timeout: being cancelled from outside is no timeout") {
    loop on;
    bool cancelled = false;
    const auto got = on.start(detail::with_timeout(on.time, 1h, answer(on.time, 1h, cancelled)));
    got->cancel();
    on.settle();
    REQUIRE(got->ready());
    CHECK(got->value->error().code == errc::cancelled);
    CHECK(cancelled);
}

}  // namespace ferry::test::with_timeout_test
