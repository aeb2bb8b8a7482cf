#include <doctest/doctest.h>
#include <support/session_rig.hpp>

#include <string>
#include <vector>

namespace ferry::test::cli_control_session_end_test {

using namespace ferry::cli;
using namespace std::chrono_literals;
using rig = test::session_rig;
namespace json = boost::json;

TEST_CASE("control session: half a line and the end is the end") {
    rig on;
    CHECK(on.say(call("echo")).empty());
    on.peer->finish();
    CHECK(on.closed());
    CHECK(on.running->value->has_value());
    CHECK(on.called == 0);
}

TEST_CASE("control session: who asks and hangs up his sending end still gets the replies") {
    rig on;
    on.say(call("wait") + "\n" + call("echo") + "\n");
    on.peer->finish();
    CHECK_FALSE(on.closed());
    on.release = true;
    on.released.notify();
    on.on.settle();
    CHECK(on.peer->lines().size() == 1);
    CHECK(on.closed());
}

TEST_CASE("control session: a client that is gone ends it, whatever is on its way") {
    rig on;
    on.say(call("wait") + "\n" + call("events.subscribe") + "\n");
    CHECK(on.peer->send(call("big", R"({"bytes":9000000})") + "\n") > 0);
    on.on.settle();
    on.peer->close();
    on.on.settle();
    CHECK_FALSE(on.running->ready());
    on.release = true;
    on.released.notify();
    on.on.settle();
    CHECK(on.running->ready());
}

TEST_CASE("control session: cancelled, it waits for the methods that have begun") {
    rig on;
    on.say(call("wait") + "\n");
    on.running->cancel();
    on.on.settle();
    CHECK_FALSE(on.running->ready());
    on.release = true;
    on.released.notify();
    on.on.settle();
    REQUIRE(on.running->ready());
    CHECK(on.running->value->error().code == errc::cancelled);
}

TEST_CASE("control session: it can be cancelled after every number of handlers") {
    const auto script = call("echo") + "\n" + call("big", R"({"bytes":900000})") + "\n" +
                        call("events.subscribe") + "\n" + call("fail") + "\n";
    for (int steps = 0; steps < 60; ++steps) {
        rig on;
        CHECK(on.peer->send(script) == script.size());
        on.on.io.restart();
        for (int i = 0; i < steps; ++i) on.on.io.poll_one();
        on.running->cancel();
        on.on.settle();
        CHECK(on.running->ready());
    }
}

TEST_CASE("control session: a subscription ends with its session") {
    rig on;
    on.say(call("events.subscribe") + "\n");
    on.peer->close();
    on.on.settle();
    CHECK(on.running->ready());
    on.session.reset();
    on.news.tell(on.known, job_news::state);
}

TEST_CASE("control session: closed, it answers what was asked, tells who listens, and ends") {
    rig on;
    on.say(call("events.subscribe") + "\n" + call("wait", "{}", 7) + "\n");
    on.session->close();
    on.on.settle();
    CHECK_FALSE(on.running->ready());
    on.release = true;
    on.released.notify();
    on.on.settle();
    REQUIRE(on.running->ready());
    CHECK(on.running->value->has_value());
    const auto lines = on.peer->lines();
    REQUIRE(lines.size() == 2);
    CHECK(lines[0].find("\"daemon.stopping\"") != lines[0].npos);
    CHECK(lines[1].find("\"id\":7") != lines[1].npos);
}

TEST_CASE("control session: closed, it hangs up on who does not listen without a word") {
    rig on;
    CHECK(on.say(call("echo") + "\n").size() == 1);
    on.session->close();
    on.on.settle();
    CHECK(on.running->ready());
    CHECK(on.peer->lines().empty());
}

}  // namespace ferry::test::cli_control_session_end_test
