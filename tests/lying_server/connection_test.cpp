// Connections that end, stop, hurry or say too much.
#include "lie.hpp"

namespace ferry::test::connection_test {
namespace {

transfer_options hasty(transfer_options options) {
    auto access = std::make_shared<access_options>();
    access->connect_timeout = 250ms;
    access->reply_timeout = 250ms;
    options.access = access;
    options.stall_timeout = 250ms;
    return options;
}

// --- Cut at each kind of boundary ---------------------------------------------------------------

struct cut {
    const char* name;
    reply how;
    bool for_ever_too = true;  ///< told always, it never gets through
};

const cut cuts[] = {
    {"cut: before the first byte", {.cut = 0}},
    {"cut: in the protocol's name", {.cut = 3}},
    {"cut: in the status", {.cut = 10}},
    {"cut: in the reason", {.cut = 14}},
    {"cut: in a field's name", {.cut = 20}},
    {"cut: in a field's value", {.cut = 27}},
    {"cut: between CR and LF", {.cut = 16}},
    {"cut: right after the head", {.cut_body = 0}},
    {"cut: after one byte", {.ignore_range = true, .cut_body = 1}},
    {"cut: in the middle", {.ignore_range = true, .cut_body = 5'000}},
    {"cut: one byte before the end", {.ignore_range = true, .cut_body = 9'999}},
    {"cut: in the middle, by a server that goes on", {.cut_body = 5'000}, false},
    {"cut: one byte before the end, by a server that goes on", {.cut_body = 9'999}, false},
    // A chunk of 1,000 is "3e8", CR LF, data, CR LF: 1,007 bytes.
    {"cut: in the first chunk's size", {.framing = frame_by::chunked, .cut_body = 2}},
    {"cut: in a chunk's size",
     {.ignore_range = true, .framing = frame_by::chunked, .cut_body = 3 * 1'007 + 1}},
    {"cut: behind a chunk's size",
     {.ignore_range = true, .framing = frame_by::chunked, .cut_body = 3 * 1'007 + 3}},
    {"cut: in a chunk's extension",
     {.ignore_range = true, .framing = frame_by::chunked, .extension = ";abc", .cut_body = 5}},
    {"cut: in a chunk's data",
     {.ignore_range = true, .framing = frame_by::chunked, .cut_body = 3 * 1'007 + 500}},
    {"cut: behind a chunk's data",
     {.ignore_range = true, .framing = frame_by::chunked, .cut_body = 3 * 1'007 + 1'005}},
    {"cut: between chunks",
     {.ignore_range = true, .framing = frame_by::chunked, .cut_body = 3 * 1'007}},
    {"cut: before the last chunk",
     {.ignore_range = true, .framing = frame_by::chunked, .cut_body = 10 * 1'007}},
    {"cut: in the last chunk",
     {.ignore_range = true, .framing = frame_by::chunked, .cut_body = 10 * 1'007 + 1}},
    {"cut: behind the last chunk's size",
     {.ignore_range = true, .framing = frame_by::chunked, .cut_body = 10 * 1'007 + 3}},
    {"cut: in the trailers",
     {.ignore_range = true,
      .framing = frame_by::chunked,
      .trailers = "X-Digest: abc\r\n",
      .cut_body = 10 * 1'007 + 8}},
    {"cut: between chunks, by a server that goes on",
     {.framing = frame_by::chunked, .cut_body = 3 * 1'007},
     false},
};

void cut_off(const cut& what) {
    for (const auto end : {ending::close, ending::reset}) {
        CAPTURE(static_cast<int>(end));
        auto how = what.how;
        how.end = end;
        {
            INFO("once");
            stage on;
            on.server.script = {how};
            const auto got = on.get(patient());
            CHECK_MESSAGE(got.ok(), got.why());
            CHECK(on.off() == "");
            // All bytes were there without a proof that it is all of them: that is asked for, too.
            const bool whole = got.status.bytes_discarded > 0;
            CHECK(on.server.requests.size() == (whole ? 3 : 2));
        }
        {
            INFO("once, to the client's only try");
            stage on;
            on.server.script = {how};
            const auto got = on.get(once());
            CHECK_MESSAGE(
                (got.code() == errc::cut_short || got.code() == std::errc::connection_reset),
                got.why());
            check_safe(on, on.truth);
        }
        {
            INFO("once, then another version");
            stage on;
            on.server.script = {how};
            const auto got = on.get(once());
            CHECK_FALSE(got.ok());
            check_safe(on, other_version(on.truth));
        }
        {
            INFO("always");
            stage on;
            on.server.otherwise = how;
            const auto got = on.get(brief());
            CHECK(got.ok() == !what.for_ever_too);
            if (got.ok()) {
                CHECK(on.off() == "");
            } else {
                CHECK(on.server.requests.size() > 1);
                CHECK_MESSAGE(
                    (got.code() == errc::cut_short || got.code() == std::errc::connection_reset),
                    got.why());
                check_safe(on, on.truth);
            }
        }
    }
}
const cases<cuts, cut_off> cut_off_all(__FILE__, __LINE__);

TEST_CASE("cut: a body until close that is cut in order cannot be told from a whole one") {
    stage on;
    on.server.otherwise = {.framing = frame_by::until_close, .cut_body = 5'000};
    const auto got = on.get(patient());
    CHECK_MESSAGE(got.ok(), got.why());
    CHECK(on.off(on.truth.body.substr(0, 5'000)) == "");
}

// --- Before the first byte ----------------------------------------------------------------------

TEST_CASE("connection: closed or reset before it says anything, it is tried again") {
    for (const auto act : {welcome::close, welcome::reset}) {
        CAPTURE(static_cast<int>(act));
        stage on;
        on.server.welcomes = {{.act = act}, {.act = act}};
        const auto got = on.get(patient());
        CHECK_MESSAGE(got.ok(), got.why());
        CHECK(on.off() == "");
        CHECK(on.server.connections == 3);
    }
}

TEST_CASE("connection: always closed or reset, it is given up") {
    for (const auto act : {welcome::close, welcome::reset}) {
        CAPTURE(static_cast<int>(act));
        stage on;
        on.server.otherwise_welcome.act = act;
        const auto got = on.get(brief());
        REQUIRE_FALSE(got.ok());
        CHECK_MESSAGE(is_transient(got.code()), got.why());
        CHECK(on.server.connections > 1);
        check_safe(on, on.truth);
    }
}

TEST_CASE("connection: refused, it is tried again until it is given up") {
    stage on;
    on.keep(4'096);
    on.server.stop_listening();
    const auto got = on.get(brief());
    CHECK_MESSAGE(got.code() == std::errc::connection_refused, got.why());
    CHECK_FALSE(on.has_file());
    CHECK(got.why().find("127.0.0.1") != std::string::npos);
}

// --- Silence ------------------------------------------------------------------------------------

struct silence {
    const char* name;
    reply how;
    welcome first = {};
};

const silence silences[] = {
    {"silence: before the first byte", {.cut = 0, .end = ending::stall}},
    {"silence: in the status line", {.cut = 10, .end = ending::stall}},
    {"silence: in a field", {.cut = 40, .end = ending::stall}},
    {"silence: right after the head", {.cut_body = 0, .end = ending::stall}},
    {"silence: in the body", {.ignore_range = true, .cut_body = 5'000, .end = ending::stall}},
    {"silence: in a chunk's size",
     {.ignore_range = true, .framing = frame_by::chunked, .cut_body = 1'008, .end = ending::stall}},
    {"silence: before the last chunk",
     {.ignore_range = true,
      .framing = frame_by::chunked,
      .cut_body = 10'070,
      .end = ending::stall}},
    {"silence: after an interim reply",
     {.raw = "HTTP/1.1 100 Continue\r\n\r\n", .end = ending::stall}},
    {"silence: from the first moment on", {}, {.act = welcome::stall}},
};

void keep_silent(const silence& what) {
    {
        INFO("once");
        stage on;
        on.server.script = {what.how};
        on.server.welcomes = {what.first};
        const auto got = on.get(hasty(patient()));
        CHECK_MESSAGE(got.ok(), got.why());
        CHECK(on.off() == "");
    }
    {
        INFO("always");
        stage on;
        on.server.otherwise = what.how;
        on.server.otherwise_welcome = what.first;
        const auto got = on.get(hasty(once()));
        CHECK_MESSAGE(got.code() == errc::timed_out, got.why());
        check_safe(on, on.truth);
    }
}
const cases<silences, keep_silent> kept_silent(__FILE__, __LINE__);

TEST_CASE("silence: interim replies do not count as an answer, however many") {
    stage on;
    on.server.otherwise = {
        .raw = std::string("HTTP/1.1 102 Processing\r\n\r\n") + "HTTP/1.1 102 Processing\r\n\r\n" +
               "HTTP/1.1 102 Processing\r\n\r\n" + "HTTP/1.1 102 Processing\r\n\r\n",
        .drip = 27,
        .pause = 150ms,
        .end = ending::stall};
    const auto got = on.get(hasty(once()));
    CHECK_MESSAGE(got.code() == errc::timed_out, got.why());
    check_safe(on, on.truth);
}

// --- Slowness -----------------------------------------------------------------------------------

TEST_CASE("slow: a drop every now and then is no stall") {
    stage on({random_bytes(60)});
    on.server.otherwise = {.drip = 5, .pause = 20ms};  // the head alone takes longer than a stall
    auto options = patient();
    options.stall_timeout = 400ms;
    const auto got = on.get(options);
    CHECK_MESSAGE(got.ok(), got.why());
    CHECK(on.off() == "");
    CHECK(on.server.requests.size() == 1);
}

TEST_CASE("slow: below the low-speed limit it is given up") {
    stage on;
    on.server.otherwise = {.drip = 20, .pause = 20ms};
    auto options = once();
    options.low_speed_limit = 1U << 20;
    options.low_speed_time = 300ms;
    const auto got = on.get(options);
    CHECK_MESSAGE(got.code() == errc::too_slow, got.why());
    check_safe(on, on.truth);
}

TEST_CASE("slow: below the low-speed limit it is tried again, and continued") {
    stage on;
    on.server.script = {{.drip = 100, .pause = 20ms}};
    auto options = patient();
    options.low_speed_limit = 1U << 20;
    options.low_speed_time = 300ms;
    const auto got = on.get(options);
    CHECK_MESSAGE(got.ok(), got.why());
    CHECK(on.off() == "");
    CHECK(on.server.requests.size() >= 2);
    CHECK(on.asked(1, "Range") != "");
}

TEST_CASE("slow: the head has a limit of time as a whole") {
    stage on;
    on.server.otherwise = {.drip = 1, .pause = 20ms};
    const auto got = on.get(hasty(once()));
    CHECK_MESSAGE(got.code() == errc::timed_out, got.why());
    check_safe(on, on.truth);
}

// --- Too much, too early, too late --------------------------------------------------------------

const std::string evil =
    "HTTP/1.1 200 OK\r\nETag: \"v1\"\r\nContent-Length: 10000\r\n\r\n" + std::string(10'000, '!');

struct surplus {
    const char* name;
    reply how;
    bool after_a_while = false;
};

const surplus surpluses[] = {
    {"surplus: garbage behind the body", {.after = "garbage"}},
    {"surplus: a second reply behind the body", {.after = evil}},
    {"surplus: a second reply behind the last chunk",
     {.after = evil, .framing = frame_by::chunked}},
    {"surplus: an interim reply behind the body", {.after = "HTTP/1.1 100 Continue\r\n\r\n"}},
    {"surplus: a line end behind the body", {.after = "\r\n"}},
    {"surplus: a reply that comes while nobody asks", {.afterthought = evil}, true},
    {"surplus: a 408 that comes while nobody asks",
     {.afterthought = "HTTP/1.1 408 Request Timeout\r\nContent-Length: 0\r\n"
                      "Connection: close\r\n\r\n"},
     true},
};

void say_too_much(const surplus& what) {
    stage on;
    on.server.script = {what.how};
    const auto first = on.get(once());
    CHECK_MESSAGE(first.ok(), first.why());
    CHECK(on.off() == "");
    if (what.after_a_while) on.on.pump_until([] { return false; }, 100ms);
    on.server.object = {random_bytes(10'000, 5), "\"second\""};
    const auto second = on.on.get(on.server.url("/second"), "second", once());
    CHECK_MESSAGE(second.ok(), second.why());
    CHECK(difference(slurp(on.on.dir / "second"), on.server.object.body) == "");
}
const cases<surpluses, say_too_much> said_too_much(__FILE__, __LINE__);

// --- Reuse --------------------------------------------------------------------------------------

TEST_CASE("reuse: two downloads in a row share a connection") {
    stage on;
    for (const auto name : {"a", "b", "c"}) {
        const auto got = on.on.get(on.server.url("/f"), name, once());
        CHECK_MESSAGE(got.ok(), got.why());
        CHECK(difference(slurp(on.on.dir / name), on.truth.body) == "");
    }
    CHECK(on.server.connections == 1);
}

TEST_CASE("reuse: a connection that the server closed meanwhile costs no try") {
    for (const auto end : {ending::close, ending::reset}) {
        CAPTURE(static_cast<int>(end));
        stage on;
        on.server.script = {{.end = end}};
        const auto first = on.get(once());
        on.on.settle();
        const auto second = on.on.get(on.server.url("/f"), "second", once());
        CHECK_MESSAGE(second.ok(), second.why());
        CHECK(difference(slurp(on.on.dir / "second"), on.truth.body) == "");
        CHECK(on.server.connections == 2);
    }
}

TEST_CASE("reuse: a connection that the server closes just when it is asked again costs no try") {
    for (const auto end : {ending::close, ending::reset}) {
        CAPTURE(static_cast<int>(end));
        stage on;
        on.server.script = {{}, {.cut = 0, .end = end}, {}};
        const auto first = on.get(once());
        CHECK_MESSAGE(first.ok(), first.why());
        const auto second = on.on.get(on.server.url("/f"), "second", once());
        CHECK_MESSAGE(second.ok(), second.why());
        CHECK(difference(slurp(on.on.dir / "second"), on.truth.body) == "");
        CHECK(on.server.requests.size() == 3);
        CHECK(on.server.connections == 2);
    }
}

TEST_CASE("reuse: a server that always closes when asked again is given up, not asked for ever") {
    stage on;
    on.server.script = {{}};
    on.server.otherwise = {.cut = 0};
    const auto first = on.get(once());
    CHECK_MESSAGE(first.ok(), first.why());
    const auto second = on.on.get(on.server.url("/f"), "second", once());
    CHECK_FALSE(second.ok());
    CHECK(on.server.requests.size() <= 3);
}

TEST_CASE("reuse: Connection: close is heeded, also if the server forgets to close") {
    for (const std::string value : {"close", "Close", "keep-alive, close"}) {
        CAPTURE(value);
        stage on;
        on.server.script = {{.fields = {{"Connection", value}}}};
        const auto first = on.get(once());
        CHECK_MESSAGE(first.ok(), first.why());
        const auto second = on.on.get(on.server.url("/f"), "second", once());
        CHECK_MESSAGE(second.ok(), second.why());
        CHECK(on.server.connections == 2);
    }
}

TEST_CASE("reuse: HTTP/1.0 keeps no connection unless it says so") {
    stage on;
    on.server.script = {{.version = "HTTP/1.0"}};
    const auto first = on.get(once());
    CHECK_MESSAGE(first.ok(), first.why());
    const auto second = on.on.get(on.server.url("/f"), "second", once());
    CHECK_MESSAGE(second.ok(), second.why());
    CHECK(on.server.connections == 2);
}

TEST_CASE("reuse: a body that is not wanted to its end is not left in the way of the next reply") {
    stage on({random_bytes(4U << 20)});
    on.server.script = {{.body = std::string(10'000, '!'), .cut = 5'000, .end = ending::stall}};
    auto options = once();
    options.stall_timeout = 250ms;
    const auto first = on.get(options);
    CHECK(first.code() == errc::timed_out);
    const auto second = on.on.get(on.server.url("/f"), "second", once());
    CHECK_MESSAGE(second.ok(), second.why());
    CHECK(difference(slurp(on.on.dir / "second"), on.truth.body) == "");
}

// --- What every request says --------------------------------------------------------------------

TEST_CASE("request: it names the host, refuses codings, and carries what the user adds") {
    stage on;
    auto access = std::make_shared<access_options>();
    access->headers = {"X-One: 1", "x-two:2"};
    access->user_agent = "tester/1";
    auto options = patient();
    options.access = access;
    const auto got = on.get(options);
    CHECK_MESSAGE(got.ok(), got.why());
    CHECK(on.asked(0, "Host") == "127.0.0.1:" + std::to_string(on.server.port()));
    CHECK(on.asked(0, "Accept-Encoding") == "identity");
    CHECK(on.asked(0, "User-Agent") == "tester/1");
    CHECK(on.asked(0, "X-One") == "1");
    CHECK(on.asked(0, "Range") == "");  // the usual way needs no range and no HEAD
    CHECK(on.server.requests[0].method == "GET");
    CHECK(on.server.requests.size() == 1);
}

TEST_CASE("request: a line end in a header of the user's does not reach the wire") {
    stage on;
    auto access = std::make_shared<access_options>();
    access->headers = {"X-One: 1\r\nX-Smuggled: 2"};
    auto options = patient();
    options.access = access;
    const auto got = on.get(options);
    for (const auto& one : on.server.requests) CHECK(field(one, "X-Smuggled") == "");
    CHECK_MESSAGE((got.ok() || got.code() == errc::bad_argument), got.why());
}

}  // namespace
}  // namespace ferry::test::connection_test
