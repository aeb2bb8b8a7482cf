#include <ferry/rate.hpp>

#include <doctest/doctest.h>
#include <support/loop.hpp>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <vector>

namespace ferry::test::rate_test {

using namespace std::chrono_literals;

namespace {

struct passage {
    clock::time_point when;
    std::uint64_t bytes;
};
using passages = std::vector<passage>;

constexpr clock::time_point start{};

/// A connection that is always faster than the limit.
awaitable<result<void>> take_greedily(
    rate_limit& limit, manual_clock& time, passages& log, clock::time_point end) {
    while (time.now() < end) {
        const auto bytes = limit.portion();
        auto taken = co_await limit.take(bytes);
        if (!taken) co_return taken;
        log.push_back({time.now(), bytes});
    }
    co_return result<void>();
}

passages simulate(rate_options options, int takers, clock::duration span) {
    loop on;
    rate_limit limit(on.time, options);
    passages log;
    const auto end = start + span;
    std::vector<std::shared_ptr<loop::pending<result<void>>>> going;
    for (int i = 0; i < takers; ++i)
        going.push_back(on.start(take_greedily(limit, on.time, log, end)));
    on.advance_to(end + 10s);
    for (const auto& one : going) CHECK(one->ready());
    return log;
}

/// Bytes that passed in [from, to).
double between(const passages& log, clock::time_point from, clock::time_point to) {
    double bytes = 0;
    for (const auto& one : log)
        if (one.when >= from && one.when < to) bytes += static_cast<double>(one.bytes);
    return bytes;
}

/// The most by which any span let through more than its share; at most the burst is allowed.
double worst_excess(const passages& log, double bytes_per_second) {
    double most = 0;
    for (std::size_t first = 0; first < log.size(); ++first) {
        double bytes = 0;
        for (std::size_t last = first; last < log.size(); ++last) {
            bytes += static_cast<double>(log[last].bytes);
            const std::chrono::duration<double> span = log[last].when - log[first].when;
            most = std::max(most, bytes - span.count() * bytes_per_second);
        }
    }
    return most;
}

}  // namespace

TEST_CASE("rate: the burst is free, later bytes wait for their share of a second") {
    loop on;
    rate_limit limit(on.time, {.bytes_per_second = 1000, .burst = 500});
    const auto taken = on.start(limit.take(750));
    on.advance(249ms);
    CHECK_FALSE(taken->ready());
    on.advance(1ms);
    REQUIRE(taken->ready());
    CHECK(taken->value->has_value());
}

TEST_CASE("rate: without a limit nothing waits") {
    loop on;
    rate_limit limit(on.time);
    CHECK(limit.unlimited());
    CHECK(on.start(limit.take(std::uint64_t{1} << 60))->ready());
    CHECK(on.start(limit.take(std::uint64_t{1} << 60))->ready());
}

TEST_CASE("rate: a pause refills the bucket, and never beyond the burst") {
    loop on;
    rate_limit limit(on.time, {.bytes_per_second = 1000, .burst = 500});
    CHECK(on.start(limit.take(500))->ready());
    on.advance(200ms);
    CHECK(on.start(limit.take(200))->ready());
    on.advance(1h);
    CHECK(on.start(limit.take(500))->ready());
    CHECK_FALSE(on.start(limit.take(1))->ready());
    on.advance(1ms);
}

TEST_CASE("rate: several takers together reach the limit within 3 % in 5 s, from the start") {
    for (const int takers : {1, 3, 16})
        for (const std::uint64_t rate : {50'000, 1'000'000, 125'000'000}) {
            const auto log = simulate({.bytes_per_second = rate}, takers, 10s);
            const auto wanted = static_cast<double>(rate);
            for (auto from = start; from <= start + 5s; from += 250ms) {
                CHECK(between(log, from, from + 5s) <= 5 * wanted * 1.03);
                CHECK(between(log, from, from + 5s) >= 5 * wanted * 0.97);
            }
            for (auto from = start; from <= start + 9s; from += 50ms)
                CHECK(between(log, from, from + 1s) <= wanted * 1.1);
        }
}

TEST_CASE("rate: no span of any length lets through more than the burst and its share") {
    for (const int takers : {1, 4})
        for (const std::uint64_t burst : {200, 5'000, 50'000}) {
            const auto log = simulate({.bytes_per_second = 100'000, .burst = burst}, takers, 2s);
            CHECK(worst_excess(log, 100'000) <= static_cast<double>(burst) + 1);
        }
}

TEST_CASE("rate: those who wait are served in the order in which they came") {
    loop on;
    rate_limit limit(on.time, {.bytes_per_second = 1000, .burst = 1});
    const auto large = on.start(limit.take(1001));
    const auto small = on.start(limit.take(10));
    const auto last = on.start(limit.take(10));
    on.advance(999ms);
    CHECK_FALSE(large->ready());
    CHECK_FALSE(small->ready());
    on.advance(1ms);
    CHECK(large->ready());
    CHECK_FALSE(small->ready());
    on.advance(10ms);
    CHECK(small->ready());
    CHECK_FALSE(last->ready());
    on.advance(10ms);
    CHECK(last->ready());
}

TEST_CASE("rate: takers of equal size get equal shares") {
    loop on;
    rate_limit limit(on.time, {.bytes_per_second = 1'000'000});
    std::vector<passages> logs(4);
    std::vector<std::shared_ptr<loop::pending<result<void>>>> going;
    for (auto& log : logs)
        going.push_back(on.start(take_greedily(limit, on.time, log, start + 5s)));
    on.advance_to(start + 6s);
    for (const auto& log : logs) {
        const auto share = between(log, start + 1s, start + 5s) / 4'000'000;
        CHECK(share == doctest::Approx(0.25).epsilon(0.03));
    }
}

TEST_CASE("rate: a new limit holds from the next take on") {
    loop on;
    rate_limit limit(on.time, {.bytes_per_second = 1000, .burst = 100});
    const auto waiting = on.start(limit.take(1100));  // 1 s under the old limit
    limit.set({.bytes_per_second = 10'000, .burst = 100});
    on.advance(999ms);
    CHECK_FALSE(waiting->ready());
    on.advance(1ms);
    CHECK(waiting->ready());
    const auto next = on.start(limit.take(1100));
    on.advance(100ms);
    CHECK(next->ready());
    limit.set({});
    CHECK(on.start(limit.take(1'000'000'000))->ready());
}

TEST_CASE("rate: after a change of the limit the average is the new one") {
    loop on;
    rate_limit limit(on.time, {.bytes_per_second = 1'000'000});
    passages log;
    const auto going = on.start(take_greedily(limit, on.time, log, start + 20s));
    on.advance_to(start + 5s);
    limit.set({.bytes_per_second = 200'000});
    on.advance_to(start + 10s);
    limit.set({.bytes_per_second = 4'000'000});
    on.advance_to(start + 21s);
    CHECK(going->ready());
    CHECK(between(log, start, start + 5s) == doctest::Approx(5'000'000).epsilon(0.03));
    CHECK(between(log, start + 5s, start + 10s) == doctest::Approx(1'000'000).epsilon(0.05));
    CHECK(between(log, start + 10s, start + 15s) == doctest::Approx(20'000'000).epsilon(0.03));
}

TEST_CASE("rate: a cancelled take gives its bytes back") {
    loop on;
    rate_limit limit(on.time, {.bytes_per_second = 1000, .burst = 1});
    const auto cancelled = on.start(limit.take(1001));
    cancelled->cancel();
    on.settle();
    REQUIRE(cancelled->ready());
    CHECK(cancelled->value->error().code == errc::cancelled);
    const auto next = on.start(limit.take(11));
    on.advance(10ms);
    CHECK(next->ready());
}

TEST_CASE("rate: what was not used can be put back, and does not make the burst larger") {
    loop on;
    rate_limit limit(on.time, {.bytes_per_second = 1000, .burst = 500});
    CHECK(on.start(limit.take(500))->ready());
    limit.give_back(300);
    CHECK(on.start(limit.take(300))->ready());
    on.advance(1h);
    limit.give_back(300);
    CHECK(on.start(limit.take(500))->ready());
    const auto more = on.start(limit.take(1));
    CHECK_FALSE(more->ready());
    on.advance(1ms);
    CHECK(more->ready());
}

TEST_CASE("rate: a portion is never more than the burst, and never nothing") {
    loop on;
    for (const std::uint64_t rate : {1, 10, 1000, 1'000'000, 2'000'000'000}) {
        const rate_limit limit(on.time, {.bytes_per_second = rate});
        CHECK(limit.portion() >= 1);
        CHECK(limit.portion() <= std::max<std::uint64_t>(1, rate / 20));
    }
}

TEST_CASE("rate: within another limit, the tighter one governs") {
    for (const std::uint64_t inner : {1000, 2000, 0}) {
        loop on;
        rate_limit outer(
            on.time, {.bytes_per_second = inner == 1000 ? 5000U : 1000U, .burst = 100});
        rate_limit limit(on.time, {.bytes_per_second = inner, .burst = 100}, &outer);
        const auto taken = on.start(limit.take(1100));
        on.advance(999ms);
        CHECK_FALSE(taken->ready());
        on.advance(1ms);
        CHECK(taken->ready());
    }
}

TEST_CASE("rate: those within one limit share it, whatever they might take alone") {
    loop on;
    rate_limit outer(on.time, {.bytes_per_second = 1'000'000});
    rate_limit slow(on.time, {.bytes_per_second = 100'000}, &outer);
    rate_limit fast(on.time, {.bytes_per_second = 5'000'000}, &outer);
    passages little, much;
    const auto a = on.start(take_greedily(slow, on.time, little, start + 10s));
    const auto b = on.start(take_greedily(fast, on.time, much, start + 10s));
    on.advance_to(start + 12s);
    CHECK(a->ready());
    CHECK(b->ready());
    CHECK(between(little, start, start + 10s) <= 1'030'000);
    const auto both = between(little, start, start + 10s) + between(much, start, start + 10s);
    CHECK(both == doctest::Approx(10'000'000).epsilon(0.03));
}

TEST_CASE("rate: unlimited is only what is so without and within") {
    loop on;
    rate_limit outer(on.time), inner(on.time, {}, &outer);
    CHECK(inner.unlimited());
    CHECK(on.start(inner.take(std::uint64_t{1} << 60))->ready());
    outer.set({.bytes_per_second = 1000});
    CHECK_FALSE(inner.unlimited());
    outer.set({});
    inner.set({.bytes_per_second = 1000});
    CHECK_FALSE(inner.unlimited());
    CHECK(outer.unlimited());
}

TEST_CASE("rate: a portion within another limit is the smaller one") {
    loop on;
    rate_limit outer(on.time, {.bytes_per_second = 10'000'000});
    const rate_limit slower(on.time, {.bytes_per_second = 1'000'000}, &outer);
    const rate_limit faster(on.time, {.bytes_per_second = 100'000'000}, &outer);
    const rate_limit free(on.time, {}, &outer);
    CHECK(slower.portion() < outer.portion());
    CHECK(faster.portion() == outer.portion());
    CHECK(free.portion() == outer.portion());
}

TEST_CASE("rate: a cancelled take gives its bytes back within and without") {
    loop on;
    rate_limit outer(on.time, {.bytes_per_second = 1000, .burst = 1});
    rate_limit inner(on.time, {.bytes_per_second = 1000, .burst = 1}, &outer);
    const auto cancelled = on.start(inner.take(1001));
    cancelled->cancel();
    on.settle();
    REQUIRE(cancelled->ready());
    CHECK(cancelled->value->error().code == errc::cancelled);
    const auto outside = on.start(outer.take(11));
    on.advance(10ms);
    CHECK(outside->ready());
    on.advance(1s);
    const auto inside = on.start(inner.take(11));
    on.advance(10ms);
    CHECK(inside->ready());
}

TEST_CASE("rate: what was not used goes back within and without") {
    loop on;
    rate_limit outer(on.time, {.bytes_per_second = 1000, .burst = 500});
    rate_limit inner(on.time, {.bytes_per_second = 1000, .burst = 500}, &outer);
    CHECK(on.start(inner.take(500))->ready());
    inner.give_back(300);
    CHECK(on.start(inner.take(200))->ready());
    CHECK(on.start(outer.take(100))->ready());
    CHECK_FALSE(on.start(outer.take(1))->ready());
}

}  // namespace ferry::test::rate_test
