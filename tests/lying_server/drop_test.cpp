// The address that connections go out from is no longer ours: what they do ends at once.
#include "stage.hpp"

#include <ferry/http/protocol.hpp>

#include <asio/ip/address.hpp>

namespace ferry::test::drop_test {
namespace {

const auto ours = asio::ip::make_address("127.0.0.1");
const auto not_ours = asio::ip::make_address("192.0.2.1");

/// A client whose protocol is at hand, and a server that does not always answer.
struct drop_test {
    real_time_fixture on;
    http::protocol* http = nullptr;
    const remote_object truth;
    lying_server server;
    transfer_status status = {};

    explicit drop_test(std::size_t size = 10'000)
        : truth{random_bytes(size)}, server(on.io, truth) {
        auto mine = std::make_unique<http::protocol>(on.io.get_executor(), on.time, on.disk);
        http = mine.get();
        on.protocols.add(std::move(mine));  // the last one added is asked
    }
    auto start(transfer_options options) {
        return on.start(on.starting(server.url("/f"), "f", std::move(options), status));
    }
    void drop_when(std::function<bool()> met, const asio::ip::address& local = ours) {
        REQUIRE(on.pump_until(std::move(met)));
        on.settle();
        http->drop(local);
    }
    bool has_it() const { return difference(slurp(on.dir / "f"), truth.body).empty(); }
};

TEST_CASE("drop: a transfer that waits for bytes sees it at once and goes on over a new one") {
    for (const std::size_t size : {10'000, 3'000'000})  // in Asio's hands, and in our own
        for (const auto framing : {frame_by::length, frame_by::chunked, frame_by::until_close}) {
            CAPTURE(size);
            drop_test it(size);
            reply stalls{.framing = framing, .cut_body = size - 1'000, .end = ending::stall};
            if (framing == frame_by::until_close) stalls.version = "HTTP/1.0";
            it.server.script = {stalls};
            const auto going = it.start(patient());
            it.drop_when([&] { return it.status.bytes_received > size / 2; });
            REQUIRE(it.on.pump_until([&] { return is_ready(going); }));
            CHECK(going->value->has_value());
            CHECK(it.has_it());
            CHECK(it.server.connections == 2);
        }
}

TEST_CASE("drop: an end that we made is never taken for the object's") {
    drop_test it;
    it.server.object.etag = it.server.object.modified = "";
    it.server.otherwise = {
        .version = "HTTP/1.0",
        .framing = frame_by::until_close,
        .cut_body = 5'000,
        .end = ending::stall};
    const auto going = it.start(once());
    it.drop_when([&] { return it.status.bytes_received == 5'000; });
    REQUIRE(it.on.pump_until([&] { return is_ready(going); }));
    REQUIRE_FALSE(going->value->has_value());
    CHECK(is_transient(going->value->error().code));
    CHECK_FALSE(std::filesystem::exists(it.on.dir / "f"));
}

TEST_CASE("drop: a wait for the reply ends at once") {
    drop_test it;
    it.server.script = {{.cut = 0, .end = ending::stall}};
    const auto going = it.start(patient());
    it.drop_when([&] { return it.server.requests.size() == 1; });
    REQUIRE(it.on.pump_until([&] { return is_ready(going); }));
    CHECK(going->value->has_value());
    CHECK(it.has_it());
}

TEST_CASE("drop: idle connections are closed, and the next transfer makes a new one") {
    drop_test it;
    REQUIRE(it.on.get(it.server.url("/f"), "f", once()).ok());
    REQUIRE(it.on.get(it.server.url("/f"), "g", once()).ok());
    CHECK(it.server.connections == 1);
    it.http->drop(ours);
    REQUIRE(it.on.get(it.server.url("/f"), "h", once()).ok());
    CHECK(it.server.connections == 2);
}

TEST_CASE("drop: connections from another address are left alone") {
    drop_test it;
    REQUIRE(it.on.get(it.server.url("/f"), "f", once()).ok());
    it.http->drop(not_ours);
    it.server.script = {{.think = 100ms}};
    const auto going = it.start(once());
    it.drop_when([&] { return it.server.requests.size() == 2; }, not_ours);
    REQUIRE(it.on.pump_until([&] { return is_ready(going); }));
    CHECK(going->value->has_value());
    CHECK(it.server.connections == 1);
}

}  // namespace
}  // namespace ferry::test::drop_test
