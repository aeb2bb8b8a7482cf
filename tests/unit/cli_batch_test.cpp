#include "cli/get/batch.hpp"
#include "cli/get/tally.hpp"

#include <doctest/doctest.h>
#include <support/transfer_world.hpp>

#include <ferry/detail/event.hpp>

#include <algorithm>
#include <chrono>
#include <string>
#include <utility>
#include <vector>

namespace ferry::test::cli_batch_test {

using namespace std::chrono_literals;

namespace {

/// Objects of four bytes that arrive when the test opens the gate.
struct gate {
    explicit gate(asio::any_io_executor on) : moved(std::move(on)) {}

    detail::event moved;
    unsigned may_pass = 0;  // so many copies more
    unsigned waiting = 0;
    unsigned most_waiting = 0;
    std::vector<std::string> opened = {};
};

class gated_source final : public source {
  public:
    explicit gated_source(gate& at) : gate_(at) { info_.size = 4; }
    const object_info& info() const noexcept override { return info_; }
    byte_range range() const noexcept override { return {0, 4}; }

    awaitable<result<void>> copy(sink& into) override {
        gate_.most_waiting = std::max(gate_.most_waiting, ++gate_.waiting);
        while (gate_.may_pass == 0) {
            auto woken = co_await gate_.moved.wait();
            if (woken) continue;
            --gate_.waiting;
            co_return woken;
        }
        --gate_.may_pass;
        --gate_.waiting;
        const auto reserved = co_await into.reserve(4);
        if (!reserved) co_return reserved.error();
        static constexpr std::byte bytes[4] = {};
        auto written = co_await into.write(bytes);
        co_return written;
    }

  private:
    gate& gate_;
    object_info info_;
};

class gated_protocol final : public protocol {
  public:
    explicit gated_protocol(gate& at) : gate_(at) {}
    bool speaks(std::string_view scheme) const noexcept override { return scheme == "gate"; }
    awaitable<result<std::unique_ptr<source>>> open(open_request what) override {
        gate_.opened.push_back(what.what.path);
        if (what.what.path == "bad") co_return failure{errc::not_found};
        if (what.what.path.starts_with("dead")) co_return failure{errc::overloaded};
        co_return std::make_unique<gated_source>(gate_);
    }

  private:
    gate& gate_;
};

struct batch_fixture : test::transfer_world {
    gate at{loop.io.get_executor()};
    cli::batch_options options;
    std::vector<cli::transfer_item> items;

