#include <ferry/partial.hpp>

#include <support/job_states.hpp>

#include <doctest/doctest.h>

namespace ferry::test::engine_hooks_test {

using namespace std::chrono_literals;
using enum ferry::job_state;
using reason = explanation::reason;

namespace {

/// Answers one call after the other as it was told, and then with success.
struct hook {
    std::vector<std::string> calls = {};
    std::deque<result<void>> answers = {};

    awaitable<result<void>> call(std::string about) {
        calls.push_back(std::move(about));
        result<void> answer;
        if (!answers.empty()) answer = answers.front();
        if (!answers.empty()) answers.pop_front();
        co_return answer;
    }
};

/// A rig with both hooks.
struct hooked_rig : engine_rig {
    hook told;
    hook asked;

    hooked_rig() : engine_rig(false) {
        hooks.notify = [this](job about) { return told.call(std::string(to_string(about.state))); };
        hooks.validate = [this](job, std::size_t, std::string temporary) {
            return asked.call(std::move(temporary));
        };
        start();
    }
    ~hooked_rig() { end(); }
    job noisy(const std::string& name) const {
        auto what = hasty(wanted({name}));
        what.settings.notify_command = {"tell"};
        return what;
    }
    job careful(const std::string& name) const {
        auto what = hasty(wanted({name}));
        what.settings.validate_command = {"check"};
        return what;
    }
    bool calls(std::size_t count) {
        return settle_until([&] { return told.calls.size() >= count; }) &&
               told.calls.size() == count;
    }
};

const failure no_luck{errc::cut_short, "no luck"};

explanation explained(engine_rig& it, const job& one) {
    auto told = it.engine->explain(one.id).value();
    const auto id = "(" + one.id.substr(0, 8) + ")";  // which no test knows
    if (const auto at = told.text.find(id); at != std::string::npos)
        told.text.replace(at, id.size(), "#");
    return told;
}

}  // namespace

TEST_CASE("engine hooks: an owner is told of an end, once, also after a restart") {
    hooked_rig it;
    const auto one = it.create(it.noisy("a"));
    REQUIRE(it.reaches(one, transferred));
    REQUIRE(it.calls(1));
    it.settle();
    it.restart();
    it.settle();
    CHECK(it.told.calls == std::vector<std::string>{"Transferred"});
    it.on.script = {{.refuse = refusal(errc::refused, 404)}};
    const auto other = it.create(it.noisy("b"));
    REQUIRE(it.reaches(other, error));
    REQUIRE(it.calls(2));
    CHECK(it.told.calls.back() == "Error");
}

TEST_CASE("engine hooks: who could not be told is told again, as long as there is reason to") {
    hooked_rig it;
    it.told.answers = {no_luck, no_luck};
    const auto one = it.create(it.noisy("a"));
    REQUIRE(it.calls(1));
    it.advance(5s);
    REQUIRE(it.calls(2));
    it.restart();
    REQUIRE(it.calls(3));
    it.advance(1h);
    CHECK(it.calls(3));
    it.told.answers = {no_luck};
    const auto other = it.create(it.noisy("b"));
    REQUIRE(it.calls(4));
    REQUIRE(it.run(it.engine->complete(other.id)).has_value());
    it.advance(1h);
    CHECK(it.calls(4));
    CHECK(it.engine->active() == 0);
}

TEST_CASE(
    "engine hooks: who could not be told that a job is over is not told by each engine anew") {
    hooked_rig it;
    it.told.answers = {no_luck};
    auto what = it.noisy("a");
    what.settings.auto_complete = true;
    const auto one = it.create(what);
    REQUIRE(it.reaches(one, acknowledged));
    REQUIRE(it.calls(1));
    it.settle();
    it.restart();
    it.advance(1h);
    CHECK(it.calls(1));
}

TEST_CASE("engine hooks: an owner who asks for it only after the end is told at once") {
    hooked_rig it;
    const auto one = it.create("a");
    REQUIRE(it.reaches(one, transferred));
    engine::change_request change;
    change.settings = it.noisy("a").settings;
    REQUIRE(it.run(it.engine->change(one.id, change)).has_value());
    CHECK(it.calls(1));
    change.settings->retry_interval = 6s;
    REQUIRE(it.run(it.engine->change(one.id, change)).has_value());
    it.settle();
    CHECK(it.told.calls == std::vector<std::string>{"Transferred"});
}

TEST_CASE("engine hooks: a job that completes itself tells so when it is over") {
    hooked_rig it;
    auto what = it.noisy("a");
    what.settings.auto_complete = true;
    it.create(std::move(what));
    REQUIRE(it.calls(1));
    CHECK(it.told.calls == std::vector<std::string>{"Acknowledged"});
}

TEST_CASE("engine hooks: content that is accepted stays, and is judged before it has its name") {
    hooked_rig it;
    const auto one = it.create(it.careful("a"));
    REQUIRE(it.reaches(one, transferred));
    CHECK(it.asked.calls == std::vector{partial_of(it.file("a")).data});
    REQUIRE(it.run(it.engine->complete(one.id)).has_value());
    CHECK(slurp(it.file("a")) == it.on.body);
}

TEST_CASE("engine hooks: content that is rejected is dropped, and fetched anew when resumed") {
    hooked_rig it;
    it.asked.answers = {failure{errc::rejected, "check"}};
    const auto one = it.create(it.careful("a"));
    REQUIRE(it.reaches(one, error));
    CHECK(it.at(one).error->why.code == errc::rejected);
    CHECK(it.at(one).bytes_transferred() == 0);
    CHECK_FALSE(std::filesystem::exists(partial_of(it.file("a")).data));
    REQUIRE(it.run(it.engine->resume(one.id)).has_value());
    CHECK(it.reaches(one, transferred));
}

TEST_CASE("engine hooks: content that was taken away while it was judged is fetched again") {
    for (const bool durable : {true, false}) {
        INFO(durable);
        hook judge;
        engine_rig it(false);
        it.hooks.validate = [&judge](job, std::size_t, std::string temporary) {
            std::filesystem::remove(temporary);
            return judge.call(std::move(temporary));
        };
        it.start();
        auto what = it.wanted({"a"});
        what.settings.durable = durable;
        what.settings.validate_command = {"check"};
        const auto one = it.create(std::move(what));
        REQUIRE(it.reaches(one, transferred));
        const auto refused = it.run(it.engine->complete(one.id));
        REQUIRE_FALSE(refused.has_value());
        CHECK(refused.error().code == errc::not_found);
    }
}

TEST_CASE("engine hooks: content that could not be judged is judged later, also after a restart") {
    hooked_rig it;
    it.asked.answers = {no_luck};
    const auto one = it.create(it.careful("a"));
    REQUIRE(it.reaches(one, transient_error));
    SUBCASE("by the same engine") { it.advance(5s); }
    SUBCASE("by the next one") { it.restart(); }
    REQUIRE(it.reaches(one, transferred));
    CHECK(it.asked.calls.size() == 2);
}

TEST_CASE("engine explain: a job whose content is being judged waits for that") {
    hook judge;
    engine_rig it(false);
    std::string told;
    it.hooks.validate = [&](job about, std::size_t, std::string temporary) {
        told = explained(it, about).text;
        return judge.call(std::move(temporary));
    };
    it.start();
    auto what = it.wanted({"a"});
    what.settings.validate_command = {"check"};
    REQUIRE(it.reaches(it.create(std::move(what)), transferred));
    CHECK(told == "a # waits for its validate command to accept " + it.file("a"));
}

TEST_CASE("engine explain: why a job rests, in one sentence") {
    const auto told = [](job_state state) {
        engine_rig it;
        return explained(it, brought_to(it, state));
    };
    CHECK(told(suspended).why == reason::suspended);
    CHECK(told(suspended).text == "a # is suspended and waits for its owner to resume it");
    CHECK(told(transferred).why == reason::needs_completion);
    CHECK(
        told(transferred).text ==
        "a # has arrived and waits to be completed (or removed) by its owner");
    CHECK(told(acknowledged).why == reason::over);
    CHECK(told(acknowledged).text == "a # is over: Acknowledged");
    CHECK(told(error).why == reason::needs_decision);
    CHECK(
        told(error).text ==
        "a # stopped at an error and waits for its owner to resume or remove it: " +
            describe(refusal(errc::refused, 404)));
    CHECK(told(transferring).why == reason::moving);
    CHECK(told(transferring).text == "a # is being transferred: 0 of 1 files have arrived");
}

TEST_CASE("engine explain: a job that tries again by itself at once is not said to move") {
    engine_rig it;
    it.on.script = {{.cut_after = 50'000}};
    const auto one = it.create("a");
    REQUIRE(it.settle_until([&] { return explained(it, one).why == reason::retry; }));
    const auto told = explained(it, one);
    CHECK(told.until == it.loop.time.wall() + 750ms);
    CHECK(told.text.ends_with(
        "00.750Z to be tried again: " + describe(failure{errc::cut_short, "cut"})));
    it.advance(1s);
    CHECK(it.reaches(one, transferred));
}

TEST_CASE("engine explain: a job of which nothing comes says what it waits for") {
    SUBCASE("its server's answer") {
        engine_rig it;
        explanation told;
        const auto ask = [&] { told = explained(it, *it.engine->jobs().front()); };
        it.on.script = {{.first = ask}};
        REQUIRE(it.reaches(it.create("a"), transferred));
        CHECK(told.why == reason::moving);
        CHECK(told.host == "host");
        CHECK(told.text == "a # connects to host and waits for its answer");
    }
    SUBCASE("its server, which asked another job to leave it alone") {
        engine_rig it;
        const auto one = brought_to(it, connecting);
        REQUIRE(it.settle_until([&] { return explained(it, one).why == reason::host_gate; }));
        const auto told = explained(it, one);
        CHECK(told.host == "host");
        CHECK(told.until == it.loop.time.wall() + 9s);
        CHECK(
            told.text ==
            "a # waits until 2026-01-01T00:00:09.000Z, because host asked to be left alone");
    }
    SUBCASE("a connection") {
        engine_rig it;
        host_slots slots(it.loop.io.get_executor());
        slots.set_limit(1);
        it.world.slots = &slots;
        auto taken = slots.try_acquire("fake://host");
        const auto one = it.create("a");
        REQUIRE(it.settle_until([&] { return explained(it, one).why == reason::host_slots; }));
        CHECK(explained(it, one).host == "host");
        CHECK(
            explained(it, one).text ==
            "a # waits for a connection to host: as many as are allowed are in use");
        taken.reset();
        CHECK(it.reaches(one, transferred));
    }
}

TEST_CASE("engine explain: where ferry waits longer than a server asked for, it says so") {
    engine_rig it;
    it.on.script.assign(9, {.refuse = refusal(errc::overloaded, 503, 5s)});
    const auto one = it.create("a");
    while (it.state(one) != transient_error) it.advance(5s);
    const auto told = explained(it, one);
    CHECK(told.why == reason::host_gate);
    CHECK(
        told.text.find("because host asked to be left alone for 5 s (ferry waits at least 60 s)") !=
        std::string::npos);
}

TEST_CASE("engine explain: too many in the foreground is a limit, not somebody's turn") {
    engine_rig it(false);
    it.limits.schedule.foreground = 2;
    it.start();
    it.on.script.assign(2, {.silent = true});
    const auto urgent = [&](const std::string& name) {
        auto what = it.wanted({name});
        what.priority = job_priority::foreground;
        return it.create(std::move(what));
    };
    REQUIRE(it.reaches(urgent("a"), transferring));
    REQUIRE(it.reaches(urgent("b"), transferring));
    urgent("c");
    const auto told = explained(it, urgent("d"));
    CHECK(told.why == reason::queued);
    CHECK(told.waits_for == "");
    CHECK(told.text == "d # waits for its turn: 2 foreground jobs run at once (see config.json)");
}

TEST_CASE("engine explain: why a job waits, and until when") {
    engine_rig it;
    const auto one = brought_to(it, queued);
    const auto& before = *it.engine->jobs().front();
    auto told = explained(it, one);
    CHECK(told.why == reason::queued);
    CHECK(told.waits_for == before.id);
    CHECK(
        told.text == "a # waits for its turn behind blocker (" + before.id.substr(0, 8) +
                         "), which has priority normal and is Transferring");
    it.engine->network_lost();
    it.settle();
    told = explained(it, one);
    CHECK(told.why == reason::network);
    CHECK(told.text == "a # waits for the network to come back");

    engine_rig other;
    const auto failed = brought_to(other, transient_error);
    told = explained(other, failed);
    CHECK(told.why == reason::retry);
    CHECK(told.until == other.loop.time.wall() + 5s);
    const auto why = describe(refusal(errc::overloaded, 503));
    CHECK(told.text == "a # waits until 2026-01-01T00:00:05.000Z to be tried again: " + why);
    other.gates.close("host", other.loop.time.now() + 5s);
    told = explained(other, failed);
    CHECK(told.why == reason::host_gate);
    CHECK(told.host == "host");
    CHECK(
        told.text ==
        "a # waits until 2026-01-01T00:00:05.000Z, because host asked to be left alone: " + why);

    engine_rig third;
    auto what = third.wanted({"a"});
    what.state = suspended;
    what.settings.unsupported = {{"dynamic", ""}};
    told = explained(third, third.create(std::move(what)));
    CHECK(told.why == reason::not_supported);
    CHECK(
        told.text ==
        "a # is suspended and cannot start: --dynamic: not yet supported "
        "(such a job can be stored, not started)");
}

}  // namespace ferry::test::engine_hooks_test
