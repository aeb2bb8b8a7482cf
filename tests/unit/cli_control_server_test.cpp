#include "cli/daemon/control_server.hpp"

#include <support/files.hpp>
#include <support/line_peer.hpp>
#include <support/loop.hpp>

#include <doctest/doctest.h>

#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <deque>
#include <memory>
#include <string>

namespace ferry::test::cli_control_server_test {

using namespace ferry::cli;
using namespace std::chrono_literals;
namespace json = boost::json;

namespace {

awaitable<result<json::object>> nothing() { co_return json::object(); }

method_table some_methods(job_events& news) {
    method_table all;
    all["ping"] = [](json::object, event_feed&) { return nothing(); };
    all["listen"] = [&news](json::object, event_feed& events) {
        events.follow({news, [](std::string_view) { return nullptr; }}, std::nullopt);
        return nothing();
    };
    return all;
}

const std::string ping = "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"ping\"}\n";
const std::string subscribe = "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"listen\"}\n";

server_options few_clients(std::size_t clients) {
    server_options options;
    options.clients = clients;
    return options;
}

/// A server at a socket in a folder of its own.
struct rig {
    test::loop on;
    test::temp_dir dir;
    const std::string path = dir / "s";
    job_events news;
    control_server server;
    control_server::acceptor listening{on.io, asio::local::stream_protocol::endpoint(path)};
    std::shared_ptr<test::loop::pending<result<void>>> running;

    explicit rig(server_options options = {})
        : server(on.io.get_executor(), on.time, some_methods(news), std::move(options)) {}
    ~rig() {
        if (running) running->cancel();
        on.settle();
    }

