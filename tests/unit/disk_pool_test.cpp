#include <ferry/disk_pool.hpp>

#include <doctest/doctest.h>
#include <support/loop.hpp>

#include <asio/co_spawn.hpp>
#include <asio/detached.hpp>
#include <asio/this_coro.hpp>

#include <atomic>
#include <future>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace ferry::test::disk_pool_test {
namespace {

struct visit {
    std::thread::id work = {};
    std::thread::id before = {};
    std::thread::id after = {};
};

awaitable<visit> visit_pool(disk_pool& disk) {
    visit seen;
    seen.before = std::this_thread::get_id();
    auto work = [] { return std::this_thread::get_id(); };
    seen.work = co_await disk.run(work);
    seen.after = std::this_thread::get_id();
    co_return seen;
}

awaitable<std::unique_ptr<std::string>> move_only(disk_pool& disk) {
    auto work = [] { return std::make_unique<std::string>("moved"); };
    auto made = co_await disk.run(work);
    co_return made;
}

awaitable<result<int>> wait_for(disk_pool& disk, std::future<int>& gate, bool& resumed) {
    auto work = [&gate] { return gate.get(); };
    const auto number = co_await disk.run(work);
    resumed = true;
    co_return number;
}

awaitable<void> wait_for_disk(disk_pool& disk) {
    auto work = [] { return true; };
    co_await disk.run_synced(work);
}

/// How often, of so many calls that are made one after the other, each beside one that waits for
/// the disk, one ran on another thread than the call before.
awaitable<int> changes_of_thread(disk_pool& disk, int calls) {
    const auto on = co_await asio::this_coro::executor;
    auto work = [] { return std::this_thread::get_id(); };
    auto last = co_await disk.run(work);
    int changes = 0;
    for (int i = 0; i < calls; ++i) {
        asio::co_spawn(on, wait_for_disk(disk), asio::detached);
        const auto now = co_await disk.run(work);
        changes += std::exchange(last, now) == now ? 0 : 1;
    }
    co_return changes;
}

awaitable<result<void>> note_briefly(disk_pool& disk, std::vector<int>& ran, int number) {
    auto work = [&ran, number] {
        ran.push_back(number);
        return true;
    };
    co_await disk.run_briefly(work);
    co_return result<void>();
}

}  // namespace

TEST_CASE("disk pool: work runs on a thread of the pool, the caller goes on on its own") {
    loop on;
    disk_pool disk(1);
    const auto seen = on.run(visit_pool(disk));
    CHECK(seen.before == std::this_thread::get_id());
    CHECK(seen.after == std::this_thread::get_id());
    CHECK(seen.work != std::this_thread::get_id());
}

TEST_CASE("disk pool: what can only be moved comes back") {
    loop on;
    disk_pool disk(1);
    CHECK(*on.run(move_only(disk)) == "moved");
}

TEST_CASE("disk pool: as many calls run at once as it has threads") {
    loop on;
    disk_pool disk(2);
    std::promise<int> first, second;
    auto first_gate = first.get_future(), second_gate = second.get_future();
    bool first_done = false, second_done = false;
    const auto one = on.start(wait_for(disk, first_gate, first_done));
    const auto two = on.start(wait_for(disk, second_gate, second_done));
    second.set_value(2);  // the first still blocks a thread
    while (!two->ready()) on.io.restart(), on.io.run_one();
    CHECK_FALSE(one->ready());
    first.set_value(1);
    while (!one->ready()) on.io.restart(), on.io.run_one();
    CHECK(one->value->value() == 1);
    CHECK(two->value->value() == 2);
}

TEST_CASE("disk pool: who makes one call after the other stays with one thread") {
    loop on;
    disk_pool disk(3);
    std::vector<std::promise<int>> ends(3);
    std::vector<std::future<int>> gates;
    for (auto& end : ends) gates.push_back(end.get_future());
    bool done = false;
    std::vector<decltype(on.start(wait_for(disk, gates[0], done)))> first;
    for (auto& gate : gates) first.push_back(on.start(wait_for(disk, gate, done)));
    for (auto& end : ends) end.set_value(1);
    for (const auto& one : first)
        while (!one->ready()) on.io.restart(), on.io.run_one();
    // Each of the others may take one call, on its way to sleep, and give the next one back.
    CHECK(on.run(changes_of_thread(disk, 200)) <= 2 * 2);
}

TEST_CASE("disk pool: a started call is waited for when its caller is cancelled") {
    loop on;
    disk_pool disk(1);
    std::promise<int> end;
    auto gate = end.get_future();
    bool resumed = false;
    const auto going = on.start(wait_for(disk, gate, resumed));
    going->cancel();
    on.settle();
    CHECK_FALSE(going->ready());
    end.set_value(1);
    while (!going->ready()) on.io.restart(), on.io.run_one();
    CHECK(resumed);
}

TEST_CASE("disk pool: brief calls run one after another, in the order of their arrival") {
    loop on;
    disk_pool disk;
    std::vector<int> ran, expected;  // no lock: one thread touches it, and we only afterwards
    std::vector<decltype(on.start(note_briefly(disk, ran, 0)))> calls;
    for (int i = 0; i < 100; ++i) {
        expected.push_back(i);
        calls.push_back(on.start(note_briefly(disk, ran, i)));
    }
    for (const auto& call : calls)
        while (!call->ready()) on.io.restart(), on.io.run_one();
    CHECK(ran == expected);
}

TEST_CASE("disk pool: its end waits for the calls that were started") {
    loop on;
    std::atomic<int> ran = 0;
    auto work = [&ran] { return ++ran; };
    auto call = [&](disk_pool& disk) -> awaitable<result<void>> {
        co_await disk.run(work);
        co_return result<void>();
    };
    auto disk = std::make_unique<disk_pool>(1);
    std::vector<decltype(on.start(call(*disk)))> calls;
    for (int i = 0; i < 20; ++i) calls.push_back(on.start(call(*disk)));
    disk.reset();
    CHECK(ran == 20);
    on.io.restart();
    on.io.run();
    for (const auto& one : calls) CHECK(one->ready());
}

}  // namespace ferry::test::disk_pool_test