    batch_fixture() {
        protocols.add(std::make_unique<gated_protocol>(at));
        options.transfer.sync = sync_policy::never;
    }
    void add(const std::string& name) {
        url from;
        from.scheme = "gate";
        from.path = name;
        items.push_back({from, dir / name});
    }
    /// Runs handlers until `done()`; the disk threads take real time.
    template <class Done>
    bool pump_until(Done done) {
        const auto end = std::chrono::steady_clock::now() + 20s;
        while (!done() && std::chrono::steady_clock::now() < end) {
            loop.io.restart();
            loop.io.run_one_for(10ms);
        }
        return done();
    }
    void let_pass(unsigned copies) {
        at.may_pass += copies;
        at.moved.notify();
    }
};

}  // namespace

TEST_CASE("cli: a batch receives no more files at once than it may, and all in the end") {
    batch_fixture on;
    for (int i = 0; i < 20; ++i) on.add(std::to_string(i));
    on.options.parallel = 3;
    cli::tally count(20);
    cli::batch files(on.loop.io.get_executor(), on.world, on.items, on.options, count);
    const auto going = on.loop.start(files.run());
    CHECK(on.pump_until([&] { return on.at.waiting == 3; }));
    CHECK(on.at.opened.size() == 3);
    for (int i = 0; i < 20; ++i) on.let_pass(1);
    REQUIRE(on.pump_until([&] { return going->ready(); }));
    CHECK(going->value->has_value());
    CHECK(count.done() == 20);
    CHECK(count.bytes_received() == 80);
    CHECK(count.code() == cli::exit_code::done);
    CHECK(on.at.most_waiting == 3);
}

TEST_CASE("cli: a file's failure does not stop the others") {
    batch_fixture on;
    on.add("a");
    on.add("bad");
    on.add("c");
    on.options.parallel = 1;
    cli::tally count(3);
    cli::batch files(on.loop.io.get_executor(), on.world, on.items, on.options, count);
    const auto going = on.loop.start(files.run());
    on.let_pass(2);
    REQUIRE(on.pump_until([&] { return going->ready(); }));
    CHECK(count.done() == 2);
    CHECK(count.failed() == 1);
    CHECK(count.code() == cli::exit_code::some_done);
}

TEST_CASE(
    "cli: files that wait for a retry let others go first, and are tried again in their turn") {
    batch_fixture on;
    for (int i = 0; i < 6; ++i) on.add("dead" + std::to_string(i));
    for (int i = 0; i < 4; ++i) on.add(std::to_string(i));
    on.options.parallel = 2;
    on.options.transfer.retry.give_up = 5s;
    cli::tally count(10);
    cli::batch files(on.loop.io.get_executor(), on.world, on.items, on.options, count);
    const auto going = on.loop.start(files.run());
    REQUIRE(on.pump_until([&] { return on.at.waiting == 2; }));
    CHECK(on.at.opened.size() == 8);
    on.loop.time.advance(3s);  // the dead ones want to go on, but have to wait for room
    on.loop.settle();
    CHECK(on.at.opened.size() == 8);
    on.let_pass(4);
    const auto finished = [&] {
        if (count.done() == 4) on.loop.time.advance(1s);
        return going->ready();
    };
    REQUIRE(on.pump_until(finished));
    CHECK(on.at.opened.size() > 16);
    CHECK(count.failed() == 6);
    CHECK(on.at.most_waiting == 2);
}

TEST_CASE("cli: a file that comes back from a retry goes before those that have not begun") {
    batch_fixture on;
    on.add("dead");
    for (int i = 0; i < 20; ++i) on.add(std::to_string(i));
    on.options.parallel = 1;
    cli::tally count(21);
    cli::batch files(on.loop.io.get_executor(), on.world, on.items, on.options, count);
    const auto going = on.loop.start(files.run());
    REQUIRE(on.pump_until([&] { return on.at.waiting == 1; }));
    on.loop.time.advance(1s);
    on.loop.settle();
    on.let_pass(1);
    REQUIRE(on.pump_until([&] { return on.at.opened.size() >= 3; }));
    CHECK(on.at.opened[2] == "dead");
    going->cancel();
    REQUIRE(on.pump_until([&] { return going->ready(); }));
}

TEST_CASE("cli: a batch that is cancelled while files wait for a retry ends at once") {
    batch_fixture on;
    for (int i = 0; i < 3; ++i) on.add("dead" + std::to_string(i));
    on.add("a");
    on.options.parallel = 1;
    on.options.retrying = 3;
    cli::tally count(4);
    cli::batch files(on.loop.io.get_executor(), on.world, on.items, on.options, count);
    const auto going = on.loop.start(files.run());
    REQUIRE(on.pump_until([&] { return on.at.opened.size() == 3; }));
    on.loop.settle();
    CHECK(on.at.waiting == 0);  // three may wait, the next one has to
    going->cancel();
    REQUIRE(on.pump_until([&] { return going->ready(); }));
    CHECK(count.unfinished() == 4);
}

TEST_CASE("cli: a cancelled batch stops what runs and starts nothing more") {
    batch_fixture on;
    for (int i = 0; i < 5; ++i) on.add(std::to_string(i));
    on.options.parallel = 2;
    cli::tally count(5);
    cli::batch files(on.loop.io.get_executor(), on.world, on.items, on.options, count);
    const auto going = on.loop.start(files.run());
    CHECK(on.pump_until([&] { return on.at.waiting == 2; }));
    going->cancel();
    REQUIRE(on.pump_until([&] { return going->ready(); }));
    REQUIRE_FALSE(going->value->has_value());
    CHECK(going->value->error().code == errc::cancelled);
    CHECK(on.at.opened.size() == 2);
    CHECK(count.unfinished() == 5);
    CHECK(count.code() == cli::exit_code::interrupted);
}

TEST_CASE("cli: a batch that is cancelled while its last files run waits for them") {
    batch_fixture on;
    on.add("a");
    cli::tally count(1);
    cli::batch files(on.loop.io.get_executor(), on.world, on.items, on.options, count);
    const auto going = on.loop.start(files.run());
    CHECK(on.pump_until([&] { return on.at.waiting == 1; }));
    going->cancel();
    REQUIRE(on.pump_until([&] { return going->ready(); }));
    CHECK_FALSE(going->value->has_value());
    CHECK(on.at.waiting == 0);
}

TEST_CASE("cli: an empty batch is done at once") {
    batch_fixture on;
    cli::tally count(0);
    cli::batch files(on.loop.io.get_executor(), on.world, on.items, on.options, count);
    CHECK(on.loop.run(files.run()).has_value());
    CHECK(count.code() == cli::exit_code::done);
}

}  // namespace ferry::test::cli_batch_test