    void serve() { running = on.start(server.serve(std::move(listening))); }
    test::line_peer connect() {
        auto peer = test::line_peer::connect(path);
        on.settle();
        return peer;
    }
    bool answers(test::line_peer& peer) {
        peer.send(ping);
        on.settle();
        return peer.lines().size() == 1;
    }
    bool hung_up(test::line_peer& peer) {
        on.settle();
        peer.receive();
        return peer.ended();
    }
};

}  // namespace

TEST_CASE("control server: it serves clients beside one another") {
    rig on;
    on.serve();
    auto first = on.connect();
    auto second = on.connect();
    CHECK(on.server.clients() == 2);
    CHECK(on.answers(second));
    CHECK(on.answers(first));
    first.close();
    on.on.settle();
    CHECK(on.server.clients() == 1);
    CHECK(on.answers(second));
}

TEST_CASE("control server: it takes over a listening descriptor") {
    rig on;
    on.running = on.on.start(on.server.serve(on.listening.release()));
    auto peer = on.connect();
    CHECK(on.answers(peer));
    const auto failed = on.on.start(on.server.serve(-1));
    REQUIRE(failed->ready());
    CHECK_FALSE(failed->value->has_value());
}

TEST_CASE("control server: nobody else is served") {
    CHECK(peer_uid(-1) == std::nullopt);
    for (const auto uid : {std::optional<uid_t>(::geteuid() + 1), std::optional<uid_t>()}) {
        server_options options;
        options.uid_of = [uid](int) { return uid; };
        rig on(std::move(options));
        on.serve();
        auto peer = on.connect();
        peer.send(ping);
        CHECK(on.hung_up(peer));
        CHECK(peer.lines().empty());
        CHECK(on.server.clients() == 0);
    }
}

TEST_CASE("control server: a client too many waits until another one is gone") {
    rig on(few_clients(2));
    on.serve();
    auto first = on.connect();
    auto second = on.connect();
    auto third = on.connect();
    CHECK(on.server.clients() == 2);
    CHECK_FALSE(on.answers(third));
    first.close();
    on.on.settle();
    CHECK(third.lines().size() == 1);
    CHECK(on.server.clients() == 2);
}

TEST_CASE("control server: without room, who came first and asks nothing goes after a second") {
    rig on(few_clients(3));
    on.serve();
    auto first = on.connect();
    auto second = on.connect();
    CHECK(on.answers(first));
    on.on.advance(500ms);
    auto third = on.connect();
    auto fourth = on.connect();
    CHECK_FALSE(on.answers(fourth));
    on.on.advance(499ms);
    CHECK_FALSE(on.hung_up(second));
    on.on.advance(1ms);
    CHECK(on.hung_up(second));
    CHECK(fourth.lines().size() == 1);
    CHECK(on.answers(first));
    CHECK(on.answers(third));
    CHECK(on.server.clients() == 3);
    auto fifth = on.connect();
    on.on.advance(1min);  // now all have asked
    CHECK_FALSE(on.answers(fifth));
    CHECK(on.server.clients() == 3);
}

TEST_CASE("control server: whatever number of connections asks nothing, a client is answered") {
    rig on(few_clients(10));
    on.serve();
    std::deque<test::line_peer> crowd;
    for (int i = 0; i < 100; ++i) crowd.push_back(on.connect());
    auto client = on.connect();
    client.send(ping);
    std::size_t seconds = 0;
    for (; client.lines().empty() && seconds < 60; ++seconds) on.on.advance(1s);
    CHECK(seconds <= 11);  // before it would give up
}

TEST_CASE("control server: cancelled, it hangs up on everybody") {
    for (const std::size_t most : {1, 3, 4}) {
        rig on(few_clients(most));
        on.serve();
        std::deque<test::line_peer> peers;
        for (int i = 0; i < 3; ++i) peers.push_back(on.connect());
        on.running->cancel();
        on.on.settle();
        REQUIRE(on.running->ready());
        CHECK(on.running->value->error().code == errc::cancelled);
        CHECK(on.server.clients() == 0);
        for (auto& peer : peers) CHECK(on.hung_up(peer));
    }
}

TEST_CASE("control server: cancelled, it tells those who listen, and leaves the others alone") {
    rig on;
    on.serve();
    auto listener = on.connect(), other = on.connect();
    CHECK(on.answers(other));
    listener.send(subscribe);
    on.on.settle();
    CHECK(listener.lines().size() == 1);
    on.running->cancel();
    on.on.settle();
    const auto last = listener.lines();
    REQUIRE(last.size() == 1);
    CHECK(last[0].find("daemon.stopping") != last[0].npos);
    CHECK(other.lines().empty());
    CHECK(on.running->ready());
}

TEST_CASE("control server: it can be cancelled after every number of handlers") {
    for (int steps = 0; steps < 40; ++steps) {
        rig on;
        auto first = test::line_peer::connect(on.path);
        first.send(ping + ping);
        auto second = test::line_peer::connect(on.path);
        const auto running = std::make_shared<test::loop::pending<result<void>>>();
        asio::co_spawn(
            on.on.io, on.server.serve(std::move(on.listening)),
            asio::bind_cancellation_slot(
                running->stop.slot(), [running](std::exception_ptr, result<void> outcome) {
                    running->value = std::move(outcome);
                }));
        on.on.io.restart();
        for (int i = 0; i < steps; ++i) on.on.io.poll_one();
        running->cancel();
        on.on.settle();
        CHECK(running->ready());
        CHECK(on.server.clients() == 0);
    }
}

TEST_CASE("control server: the last activity is a client's coming, asking or going") {
    rig on;
    on.serve();
    const auto start = on.on.time.now();
    on.on.advance(1s);
    CHECK(on.server.last_activity() == start);
    auto peer = on.connect();
    CHECK(on.server.last_activity() == start + 1s);
    on.on.advance(1s);
    CHECK(on.answers(peer));
    CHECK(on.server.last_activity() == start + 2s);
    on.on.advance(1s);
    CHECK(on.server.last_activity() == start + 2s);
    peer.close();
    on.on.settle();
    CHECK(on.server.last_activity() == start + 3s);
}

#ifndef __SANITIZE_ADDRESS__  // UBSan's own check of a pointer needs descriptors
TEST_CASE("control server: without descriptors it waits, and serves when there are some again") {
    rig on;
    on.serve();
    auto first = on.connect();
    auto second = test::line_peer::connect(on.path);
    const int next = ::dup(0);
    ::close(next);
    rlimit before{};
    REQUIRE(::getrlimit(RLIMIT_NOFILE, &before) == 0);
    const rlimit none{static_cast<rlim_t>(next), before.rlim_max};
    REQUIRE(::setrlimit(RLIMIT_NOFILE, &none) == 0);
    on.on.settle();
    const bool refused = !on.answers(second);
    const bool first_served = on.answers(first);
    REQUIRE(::setrlimit(RLIMIT_NOFILE, &before) == 0);
    CHECK(refused);
    CHECK(first_served);
    on.on.advance(100ms);
    CHECK(second.lines().size() == 1);
}
#endif

}  // namespace ferry::test::cli_control_server_test
