#pragma once

#include "cli/daemon/control_session.hpp"

#include <doctest/doctest.h>
#include <support/line_peer.hpp>
#include <support/loop.hpp>

#include <asio/local/connect_pair.hpp>

#include <boost/json/parse.hpp>

#include <cstdint>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace ferry::test {

namespace json = boost::json;
using cli::control_session;
using cli::event_feed;
using cli::method_table;
using cli::session_limits;

using reply = awaitable<result<json::object>>;

inline reply at_once(result<json::object> outcome) { co_return outcome; }

inline reply throwing() {
    throw std::runtime_error("a bug");
    co_return json::object();
}

/// A session over a pair of sockets, with methods that do as they are told.
struct session_rig {
    loop on;
    detail::event released{on.io.get_executor()};
    int waiting = 0;
    int heard = 0;
    int called = 0;
    bool release = false;
    job_events news;
    job known;
    method_table methods = table();
    std::optional<control_session> session;
    std::optional<line_peer> peer;
    std::shared_ptr<loop::pending<result<void>>> running;

    explicit session_rig(session_limits limits = {}) {
        known.id = "00000000-0000-4000-8000-000000000001";
        control_session::socket ours(on.io), theirs(on.io);
        asio::local::connect_pair(ours, theirs);
        peer.emplace(::dup(theirs.native_handle()));
        session.emplace(
            std::move(ours), on.time, methods, [this] { ++heard; }, limits);
        running = on.start(session->run());
    }
    ~session_rig() {
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

inline std::string call(std::string_view method, std::string_view parameters = "{}", int id = 1) {
    return "{\"jsonrpc\":\"2.0\",\"id\":" + std::to_string(id) + ",\"method\":\"" +
           std::string(method) + "\",\"params\":" + std::string(parameters) + "}";
}

inline std::int64_t code_of(const json::object& reply) {
    return reply.at("error").at("code").as_int64();
}

}  // namespace ferry::test
