#include "cli/daemon/control_session.hpp"

#include "cli/control/control_error.hpp"

#include <support/line_peer.hpp>
#include <support/loop.hpp>

#include <doctest/doctest.h>

#include <asio/local/connect_pair.hpp>

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

using namespace ferry;
using namespace ferry::cli;
using namespace std::chrono_literals;
namespace json = boost::json;

namespace {

using reply = awaitable<result<json::object>>;

reply at_once(result<json::object> outcome) { co_return outcome; }

reply throwing() {
    throw std::runtime_error("a bug");
    co_return json::object();
}

/// A session over a pair of sockets, with methods that do as they are told.
struct rig {
    test::loop on;
    detail::event released{on.io.get_executor()};
    int waiting = 0;
    int heard = 0;
    int called = 0;
    bool release = false;
    job_events news;
    job known;
    method_table methods = table();
    std::optional<control_session> session;
    std::optional<test::line_peer> peer;
    std::shared_ptr<test::loop::pending<result<void>>> running;

    explicit rig(session_limits limits = {}) {
        known.id = "00000000-0000-4000-8000-000000000001";
        control_session::socket ours(on.io), theirs(on.io);
        asio::local::connect_pair(ours, theirs);
        peer.emplace(::dup(theirs.native_handle()));
        session.emplace(
            std::move(ours), on.time, methods, [this] { ++heard; }, limits);
        running = on.start(session->run());
    }
    ~rig() {
        release = true;
        released.notify();
        running->cancel();
        on.settle();
        CHECK(running->ready());
    }

    reply wait() {
        ++waiting;
        while (!release) {
            auto woken = co_await released.wait();
            if (!woken) co_return woken.error();
        }
        --waiting;
        co_return json::object();
    }
    method_table table() {
        method_table all;
        all["echo"] = [this](json::object what, event_feed&) {
            ++called;
            return at_once(std::move(what));
        };
        all["fail"] = [](json::object, event_feed&) {
            return at_once(failure{errc::busy, "/d/f", error_context::local_file});
        };
        all["throw"] = [](json::object, event_feed&) { return throwing(); };
        all["wait"] = [this](json::object, event_feed&) { return wait(); };
        all["big"] = [this](json::object what, event_feed&) {
            ++called;
            json::object big;
            big["text"] = std::string(what.at("bytes").to_number<std::size_t>(), 'x');
            return at_once(std::move(big));
        };
        all["events.subscribe"] = [this](json::object, event_feed& events) {
            events.follow({news, [this](std::string_view) { return &known; }}, std::nullopt);
            events.add(known, job_news::state);
            return at_once(json::object());
        };
        return all;
    }

    std::vector<std::string> say(std::string_view text) {
        while (!text.empty()) {
            text.remove_prefix(peer->send(text));
            on.settle();
        }
        return peer->lines();
    }
    /// To one request, which has one reply.
    json::object ask(std::string_view text) {
        const auto replies = say(std::string(text) + "\n");
        REQUIRE(replies.size() == 1);
        return json::parse(replies[0]).as_object();
    }
    bool closed() {
        on.settle();
        peer->receive();
        return running->ready();
    }
};

std::string call(std::string_view method, std::string_view parameters = "{}", int id = 1) {
    return "{\"jsonrpc\":\"2.0\",\"id\":" + std::to_string(id) + ",\"method\":\"" +
           std::string(method) + "\",\"params\":" + std::string(parameters) + "}";
}

std::int64_t code_of(const json::object& reply) { return reply.at("error").at("code").as_int64(); }

}  // namespace

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

TEST_CASE("control session: a NUL ends the connection, after what was asked before") {
    rig on;
    const auto replies =
        on.say(call("echo") + "\n" + std::string("{\0}\n", 4) + call("echo") + "\n");
    REQUIRE(replies.size() == 2);
    CHECK(on.closed());
    CHECK(on.called == 1);
}

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

TEST_CASE("control session: a subscription ends with its session") {
    rig on;
    on.say(call("events.subscribe") + "\n");
    on.peer->close();
    on.on.settle();
    CHECK(on.running->ready());
    on.session.reset();
    on.news.tell(on.known, job_news::state);
}
