#include <support/job_states.hpp>

#include <doctest/doctest.h>

namespace ferry::test::engine_turns_test {

using namespace std::chrono_literals;
using enum ferry::job_state;

namespace {

job with_priority(engine_rig& it, const std::string& name, job_priority priority) {
    auto what = it.wanted({name});
    what.priority = priority;
    return what;
}

/// Which jobs have their turn, by name.
std::string at_work(engine_rig& it) {
    std::string names;
    for (const auto* one : it.engine->jobs())
        if (is_running(one->state)) names += one->display_name;
    return names;
}

bool comes_to(engine_rig& it, const std::string& names) {
    return it.settle_until([&] { return at_work(it) == names; });
}

void end(engine_rig& it, const std::string& name) {
    for (const auto* one : it.engine->jobs()) {
        if (one->display_name != name) continue;
        REQUIRE(it.run(it.engine->remove(one->id)).has_value());
        return;
    }
}

/// Nothing but silence: what runs, runs until it is removed, or for 30 s.
void silence(engine_rig& it) { it.on.script.assign(200, {.silent = true}); }

}  // namespace

TEST_CASE("engine turns: of background jobs one runs at a time, by priority, then by arrival") {
    using enum job_priority;
    engine_rig it;
    silence(it);
    it.create(with_priority(it, "a", high));
    it.create(with_priority(it, "l", low));
    it.create(with_priority(it, "n", normal));
    it.create(with_priority(it, "m", normal));
    it.create(with_priority(it, "h", high));
    for (const auto* name : {"a", "h", "n", "m", "l"}) {
        CHECK(comes_to(it, name));
        end(it, name);
    }
}

TEST_CASE("engine turns: a job that makes way for a more urgent one keeps bytes and place") {
    engine_rig it;
    it.on.body = test::random_bytes(3'000'000);
    it.on.script = {{.cut_after = 1'000'000}, {.silent = true}};
    const auto one = it.create("a");
    const auto equal = it.create("b");
    REQUIRE(it.settle_until([&] { return it.at(one).bytes_transferred() == 1'000'000; }));
    const auto urgent = it.create(with_priority(it, "u", job_priority::high));
    REQUIRE(it.reaches(urgent, transferring));
    CHECK(it.state(one) == queued);
    CHECK(it.at(one).bytes_transferred() == 1'000'000);
    it.on.script = {{.silent = true}};
    end(it, "u");
    REQUIRE(comes_to(it, "a"));
    CHECK(it.on.requests.back().range.first == 1'000'000);
    it.on.script.clear();
    REQUIRE(it.run(it.engine->suspend(one.id)).has_value());
    REQUIRE(it.run(it.engine->resume(one.id)).has_value());
    REQUIRE(it.reaches(one, transferred));
    CHECK(it.reaches(equal, transferred));
    REQUIRE(it.run(it.engine->complete(one.id)).has_value());
    CHECK(slurp(it.file("a")) == it.on.body);
}

TEST_CASE("engine turns: equals take turns, each for a slice") {
    engine_rig it(false);
    it.limits.schedule.slice = 10s;
    it.start();
    silence(it);
    it.create("a");
    it.create("b");
    it.create(with_priority(it, "l", job_priority::low));
    for (const auto* name : {"a", "b", "a", "b"}) {
        CHECK(comes_to(it, name));
        it.advance(10s);
    }
}

TEST_CASE("engine turns: a slice of bytes is used up as well") {
    engine_rig it(false);
    it.limits.schedule.slice_bytes = 50'000;
    it.start();
    it.on.script = {{.cut_after = 60'000}, {.silent = true}};
    const auto one = it.create("a");
    it.create("b");
    REQUIRE(it.settle_until([&] { return it.at(one).bytes_transferred() == 60'000; }));
    it.advance(500ms);
    CHECK(comes_to(it, "b"));
    CHECK(it.state(one) == queued);
}

TEST_CASE("engine turns: foreground jobs run beside all others, up to a limit") {
    engine_rig it(false);
    it.limits.schedule.foreground = 2;
    it.start();
    silence(it);
    it.create("a");
    for (const auto* name : {"f", "g", "h"})
        it.create(with_priority(it, name, job_priority::foreground));
    CHECK(comes_to(it, "afg"));
    end(it, "f");
    CHECK(comes_to(it, "agh"));
}

TEST_CASE("engine turns: another priority takes effect at once") {
    engine_rig it;
    silence(it);
    it.create("a");
    const auto other = it.create("b");
    REQUIRE(comes_to(it, "a"));
    engine::change_request urgent;
    urgent.priority = job_priority::high;
    REQUIRE(it.run(it.engine->change(other.id, urgent)).has_value());
    CHECK(comes_to(it, "b"));
    urgent.priority = job_priority::foreground;
    REQUIRE(it.run(it.engine->change(other.id, urgent)).has_value());
    CHECK(comes_to(it, "ab"));
}

TEST_CASE("engine turns: files go in their order, as many at once as the job wants") {
    engine_rig it;
    silence(it);
    auto what = it.wanted({"a", "b", "c", "d"});
    what.settings.parallel = 2;
    const auto one = it.create(std::move(what));
    const auto moving = [&] {
        std::string names;
        for (const auto& file : it.at(one).files)
            if (file.state == transferring) names += file.destination.back();
        return names;
    };
    REQUIRE(it.settle_until([&] { return moving() == "ab"; }));
    engine::change_request more;
    more.settings = it.at(one).settings;
    more.settings->parallel = 3;
    REQUIRE(it.run(it.engine->change(one.id, std::move(more))).has_value());
    CHECK(it.settle_until([&] { return moving() == "abc"; }));
}

TEST_CASE("engine turns: a suspended job makes room for the next one") {
    engine_rig it;
    silence(it);
    const auto one = it.create("a");
    it.create("b");
    REQUIRE(comes_to(it, "a"));
    REQUIRE(it.run(it.engine->suspend(one.id)).has_value());
    CHECK(comes_to(it, "b"));
    REQUIRE(it.run(it.engine->resume(one.id)).has_value());
    end(it, "b");
    CHECK(comes_to(it, "a"));
}

TEST_CASE("engine turns: many small jobs all have their turn") {
    engine_rig it;
    it.on.body = "small";
    std::vector<std::shared_ptr<test::loop::pending<result<job>>>> all;
    for (int i = 0; i < 80; ++i) {
        auto what = it.wanted({std::to_string(i)});
        what.settings.auto_complete = true;
        what.settings.durable = false;
        what.priority = static_cast<job_priority>(i % 4);
        all.push_back(it.loop.start(it.engine->create(std::move(what))));
    }
    CHECK(it.settle_until([&] {
        return it.engine->jobs().empty() && it.engine->active() == 0 &&
               std::filesystem::exists(it.file("79"));
    }));
    for (int i = 0; i < 80; ++i) CHECK(slurp(it.file(std::to_string(i))) == it.on.body);
}

}  // namespace ferry::test::engine_turns_test
