#include "cli/control/control_client.hpp"

#include <doctest/doctest.h>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <support/files.hpp>

#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <atomic>
#include <functional>
#include <optional>
#include <thread>

namespace ferry::test::cli_control_client_test {

using namespace std::chrono_literals;
using ferry::cli::control_client;
using ferry::cli::home;
using ferry::detail::unique_fd;
namespace json = boost::json;

namespace {

/// The daemon's end of one connection, in the words of a script.
class peer {
  public:
    explicit peer(unique_fd connected) : socket_(std::move(connected)) {}

    /// The next line; empty once the client is gone.
    std::string line() {
        std::size_t end;
        while ((end = received_.find('\n')) == received_.npos) {
            char buffer[65536];
            const auto got = ::recv(socket_.get(), buffer, sizeof(buffer), 0);
            if (got <= 0) return {};
            received_.append(buffer, static_cast<std::size_t>(got));
        }
        auto first = received_.substr(0, end);
        received_.erase(0, end + 1);
        return first;
    }
    json::object request() {
        const auto text = line();
        return text.empty() ? json::object() : json::parse(text).as_object();
    }
    /// False once the client is gone.
    bool say(std::string_view text) {
        while (!text.empty()) {
            const auto sent = ::send(socket_.get(), text.data(), text.size(), MSG_NOSIGNAL);
            if (sent <= 0) return false;
            text.remove_prefix(static_cast<std::size_t>(sent));
        }
        return true;
    }
    void reply(const json::value& id, json::object result) {
        json::object message;
        message["jsonrpc"] = "2.0";
        message["id"] = id;
        message["result"] = std::move(result);
        say(json::serialize(message) + "\n");
    }
    void reply(const json::object& request, json::object result) {
        if (const auto* id = request.if_contains("id")) reply(*id, std::move(result));
    }
    /// What every client asks first.
    void greet(int protocol = 1) { reply(request(), {{"protocol", protocol}, {"pid", 1}}); }

  private:
    unique_fd socket_;
    std::string received_;
};

/// The address of a home's socket.
struct socket_name {
    sockaddr_un address{};

