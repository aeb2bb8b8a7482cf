// Uploads of what another server has.
#include <ferry/upload.hpp>

#include <support/transfer_rig.hpp>
#include <support/upload_peer.hpp>

#include <doctest/doctest.h>

#include <filesystem>
#include <string>

namespace ferry::test::upload_relay_test {

using namespace std::chrono_literals;

namespace {

/// An object of one scripted server on its way to another, in virtual time.
struct relay_rig : test::rig {
    test::upload_store peer;
    upload_options asked;

    relay_rig() {
        protocols.add(std::make_unique<test::upload_peer>(peer));
        asked.journals = dir / "uploads";
        on.body = random_bytes(100'000);
    }
    result<void> relay() {
        status = {};
        on.requests.clear();
        peer.requests.clear();
        return finish(*loop.start(sending()));
    }
    awaitable<result<void>> sending() {
        return upload(
            world, parse_url("fake://host/f").value(), parse_url("up://other/").value(), options,
            asked, status);
    }
    void interrupt_after(std::uint64_t sent) {
        const auto patient = options.retry;
        options.retry.give_up = {};
        peer.script = {{.cut_after = sent}};
        REQUIRE(relay().error().code == errc::cut_short);
        options.retry = patient;
    }
    bool arrived() const {
        const auto there = peer.objects.find("up://other/f");
        return there != peer.objects.end() && there->second == on.body && peer.sessions.empty();
    }
};

}  // namespace

TEST_CASE("relay: an object arrives under its name, and nothing of it is kept") {
    for (const std::size_t size : {0, 1, 9'999, 100'000, 9'000'000}) {
        INFO(size);
        relay_rig it;
        it.on.body = random_bytes(size);
        REQUIRE(it.relay().has_value());
        CHECK(it.arrived());
        CHECK(it.status.bytes_total == size);
        CHECK(it.status.bytes_received == size);
        CHECK(it.status.bytes_discarded == 0);
        CHECK(std::filesystem::is_empty(it.dir / "uploads"));
    }
}

TEST_CASE("relay: an interrupted one goes on where the peer is, with a range") {
    relay_rig it;
    it.interrupt_after(40'000);
    REQUIRE(it.relay().has_value());
    CHECK(it.arrived());
    CHECK(it.status.bytes_resumed == 40'000);
    CHECK(it.status.bytes_received == 60'000);
    REQUIRE(it.on.requests.size() >= 2);
    CHECK(it.on.requests[1].range == byte_range{40'000, 100'000});
    CHECK(it.on.requests[1].if_match == "\"v1\"");
}

TEST_CASE("relay: it goes on only with what is provably the same") {
    struct change {
        const char* what;
        validator before, after;
        bool same;
    };
    const change all[] = {
        {"another tag", {"\"v1\"", false, {}}, {"\"v2\"", false, {}}, false},
        {"the same date", {{}, false, "Mon"}, {{}, false, "Mon"}, true},
        {"another date", {{}, false, "Mon"}, {{}, false, "Tue"}, false},
        {"a weak tag and no date", {"\"v1\"", true, {}}, {"\"v1\"", true, {}}, false},
        {"nothing", {}, {}, false}};
    for (const auto& one : all) {
        INFO(one.what);
        relay_rig it;
        it.on.version = one.before;
        it.interrupt_after(40'000);
        it.on.version = one.after;
        if (!one.same) it.on.body = random_bytes(100'000);
        REQUIRE(it.relay().has_value());
        CHECK(it.arrived());
        CHECK(it.status.bytes_resumed == (one.same ? 40'000 : 0));
    }
}

TEST_CASE("relay: a source that changes on the way is begun anew, and nothing is mixed") {
    relay_rig it;
    it.peer.script = {{.half_way = [&] {
        it.on.body = random_bytes(90'000);
        it.on.version.tag = "\"v2\"";
    }}};
    REQUIRE(it.relay().has_value());
    CHECK(it.arrived());
    CHECK(it.peer.cancelled == 1);
}

TEST_CASE("relay: a source that never stops changing is given up") {
    relay_rig it;
    const test::upload_act changing{.half_way = [&] { it.on.version.tag += 'x'; }};
    it.peer.script = std::deque<test::upload_act>(20, changing);
    CHECK(it.relay().error().code == errc::source_changed);
    CHECK(it.peer.objects.empty());
}

TEST_CASE("relay: a lost connection to the source is nothing that the peer learns of") {
    relay_rig it;
    it.on.script = {{.cut_after = 30'000}, {.cut_after = 30'000}};
    REQUIRE(it.relay().has_value());
    CHECK(it.arrived());
    CHECK(it.peer.requests.size() == 1);
    CHECK(it.status.bytes_received == 100'000);
}

TEST_CASE("relay: without a validator, a lost connection to the source means a new start") {
    relay_rig it;
    it.on.version = {};
    it.on.script = {{.cut_after = 30'000}};
    REQUIRE(it.relay().has_value());
    CHECK(it.arrived());
    CHECK(it.peer.cancelled == 1);
}

TEST_CASE("relay: a source that ignores ranges is read from its start, in vain") {
    relay_rig it;
    it.interrupt_after(40'000);
    it.on.script = {{}, {.ignores_range = true}};
    REQUIRE(it.relay().has_value());
    CHECK(it.arrived());
    CHECK(it.status.bytes_resumed == 40'000);
    CHECK(it.status.bytes_discarded == 40'000);
}

TEST_CASE("relay: a peer that wants all of it once more gets it") {
    relay_rig it;
    it.peer.script = {{.twice = true}};
    REQUIRE(it.relay().has_value());
    CHECK(it.arrived());
}

TEST_CASE("relay: a source that is not there yet is waited for, and its wish is heeded") {
    relay_rig it;
    auto busy = refusal(errc::overloaded, 503);
    busy.retry_after = 20s;
    it.on.script = {{.refuse = busy}};
    const auto before = it.loop.time.now();
    REQUIRE(it.relay().has_value());
    CHECK(it.arrived());
    CHECK(it.loop.time.now() - before >= 20s);
    CHECK(it.gates.opens("host") > before);
    CHECK(it.gates.opens("other") < before);
}

TEST_CASE("relay: a silent source is left after a while") {
    relay_rig it;
    it.on.script = {{.silent = true}};
    REQUIRE(it.relay().has_value());
    CHECK(it.arrived());
}

TEST_CASE("relay: what nobody knows the size of is refused, and so is what would have to be here") {
    relay_rig it;
    it.on.tells_size = false;
    auto outcome = it.relay();
    CHECK(outcome.error().code == errc::unsupported);
    CHECK(describe(outcome.error()).find("how long") != std::string::npos);
    it.on.tells_size = true;
    it.options.expected = checksum{"md5", std::string(32, '0')};
    CHECK(it.relay().error().code == errc::unsupported);
    CHECK(it.peer.requests.empty());
}

TEST_CASE("relay: a cancelled one ends at once, and can be given up") {
    relay_rig it;
    it.on.script = {{.silent = true}};
    const auto going = it.loop.start(it.sending());
    while (it.status.phase != transfer_phase::sending) {
        it.loop.io.restart();
        it.loop.io.run_one_for(20ms);
    }
    going->cancel();
    CHECK(it.finish(*going).error().code == errc::cancelled);
    CHECK(it.peer.sessions.size() == 1);
    const auto given_up = it.finish(*it.loop.start(cancel_upload(
        it.world, parse_url("fake://host/f").value(), parse_url("up://other/").value(), it.options,
        it.asked)));
    CHECK(given_up.has_value());
    CHECK(it.peer.cancelled == 1);
    CHECK(it.peer.sessions.empty());
}

}  // namespace ferry::test::upload_relay_test
