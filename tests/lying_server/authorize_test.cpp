// Servers that ask who we are, and lie about it (RFC 9110, 11; design: secrets and origins).
#include "lie.hpp"

#include <array>
#include <set>
#include <vector>

namespace ferry::test::authorize_test {
namespace {

transfer_options as_ann(access_options access = {}) {
    access.who.user = "ann";
    access.who.password = secret("top secret");
    access.who.schemes = {auth_scheme::basic, auth_scheme::digest};
    auto options = patient();
    options.access = std::make_shared<const access_options>(std::move(access));
    return options;
}

const std::string ann = "Basic YW5uOnRvcCBzZWNyZXQ=";

reply ask(const std::string& challenge) {
    return {
        .status = "401 Unauthorized",
        .fields = {{"WWW-Authenticate", challenge}},
        .body = "who are you?"};
}

/// Lets in whoever says `password`, as long as it stays so.
std::function<reply(const request&)> guarded(const std::string& password) {
    return [&password](const request& asked) {
        return field(asked, "Authorization") == password ? reply() : ask("Basic realm=\"here\"");
    };
}

auto times_told(const lying_server& server) {
    return std::count_if(server.requests.begin(), server.requests.end(), [](const auto& asked) {
        return !field(asked, "Authorization").empty() ||
               !field(asked, "Proxy-Authorization").empty();
    });
}

bool told_anything(const lying_server& server) { return times_told(server) > 0; }

void check_refused(const outcome& got, std::string_view because) {
    CHECK_MESSAGE(got.code() == errc::unauthorized, got.why());
    CHECK_MESSAGE(got.why().find(because) != std::string::npos, got.why());
    CHECK_MESSAGE(got.why().find("top secret") == std::string::npos, got.why());
    CHECK_MESSAGE(got.why().find(ann.substr(6)) == std::string::npos, got.why());
}

// --- Asked and answered -------------------------------------------------------------------------

TEST_CASE("authorize: nothing is said before it is asked for, and then over the same connection") {
    stage on;
    on.server.decide = guarded(ann);
    const auto got = on.get(as_ann());
    CHECK_MESSAGE(got.ok(), got.why());
    CHECK(on.off() == "");
    REQUIRE(on.server.requests.size() == 2);
    CHECK(on.asked(0, "Authorization") == "");
    CHECK(on.asked(1, "Authorization") == ann);
    CHECK(on.server.connections == 1);
}

TEST_CASE("authorize: the next request to the same origin answers at once") {
    stage on;
    on.server.decide = guarded(ann);
    CHECK(on.get(as_ann()).ok());
    on.server.requests.clear();
    const auto got = on.on.get(on.server.url("/g"), "g", as_ann());
    CHECK_MESSAGE(got.ok(), got.why());
    REQUIRE(on.server.requests.size() == 1);
    CHECK(on.asked(0, "Authorization") == ann);
}

TEST_CASE("authorize: a server that never asks is told nothing") {
    stage on;
    CHECK(on.get(as_ann()).ok());
    CHECK_FALSE(told_anything(on.server));
}

TEST_CASE("authorize: other users get connections of their own, and nobody else's answer") {
    stage on;
    on.server.decide = guarded(ann);
    CHECK(on.get(as_ann()).ok());
    on.server.requests.clear();
    const auto got = on.on.get(on.server.url("/g"), "g", patient());
    check_refused(got, "give --credential USER");
    CHECK_FALSE(told_anything(on.server));
    CHECK(on.server.requests.at(0).connection == 2);
}

TEST_CASE("authorize: every use of a nonce is counted, over all connections") {
    stage on({random_bytes(3'000'000)});
    on.server.decide = [](const request& asked) {
        return field(asked, "Authorization").empty()
                   ? ask("Digest realm=\"here\", nonce=\"n\", qop=\"auth\"")
                   : reply();
    };
    auto options = as_ann();
    options.connections = 4;
    const auto got = on.get(options);
    CHECK_MESSAGE(got.ok(), got.why());
    CHECK(on.off() == "");
    std::set<std::string> counts;
    std::size_t answers = 0;
    for (const auto& asked : on.server.requests) {
        const auto said = field(asked, "Authorization");
        if (said.empty()) continue;
        ++answers;
        const auto at = said.find("nc=");
        REQUIRE(at != said.npos);
        counts.insert(said.substr(at, 11));
    }
    CHECK(counts.size() == answers);
}

TEST_CASE("authorize: a partial is continued although the server asks again") {
    stage on;
    on.keep(4'096);
    on.server.decide = guarded(ann);
    const auto got = on.get(as_ann());
    CHECK_MESSAGE(got.ok(), got.why());
    CHECK(on.off() == "");
    REQUIRE(on.server.requests.size() == 2);
    CHECK(on.asked(1, "Range") == on.asked(0, "Range"));
    CHECK(on.asked(1, "If-Range") == "\"v1\"");
}

TEST_CASE("authorize: a nonce that grows old in the middle of a file is renewed") {
    stage on;
    on.server.script = {
        ask("Digest realm=here, nonce=n1"),
        {.cut_body = 5'000},
        ask("Digest realm=here, nonce=n2, stale=true"),
        {}};
    const auto got = on.get(as_ann());
    CHECK_MESSAGE(got.ok(), got.why());
    CHECK(on.off() == "");
    REQUIRE(on.server.requests.size() == 4);
    CHECK(on.asked(2, "Authorization").find("nonce=\"n1\"") != std::string::npos);
    CHECK(on.asked(3, "Authorization").find("nonce=\"n2\"") != std::string::npos);
    CHECK(on.asked(3, "Range") == on.asked(2, "Range"));
}

// --- Whatever the question comes with -----------------------------------------------------------

struct wrapping {
    const char* name;
    reply question;
};

reply wrapped(reply how) {
    how.status = "401 Unauthorized";
    how.fields.emplace_back("WWW-Authenticate", "Basic realm=here");
    return how;
}

const wrapping wrappings[] = {
    {"authorize: asked without a body", wrapped({.body = ""})},
    {"authorize: asked in chunks", wrapped({.framing = frame_by::chunked})},
    {"authorize: asked until the connection ends", wrapped({.framing = frame_by::until_close})},
    {"authorize: asked with a long body", wrapped({.body = std::string(1'000'000, 'x')})},
    {"authorize: asked by one who then hangs up", wrapped({.end = ending::close})},
    {"authorize: asked by one who then resets", wrapped({.end = ending::reset})},
    {"authorize: asked in two fields",
     {.status = "401 Unauthorized",
      .lines = "WWW-Authenticate: Hoba a=b\r\nWWW-Authenticate: Basic realm=here\r\n"}},
    {"authorize: asked by one that is HTTP/1.0", wrapped({.version = "HTTP/1.0"})},
};

void answer_all(const wrapping& what) {
    stage on;
    on.server.script = {what.question};
    const auto got = on.get(as_ann());
    CHECK_MESSAGE(got.ok(), got.why());
    CHECK(on.off() == "");
    REQUIRE(on.server.requests.size() >= 2);
    CHECK(field(on.server.requests.back(), "Authorization") == ann);
}
const cases<wrappings, answer_all> answered(__FILE__, __LINE__);

// --- Never satisfied ----------------------------------------------------------------------------

struct lasting {
    const char* name;
    std::string challenge;
    std::string because;
    std::size_t most = 2;  ///< requests
};

const lasting questions[] = {
    {"authorize: a wrong password", "Basic realm=\"the files\"",
     "wrong name or password for realm \"the files\""},
    {"authorize: a wrong password by Digest", "Digest realm=x, nonce=n", "wrong name or password"},
    {"authorize: every nonce is stale", "Digest realm=x, nonce=n, stale=true", "wrong name", 5},
    {"authorize: only unknown schemes", "Hoba a=b, Mutual", "Hoba, Mutual", 1},
    {"authorize: a scheme that is not allowed", "Negotiate", "allow it with --authentication", 1},
    {"authorize: only protected bodies", "Digest realm=x, nonce=n, qop=auth-int", "auth-int", 1},
    {"authorize: an empty challenge", "", "without saying how", 1},
    {"authorize: a challenge of commas", ",,, ,,", "without saying how", 1},
    {"authorize: a challenge of garbage", "\"\\=;:\x01\x02\xff", "", 1},
    {"authorize: a quotation that never ends", "Basic realm=\"" + std::string(3'000, '\\'), ""},
    {"authorize: a thousand challenges",
     [] {
         std::string all = "X0";
         for (int i = 1; i < 1'000; ++i) all += ", X" + std::to_string(i);
         return all;
     }(),
     "ferry does not know", 1},
    {"authorize: a realm for terminals", "Basic realm=\"\x1b[31mred\"", "?[31mred"},
};

void refuse(const lasting& what) {
    stage on;
    on.server.otherwise = ask(what.challenge);
    const auto got = on.get(as_ann());
    if (got.code() != errc::malformed) check_refused(got, what.because);
    CHECK(on.server.requests.size() <= what.most);
    check_safe(on, on.truth);
}
const cases<questions, refuse> refused(__FILE__, __LINE__);

TEST_CASE("authorize: a server that asks for another scheme each time is left soon") {
    stage on;
    unsigned times = 0;
    on.server.decide = [&](const request&) {
        const auto nonce = std::to_string(++times);
        return ask(times % 2 == 0 ? "Basic realm=x" : "Digest realm=x, stale=true, nonce=" + nonce);
    };
    const auto got = on.get(as_ann());
    check_refused(got, "refused our");
    CHECK(on.server.requests.size() <= 5);
    on.server.decide = {};
    check_safe(on, on.truth);
}

TEST_CASE("authorize: a password that has changed is tried once and no more") {
    stage on;
    std::string password = ann;
    on.server.decide = guarded(password);
    CHECK(on.get(as_ann()).ok());
    on.server.requests.clear();
    password = "another";
    const auto got = on.on.get(on.server.url("/g"), "g", as_ann());
    check_refused(got, "wrong name or password");
    CHECK(on.server.requests.size() == 1);
}

TEST_CASE("authorize: what is refused again and again is not said any more, for a while") {
    stage on;
    const std::string password = "another";
    on.server.decide = guarded(password);
    for (int i = 0; i < 10; ++i)
        check_refused(on.on.get(on.server.url("/g"), "g", as_ann()), "wrong name or password");
    CHECK(times_told(on.server) == 3);
}

TEST_CASE("authorize: a wrong password is not tried by each of many files under way") {
    stage on;
    const std::string password = "another";
    on.server.decide = guarded(password);
    std::array<transfer_status, 8> statuses;
    std::vector<std::shared_ptr<started<result<void>>>> all;
    for (auto& status : statuses) {
        const auto name = "f" + std::to_string(all.size());
        all.push_back(
            on.on.start(on.on.starting(on.server.url("/" + name), name, as_ann(), status)));
    }
    REQUIRE(on.on.pump_until(
        [&] { return std::all_of(all.begin(), all.end(), is_ready<result<void>>); }));
    for (const auto& one : all) CHECK(one->value->error().code == errc::unauthorized);
    CHECK(times_told(on.server) == 3);
}

TEST_CASE("authorize: what one realm refuses is not told it each time that another one takes it") {
    stage on;
    on.server.decide = [](const request& asked) {
        if (asked.target == "/closed") return ask("Basic realm=closed");
        return field(asked, "Authorization") == ann ? reply() : ask("Basic realm=open");
    };
    for (int i = 0; i < 10; ++i) {
        const auto name = "f" + std::to_string(i);
        const auto open = on.on.get(on.server.url("/" + name), name, as_ann());
        CHECK_MESSAGE(open.ok(), open.why());
        check_refused(
            on.on.get(on.server.url("/closed"), "closed", as_ann()), "wrong name or password");
    }
    const auto& all = on.server.requests;
    CHECK(std::count_if(all.begin(), all.end(), [](const auto& asked) {
              return asked.target == "/closed" && !field(asked, "Authorization").empty();
          }) == 3);
}

TEST_CASE("authorize: a server that asks in a proxy's name is told nothing") {
    stage on;
    on.server.otherwise = {
        .status = "407 Proxy Authentication Required",
        .fields = {{"Proxy-Authenticate", "Basic realm=x"}}};
    auto access = access_options();
    access.proxy.who.user = "joe";
    access.proxy.who.password = secret("top secret");
    check_refused(on.get(as_ann(access)), "407");
    CHECK_FALSE(told_anything(on.server));
}

// --- Proxies ------------------------------------------------------------------------------------

reply ask_for_proxy(const std::string& challenge) {
    return {
        .status = "407 Proxy Authentication Required",
        .fields = {{"Proxy-Authenticate", challenge}},
        .body = "who are you?"};
}

/// Through the stage's server as a proxy, to a place that does not exist.
outcome get_through(stage& on, const std::string& password) {
    access_options access;
    access.proxy.usage = proxy_usage::listed;
    access.proxy.list = {on.server.url("").substr(7)};
    access.proxy.who.user = "joe";
    access.proxy.who.password = secret(password);
    access.proxy.who.schemes = {auth_scheme::basic, auth_scheme::digest};
    return on.on.get("http://host.invalid/f", "f", as_ann(access));
}

TEST_CASE("authorize: a proxy that forwards and the server behind it get an answer each") {
    stage on;
    on.server.decide = [](const request& asked) {
        if (field(asked, "Proxy-Authorization").empty())
            return ask_for_proxy("Digest realm=gate, nonce=n");
        return field(asked, "Authorization") == ann ? reply() : ask("Basic realm=here");
    };
    const auto got = get_through(on, "pw");
    CHECK_MESSAGE(got.ok(), got.why());
    CHECK(on.off() == "");
    REQUIRE(on.server.requests.size() == 3);
    CHECK(on.server.connections == 1);
    CHECK(on.asked(0, "Authorization") == "");
    CHECK(on.asked(1, "Authorization") == "");
    const auto said = on.asked(2, "Proxy-Authorization");
    CHECK(said.rfind("Digest username=\"joe\"", 0) == 0);
    CHECK(said.find("uri=\"http://host.invalid/f\"") != said.npos);
    CHECK(on.server.requests[2].target == "http://host.invalid/f");
}

TEST_CASE("authorize: a proxy that refuses is named, and the server's password stays here") {
    stage on;
    on.server.otherwise = ask_for_proxy("Basic realm=gate");
    const auto got = get_through(on, "wrong");
    check_refused(got, "the proxy refused our Basic answer: wrong name or password");
    CHECK(on.server.requests.size() == 2);
    for (std::size_t i = 0; i < on.server.requests.size(); ++i)
        CHECK(on.asked(i, "Authorization") == "");
}

TEST_CASE("authorize: what a proxy refuses again and again is not said any more, for a while") {
    stage on;
    on.server.otherwise = ask_for_proxy("Basic realm=gate");
    for (int i = 0; i < 10; ++i) check_refused(get_through(on, "wrong"), "the proxy refused");
    CHECK(times_told(on.server) == 3);
}

// --- Redirects ----------------------------------------------------------------------------------

TEST_CASE("authorize: a redirect to another port carries no answer there") {
    stage here;
    lying_server other(here.on.io, here.truth);
    other.decide = guarded(ann);
    here.server.script = {
        ask("Basic realm=x"), {.status = "302 Found", .fields = {{"Location", other.url("/f")}}}};
    const auto got = here.get(as_ann());
    check_refused(got, "not sent to where a redirect leads");
    CHECK(other.requests.size() == 1);
    CHECK_FALSE(told_anything(other));
}

TEST_CASE("authorize: a redirect to another host carries no answer there") {
    stage on;
    const auto elsewhere = on.server.url("/g", "localhost");
    on.server.decide = [&](const request& asked) {
        if (asked.target == "/g") return ask("Basic realm=x");
        if (field(asked, "Authorization") != ann) return ask("Basic realm=x");
        return reply{.status = "302 Found", .fields = {{"Location", elsewhere}}};
    };
    check_refused(on.get(as_ann()), "not sent to where a redirect leads");
    REQUIRE(on.server.requests.size() == 3);
    CHECK(on.asked(1, "Authorization") == ann);
    CHECK(on.asked(2, "Authorization") == "");
}

TEST_CASE("authorize: a redirect to another scheme carries no answer there") {
    stage here;
    certificate_authority authority(here.on.dir.path());
    lying_server other(here.on.io, here.truth, authority.issue("server", {}));
    other.decide = guarded(ann);
    here.server.script = {
        ask("Basic realm=x"),
        {.status = "302 Found", .fields = {{"Location", other.url("/f", "localhost")}}}};
    access_options access;
    access.ca_file = authority.file().string();
    check_refused(here.get(as_ann(access)), "not sent to where a redirect leads");
    CHECK(other.requests.size() == 1);
    CHECK_FALSE(told_anything(other));
}

TEST_CASE("authorize: a redirect within the origin is answered at once") {
    stage on;
    on.server.decide = [](const request& asked) {
        if (field(asked, "Authorization") != ann) return ask("Basic realm=x");
        if (asked.target == "/g") return reply();
        return reply{.status = "302 Found", .fields = {{"Location", "/g"}}};
    };
    const auto got = on.get(as_ann());
    CHECK_MESSAGE(got.ok(), got.why());
    CHECK(on.server.requests.size() == 3);
}

TEST_CASE("authorize: a login for a host follows a redirect to it, the default one does not") {
    for (const std::string host : {"localhost", ""}) {
        CAPTURE(host);
        stage on;
        lying_server other(on.on.io, on.truth);
        other.decide = guarded(ann);
        on.server.script = {
            {.status = "302 Found", .fields = {{"Location", other.url("/f", "localhost")}}}};
        access_options access;
        access.logins = {{host, "ann", secret("top secret")}};
        auto options = patient();
        options.access = std::make_shared<const access_options>(access);
        const auto got = on.get(options);
        CHECK_MESSAGE(got.ok() == !host.empty(), got.why());
        CHECK(told_anything(other) == !host.empty());
    }
}

}  // namespace
}  // namespace ferry::test::authorize_test