    explicit socket_name(const home& where) {
        address.sun_family = AF_UNIX;
        where.socket().copy(address.sun_path, sizeof(address.sun_path) - 1);
    }
    const sockaddr* generic() const { return reinterpret_cast<const sockaddr*>(&address); }
};

unique_fd listen_at(const home& where, int backlog) {
    unique_fd made(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
    const socket_name name(where);
    std::filesystem::create_directory(where.run);
    REQUIRE(::bind(made.get(), name.generic(), sizeof(name)) == 0);
    REQUIRE(::listen(made.get(), backlog) == 0);
    return made;
}

/// Plays a script for each client that connects, one after the other, in a thread.
class scripted_daemon {
  public:
    using script = std::function<void(peer&)>;

    explicit scripted_daemon(std::vector<script> scripts) : listening_(listen_at(where, 8)) {
        thread_ = std::thread([this, scripts = std::move(scripts)] {
            for (const auto& one : scripts) {
                pollfd next{listening_.get(), POLLIN, 0};
                while (!over_ && ::poll(&next, 1, 20) == 0) continue;
                if (over_) return;
                peer client(unique_fd(::accept4(listening_.get(), nullptr, nullptr, SOCK_CLOEXEC)));
                one(client);
            }
            listening_ = {};
        });
    }
    ~scripted_daemon() {
        over_ = true;
        thread_.join();
    }

    temp_dir dir;
    home where{dir / "state", dir / "run", dir / "config.json"};

  private:
    unique_fd listening_;
    std::atomic<bool> over_ = false;
    std::thread thread_;
};

control_client connected(const scripted_daemon& daemon) {
    return control_client::connect(daemon.where, control_client::when_absent::fail).value();
}

std::string why_not_connected(const home& where) {
    const auto client = control_client::connect(where, control_client::when_absent::fail);
    REQUIRE_FALSE(client);
    CHECK(client.error().code == ferry::errc::not_running);
    return client.error().detail;
}

std::string event_line(int number) {
    return R"({"jsonrpc":"2.0","method":"event","params":{"n":)" + std::to_string(number) + "}}\n";
}

template <class T>
std::error_code code_of(const ferry::result<T>& outcome) {
    return outcome ? std::error_code() : outcome.error().code;
}

}  // namespace

TEST_CASE("cli: a client knows a daemon that was stopped from one that just went away") {
    for (const bool tells : {true, false}) {
        scripted_daemon daemon({[&](peer& client) {
            client.greet();
            client.say(event_line(1));
            if (tells)
                client.say(R"({"jsonrpc":"2.0","method":"event","params":)"
                           R"({"v":1,"event":"daemon.stopping"}})"
                           "\n");
        }});
        auto client = connected(daemon);
        const auto first = client.next_event(10s);
        REQUIRE(first);
        CHECK(first->has_value());
        CHECK(code_of(client.next_event(10s)) == ferry::errc::not_running);
        CHECK(client.is_stopped() == tells);
    }
}

TEST_CASE("cli: a client calls the daemon and gets its reply") {
    json::object asked;
    scripted_daemon daemon({[&](peer& client) {
        client.greet();
        asked = client.request();
        client.reply(asked, {{"answer", 42}});
    }});
    auto client = connected(daemon);
    CHECK(client.info().at("pid") == 1);
    const auto got = client.call("job.get", {{"job", "x"}});
    REQUIRE(got);
    CHECK(got->at("answer") == 42);
    CHECK(asked.at("jsonrpc") == "2.0");
    CHECK(asked.at("method") == "job.get");
    CHECK(asked.at("params") == json::object{{"job", "x"}});
}

TEST_CASE("cli: only a daemon that knows how is asked to be brief") {
    for (const bool able : {false, true}) {
        INFO(able);
        json::object asked;
        scripted_daemon daemon({[&](peer& client) {
            json::object info = {{"protocol", 1}};
            if (able) info["brief"] = true;
            client.reply(client.request(), std::move(info));
            asked = client.request();
            client.reply(asked, {});
        }});
        auto client = connected(daemon);
        REQUIRE(client.call("job.create", {{"brief", true}}));
        CHECK(asked.at("params").as_object().contains("brief") == able);
    }
}

TEST_CASE("cli: no daemon is an error that says how to start one") {
    const temp_dir dir;
    const home where{dir / "state", dir / "run", ""};
    CHECK_FALSE(control_client::anybody_there(where));
    CHECK(why_not_connected(where).find("ferry daemon start") != std::string::npos);
    scripted_daemon gone({});  // a socket that nobody listens to any more
    while (control_client::anybody_there(gone.where)) std::this_thread::yield();
    CHECK(std::filesystem::exists(gone.where.socket()));
    CHECK(why_not_connected(gone.where).find("ferry daemon start") != std::string::npos);
}

TEST_CASE("cli: a daemon that has no room for more connections is one nevertheless") {
    const temp_dir dir;
    const home where{dir / "state", dir / "run", ""};
    const auto listening = listen_at(where, 0);
    const socket_name name(where);
    std::vector<unique_fd> waiting;
    do waiting.emplace_back(::socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
    while (::connect(waiting.back().get(), name.generic(), sizeof(name)) == 0);
    REQUIRE(errno == EAGAIN);
    CHECK(control_client::anybody_there(where));
    const auto reached = control_client::reach(where, control_client::when_absent::fail, 0s);
    REQUIRE_FALSE(reached);
    CHECK(reached.error().code == ferry::errc::not_running);
    CHECK(reached.error().detail.find("does not answer") != std::string::npos);
}

TEST_CASE("cli: a daemon of another version can be stopped, but not talked to") {
    const auto other = [](peer& client) { client.greet(2); };
    scripted_daemon daemon({other, other});
    CHECK(why_not_connected(daemon.where).find("ferry daemon stop") != std::string::npos);
    CHECK(control_client::reach(daemon.where, control_client::when_absent::fail));
}

TEST_CASE("cli: a daemon that hangs up before its first word is tried again") {
    scripted_daemon daemon(
        {[](peer&) {}, [](peer& client) { client.request(); },
         [](peer& client) {
             client.request();
             client.say(R"({"jsonrpc":"2.0",)");
         },
         [](peer& client) { client.greet(); }});
    CHECK(connected(daemon).info().at("protocol") == 1);
}

TEST_CASE("cli: replies may come in any order") {
    scripted_daemon daemon({[](peer& client) {
        client.greet();
        std::vector<json::object> asked;
        for (int i = 0; i < 3; ++i) asked.push_back(client.request());
        for (auto one = asked.rbegin(); one != asked.rend(); ++one)
            client.reply(*one, {{"for", one->at("method")}});
    }});
    auto client = connected(daemon);
    const auto first = client.send("first", {}).value();
    const auto second = client.send("second", {}).value();
    const auto third = client.send("third", {}).value();
    CHECK(client.receive(second).value().at("for") == "second");
    CHECK(client.receive(third).value().at("for") == "third");
    CHECK(client.receive(first).value().at("for") == "first");
}

TEST_CASE("cli: events that come before a reply are kept, in their order") {
    scripted_daemon daemon({[](peer& client) {
        client.greet();
        const auto asked = client.request();
        client.say(event_line(1) + event_line(2));
        client.reply(asked, {});
        client.say(event_line(3));
        client.line();
    }});
    auto client = connected(daemon);
    REQUIRE(client.call("events.subscribe", {}));
    for (int i = 1; i <= 3; ++i) {
        const auto event = client.next_event(10s).value();
        REQUIRE(event);
        CHECK(event->at("n") == i);
    }
    CHECK_FALSE(client.next_event(0ms).value());
    CHECK_FALSE(client.next_event(-1ms).value());
}

TEST_CASE("cli: the daemon's failure arrives as it was there") {
    scripted_daemon daemon({[](peer& client) {
        client.greet();
        client.request();
        client.say(
            R"({"jsonrpc":"2.0","id":2,"error":{"code":-32000,"message":"m","data":{)"
            R"("cause":["ferry",5],"detail":"GET x","context":"remote_file","http_status":418}}})"
            "\n");
        client.line();
    }});
    auto client = connected(daemon);
    const auto got = client.call("job.resume", {});
    REQUIRE_FALSE(got);
    CHECK(got.error().code == ferry::errc::refused);
    CHECK(got.error().detail == "GET x");
    CHECK(got.error().context == ferry::error_context::remote_file);
    CHECK(got.error().http_status == 418);
}

TEST_CASE("cli: a reply may come in pieces, cut anywhere") {
    const std::string reply = R"({"jsonrpc":"2.0","id":2,"result":{"a":"b"}})" + std::string("\n");
    for (std::size_t cut = 0; cut <= reply.size(); ++cut) {
        scripted_daemon daemon({[&](peer& client) {
            client.greet();
            client.request();
            client.say(event_line(1) + reply.substr(0, cut));
            client.request();  // sent when the event has been seen, with the first piece
            client.say(reply.substr(cut));
            client.line();
        }});
        auto client = connected(daemon);
        const auto id = client.send("first", {}).value();
        REQUIRE(client.next_event(10s).value());
        REQUIRE(client.send("second", {}));
        CHECK(client.receive(id).value().at("a") == "b");
    }
}

TEST_CASE("cli: a connection that breaks is an error wherever it breaks") {
    const std::string reply = R"({"jsonrpc":"2.0","id":2,"result":{}})" + std::string("\n");
    for (std::size_t cut = 0; cut < reply.size(); ++cut) {
        scripted_daemon daemon({[&](peer& client) {
            client.greet();
            client.request();
            client.say(reply.substr(0, cut));
        }});
        auto client = connected(daemon);
        CHECK(code_of(client.call("x", {})) == ferry::errc::not_running);
        CHECK(code_of(client.next_event(10s)) == ferry::errc::not_running);
        CHECK(code_of(client.call("y", {})) == ferry::errc::not_running);
    }
}

TEST_CASE("cli: what is no message ends the connection") {
    for (const std::string text : {"nonsense\n", "[]\n", "\n", "{\"id\":\n"}) {
        CAPTURE(text);
        scripted_daemon daemon({[&](peer& client) {
            client.greet();
            client.request();
            client.say(text);
            client.line();
        }});
        auto client = connected(daemon);
        CHECK(code_of(client.call("x", {})) == ferry::errc::not_running);
    }
}

TEST_CASE("cli: a line without end ends the connection") {
    scripted_daemon daemon({[](peer& client) {
        client.greet();
        const std::string much(1 << 20, 'x');
        while (client.say(much)) continue;
    }});
    std::optional<control_client> client = connected(daemon);
    const auto got = client->call("x", {});
    client.reset();
    REQUIRE_FALSE(got);
    CHECK(got.error().code == ferry::errc::not_running);
    CHECK(got.error().detail.find("without end") != std::string::npos);
}

TEST_CASE("cli: events do not make up for the reply that is missing") {
    scripted_daemon daemon({[](peer& client) {
        while (client.say(event_line(1))) continue;
    }});
    const auto reached = control_client::reach(daemon.where, control_client::when_absent::fail, 1s);
    REQUIRE_FALSE(reached);
    CHECK(reached.error().detail.find("does not answer") != std::string::npos);
}

TEST_CASE("cli: what changes a job, which may be large, may take longer than what asks") {
    for (const auto* const method : {"job.complete", "job.remove", "job.create", "job.add_files"})
        CHECK(control_client::reply_limit(method) == 1h);
    for (const auto* const method : {"server.info", "job.list", "job.get", "limit.set", ""})
        CHECK(control_client::reply_limit(method) == 1min);
}

TEST_CASE("cli: an error about no request in particular ends what waits") {
    scripted_daemon daemon({[](peer& client) {
        client.greet();
        client.request();
        client.say(R"({"jsonrpc":"2.0","id":null,"error":{"code":-32600,"message":"too long"}})"
                   "\n");
    }});
    auto client = connected(daemon);
    const auto got = client.call("x", {});
    REQUIRE_FALSE(got);
    CHECK(got.error().detail == "too long");
}

TEST_CASE("cli: requests and replies that fill all buffers do not block each other") {
    const std::string much(1 << 20, 'x');
    constexpr int many = 8;
    scripted_daemon daemon({[&](peer& client) {
        client.greet();
        for (int i = 0; i < many; ++i) {
            const auto asked = client.request();
            client.reply(asked, {{"much", much}});  // not read on before this is taken
        }
    }});
    auto client = connected(daemon);
    std::vector<std::uint64_t> ids;
    for (int i = 0; i < many; ++i) ids.push_back(client.send("x", {{"much", much}}).value());
    for (const auto id : ids)
        CHECK(client.receive(id).value().at("much").as_string() == json::string_view(much));
}

}  // namespace ferry::test::cli_control_client_test
