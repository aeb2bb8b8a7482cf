#include <support/job_states.hpp>
#include <support/upload_peer.hpp>

#include <doctest/doctest.h>

#include <string>

namespace ferry::test::engine_relays_test {

using namespace std::chrono_literals;
using enum ferry::job_state;

namespace {

/// An engine, a server that has "fake://host/NAME", and one that takes what comes.
struct relay_engine : test::engine_rig {
    test::upload_store peer;

    relay_engine() { protocols.add(std::make_unique<test::upload_peer>(peer)); }
    ~relay_engine() { end(); }
    job relayed(std::vector<std::string> names, job_type type = job_type::download) const {
        job what;
        what.type = type;
        what.display_name = names.front();
        what.state = queued;
        for (const auto& name : names)
            what.files.push_back(
                {.source = "fake://host/" + name, .destination = "up://other/" + name});
        return what;
    }
    std::error_code refused(job what) {
        const auto got = run(engine->create(std::move(what)));
        return got ? std::error_code() : got.error().code;
    }
    bool arrived(const std::string& name) const {
        const auto there = peer.objects.find("up://other/" + name);
        return there != peer.objects.end() && there->second == on.body;
    }
};

}  // namespace

TEST_CASE("relay job: files get their names at the server, and complete ends the job") {
    relay_engine it;
    const auto one = it.create(it.relayed({"a", "b"}));
    REQUIRE(it.reaches(one, transferred));
    CHECK(it.arrived("a"));
    CHECK(it.arrived("b"));
    const auto done = it.run(it.engine->complete(one.id));
    REQUIRE(done.has_value());
    CHECK(done->state == acknowledged);
    CHECK(done->files_transferred() == 2);
}

TEST_CASE("relay job: it can be an upload, of one file") {
    relay_engine it;
    auto what = it.relayed({"a"}, job_type::upload);
    what.settings.auto_complete = true;
    const auto one = it.create(std::move(what));
    REQUIRE(it.reaches(one, acknowledged));
    CHECK(it.arrived("a"));
    CHECK(it.refused(it.relayed({"a", "b"}, job_type::upload)) == errc::bad_argument);
}

TEST_CASE("relay job: a new engine goes on from the byte that the server has") {
    relay_engine it;
    it.peer.script = {{.cut_after = 40'000}};
    const auto one = it.create(it.relayed({"a"}));
    REQUIRE(it.settle_until([&] { return it.peer.requests.size() == 1; }));
    it.settle();
    it.peer.script.clear();
    it.restart();
    REQUIRE(it.reaches(one, transferred));
    CHECK(it.arrived("a"));
    CHECK(it.at(one).files.front().bytes_resumed == 40'000);
}

TEST_CASE("relay job: what the server has of it is given up with the job") {
    for (const bool completed : {false, true}) {
        relay_engine it;
        it.peer.script = {{}, {.cut_after = 40'000}, {.refuse = {errc::refused, "no"}}};
        const auto one = it.create(it.relayed({"a", "b"}));
        REQUIRE(it.settle_until([&] { return it.peer.requests.size() == 2; }));
        it.advance(5s);
        REQUIRE(it.reaches(one, error));
        CHECK(it.peer.sessions.size() == 1);
        const auto over =
            it.run(completed ? it.engine->complete(one.id) : it.engine->remove(one.id));
        REQUIRE(over.has_value());
        CHECK(it.peer.cancelled == 1);
        CHECK(it.peer.sessions.empty());
        CHECK(it.arrived("a"));  // it has its name already
    }
}

TEST_CASE("relay job: it tells which of the two servers asked to be left alone") {
    for (const std::string closed : {"host", "other"}) {
        relay_engine it;
        it.gates.close(closed, it.loop.time.now() + 9s);
        const auto one = it.create(it.relayed({"a"}));
        const auto told = [&] { return it.engine->explain(one.id).value(); };
        REQUIRE(it.settle_until([&] { return told().why == explanation::reason::host_gate; }));
        CHECK(told().host == closed);
        it.advance(10s);
        CHECK(it.reaches(one, transferred));
    }
}

TEST_CASE("relay job: what cannot be meant is refused") {
    relay_engine it;
    const auto with = [&it](auto change) {
        auto what = it.relayed({"a"});
        change(what);
        return it.refused(std::move(what));
    };
    CHECK_FALSE(with([](job& one) { one.settings.source_user = "ann"; }));
    CHECK(with([](job& one) { one.settings.user = "ann"; }) == errc::bad_argument);
    CHECK(with([](job& one) { one.settings.dynamic = true; }) == errc::bad_argument);
    CHECK(with([](job& one) { one.settings.ranges = {"0-9"}; }) == errc::bad_argument);
    CHECK(with([](job& one) { one.settings.validate_command = {"x"}; }) == errc::bad_argument);
    CHECK(with([](job& one) {
              one.files.front().expected = "md5:" + std::string(32, '0');
          }) == errc::bad_argument);
    CHECK(with([](job& one) { one.type = job_type::upload_reply; }) == errc::bad_argument);
    CHECK(with([](job& one) {
              one.files.front().destination = "gopher://other/a";
          }) == errc::unsupported);
    CHECK(with([&it](job& one) { one.files.front().source = it.file("a"); }) == errc::bad_argument);
}

TEST_CASE("relay job: settings that make no sense for it are refused later as well") {
    relay_engine it;
    auto what = it.relayed({"a"});
    what.state = suspended;
    const auto one = it.create(std::move(what));
    job_change change;
    change.settings = it.at(one).settings;
    change.settings->user = "ann";
    CHECK(it.run(it.engine->change(one.id, change)).error().code == errc::bad_argument);
}

}  // namespace ferry::test::engine_relays_test
