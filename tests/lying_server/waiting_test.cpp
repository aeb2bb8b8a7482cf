// How long a client waits before it asks again; time moves only when these tests say so.
#include "stage.hpp"

#include <ctime>

namespace ferry::test::waiting_test {
namespace {

/// Downloads on a manual clock.
struct patience_test {
    fixture on;
    const remote_object truth{random_bytes(10'000)};
    lying_server server{on.io, truth};
    transfer_status status;

    static transfer_options options() {
        transfer_options made;
        made.retry.jitter = false;
        return made;
    }
    std::shared_ptr<started<result<void>>> start(transfer_options how = options()) {
        return on.start(on.starting(server.url("/f"), "f", std::move(how), status));
    }
    /// The server has been asked that often, after some real time for it to happen in.
    bool asked(std::size_t times) {
        const bool enough = on.pump_until([&] { return server.requests.size() >= times; }, 5s);
        on.settle();
        return enough && server.requests.size() == times;
    }
    bool ends(const std::shared_ptr<started<result<void>>>& download) {
        return on.pump_until([&] { return is_ready(download); });
    }
    bool has_it() { return difference(slurp(on.dir / "f"), truth.body).empty(); }
};

std::string http_date(clock::wall_time when) {
    const auto seconds = std::chrono::system_clock::to_time_t(when);
    std::tm parts{};
    gmtime_r(&seconds, &parts);
    char text[64];
    std::strftime(text, sizeof text, "%a, %d %b %Y %H:%M:%S GMT", &parts);
    return text;
}

reply busy(const std::string& retry_after) {
    return {.status = "503 Service Unavailable", .fields = {{"Retry-After", retry_after}}};
}

TEST_CASE("Retry-After: no request is sent before the seconds have passed") {
    patience_test on;
    on.server.script = {busy("120")};
    const auto download = on.start();
    REQUIRE(on.asked(1));
    on.on.advance(119s + 900ms);
    CHECK(on.asked(1));
    on.on.advance(200ms);
    REQUIRE(on.ends(download));
    CHECK(download->value->has_value());
    CHECK(on.server.requests.size() == 2);
    CHECK(on.has_it());
}

TEST_CASE("Retry-After: no request is sent before the date has come") {
    patience_test on;
    on.server.script = {busy(http_date(on.on.time.wall() + 120s))};
    const auto download = on.start();
    REQUIRE(on.asked(1));
    on.on.advance(118s + 900ms);
    CHECK(on.asked(1));
    on.on.advance(1s + 200ms);
    REQUIRE(on.ends(download));
    CHECK(download->value->has_value());
    CHECK(on.has_it());
}

TEST_CASE("Retry-After: 429 means it as well") {
    patience_test on;
    on.server.script = {{.status = "429 Too Many Requests", .fields = {{"Retry-After", "30"}}}};
    const auto download = on.start();
    REQUIRE(on.asked(1));
    on.on.advance(29s + 900ms);
    CHECK(on.asked(1));
    on.on.advance(200ms);
    REQUIRE(on.ends(download));
    CHECK(on.has_it());
}

TEST_CASE("Retry-After: it holds for every transfer from the host") {
    patience_test on;
    on.server.script = {busy("60")};
    const auto first = on.start();
    REQUIRE(on.asked(1));
    transfer_status other_status;
    const auto second = on.on.start(
        on.on.starting(on.server.url("/g"), "g", patience_test::options(), other_status));
    on.on.advance(59s + 900ms);
    CHECK(on.asked(1));
    on.on.advance(200ms);
    REQUIRE(on.ends(first));
    REQUIRE(on.ends(second));
    CHECK(first->value->has_value());
    CHECK(second->value->has_value());
    CHECK(on.has_it());
}

TEST_CASE("Retry-After: another host is not kept waiting") {
    patience_test on;
    lying_server other(on.on.io, on.truth);
    on.server.script = {busy("60")};
    const auto first = on.start();
    REQUIRE(on.asked(1));
    const auto second = on.on.get(other.url("/g", "localhost"), "g", patience_test::options());
    CHECK_MESSAGE(second.ok(), second.why());
    on.on.advance(60s + 100ms);
    REQUIRE(on.ends(first));
}

TEST_CASE("Retry-After: longer than anybody would wait, it is given up at once") {
    for (const std::string wish : {"86400", "99999999999999999999999", "9223372036854775807"}) {
        CAPTURE(wish);
        patience_test on;
        on.server.otherwise = busy(wish);
        const auto download = on.start();
        REQUIRE(on.ends(download));
        REQUIRE_FALSE(download->value->has_value());
        CHECK(download->value->error().code == errc::overloaded);
        CHECK(on.server.requests.size() == 1);
        CHECK_FALSE(std::filesystem::exists(on.on.dir / "f"));
    }
}

TEST_CASE("Retry-After: what means nothing, or the past, leaves the usual wait") {
    for (const std::string wish :
         {"soon", "-5", "1.5", "", "0", "Thu, 01 Jan 1970 00:00:00 GMT",
          "Mon, 99 Foo 2026 25:61:61 GMT"}) {
        CAPTURE(wish);
        patience_test on;
        on.server.script = {busy(wish)};
        const auto download = on.start();
        REQUIRE(on.asked(1));
        on.on.advance(900ms);
        CHECK(on.asked(1));
        on.on.advance(200ms);
        REQUIRE(on.ends(download));
        CHECK(download->value->has_value());
        CHECK(on.has_it());
    }
}

TEST_CASE("waiting: the wait doubles from 1 s on, and begins anew after progress") {
    patience_test on;
    const reply bad{.status = "500 Internal Server Error"};
    on.server.script = {bad, bad, bad, {.cut_body = 5'000}, bad, {}};
    const auto download = on.start();
    std::size_t times = 1;
    for (const auto wait : {1s, 2s, 4s, 1s, 2s}) {
        CAPTURE(wait.count());
        REQUIRE(on.asked(times));
        on.on.advance(wait - 100ms);
        CHECK(on.asked(times));
        on.on.advance(200ms);
        ++times;
    }
    REQUIRE(on.ends(download));
    CHECK(download->value->has_value());
    CHECK(on.has_it());
}

TEST_CASE("waiting: it is given up when nothing has come for the time that the policy allows") {
    patience_test on;
    on.server.otherwise.status = "500 Internal Server Error";
    auto how = patience_test::options();
    how.retry.give_up = 20s;
    const auto download = on.start(how);
    for (int i = 0; i < 40 && !is_ready(download); ++i) on.on.advance(500ms);
    REQUIRE(is_ready(download));
    CHECK(download->value->error().code == errc::overloaded);
    CHECK(on.server.requests.size() == 5);  // at 0, 1, 3, 7 and 15 s; the next would be at 31
}

TEST_CASE("waiting: the status tells what went wrong and when it goes on") {
    patience_test on;
    on.server.script = {busy("120")};
    const auto download = on.start();
    REQUIRE(on.asked(1));
    CHECK(on.status.phase == transfer_phase::retrying);
    REQUIRE(on.status.last_error);
    CHECK(on.status.last_error->http_status == 503);
    REQUIRE(on.status.next_try);
    CHECK(*on.status.next_try - on.on.time.now() == 120s);
    on.on.advance(121s);
    REQUIRE(on.ends(download));
    CHECK(on.status.phase == transfer_phase::done);
}

TEST_CASE("waiting: a cancelled wait ends at once") {
    patience_test on;
    on.server.script = {busy("120")};
    const auto download = on.start();
    REQUIRE(on.asked(1));
    download->stop.emit(asio::cancellation_type::terminal);
    REQUIRE(on.ends(download));
    REQUIRE_FALSE(download->value->has_value());
    CHECK(download->value->error().code == errc::cancelled);
    CHECK(on.server.requests.size() == 1);
}

TEST_CASE("waiting: a cancelled transfer keeps what it has") {
    patience_test on;
    on.server.script = {{.cut_body = 5'000, .end = ending::stall}};
    const auto download = on.start();
    REQUIRE(on.on.pump_until([&] { return on.status.bytes_transferred == 5'000; }));
    download->stop.emit(asio::cancellation_type::terminal);
    REQUIRE(on.ends(download));
    REQUIRE_FALSE(download->value->has_value());
    CHECK(download->value->error().code == errc::cancelled);
    CHECK_FALSE(std::filesystem::exists(on.on.dir / "f"));
    const auto got = on.on.get(on.server.url("/f"), "f", patience_test::options());
    CHECK_MESSAGE(got.ok(), got.why());
    CHECK(got.status.bytes_resumed == 5'000);
    CHECK(on.has_it());
}

TEST_CASE("waiting: a stalled body is left after the stall timeout, not before") {
    patience_test on;
    on.server.script = {{.cut_body = 5'000, .end = ending::stall}};
    const auto download = on.start();
    REQUIRE(on.on.pump_until([&] { return on.status.bytes_transferred == 5'000; }));
    on.on.advance(29s);
    CHECK(on.server.requests.size() == 1);
    on.on.advance(1s + 100ms);
    on.on.advance(1s + 100ms);  // the first retry's wait
    REQUIRE(on.ends(download));
    CHECK(download->value->has_value());
    CHECK(on.server.requests.size() == 2);
    CHECK(on.has_it());
}

TEST_CASE(
    "waiting: the time allowed for the whole transfer ends it, also in the middle of a wait") {
    for (const bool in_a_wait : {true, false}) {
        CAPTURE(in_a_wait);
        patience_test on;
        on.server.otherwise =
            in_a_wait ? busy("50") : reply{.cut_body = 5'000, .end = ending::stall};
        auto how = patience_test::options();
        how.max_time = 10s;
        const auto download = on.start(how);
        REQUIRE(on.asked(1));
        on.on.advance(9s + 900ms);
        CHECK_FALSE(is_ready(download));
        on.on.advance(200ms);
        REQUIRE(on.ends(download));
        REQUIRE_FALSE(download->value->has_value());
        CHECK(download->value->error().code == errc::out_of_time);
        CHECK_FALSE(std::filesystem::exists(on.on.dir / "f"));
    }
}

}  // namespace
}  // namespace ferry::test::waiting_test
