#include <doctest/doctest.h>
#include <support/session_rig.hpp>

#include <string>
#include <vector>

namespace ferry::test::cli_control_session_limits_test {

using namespace ferry::cli;
using namespace std::chrono_literals;
using rig = test::session_rig;
namespace json = boost::json;

TEST_CASE("control session: the longest line is served, a longer one ends the connection") {
    session_limits limits;
    limits.line = 200;
    const auto filled = [](std::size_t size) {
        auto line = call("echo", R"({"a":""})");
        return line.insert(line.find("\"\"") + 1, size - line.size(), 'x');
    };
    rig on(limits);
    CHECK(on.ask(filled(200)).contains("result"));
    CHECK(code_of(on.ask(filled(201))) == -32600);
    CHECK(on.closed());
    rig other(limits);
    CHECK(other.say(std::string(200, ' ')).empty());
    CHECK_FALSE(other.closed());
    CHECK(other.say("  ").size() == 1);  // without waiting for the line's end
    CHECK(other.closed());
}

TEST_CASE("control session: no more requests are at work than allowed, and none is lost") {
    session_limits limits;
    limits.requests = 3;
    rig on(limits);
    std::string many;
    for (int i = 0; i < 10; ++i) many += call("wait", "{}", i) + "\n";
    CHECK(on.say(many).empty());
    CHECK(on.waiting == 3);
    on.release = true;
    on.released.notify();
    on.on.settle();
    CHECK(on.peer->lines().size() == 10);
}

TEST_CASE("control session: requests that wait for their replies take a limited space") {
    session_limits limits;
    limits.unanswered = 1'000;
    rig on(limits);
    std::string many;
    for (int i = 0; i < 10; ++i)
        many += call("wait", R"({"a":")" + std::string(400, 'x') + "\"}", i) + "\n";
    CHECK(on.say(many).empty());
    CHECK(on.waiting == 3);
    on.release = true;
    on.released.notify();
    on.on.settle();
    CHECK(on.peer->lines().size() == 10);
}

TEST_CASE(
    "control session: nothing begins for a client that does not read, and all is done later") {
    session_limits limits;
    limits.unread = 1U << 20;
    rig on(limits);
    std::string many;
    for (int i = 0; i < 100; ++i) many += call("big", R"({"bytes":300000})", i) + "\n";
    CHECK(on.peer->send(many) == many.size());
    on.on.settle();
    CHECK(on.called >= 4);
    CHECK(on.called <= 8);
    std::size_t replies = 0;
    for (int look = 0; look < 1'000'000 && replies < 100; ++look) {
        replies += on.peer->lines().size();
        on.on.settle();
    }
    CHECK(replies == 100);
    CHECK(on.called == 100);
}

TEST_CASE("control session: a client that reads nothing of its replies is cut off after a while") {
    rig on;
    on.say(call("wait") + "\n");
    CHECK(on.peer->send(call("big", R"({"bytes":9000000})") + "\n" + call("echo") + "\n") > 0);
    on.on.advance(29s);
    CHECK_FALSE(on.running->ready());
    on.on.advance(1s);
    CHECK_FALSE(on.running->ready());  // for the method that has begun
    on.release = true;
    on.released.notify();
    on.on.settle();
    REQUIRE(on.running->ready());
    CHECK(on.running->value->error().code == errc::timed_out);
    CHECK(on.waiting == 0);
}

TEST_CASE("control session: a slow reader is no dead one, and an idle one neither") {
    rig on;
    CHECK(on.peer->send(call("big", R"({"bytes":3000000})") + "\n") > 0);
    std::size_t got = 0;
    for (int look = 0; look < 1'000'000 && got < 3'000'000; ++look) {
        on.on.advance(29s);
        got += on.peer->receive().size();
    }
    CHECK(got >= 3'000'000);
    on.on.advance(24h);
    CHECK_FALSE(on.running->ready());
    CHECK(on.ask(call("echo")).contains("result"));
}

TEST_CASE("control session: who never asks is hung up on, and who has asked may be silent") {
    rig silent, half, asked;
    CHECK(half.say(call("echo")).empty());
    CHECK(asked.ask(call("echo")).contains("result"));
    for (auto* on : {&silent, &half, &asked}) on->on.advance(9s);
    CHECK_FALSE(silent.closed());
    CHECK_FALSE(half.closed());
    for (auto* on : {&silent, &half, &asked}) on->on.advance(1s);
    for (auto* on : {&silent, &half}) {
        REQUIRE(on->closed());
        CHECK(on->running->value->error().code == errc::timed_out);
    }
    asked.on.advance(24h);
    CHECK(asked.ask(call("echo")).contains("result"));
}

}  // namespace ferry::test::cli_control_session_limits_test
