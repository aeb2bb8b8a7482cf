#include <support/transfer_rig.hpp>

#include <doctest/doctest.h>

#include <vector>

namespace ferry::test::transfer_hold_test {

using namespace std::chrono_literals;

namespace {

/// A rig whose downloads end before the file gets its name.
struct holding_rig : rig {
    holding_rig() { options.hold = true; }
    result<void> publish() { return loop.run(publish_held(world, file(), options, status.mark)); }
    result<std::string> sync() { return loop.run(sync_held(world, {{file(), status.mark}})).at(0); }
    result<void> discard() { return loop.run(discard_held(world, file())); }
};

}  // namespace

TEST_CASE("hold: a finished file has no name until it is published") {
    for (const std::size_t size : {0, 1, 4096, 1'000'000}) {
        INFO(size);
        holding_rig it;
        it.on.body = random_bytes(size);
        REQUIRE(it.get().has_value());
        CHECK_FALSE(std::filesystem::exists(it.file()));
        CHECK(slurp(it.data()) == it.on.body);
        REQUIRE(it.publish().has_value());
        CHECK(arrived(it));
    }
}

TEST_CASE("hold: what is held is proven again, not fetched again") {
    holding_rig it;
    it.on.body = random_bytes(1'000'000);
    REQUIRE(it.get().has_value());
    REQUIRE(it.get().has_value());
    CHECK(it.status.bytes_resumed == 1'000'000);
    CHECK(it.status.bytes_received < 100'000);
    REQUIRE(it.publish().has_value());
    CHECK(arrived(it));
}

TEST_CASE("hold: another version takes the place of the kept bytes") {
    holding_rig it;
    it.on.body = random_bytes(1'000'000);
    it.interrupt_after(900'000);
    it.on.body = random_bytes(500'000, 2);
    it.on.version.tag = "\"v2\"";
    REQUIRE(it.get().has_value());
    REQUIRE(it.publish().has_value());
    CHECK(arrived(it));
}

TEST_CASE("hold: a file of which bytes are missing is not published") {
    holding_rig it;
    CHECK(it.publish().error().code == errc::not_found);
    it.on.body = random_bytes(1'000'000);
    it.interrupt_after(900'000);
    CHECK(it.publish().error().code == errc::not_found);
    CHECK_FALSE(std::filesystem::exists(it.file()));
    CHECK(std::filesystem::exists(it.data()));
}

TEST_CASE("hold: a small file is synced when its owner says so, and not published before") {
    holding_rig it;
    it.options.journal_from = 1'000'001;
    it.on.body = random_bytes(1'000'000);
    REQUIRE(it.get().has_value());
    CHECK(it.publish().error().code == errc::not_found);
    const auto mark = it.sync();
    REQUIRE(mark.has_value());
    it.status.mark = *mark;
    CHECK(it.sync().value() == it.status.mark);
    REQUIRE(it.publish().has_value());
    CHECK(arrived(it));
}

TEST_CASE("hold: what is gone, another, or of an earlier boot gains nothing by a sync") {
    holding_rig it;
    it.options.journal_from = 1'000'001;
    it.on.body = random_bytes(1'000'000);
    REQUIRE(it.get().has_value());
    const auto mark = std::exchange(it.status.mark, it.status.mark + "x");
    CHECK(it.sync().value() == it.status.mark);
    it.status.mark = mark;
    spill(it.data(), "another");
    CHECK(it.sync().error().code == errc::not_found);
    std::filesystem::remove(it.data());
    CHECK(it.sync().error().code == errc::not_found);
    std::filesystem::remove_all(it.dir.path());
    CHECK(it.sync().error().code == errc::not_found);
}

TEST_CASE("hold: what has the wrong checksum is not published, although all of it is here") {
    holding_rig it;
    it.on.body = random_bytes(300'000);
    it.options.expected = parse_checksum("sha256:" + std::string(64, '0')).value();
    CHECK(it.get().error().code == errc::checksum_mismatch);
    CHECK(it.publish().error().code == errc::not_found);
    CHECK(std::filesystem::exists(it.data()));
}

TEST_CASE("hold: a publication that is cancelled is waited for") {
    holding_rig it;
    it.on.body = random_bytes(10'000);
    REQUIRE(it.get().has_value());
    const auto going = it.loop.start(publish_held(it.world, it.file(), it.options, it.status.mark));
    going->cancel();
    CHECK(it.finish(*going).has_value());
    CHECK(arrived(it));
}

TEST_CASE("hold: a file in the way stays, and so does what is held") {
    holding_rig it;
    it.on.body = random_bytes(10'000);
    REQUIRE(it.get().has_value());
    test::spill(it.file(), "mine");
    it.options.existing = existing_policy::fail;
    CHECK(it.publish().error().code == errc::exists);
    CHECK(slurp(it.file()) == "mine");
    it.options.existing = existing_policy::replace;
    REQUIRE(it.publish().has_value());
    CHECK(arrived(it));
}

TEST_CASE("discard: nothing is left, and nothing to discard is no error") {
    holding_rig it;
    CHECK(it.discard().has_value());
    it.on.body = random_bytes(1'000'000);
    REQUIRE(it.get().has_value());
    CHECK(it.discard().has_value());
    CHECK(it.nothing_left());
    CHECK_FALSE(std::filesystem::exists(it.file()));
}

TEST_CASE("turn: a host that closes its gate meanwhile is left alone") {
    rig it;
    it.on.body = random_bytes(10'000);
    it.on.script = {{.refuse = refusal(errc::overloaded, 503)}};
    const auto start = it.loop.time.now();
    it.options.turn = [&it, start]() -> awaitable<result<void>> {
        it.gates.close("host", start + 100s);
        co_return result<void>();
    };
    std::vector<clock::time_point> openings;
    it.on.script.push_back({.first = [&] { openings.push_back(it.loop.time.now()); }});
    REQUIRE(it.get().has_value());
    REQUIRE(openings.size() == 1);
    CHECK(openings[0] - start >= 100s);
    CHECK(arrived(it));
}

TEST_CASE("turn: time spent in line is not held against the source") {
    rig it;
    it.on.body = random_bytes(10'000);
    it.options.retry.give_up = 60s;
    for (int i = 0; i < 4; ++i) it.on.script.push_back({.refuse = refusal(errc::overloaded, 503)});
    it.options.turn = [&it]() -> awaitable<result<void>> {
        auto waited = co_await it.loop.time.sleep_until(it.loop.time.now() + 1h);
        co_return waited;
    };
    CHECK(it.get().has_value());
    CHECK(arrived(it));
}

}  // namespace ferry::test::transfer_hold_test
