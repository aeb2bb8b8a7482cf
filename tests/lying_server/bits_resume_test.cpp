// The BITS upload protocol after interruptions: of connections, servers, sessions, hosts.
#include "bits_stage.hpp"

#include <string>
#include <vector>

namespace ferry::test::bits_resume_test {
namespace {

/// What a job does: tries until all is there, from the token on, or anew if the session is lost.
struct journey {
    unsigned tries = 0;
    unsigned begun_anew = 0;
    std::uint64_t resumed = 0;  ///< bytes that need not be sent again
    std::error_code end = {};
};

template <class Stage>
journey travel(Stage& on, upload_request what) {
    constexpr unsigned most = 6;
    journey way;
    while (way.tries++ < most) {
        auto begun = on.begin(what);
        if (begun) {
            what.token = (*begun)->token();
            way.resumed += (*begun)->offset();
            const auto sent = on.send(**begun);
            const auto ended = sent ? on.finish(**begun) : result<object_info>(sent.error());
            way.end = on.code(ended);
        } else {
            way.end = on.code(begun);
        }
        if (!way.end || !is_transient(way.end)) break;
        if (way.end != errc::session_lost) continue;
        what.token.clear();
        ++way.begun_anew;
    }
    return way;
}

/// Breaks the connection at request `index`, and the one after it: the client tries once more what
/// fails on a connection that was idle before, and nobody would have to go on from a token.
auto twice_from(std::size_t index, bits_server::breakage how) {
    return [=](const bits_request& asked, std::size_t now) {
        const bool meant = now == index || now == index + 1;
        const bool can =
            how.where != bits_server::breakage::in_the_body || asked.has("Content-Range");
        return meant && can ? how : bits_server::breakage{};
    };
}

struct server_kind {
    bool takes_overlap;
    bool shown_when_closed;
    bits_site::empty_fragment question;
};
constexpr server_kind kinds[] = {
    {true, false, bits_site::empty_fragment::told},
    {false, true, bits_site::empty_fragment::in_416},
    {true, true, bits_site::empty_fragment::bare},
    {false, false, bits_site::empty_fragment::bare}};

void make(bits_site& site, const server_kind& kind) {
    site.takes_overlap = kind.takes_overlap;
    site.shown_when_closed = kind.shown_when_closed;
    site.question = kind.question;
    site.most_in_fragment = 6'000;  // so that there are several
}

void check_arrival(bits_stage& on, const journey& way) {
    CHECK(way.end == std::error_code());
    CHECK(way.begun_anew == 0);
    CHECK(on.off() == "");
    CHECK(on.offences() == "");
}

// --- Every cut ----------------------------------------------------------------------------------

/// Breaks request after request, until one journey goes through without having met the breakage.
void break_each(const server_kind& kind, bits_server::breakage how, bool keeps_part) {
    bool met = true;
    for (std::size_t index = 0; met; ++index) {
        REQUIRE(index < 40);
        CAPTURE(index);
        bits_stage on;
        make(on.server.site, kind);
        on.server.site.keeps_part = keeps_part;
        on.server.breaks = twice_from(index, how);
        const auto way = travel(on, on.request());
        check_arrival(on, way);
        met = on.server.requests.size() > index;
        CHECK(on.server.site.sessions() <= 2);  // of Create-Sessions whose answers were lost
    }
}

TEST_CASE("bits: whichever answer gets lost, everything arrives, and once") {
    for (const auto& kind : kinds) break_each(kind, {bits_server::breakage::after_the_deed}, true);
}

TEST_CASE("bits: whichever packet gets lost, everything arrives, and once") {
    for (const auto& kind : kinds)
        break_each(kind, {bits_server::breakage::before_the_answer}, true);
}

TEST_CASE("bits: wherever a fragment is cut, everything arrives, and once") {
    for (const bool keeps_part : {true, false})
        for (const auto& kind : kinds)
            for (const std::uint64_t body : {0, 1, 2'500, 5'119, 5'120}) {
                CAPTURE(body);
                CAPTURE(keeps_part);
                break_each(kind, {bits_server::breakage::in_the_body, body}, keeps_part);
            }
}

TEST_CASE("bits: small files survive a cut, too") {
    for (const auto* bytes : {"", "x", "xy"})
        for (const auto& kind : {kinds[0], kinds[3]})
            for (const auto where :
                 {bits_server::breakage::before_the_answer, bits_server::breakage::after_the_deed})
                for (std::size_t index = 0; index < 5; ++index) {
                    CAPTURE(bytes);
                    CAPTURE(index);
                    bits_stage on{std::string(bytes)};
                    make(on.server.site, kind);
                    on.server.breaks = twice_from(index, {where});
                    check_arrival(on, travel(on, on.request()));
                }
}

TEST_CASE("bits: what the server has is not sent again") {
    bits_stage on(random_bytes(3'000'000));
    on.server.breaks = [](const bits_request&, std::size_t index) {
        const bool second = index == 2;
        return second ? bits_server::breakage{bits_server::breakage::in_the_body, 500'000}
                      : bits_server::breakage{};
    };
    const auto way = travel(on, on.request());
    CHECK(way.tries == 2);
    CHECK(way.resumed == (1U << 20) + 500'000);
    CHECK(on.off() == "");
    std::uint64_t sent = 0;
    for (const auto& one : on.server.all("fragment")) sent += one.body;
    CHECK(sent == on.bytes.size());
}

// --- Servers that end ---------------------------------------------------------------------------

TEST_CASE("bits: a server that comes back with its sessions is given the rest") {
    bits_stage on;
    on.server.site.most_in_fragment = 6'000;
    on.server.breaks = [&](const bits_request&, std::size_t index) {
        if (index == 4) on.server.restart(true);
        return bits_server::breakage{};
    };
    check_arrival(on, travel(on, on.request()));
    CHECK(on.server.site.sessions_made == 1);
}

TEST_CASE("bits: a server that comes back without its sessions is given everything anew") {
    for (const auto how : {bits_site::spelling::win32, bits_site::spelling::mc_bup}) {
        bits_stage on;
        on.server.site.errors = how;
        on.server.site.most_in_fragment = 6'000;
        const auto one = on.session();
        on.server.breaks = twice_from(4, {bits_server::breakage::after_the_deed});
        CHECK_FALSE(on.send(*one));
        on.server.restart(false);
        const auto found = on.begin(on.again(one->token()));
        CHECK(on.code(found) == errc::session_lost);
        const auto way = travel(on, on.again(one->token()));
        CHECK(way.end == std::error_code());
        CHECK(way.begun_anew == 1);
        CHECK(on.off() == "");
        CHECK(on.offences() == "");
    }
}

TEST_CASE("bits: a session that gets lost while it is filled is lost") {
    bits_stage on;
    on.server.site.most_in_fragment = 6'000;
    on.server.breaks = [&](const bits_request&, std::size_t index) {
        if (index == 4) on.server.site.forget_sessions();
        return bits_server::breakage{};
    };
    const auto one = on.session();
    CHECK(on.code(on.send(*one)) == errc::session_lost);
}

TEST_CASE("bits: a token that is none names no session") {
    bits_stage on;
    CHECK(on.code(on.begin(on.again("bits nonsense"))) == errc::session_lost);
    CHECK(on.server.requests.empty());
}

TEST_CASE("bits: a server that is in trouble when it is asked may be asked again") {
    bits_stage on;
    const auto one = on.session();
    on.server.instead = [](const bits_request&) { return bits_answer{503, {}, ""}; };
    const auto got = on.begin(on.again(one->token()));
    CHECK(on.code(got) == errc::overloaded);
    on.server.instead = nullptr;
    check_arrival(on, travel(on, on.again(one->token())));
}

// --- The session's own host ---------------------------------------------------------------------

TEST_CASE("bits: a session goes on at the host that the server names, after a greeting") {
    bits_stage on;
    on.server.site.host_id = "localhost";
    const auto one = on.session();
    CHECK(on.send(*one));
    const auto found = on.session(on.again(one->token()));
    CHECK(found->offset() == on.bytes.size());
    CHECK(on.finish(*one));
    CHECK(on.server.story() == "create-session ping fragment fragment close-session");
    for (std::size_t i = 0; i < on.server.requests.size(); ++i) {
        const auto host = (i == 0 ? "127.0.0.1:" : "localhost:") + std::to_string(on.server.port());
        CHECK(on.server.requests[i].field("Host") == host);
        CHECK(on.server.requests[i].has("BITS-Session-Id") == (i > 0));
    }
    CHECK(on.off() == "");
    CHECK(on.offences() == "");
}

TEST_CASE("bits: a host that the server names learns no secret that is not its own") {
    bits_stage on;
    on.server.site.host_id = "localhost";
    on.access.headers = {"X-Key: secret"};
    on.access.who.user = "ann";
    on.access.who.password = secret("pw");
    std::string asks = "127.0.0.1";
    on.server.instead = [&](const bits_request& asked) -> std::optional<bits_answer> {
        if (asked.has("Authorization") || !asked.field("Host").starts_with(asks))
            return std::nullopt;
        return bits_answer{401, {{"WWW-Authenticate", "Basic realm=\"r\""}}, ""};
    };
    on.upload();
    for (const auto& one : on.server.requests) {
        const bool first = one.field("Host").starts_with("127.0.0.1");
        CHECK(one.has("X-Key") == first);
        CHECK((one.has("Authorization") && !first) == false);
    }
    asks = "localhost";
    const auto one = on.begin(on.request());
    CHECK(on.code(one) == errc::unauthorized);
    CHECK_FALSE(on.server.requests.back().has("Authorization"));
}

TEST_CASE("bits: a host id that is no host is not followed") {
    bits_stage on;
    on.server.site.host_id = "elsewhere/in";
    CHECK(on.code(on.begin(on.request())) == errc::malformed);
}

TEST_CASE("bits: a host that stays out of reach is given up when the server said so") {
    basic_bits_stage<fixture> on;
    bits_server farm(on.on.io);
    on.server.site.host_id = "127.0.0.1:" + std::to_string(farm.port());
    on.server.site.fallback = "60";
    farm.stop();
    const auto one = on.session();  // it may be back soon
    const auto later = [&](std::chrono::seconds span) {
        on.on.advance(span);
        return on.code(on.begin(on.again(one->token())));
    };
    CHECK(on.code(on.send(*one)) == std::errc::connection_refused);
    CHECK(later(59s) == std::errc::connection_refused);
    CHECK(later(1s) == errc::session_lost);
    CHECK(later(1s) == std::errc::connection_refused);  // from then on it counts anew
}

TEST_CASE("bits: a host is missed from the last contact on") {
    basic_bits_stage<fixture> on;
    on.server.site.host_id = "localhost";
    on.server.site.fallback = "60";
    const auto one = on.session();
    bool silent = false;
    on.server.breaks = [&](const bits_request&, std::size_t) {
        return bits_server::breakage{
            silent ? bits_server::breakage::before_the_answer : bits_server::breakage::nowhere};
    };
    const auto ask = [&](bool silently, std::chrono::seconds after) {
        silent = silently;
        on.on.advance(after);
        return on.code(on.begin(on.again(one->token())));
    };
    CHECK(ask(true, 0s) == errc::cut_short);
    CHECK(ask(true, 50s) == errc::cut_short);
    CHECK(ask(false, 1s) == std::error_code());
    CHECK(ask(true, 20s) == errc::cut_short);
    CHECK(ask(true, 59s) == errc::cut_short);
    CHECK(ask(true, 1s) == errc::session_lost);
}

TEST_CASE("bits: a host without a time limit is waited for") {
    basic_bits_stage<fixture> on;
    on.server.site.host_id = "localhost";
    const auto one = on.session();
    on.server.stop();
    for (int i = 0; i < 3; ++i) {
        on.on.advance(24h * 365);
        CHECK(on.code(on.begin(on.again(one->token()))) == std::errc::connection_refused);
    }
}

// --- Redirects ----------------------------------------------------------------------------------

TEST_CASE("bits: a session stays where a redirect has led, which learns no secret") {
    bits_stage on;
    bits_server elsewhere(on.on.io);
    on.access.headers = {"X-Key: secret"};
    on.server.instead = [&](const bits_request&) {
        return bits_answer{307, {{"Location", elsewhere.url("/out/f")}}, ""};
    };
    elsewhere.site.most_in_fragment = 6'000;
    const auto one = on.session();
    CHECK(on.send(*one));
    const auto found = on.session(on.again(one->token()));
    CHECK(found->offset() == on.bytes.size());
    CHECK(on.finish(*found));
    CHECK(difference(elsewhere.site.files["/out/f"], on.bytes) == "");
    CHECK(on.server.story() == "create-session");
    CHECK(on.server.requests.at(0).has("X-Key"));
    CHECK(elsewhere.site.offences.empty());
    for (const auto& asked : elsewhere.requests) CHECK_FALSE(asked.has("X-Key"));
}

TEST_CASE("bits: where a redirect has led, a redirect to the same place makes nobody trusted") {
    bits_stage on;
    bits_server elsewhere(on.on.io);
    on.access.headers = {"X-Key: secret"};
    on.server.instead = [&](const bits_request&) {
        return bits_answer{307, {{"Location", elsewhere.url("/out/f")}}, ""};
    };
    const auto one = on.session();
    elsewhere.instead = [&](const bits_request& asked) -> std::optional<bits_answer> {
        if (asked.target != "/out/f") return std::nullopt;
        return bits_answer{307, {{"Location", "/out/g"}}, ""};
    };
    static_cast<void>(on.send(*one));
    CHECK(elsewhere.requests.back().target == "/out/g");
    for (const auto& asked : elsewhere.requests) CHECK_FALSE(asked.has("X-Key"));
}

}  // namespace
}  // namespace ferry::test::bits_resume_test
