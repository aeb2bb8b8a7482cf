#include "cli/control/control_error.hpp"

#include <doctest/doctest.h>
#include <support/session_rig.hpp>

#include <boost/json/serialize.hpp>

#include <string>
#include <vector>

namespace ferry::test::cli_control_session_test {

using namespace ferry::cli;
using namespace std::chrono_literals;
using rig = test::session_rig;
namespace json = boost::json;

TEST_CASE("control session: a request is answered under its id") {
    rig on;
    CHECK(
        json::serialize(on.ask(call("echo", R"({"a":[1]})", 7))) ==
        R"({"jsonrpc":"2.0","id":7,"result":{"a":[1]}})");
    const auto named = on.ask(R"({"jsonrpc":"2.0","id":"x","method":"echo"})");
    CHECK(named.at("id") == "x");
    CHECK(on.ask(R"({"jsonrpc":"2.0","id":null,"method":"echo"})").at("id").is_null());
    CHECK(on.heard == 3);
}

TEST_CASE("control session: a failure arrives as it was there") {
    rig on;
    const auto told = on.ask(call("fail"));
    CHECK(code_of(told) == -32000);
    const auto why = from_error(told.at("error").as_object());
    CHECK(why.code == errc::busy);
    CHECK(why.detail == "/d/f");
    CHECK(why.context == error_context::local_file);
}

TEST_CASE("control session: a method that throws costs its caller that reply only") {
    rig on;
    CHECK(code_of(on.ask(call("throw"))) == -32000);
    CHECK(on.ask(call("echo")).contains("result"));
}

TEST_CASE("control session: what is no request is answered with the code of its mistake") {
    rig on;
    const struct {
        const char* line;
        int code;
    } rows[] = {
        {"", -32700},
        {"{", -32700},
        {"\xff", -32700},
        {"{} {}", -32700},
        {"[]", -32600},
        {R"([{"jsonrpc":"2.0","id":1,"method":"echo"}])", -32600},
        {"1", -32600},
        {"{}", -32600},
        {R"({"id":1,"method":"echo"})", -32600},
        {R"({"jsonrpc":2.0,"id":1,"method":"echo"})", -32600},
        {R"({"jsonrpc":"2.0","id":[1],"method":"echo"})", -32600},
        {R"({"jsonrpc":"2.0","id":1e400,"method":"echo"})", -32600},
        {R"({"jsonrpc":"2.0","id":1})", -32600},
        {R"({"jsonrpc":"2.0","id":1,"method":1})", -32600},
        {R"({"jsonrpc":"2.0","id":1,"method":""})", -32601},
        {R"({"jsonrpc":"2.0","id":1,"method":"rm"})", -32601},
        {R"({"jsonrpc":"2.0","id":1,"method":"echo","params":[1]})", -32602},
        {R"({"jsonrpc":"2.0","id":1,"method":"echo","params":null})", -32602},
    };
    for (const auto& [line, code] : rows) {
        INFO(line);
        CHECK(code_of(on.ask(line)) == code);
    }
    CHECK(on.called == 0);
    CHECK(on.ask(call("echo")).contains("result"));
}

TEST_CASE("control session: a request without an id is done without a word") {
    rig on;
    for (const auto* line :
         {R"({"jsonrpc":"2.0","method":"echo"})", R"({"jsonrpc":"2.0","method":"fail"})",
          R"({"jsonrpc":"2.0","method":"rm"})", R"({"jsonrpc":"2.0","method":"echo","params":1})"})
        CHECK(on.say(std::string(line) + "\n").empty());
    CHECK(on.called == 1);
}

TEST_CASE("control session: depth and size of what is sent break nothing") {
    rig on;
    const std::string deep(100'000, '[');
    CHECK(code_of(on.ask(deep)) == -32700);
    CHECK(code_of(on.ask(call("echo", R"({"a":)" + deep + "}"))) == -32700);
    const std::string digits(100'000, '9');
    for (const auto& number : {digits, "-1e-" + digits, std::string("1e400")}) {
        const auto reply = on.ask(call("big", R"({"bytes":1,"a":)" + number + "}"));
        CHECK(reply.contains("id"));  // served or refused
    }
}

TEST_CASE("control session: a request may come in any two pieces, and two in one") {
    rig on;
    const auto line = call("echo") + "\n";
    for (std::size_t n = 1; n < line.size(); ++n) {
        CHECK(on.say(line.substr(0, n)).empty());
        CHECK(on.say(line.substr(n)).size() == 1);
    }
    CHECK(on.say(line + line).size() == 2);
}

TEST_CASE("control session: replies come when they are ready, whatever was asked before") {
    rig on;
    CHECK(on.say(call("wait", "{}", 1) + "\n").empty());
    CHECK(on.ask(call("echo", "{}", 2)).at("id") == 2);
    on.release = true;
    on.released.notify();
    on.on.settle();
    CHECK(on.peer->lines().size() == 1);
}

TEST_CASE("control session: a NUL ends the connection, after what was asked before") {
    rig on;
    const auto replies =
        on.say(call("echo") + "\n" + std::string("{\0}\n", 4) + call("echo") + "\n");
    REQUIRE(replies.size() == 2);
    CHECK(on.closed());
    CHECK(on.called == 1);
}

TEST_CASE("control session: events follow the reply to the subscription") {
    rig on;
    const auto lines = on.say(call("events.subscribe") + "\n");
    REQUIRE(lines.size() == 2);
    CHECK(json::parse(lines[0]).at("id") == 1);
    const auto event = json::parse(lines[1]);
    CHECK(event.at("method") == "event");
    CHECK(event.at("params").at("event") == "job.state");
    CHECK_FALSE(event.as_object().contains("id"));
    on.news.tell(on.known, job_news::progress);
    on.on.settle();
    const auto more = on.peer->lines();
    REQUIRE(more.size() == 1);
    CHECK(json::parse(more[0]).at("params").at("event") == "job.progress");
}

TEST_CASE("control session: a slow subscriber gets few events and the last state") {
    rig on;
    on.say(call("events.subscribe") + "\n");
    CHECK(on.peer->send(call("big", R"({"bytes":3000000})") + "\n") > 0);
    on.on.settle();
    for (int i = 0; i < 100'000; ++i) on.news.tell(on.known, job_news::progress);
    on.known.state = job_state::acknowledged;
    on.news.tell(on.known, job_news::state);
    std::vector<std::string> lines;
    for (int look = 0; look < 1'000'000 && lines.size() < 2; ++look) {
        for (auto& line : on.peer->lines()) lines.push_back(std::move(line));
        on.on.settle();
    }
    REQUIRE(lines.size() == 2);
    CHECK(json::parse(lines[1]).at("params").at("event") == "job.finished");
}

}  // namespace ferry::test::cli_control_session_test
