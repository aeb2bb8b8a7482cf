// The BITS upload protocol, packet by packet, with a server that does as it should or says no.
#include "bits_stage.hpp"

#include <algorithm>
#include <vector>

namespace ferry::test::bits_upload_test {
namespace {

constexpr auto session_lost_code = "0x8020001F";

/// An answer with a BITS error.
bits_answer error_answer(int status, const std::string& code, const std::string& context = "0x5") {
    return {
        status,
        {{"BITS-Packet-Type", "Ack"}, {"BITS-Error-Code", code}, {"BITS-Error-Context", context}},
        ""};
}

/// Answers each packet of that kind so, and no other.
auto answers(std::string packet, bits_answer how) {
    return [packet = std::move(packet),
            how = std::move(how)](const bits_request& asked) -> std::optional<bits_answer> {
        if (asked.packet() == packet) return how;
        return std::nullopt;
    };
}

// --- As it should be ----------------------------------------------------------------------------

TEST_CASE("bits: a session is opened, filled and closed, each packet as the protocol wants it") {
    bits_stage on(random_bytes(8'000'000));
    on.upload();
    CHECK(on.server.story() == "create-session fragment fragment fragment fragment close-session");

    const auto create = on.server.requests.at(0);
    CHECK(create.target == "/in/f");
    CHECK(create.field("BITS-Packet-Type") == "Create-Session");
    CHECK(create.field("BITS-Supported-Protocols") == "{7df0354d-249b-430f-820d-3d2a9bef4931}");
    CHECK(create.field("Content-Name") == "f");
    CHECK(create.field("Content-Length") == "0");

    std::vector<std::string> ranges;
    for (const auto& one : on.server.all("fragment")) {
        ranges.push_back(one.field("Content-Range"));
        CHECK(one.field("BITS-Session-Id").starts_with(on.server.site.session_start));
        CHECK(one.connection == create.connection);
    }
    const std::vector<std::string> wanted = {
        "bytes 0-1048575/8000000", "bytes 1048576-3145727/8000000", "bytes 3145728-7340031/8000000",
        "bytes 7340032-7999999/8000000"};
    CHECK(ranges == wanted);
    CHECK(on.server.requests.back().field("BITS-Packet-Type") == "Close-Session");
    CHECK(on.content.asked_unchanged >= 1);
    CHECK(on.content.reached == 8'000'000);
}

TEST_CASE("bits: the content may be there to be read only") {
    bits_stage on(random_bytes(3'000'000), made_content::given_by::read);
    on.content.portion = 70'001;
    on.upload();
}

TEST_CASE("bits: a file of one byte is one fragment") {
    bits_stage on("x");
    on.upload();
    CHECK(on.server.all("fragment").at(0).field("Content-Range") == "bytes 0-0/1");
}

TEST_CASE("bits: an empty file is one empty fragment") {
    bits_stage on("");
    on.upload();
    CHECK(on.server.story() == "create-session fragment close-session");
    CHECK(on.server.all("fragment").at(0).field("Content-Range") == "bytes */0");
}

TEST_CASE("bits: into a folder the object goes under its own name") {
    bits_stage on;
    auto what = on.request(on.server.url("/in/"));
    what.name = "a b.bin";
    const auto one = on.session(what);
    CHECK(on.send(*one));
    const auto ended = on.finish(*one);
    REQUIRE(ended);
    CHECK(to_string(ended->location) == on.server.url("/in/a%20b.bin"));
    CHECK(on.off("/in/a%20b.bin") == "");
    CHECK(on.server.requests.at(0).field("Content-Name") == "a b.bin");
    CHECK(on.offences() == "");
}

TEST_CASE("bits: a server that never heard of Expect costs its patience once") {
    bits_stage on(random_bytes(8'000'000));
    on.server.says_continue = false;
    on.upload();
    const auto fragments = on.server.all("fragment");
    CHECK(std::count_if(fragments.begin(), fragments.end(), [](const auto& one) {
              return one.has("Expect");
          }) == 1);
}

TEST_CASE("bits: the automatic choice falls on it where the server names it") {
    bits_stage on;
    auto what = on.request();
    what.how = upload_protocol::automatic;
    const auto one = on.session(what);
    CHECK(on.send(*one));
    CHECK(on.finish(*one));
    CHECK(on.server.story() == "OPTIONS create-session fragment close-session");
    CHECK(on.off() == "");
}

TEST_CASE("bits: who asks who we are is told") {
    bits_stage on;
    on.access.who.user = "ann";
    on.access.who.password = secret("pw");
    on.server.instead = [](const bits_request& asked) -> std::optional<bits_answer> {
        if (asked.field("Authorization") == "Basic YW5uOnB3") return std::nullopt;
        return bits_answer{401, {{"WWW-Authenticate", "Basic realm=\"r\""}}, ""};
    };
    on.upload();
    CHECK(on.server.story() == "create-session create-session fragment close-session");
}

// --- Refusals -----------------------------------------------------------------------------------

TEST_CASE("bits: a place that takes no uploads says so") {
    bits_stage on;
    on.server.site.enabled = false;
    for (const auto how : {bits_site::spelling::win32, bits_site::spelling::mc_bup}) {
        on.server.site.errors = how;
        const auto got = on.begin(on.request());
        CHECK(on.code(got) == errc::refused);
        CHECK(got.error().http_status == 501);
        CHECK(on.why(got).find("0x80070005") != std::string::npos);
        CHECK(on.why(got).find("not enabled") != std::string::npos);
    }
}

TEST_CASE("bits: a web server that is no BITS server is not taken for one") {
    bits_stage on;
    on.server.instead = answers("create-session", {200, {}, "<html>Welcome!</html>"});
    CHECK(on.code(on.begin(on.request())) == errc::unsupported);
    on.server.instead = answers("create-session", {405, {}, ""});
    CHECK(on.code(on.begin(on.request())) == errc::refused);
}

TEST_CASE("bits: a session without an id, or of another protocol, is none") {
    bits_stage on;
    on.server.instead = answers("create-session", {200, {{"BITS-Packet-Type", "Ack"}}, ""});
    CHECK(on.code(on.begin(on.request())) == errc::malformed);
    on.server.instead = nullptr;
    on.server.amends = [](const bits_request&, bits_answer& got) {
        got.set("BITS-Protocol", "{00000000-249b-430f-820d-3d2a9bef4931}");
    };
    CHECK(on.code(on.begin(on.request())) == errc::malformed);
}

TEST_CASE("bits: what must not be replaced is looked for first") {
    bits_stage on;
    on.server.site.files["/in/f"] = "there";
    auto what = on.request();
    what.replace = false;
    CHECK(on.code(on.begin(what)) == errc::exists);
    CHECK(on.server.story() == "HEAD");
    on.server.site.files.clear();
    CHECK(on.begin(what));
}

TEST_CASE("bits: a server that replaces nothing says so before anything is sent") {
    bits_stage on;
    on.server.site.files["/in/f"] = "there";
    on.server.site.overwrites = false;
    const auto got = on.begin(on.request());
    CHECK(on.code(got) == errc::unauthorized);
    CHECK(on.why(got).find("replaces none") != std::string::npos);
    on.server.instead = answers("create-session", error_answer(409, "0x80070005"));
    CHECK(on.code(on.begin(on.request())) == errc::exists);
}

TEST_CASE("bits: a file that is too large for the server is not tried in smaller parts") {
    bits_stage on;
    on.server.site.most_in_file = 10'000;
    const auto one = on.session();
    CHECK(on.code(on.send(*one)) == errc::refused);
    CHECK(on.server.story() == "create-session fragment");
    on.server.site.most_in_file = UINT64_MAX;
    on.server.instead = answers("fragment", error_answer(413, "0x80200020"));
    CHECK(on.code(on.send(*on.session())) == errc::refused);
    CHECK(on.server.story() == "create-session fragment create-session fragment");
}

TEST_CASE("bits: an error of the application behind the server is told as such") {
    bits_stage on;
    on.server.instead = answers("fragment", error_answer(503, "0x80070015", "0x7"));
    const auto got = on.send(*on.session());
    CHECK(on.code(got) == errc::overloaded);
    CHECK(on.why(got).find("application") != std::string::npos);
}

TEST_CASE("bits: no refusal tells the id of the session") {
    bits_stage on;
    for (const auto& how :
         {error_answer(500, session_lost_code), error_answer(403, "0x80070005"),
          error_answer(503, "0x1"), bits_answer{200, {}, ""}, bits_answer{413, {}, ""},
          bits_answer{416, {{"BITS-Packet-Type", "Ack"}}, ""}}) {
        on.server.instead = answers("fragment", how);
        const auto one = on.session();
        const auto got = on.send(*one);
        REQUIRE_FALSE(got);
        CHECK(on.why(got).find("5e551017") == std::string::npos);
        CHECK(one->token().find("5e551017") != std::string::npos);
    }
}

TEST_CASE("bits: a source that has changed is noticed before the server is told that it has all") {
    bits_stage on;
    on.server.site.most_in_fragment = 8'000;
    on.content.changed = true;
    const auto one = on.session();
    CHECK(on.code(on.send(*one)) == errc::source_changed);
    CHECK(on.server.site.held() < on.bytes.size());
    CHECK(on.off() == "there is no file");
}

// --- Fragments ----------------------------------------------------------------------------------

TEST_CASE("bits: fragments that are too large are halved until the server takes them") {
    for (const bool warns : {true, false}) {
        CAPTURE(warns);
        bits_stage on(random_bytes(3'000'000));
        on.server.says_continue = warns;
        on.server.site.most_in_fragment = 300'000;
        on.upload();
        unsigned refused = 0;
        for (const auto& one : on.server.all("fragment")) refused += one.status == 413;
        CHECK(refused == 2);  // 1 MiB and its half
    }
}

TEST_CASE("bits: fragments do not become smaller than makes sense") {
    bits_stage on;
    on.server.site.most_in_fragment = 5'119;
    const auto got = on.send(*on.session());
    CHECK(on.code(got) == errc::refused);
    CHECK(got.error().http_status == 413);
    CHECK(on.why(got).find("5120 bytes") != std::string::npos);
    CHECK(on.server.requests.size() < 6);
    bits_stage with_least;
    with_least.server.site.most_in_fragment = 5'120;
    with_least.upload();
}

TEST_CASE("bits: a server that has lost some bytes gets them again") {
    for (const bool takes_overlap : {true, false}) {
        for (const std::uint64_t left : {0, 1, 5'119, 5'120, 12'345}) {
            CAPTURE(left);
            bits_stage on;
            on.server.site.takes_overlap = takes_overlap;
            on.server.site.most_in_fragment = 6'000;
            unsigned fragments = 0;
            on.server.breaks = [&](const bits_request& asked, std::size_t) {
                const bool whole = asked.field("Content-Length") == "5120";
                if (whole && ++fragments == 3) on.server.site.roll_back(left);
                return bits_server::breakage{};
            };
            on.upload();
        }
    }
}

TEST_CASE("bits: a server that takes only a part of a fragment gets the rest") {
    bits_stage on;
    on.server.amends = [&](const bits_request& asked, bits_answer& got) {
        if (asked.packet() != "fragment" || asked.body < 2) return;
        on.server.site.roll_back(on.server.site.held() - asked.body / 2);
        if (on.server.site.held() < on.bytes.size()) {
            on.server.site.files.clear();
            got.set("BITS-Received-Content-Range", std::to_string(on.server.site.held()));
        }
    };
    on.upload();
    CHECK(on.server.all("fragment").size() > 10);
}

TEST_CASE("bits: a server that wants the same bytes for ever is left") {
    for (const int status : {200, 416}) {
        bits_stage on;
        on.server.instead = answers(
            "fragment",
            {status, {{"BITS-Packet-Type", "Ack"}, {"BITS-Received-Content-Range", "0"}}, ""});
        CHECK(on.code(on.send(*on.session())) == errc::malformed);
        CHECK(on.server.requests.size() < 30);
    }
}

TEST_CASE("bits: an Ack that cannot be one is not believed") {
    const std::pair<std::string, std::string> ack{"BITS-Packet-Type", "Ack"};
    const std::string next = "BITS-Received-Content-Range";
    for (const auto& how :
         {bits_answer{200, {{next, "20000"}}, ""}, bits_answer{200, {ack}, ""},
          bits_answer{416, {{next, "0"}}, ""}, bits_answer{416, {ack}, ""},
          bits_answer{200, {{"BITS-Packet-Type", "Fragment"}, {next, "20000"}}, ""},
          bits_answer{200, {ack, {next, "0-19999"}}, ""},
          bits_answer{200, {ack, {next, "20000"}, {"BITS-Session-Id", "{another}"}}, ""}}) {
        bits_stage on;
        on.server.instead = answers("fragment", how);
        CHECK(on.code(on.send(*on.session())) == errc::malformed);
    }
    bits_stage on;
    on.server.instead = answers("fragment", {200, {ack, {next, "20001"}}, ""});
    CHECK(on.code(on.send(*on.session())) == errc::session_lost);
}

// --- The end ------------------------------------------------------------------------------------

TEST_CASE("bits: a server that shows the file only when the session is closed has it then") {
    bits_stage on;
    on.server.site.shown_when_closed = true;
    const auto one = on.session();
    CHECK(on.send(*one));
    CHECK(on.off() == "there is no file");
    CHECK(on.finish(*one));
    CHECK(on.off() == "");
}

TEST_CASE("bits: closing is tried again while the server is in trouble") {
    bits_stage on;
    unsigned asked = 0;
    on.server.instead = [&](const bits_request& what) -> std::optional<bits_answer> {
        if (what.packet() != "close-session" || ++asked > 1) return std::nullopt;
        return bits_answer{503, {}, ""};
    };
    on.upload();
    CHECK(on.server.all("close-session").size() == 2);
}

TEST_CASE("bits: closing is not tried again after a clear no") {
    bits_stage on;
    on.server.instead = answers("close-session", {403, {}, ""});
    const auto one = on.session();
    CHECK(on.send(*one));
    CHECK(on.code(on.finish(*one)) == errc::unauthorized);
    CHECK(on.server.all("close-session").size() == 1);
}

TEST_CASE("bits: a session that is gone when it is closed is closed, if the file is there") {
    for (const bool shown_when_closed : {false, true}) {
        bits_stage on;
        on.server.site.shown_when_closed = shown_when_closed;
        const auto one = on.session();
        CHECK(on.send(*one));
        on.server.restart(false);
        const auto expected =
            shown_when_closed ? make_error_code(errc::session_lost) : std::error_code();
        CHECK(on.code(on.finish(*one)) == expected);
    }
}

TEST_CASE("bits: cancelling tells the server, which forgets what it has") {
    bits_stage on;
    on.server.site.most_in_fragment = 8'000;
    on.content.changed = true;
    const auto one = on.session();
    CHECK_FALSE(on.send(*one));
    CHECK(on.server.site.sessions() == 1);
    CHECK(on.on.run(one->cancel()));
    CHECK(on.server.site.sessions() == 0);
    CHECK(on.server.requests.back().field("BITS-Packet-Type") == "Cancel-Session");
    CHECK(on.on.run(one->cancel()));  // gone already: as good as cancelled
    CHECK(on.offences() == "");
}

TEST_CASE("bits: cancelling is tried again four times, with longer and longer waits") {
    basic_bits_stage<fixture> on;
    on.server.instead = answers("cancel-session", {500, {}, ""});
    const auto one = on.session();
    const auto going = on.on.start(one->cancel());
    std::vector<clock::time_point> asked;
    REQUIRE(on.on.pump_until([&] {
        if (on.server.all("cancel-session").size() > asked.size())
            asked.push_back(on.on.time.now());
        on.on.time.advance(100ms);
        return is_ready(going);
    }));
    REQUIRE(asked.size() == 4);
    CHECK(asked[1] - asked[0] >= 1s);
    CHECK(asked[2] - asked[1] >= 2s);
    CHECK(asked[3] - asked[2] >= 4s);
    CHECK(on.code(*going->value) == errc::overloaded);
}

TEST_CASE("bits: whoever stops an upload in the middle may still cancel it") {
    bits_stage on;
    bool silent = true;
    on.server.breaks = [&](const bits_request& asked, std::size_t) {
        const bool meant = silent && asked.packet() == "fragment";
        return bits_server::breakage{
            meant ? bits_server::breakage::silence : bits_server::breakage::nowhere};
    };
    const auto one = on.session();
    const auto going = on.on.start(one->send(on.content));
    REQUIRE(on.on.pump_until([&] { return !on.server.all("fragment").empty(); }));
    going->stop.emit(asio::cancellation_type::terminal);
    REQUIRE(on.on.pump_until([&] { return is_ready(going); }));
    CHECK(on.code(*going->value) == errc::cancelled);
    silent = false;
    CHECK(on.on.run(one->cancel()));
    CHECK(on.server.site.sessions() == 0);
}

TEST_CASE("bits: a server that cannot be reached cannot be told to forget") {
    basic_bits_stage<fixture> on;
    const auto one = on.session();
    on.server.stop();
    const auto going = on.on.start(one->cancel());
    REQUIRE(on.on.pump_until([&] {
        on.on.time.advance(1s);
        return is_ready(going);
    }));
    REQUIRE_FALSE(*going->value);
    CHECK(is_transient(on.code(*going->value)));
}

}  // namespace
}  // namespace ferry::test::bits_upload_test
