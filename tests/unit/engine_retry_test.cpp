#include <support/job_states.hpp>

#include <doctest/doctest.h>

namespace ferry::test::engine_retry_test {

using namespace std::chrono_literals;
using enum ferry::job_state;
using reason = explanation::reason;

namespace {

const test::act busy_server{.refuse = refusal(errc::overloaded, 503)};

job from_host(job what, const std::string& host) {
    for (auto& file : what.files) file.source = "fake://" + host + "/f";
    return what;
}

reason why(engine_rig& it, const job& one) { return it.engine->explain(one.id).value().why; }

}  // namespace

TEST_CASE("engine retry: after an error that may pass, a job is tried again after its interval") {
    engine_rig it;
    it.on.script = {busy_server};
    const auto one = it.create(hasty(it.wanted({"a"})));
    REQUIRE(it.reaches(one, transient_error));
    const auto& error = it.at(one).error;
    REQUIRE(error.has_value());
    CHECK(error->why.http_status == 503);
    CHECK(error->next_try == it.loop.time.wall() + 5s);
    it.advance(4'999ms);
    CHECK(it.state(one) == transient_error);
    it.loop.time.advance(1ms);
    REQUIRE(it.reaches(one, transferred));
    CHECK_FALSE(it.at(one).error.has_value());
}

TEST_CASE("engine retry: a connection that is lost is taken up at once, in the same turn") {
    engine_rig it;
    it.on.script = {{.cut_after = 50'000}, busy_server};
    auto seconds = 0;
    const auto one = it.create("a");
    REQUIRE(it.reaches(one, transferring));
    for (; it.state(one) != transferred && seconds < 8; ++seconds) {
        CHECK(is_running(it.state(one)));
        it.advance(1s);
    }
    CHECK(it.reaches(one, transferred));
}

TEST_CASE("engine retry: what is kept still counts while the source does not answer") {
    engine_rig it;
    it.on.script.assign(40, {.refuse = refusal(errc::cut_short, 0)});
    it.on.script.front() = {.cut_after = 90'000};
    const auto one = it.create("a");
    REQUIRE(it.reaches(one, transferring));
    for (auto turns = 0; turns < 2; ++turns) {
        for (auto second = 0; it.state(one) != transient_error && second < 20; ++second) {
            it.advance(1s);
            CHECK(it.at(one).bytes_transferred() == 90'000);
        }
        REQUIRE(it.reaches(one, transient_error));
        it.advance(600s);
    }
}

TEST_CASE("engine retry: a job gives up when bytes did not move for the retry timeout") {
    engine_rig it;
    it.on.script.assign(20, busy_server);
    auto what = hasty(it.wanted({"a"}));
    what.settings.retry_timeout = 12s;
    SUBCASE("since it began") {}
    SUBCASE("since the last byte, not since it began") {
        it.on.script[1] = {.cut_after = 50'000};  // 5 s later
    }
    const bool moved = it.on.script[1].cut_after.has_value();
    const auto one = it.create(std::move(what));
    for (int tries = 0; tries < (moved ? 3 : 2); ++tries) {
        REQUIRE(it.reaches(one, transient_error));
        it.advance(5s);
    }
    CHECK(it.reaches(one, error));
    CHECK(it.at(one).error->next_try == std::nullopt);
    CHECK(it.on.requests.size() == (moved ? 4 : 3));
}

TEST_CASE("engine retry: the time without progress counts over all engines, not by the calendar") {
    engine_rig it;
    it.on.script.assign(9, busy_server);
    auto what = hasty(it.wanted({"a"}));
    what.settings.retry_timeout = 12s;
    const auto one = it.create(std::move(what));
    for (const auto jump : {24h * 365, -24h * 365}) {
        REQUIRE(it.reaches(one, transient_error));
        it.advance(4s);
        it.stop();
        it.loop.time.set_wall(it.loop.time.wall() + jump);
        it.loop.time.advance(1h);  // in which no engine runs
        it.start();
    }
    CHECK(it.reaches(one, error));  // 8 s have passed, and the next try would be after 13
    CHECK(it.on.requests.size() == 3);
    REQUIRE(it.run(it.engine->resume(one.id)).has_value());
    CHECK(it.reaches(one, transient_error));  // from zero
}

TEST_CASE("engine retry: an interval beyond the timeout means that nothing is tried again") {
    for (const auto timeout : {0s, 4s}) {
        engine_rig it;
        it.on.script = {busy_server};
        auto what = hasty(it.wanted({"a"}));
        what.settings.retry_timeout = timeout;
        const auto one = it.create(std::move(what));
        CHECK(it.reaches(one, error));
    }
}

TEST_CASE("engine retry: an error that will not pass is not tried again") {
    engine_rig it;
    it.on.script = {{.refuse = refusal(errc::not_found, 404)}};
    const auto one = it.create(it.wanted({"a", "b"}));
    REQUIRE(it.reaches(one, error));
    it.advance(1h);
    CHECK(it.state(one) == error);
    CHECK(it.at(one).files[0].state == error);
    CHECK(it.at(one).files[0].http_status == 404);
    REQUIRE(it.run(it.engine->resume(one.id)).has_value());
    CHECK(it.reaches(one, transferred));
}

TEST_CASE("engine retry: a server that wants to be left alone keeps nobody else waiting") {
    engine_rig it;
    it.on.script = {{.refuse = refusal(errc::overloaded, 503, 100s)}};
    const auto one = it.create("a");
    const auto same_host = it.create("b");
    const auto other = it.create(from_host(it.wanted({"c"}), "other"));
    REQUIRE(it.reaches(other, transferred));
    REQUIRE(it.reaches(same_host, transient_error));
    CHECK(why(it, one) == reason::host_gate);
    CHECK(why(it, same_host) == reason::host_gate);
    CHECK(it.on.requests.size() == 2);
    it.advance(99s);
    CHECK(it.on.requests.size() == 2);
    it.advance(1s);
    CHECK(it.reaches(one, transferred));
    CHECK(it.reaches(same_host, transferred));
}

TEST_CASE("engine retry: the next engine, too, leaves a server alone for as long as it asked") {
    engine_rig it;
    it.on.script = {{.refuse = refusal(errc::overloaded, 503, 100s)}};
    const auto one = it.create("a");
    REQUIRE(it.reaches(one, transient_error));
    it.advance(40s);
    it.world.gates = {};
    it.restart();
    const auto same_host = it.create("b");
    it.settle();
    CHECK(it.state(one) == transient_error);
    CHECK(why(it, one) == reason::host_gate);
    it.advance(59s);
    CHECK(it.on.requests.size() == 1);
    it.advance(1s);
    CHECK(it.reaches(one, transferred));
    CHECK(it.reaches(same_host, transferred));
}

TEST_CASE("engine retry: after crashes, those that were at it are left alone for a while") {
    engine_rig it;
    it.on.script.assign(2, {.silent = true});
    const auto one = it.create("a");
    it.settle();
    it.limits.pause = 60s;
    it.restart();
    REQUIRE(it.state(one) == transient_error);
    CHECK(it.at(one).error->why.code == errc::crashed);
    CHECK(it.at(one).error->next_try == it.loop.time.wall() + 60s);
    it.on.script.clear();
    it.advance(59s);
    CHECK(it.state(one) == transient_error);
    it.advance(1s);
    CHECK(it.reaches(one, transferred));
}

TEST_CASE("engine retry: a calendar that jumps makes no wish of a server longer") {
    engine_rig it;
    it.on.script = {{.refuse = refusal(errc::overloaded, 503, 100s)}};
    const auto one = it.create("a");
    REQUIRE(it.reaches(one, transient_error));
    it.world.gates = {};
    it.loop.time.set_wall(it.loop.time.wall() - 10h);
    it.restart();
    it.advance(100s);
    CHECK(it.reaches(one, transferred));
}

TEST_CASE("engine retry: the wait for a turn is not held against a job") {
    engine_rig it;
    it.on.script = {{.silent = true}, busy_server};
    const auto before = it.create("a");
    auto what = hasty(it.wanted({"b"}));
    what.settings.retry_timeout = 12s;
    const auto one = it.create(std::move(what));
    REQUIRE(it.reaches(before, transferring));
    it.advance(20s);
    REQUIRE(it.state(one) == queued);
    REQUIRE(it.run(it.engine->remove(before.id)).has_value());
    CHECK(it.reaches(one, transient_error));
}

TEST_CASE("engine retry: its owner can have a job tried again at once") {
    engine_rig it;
    const auto one = brought_to(it, transient_error);
    REQUIRE(it.run(it.engine->resume(one.id)).has_value());
    CHECK(it.reaches(one, transferred));
    it.advance(10s);  // the timer is forgotten
    CHECK(it.state(one) == transferred);
}

TEST_CASE("engine retry: its owner need not wait as long as the server asked for") {
    engine_rig it;
    it.on.script = {{.refuse = refusal(errc::overloaded, 503, std::chrono::hours(24))}};
    const auto one = it.create("a");
    REQUIRE(it.reaches(one, transient_error));
    REQUIRE(it.run(it.engine->resume(one.id)).has_value());
    CHECK(it.reaches(one, transferred));
}

TEST_CASE("engine retry: a suspended job forgets its retry") {
    engine_rig it;
    const auto one = brought_to(it, transient_error);
    REQUIRE(it.run(it.engine->suspend(one.id)).has_value());
    it.advance(10s);
    it.engine->network_returned();
    it.settle();
    CHECK(it.state(one) == suspended);
    CHECK(it.on.requests.size() == 1);
}

TEST_CASE("engine retry: the time that a job may take counts its turns only, anew after a resume") {
    engine_rig it;
    it.on.script.assign(3, {.silent = true});
    auto what = it.wanted({"a"});
    what.settings.max_download_time = 10s;
    const auto one = it.create(std::move(what));
    REQUIRE(it.reaches(one, transferring));
    it.advance(9s);
    const auto first = it.create([&] {
        auto urgent = it.wanted({"b"});
        urgent.priority = job_priority::high;
        return urgent;
    }());
    REQUIRE(it.reaches(first, transferring));
    CHECK(it.reaches(one, queued));
    it.advance(15s);
    REQUIRE(it.run(it.engine->remove(first.id)).has_value());
    REQUIRE(it.reaches(one, transferring));
    it.advance(500ms);
    CHECK(it.state(one) == transferring);
    it.advance(500ms);
    REQUIRE(it.reaches(one, error));
    CHECK(it.at(one).error->why.code == errc::out_of_time);
    REQUIRE(it.run(it.engine->resume(one.id)).has_value());
    CHECK(it.reaches(one, transferred));
}

TEST_CASE("engine retry: without a network, those that need it wait, and go on when it is back") {
    engine_rig it;
    it.on.script = {{.silent = true}};
    const auto running = it.create("a");
    const auto waiting = it.create("b");
    const auto near = it.create(from_host(it.wanted({"c"}), "localhost"));
    REQUIRE(it.reaches(running, transferring));
    it.engine->network_lost();
    CHECK(it.reaches(near, transferred));
    const auto later = it.create("d");
    for (const auto* one : {&running, &waiting, &later}) {
        CHECK(it.reaches(*one, transient_error));
        CHECK(why(it, *one) == reason::network);
    }
    it.advance(1'000h);
    CHECK(it.on.requests.size() == 2);
    it.engine->network_returned();
    for (const auto* one : {&running, &waiting, &later}) CHECK(it.reaches(*one, transferred));
}

TEST_CASE("engine retry: a retry that comes while there is no network waits for it") {
    engine_rig it;
    it.on.script = {busy_server, busy_server};
    const auto one = it.create(hasty(it.wanted({"a"})));
    REQUIRE(it.reaches(one, transient_error));
    it.engine->network_lost();
    it.advance(5s);
    it.advance(400h);
    CHECK(it.on.requests.size() == 1);
    it.engine->network_returned();
    REQUIRE(it.settle_until([&] { return it.on.requests.size() == 2; }));
    CHECK(it.reaches(one, transient_error));  // and no error: nothing was tried meanwhile
}

TEST_CASE("engine retry: a network that returns at any moment is noticed") {
    for (int moment = 0; moment < 12; ++moment) {
        engine_rig it;
        it.on.script = {{.silent = true}};
        const auto one = it.create("a");
        REQUIRE(it.reaches(one, transferring));
        it.engine->network_lost();
        for (int i = 0; i < moment; ++i) {
            it.loop.io.restart();
            it.loop.io.run_one_for(1ms);
        }
        it.engine->network_returned();
        CHECK(it.reaches(one, transferred));
    }
}

}  // namespace ferry::test::engine_retry_test
