#include <support/job_states.hpp>

#include <doctest/doctest.h>

#include <map>
#include <set>

namespace ferry::test::engine_events_test {

using namespace std::chrono_literals;
using enum ferry::job_state;

namespace {

/// "created", "Connecting", …: the news of a job as they came.
struct newspaper {
    explicit newspaper(engine_rig& it) {
        paper = it.engine->events().subscribe([this](const job& about, job_news what) {
            ++count[what];
            if (what == job_news::state) states.push_back(about.state);
        });
    }
    std::map<job_news, int> count;
    std::vector<job_state> states;
    std::shared_ptr<void> paper;
};

}  // namespace

TEST_CASE("engine events: the states of a job come in their order, once it was created") {
    engine_rig it;
    newspaper news(it);
    const auto one = it.create("a");
    CHECK(news.count[job_news::created] == 1);
    REQUIRE(it.reaches(one, transferred));
    it.settle();
    REQUIRE(it.run(it.engine->complete(one.id)).has_value());
    const auto end = std::unique(news.states.begin(), news.states.end());
    news.states.erase(end, news.states.end());
    CHECK(news.states == std::vector{connecting, transferring, transferred, acknowledged});
}

TEST_CASE("engine events: progress is told at most twice a second, properties at once") {
    engine_rig it;
    newspaper news(it);
    auto what = it.wanted({"a"});
    what.settings.bytes_per_second = 10'000;
    const auto one = it.create(std::move(what));
    REQUIRE(it.reaches(one, transferring));
    for (int i = 0; i < 12; ++i) it.advance(250ms);
    CHECK(news.count[job_news::progress] >= 4);
    CHECK(news.count[job_news::progress] <= 6);
    engine::change_request named;
    named.display_name = "b";
    REQUIRE(it.run(it.engine->change(one.id, named)).has_value());
    CHECK(news.count[job_news::changed] == 1);
}

TEST_CASE("engine events: whoever waits for a job is told when it does not move by itself") {
    for (const auto state : {suspended, error, transferred, acknowledged, cancelled}) {
        engine_rig it;
        const auto one = brought_to(it, state);
        CHECK(it.run(it.engine->wait(one.id)).value().state == state);
    }
    engine_rig it;
    const auto one = brought_to(it, transient_error);
    const auto waiting = it.loop.start(it.engine->wait(one.id));
    const auto impatient = it.loop.start(it.engine->wait(one.id));
    impatient->cancel();
    REQUIRE(it.settle_until([&] { return impatient->ready(); }));
    CHECK(impatient->value->error().code == errc::cancelled);
    CHECK_FALSE(waiting->ready());
    it.advance(5s);
    REQUIRE(it.settle_until([&] { return waiting->ready(); }));
    CHECK(waiting->value->value().state == transferred);
}

TEST_CASE("engine events: a job that completes itself is never seen as merely transferred") {
    for (const bool possible : {true, false}) {
        INFO(possible);
        engine_rig it;
        newspaper news(it);
        auto what = it.wanted({"a"});
        what.settings.auto_complete = true;
        if (!possible)
            it.on.script = {{.first = [&] { std::filesystem::create_directory(it.file("a")); }}};
        const auto one = it.create(std::move(what));
        const auto waiting = it.loop.start(it.engine->wait(one.id));
        std::set<job_state> seen;
        REQUIRE(it.settle_until([&] {
            seen.insert(it.state(one));
            return waiting->ready();
        }));
        CHECK_FALSE(seen.contains(transferred));
        CHECK(waiting->value->value().state == (possible ? acknowledged : error));
        CHECK(it.at(one).error.has_value() != possible);
    }
}

TEST_CASE("engine events: a job that nobody touches is cancelled, after a warning") {
    engine_rig it;
    newspaper news(it);
    const auto one = brought_to(it, suspended);
    auto empty = it.wanted({});
    empty.state = suspended;
    const auto other = it.create(std::move(empty));
    it.advance(88 * 24h);
    CHECK(news.count[job_news::expiring] == 0);
    it.advance(25h);
    CHECK(news.count[job_news::expiring] == 2);
    CHECK(it.state(one) == suspended);
    it.advance(23h);
    CHECK(it.state(one) == suspended);
    it.advance(2h);
    CHECK(it.reaches(one, cancelled));
    CHECK(it.reaches(other, cancelled));
    CHECK(news.count[job_news::expiring] == 2);
}

TEST_CASE("engine events: a warning that its owner heeds is forgotten") {
    engine_rig it;
    newspaper news(it);
    const auto one = brought_to(it, suspended);
    it.advance(89 * 24h + 1h);
    REQUIRE(news.count[job_news::expiring] == 1);
    REQUIRE(it.run(it.engine->suspend(one.id)).has_value());
    it.advance(48h);
    CHECK(it.state(one) == suspended);
    it.advance(87 * 24h + 2h);
    CHECK(it.state(one) == suspended);
    CHECK(news.count[job_news::expiring] == 2);
}

TEST_CASE("engine events: a calendar that jumps costs no job") {
    engine_rig it;
    const auto one = brought_to(it, suspended);
    const auto start = it.loop.time.wall();
    for (const auto jump : {100 * 24h, 102 * 24h, 0h, -100 * 24h, 300 * 24h, 3h, 103 * 24h}) {
        it.loop.time.set_wall(start + jump);
        it.advance(61min);
        it.advance(61min);
        CHECK(it.state(one) == suspended);
    }
    it.restart();
    CHECK(it.state(one) == suspended);
}

TEST_CASE("engine events: jobs that are over are remembered for a while, and not all of them") {
    engine_rig it(false);
    it.limits.remembered = 2;
    it.limits.remember_all = 0s;
    it.start();
    std::vector<job> all;
    for (const auto* name : {"a", "b", "c"}) all.push_back(it.create(name));
    for (const auto i : {1, 2, 0}) {
        REQUIRE(it.run(it.engine->remove(all[i].id)).has_value());
        it.advance(1s);
    }
    CHECK(it.engine->find(all[1].id) == nullptr);  // was over first
    it.restart();
    CHECK(it.engine->find(all[0].id) != nullptr);
    CHECK(it.engine->find(all[2].id) != nullptr);
    REQUIRE(it.run(it.engine->remove(it.create("d").id)).has_value());
    CHECK(it.settle_until([&] { return it.engine->find(all[2].id) == nullptr; }));
    CHECK(it.engine->find(all[0].id) != nullptr);  // came first, but was over last
    it.advance(26h);
    CHECK(it.engine->find(all[0].id) == nullptr);
    it.settle();
    CHECK(std::filesystem::is_empty(it.dir / "jobs"));
}

TEST_CASE("engine events: whoever comes within a minute learns of all jobs that are over") {
    engine_rig it(false);
    it.limits.remembered = 1;
    it.start();
    std::vector<job> all;
    for (const auto* name : {"a", "b", "c"}) all.push_back(it.create(name));
    for (const auto& one : all) REQUIRE(it.run(it.engine->remove(one.id)).has_value());
    it.advance(59s);
    for (const auto& one : all) CHECK(it.engine->find(one.id) != nullptr);
    it.advance(1s);
    REQUIRE(it.run(it.engine->remove(it.create("d").id)).has_value());
    CHECK(it.settle_until([&] { return it.engine->find(all[2].id) == nullptr; }));
}

TEST_CASE("engine events: a calendar that is set back keeps no more of them") {
    engine_rig it(false);
    it.limits.remembered = 1;
    it.start();
    const auto one = it.create("a");
    REQUIRE(it.run(it.engine->remove(one.id)).has_value());
    it.loop.time.set_wall(it.loop.time.wall() - 100 * 24h);
    REQUIRE(it.run(it.engine->remove(it.create("b").id)).has_value());
    CHECK(it.settle_until([&] { return it.engine->find(one.id) == nullptr; }));
}

TEST_CASE("engine events: a listener may cause news, and end other subscriptions") {
    job_events events;
    std::vector<std::string> heard;
    std::shared_ptr<void> second;
    const auto first = events.subscribe([&](const job& about, job_news) {
        heard.push_back("first");
        if (!second) return;
        second.reset();
        events.tell(about, job_news::changed);
    });
    second = events.subscribe([&](const job&, job_news) { heard.push_back("second"); });
    const auto third = events.subscribe([&](const job&, job_news) { heard.push_back("third"); });
    events.tell(job(), job_news::state);
    CHECK(heard == std::vector<std::string>{"first", "first", "third", "third"});
}

}  // namespace ferry::test::engine_events_test
