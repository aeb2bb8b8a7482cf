#include <ferry/detail/task_group.hpp>

#include <doctest/doctest.h>
#include <support/loop.hpp>

#include <chrono>
#include <stdexcept>
#include <string>

namespace ferry::test::task_group_test {

using namespace std::chrono_literals;

namespace {

struct record {
    int ended = 0;
    int cancelled = 0;
};

awaitable<result<void>> sleeper(manual_clock& time, clock::duration length, record& log) {
    const auto end = time.now() + length;
    auto slept = co_await time.sleep_until(end);
    ++(slept ? log.ended : log.cancelled);
    co_return slept;
}

awaitable<result<void>> failing(manual_clock& time, clock::duration after, failure why) {
    const auto end = time.now() + after;
    auto slept = co_await time.sleep_until(end);
    if (!slept) co_return slept;
    co_return why;
}

awaitable<result<void>> at_once(result<void> outcome) { co_return outcome; }

awaitable<result<void>> throwing() {
    throw std::runtime_error("a bug");
    co_return result<void>();
}

/// Owns a group, as real code does: whoever started it waits for it.
awaitable<result<void>> two_sleepers(manual_clock& time, record& log) {
    const auto here = co_await asio::this_coro::executor;
    detail::task_group group(here);
    group.spawn(sleeper(time, 1s, log));
    group.spawn(sleeper(time, 2s, log));
    auto joined = co_await group.join();
    log.ended += 100;  // seen only if join() waited
    co_return joined;
}

}  // namespace

TEST_CASE("task group: join waits for every task") {
    loop on;
    record log;
    const auto joined = on.start(two_sleepers(on.time, log));
    on.advance(1s);
    CHECK(log.ended == 1);
    CHECK_FALSE(joined->ready());
    on.advance(1s);
    REQUIRE(joined->ready());
    CHECK(joined->value->has_value());
    CHECK(log.ended == 102);
}

TEST_CASE("task group: an empty one joins at once, and can be used again") {
    loop on;
    record log;
    detail::task_group group(on.io.get_executor());
    CHECK(on.start(group.join())->value->has_value());
    group.spawn(at_once({}));
    group.spawn(sleeper(on.time, 1s, log));
    CHECK(group.size() == 2);
    const auto joined = on.start(group.join());
    CHECK(group.size() == 1);
    on.advance(1s);
    CHECK(joined->value->has_value());
}

TEST_CASE("task group: the first failure cancels the rest and is what join reports") {
    loop on;
    record log;
    detail::task_group group(on.io.get_executor());
    const failure broken{errc::malformed, "first"};
    const failure later{errc::refused, "second"};
    group.spawn(sleeper(on.time, 1h, log));
    group.spawn(failing(on.time, 1s, broken));
    group.spawn(failing(on.time, 1s, later));
    const auto joined = on.start(group.join());
    on.advance(1s);
    REQUIRE(joined->ready());
    CHECK(joined->value->error().code == errc::malformed);
    CHECK(joined->value->error().detail == "first");
    CHECK(log.cancelled == 1);
}

TEST_CASE("task group: what a task throws is a failure like any other") {
    loop on;
    record log;
    detail::task_group group(on.io.get_executor());
    group.spawn(sleeper(on.time, 1h, log));
    group.spawn(throwing());
    const auto joined = on.start(group.join());
    on.settle();
    REQUIRE(joined->ready());
    CHECK(joined->value->error().detail == "a bug");
    CHECK(log.cancelled == 1);
}

TEST_CASE("task group: stop cancels all with the reason that it was given") {
    loop on;
    record log;
    detail::task_group group(on.io.get_executor());
    group.spawn(sleeper(on.time, 1h, log));
    group.spawn(sleeper(on.time, 1h, log));
    const auto joined = on.start(group.join());
    group.stop({errc::too_slow, ""});
    on.settle();
    REQUIRE(joined->ready());
    CHECK(joined->value->error().code == errc::too_slow);
    CHECK(log.cancelled == 2);
}

TEST_CASE(
    "task group: when its owner is cancelled, join cancels the tasks and still waits for them") {
    loop on;
    record log;
    const auto joined = on.start(two_sleepers(on.time, log));
    on.advance(1s);
    joined->cancel();
    on.settle();
    REQUIRE(joined->ready());
    CHECK(joined->value->error().code == errc::cancelled);
    CHECK(log.cancelled == 1);
    CHECK(log.ended == 101);
}

}  // namespace ferry::test::task_group_test
