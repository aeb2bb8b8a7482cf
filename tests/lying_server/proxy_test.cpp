// Proxies that lie, hang up, ask for ever or say no.
#include "lie.hpp"

#include <string>

namespace ferry::test::proxy_test {
namespace {

using namespace std::string_literals;

/// A client, and a server in the part of its proxy.
struct proxied {
    real_time_fixture on;
    const remote_object truth{random_bytes(10'000)};
    lying_server proxy{on.io, truth};
    std::shared_ptr<access_options> access = std::make_shared<access_options>();

    explicit proxied(const std::string& scheme = "http") {
        access->proxy.usage = proxy_usage::listed;
        access->proxy.list = {address(scheme)};
    }
    std::string address(const std::string& scheme) const {
        return scheme + "://127.0.0.1:" + std::to_string(proxy.port());
    }
    void log_in() {
        access->proxy.who.user = "user";
        access->proxy.who.password = secret("sesame");
    }
    outcome get(const std::string& from) {
        auto options = once();
        options.access = access;
        return on.get(from, "f", std::move(options));
    }
    std::string off() const {
        const auto file = on.dir / "f";
        return std::filesystem::exists(file) ? difference(slurp(file), truth.body) : "no file";
    }
    std::string asked(std::size_t request, std::string_view name) const {
        return field(proxy.requests.at(request), name);
    }
};

bool mentions(const outcome& got, std::string_view text) {
    return got.why().find(text) != std::string::npos;
}

constexpr auto secure_file = "https://server.invalid/f";
constexpr auto plain_file = "http://server.invalid/f";

// --- CONNECT ------------------------------------------------------------------------------------

struct no_way {
    const char* name;
    reply how;
    std::vector<expected_end> ends;
    std::string says = {};
};

const no_way refusals[] = {
    {"proxy: one that speaks something else is refused",
     {.raw = "SSH-2.0-OpenSSH_9.2\r\n\r\n"},
     {errc::malformed}},
    {"proxy: an endless head is refused",
     {.raw = "HTTP/1.1 200 OK\r\n", .forever = "X: y\r\n"},
     {errc::malformed}},
    {"proxy: an endless line is refused",
     {.raw = "HTTP/1.1 200 ", .forever = "yyyyyyyyyyyyyyyyy"},
     {errc::malformed}},
    {"proxy: endless interim replies are refused",
     {.raw = "HTTP/1.1 100 Continue\r\n\r\n", .forever = "HTTP/1.1 100 Continue\r\n\r\n"},
     {errc::malformed}},
    {"proxy: half a head is cut short", {.raw = "HTTP/1.1 200 Connec"}, {errc::cut_short}},
    {"proxy: no reply is cut short", {.cut = 0}, {errc::cut_short, std::errc::connection_reset}},
    {"proxy: 200 with a body is refused, for nobody spoke to the server yet",
     {.raw = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"},
     {errc::malformed}},
    {"proxy: 200 with a chunked body is refused",
     {.raw = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n"},
     {errc::malformed}},
    {"proxy: 200 and then the end is cut short",
     {.raw = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n"},
     {errc::cut_short, std::errc::connection_reset, std::errc::broken_pipe},
     "TLS handshake"},
    {"proxy: 101 is refused",
     {.raw = "HTTP/1.1 101 Switching\r\nUpgrade: x\r\n\r\n"},
     {errc::malformed}},
    {"proxy: 403 says who refused what",
     {.status = "403 Filtered"},
     {errc::unauthorized},
     "connect to server.invalid:443 through proxy http://127.0.0.1"},
    {"proxy: 404 does not say that the file is gone", {.status = "404 No"}, {errc::refused}},
    {"proxy: 302 is not followed",
     {.status = "302 Go", .fields = {{"Location", "https://portal.invalid/"}}},
     {errc::refused}},
    {"proxy: 502 may pass", {.status = "502 Bad Gateway"}, {errc::overloaded}, "502 Bad Gateway"},
    {"proxy: 503 may pass", {.status = "503 Busy"}, {errc::overloaded}},
    {"proxy: 407 without a word of how is refused", {.status = "407 Who"}, {errc::unauthorized}},
    {"proxy: 407 with an endless body is refused",
     {.raw = "HTTP/1.1 407 Who\r\nProxy-Authenticate: Basic realm=\"x\"\r\n"
             "Transfer-Encoding: chunked\r\n\r\n",
      .forever = "5\r\nhello\r\n"},
     {errc::unauthorized}},
};

void refuse(const no_way& what) {
    proxied on;
    on.proxy.otherwise = what.how;
    const auto got = on.get(secure_file);
    INFO("it ended so: ", got.why());
    CHECK_FALSE(got.ok());
    CHECK(std::any_of(what.ends.begin(), what.ends.end(), [&](const auto& end) {
        return end.matches(got.code());
    }));
    CHECK(mentions(got, what.says));
    CHECK_FALSE(on.proxy.flooded);
    CHECK(on.proxy.requests.size() <= 1);
}
const cases<refusals, refuse> refused(__FILE__, __LINE__);

TEST_CASE("proxy: CONNECT says where to, who asks for it, and nothing that is for the server") {
    proxied on;
    on.log_in();
    on.access->headers = {"X-Secret: 1", "Cookie: a"};
    on.access->user_agent = "me/1";
    on.access->who.user = "somebody";
    on.access->who.password = secret("else");
    on.proxy.otherwise = {.status = "403 No"};
    CHECK_FALSE(on.get(secure_file).ok());
    REQUIRE(on.proxy.requests.size() == 1);
    const auto& asked = on.proxy.requests.front();
    CHECK(asked.method == "CONNECT");
    CHECK(asked.target == "server.invalid:443");
    CHECK(field(asked, "Host") == "server.invalid:443");
    CHECK(field(asked, "User-Agent") == "me/1");
    CHECK(asked.fields.size() == 2);  // no answer before a question
}

TEST_CASE("proxy: a silent one costs no more than the time to connect") {
    proxied on;
    on.access->connect_timeout = 50ms;
    SUBCASE("nothing comes") { on.proxy.otherwise = {.cut = 0, .end = ending::stall}; }
    SUBCASE("half a head comes") {
        on.proxy.otherwise = {.raw = "HTTP/1.1 200 ", .end = ending::stall};
    }
    SUBCASE("the tunnel leads nowhere") {
        on.proxy.otherwise = {.raw = "HTTP/1.1 200 OK\r\n\r\n", .end = ending::stall};
    }
    const auto got = on.get(secure_file);
    CHECK_MESSAGE(got.code() == errc::timed_out, got.why());
    CHECK_MESSAGE(mentions(got, "through proxy"), got.why());
}

TEST_CASE("proxy: one that says nothing is followed by the next, and asked last for a while") {
    const reply silences[] = {{.cut = 0, .end = ending::stall}, {.cut = 0}};
    for (const auto& silence : silences) {
        for (const auto file : {secure_file, plain_file}) {
            CAPTURE(file);
            proxied on;
            lying_server second(on.on.io, on.truth);
            on.proxy.otherwise = silence;
            second.otherwise = {.status = "403 No"};
            on.access->proxy.list.push_back("http://127.0.0.1:" + std::to_string(second.port()));
            on.access->connect_timeout = on.access->reply_timeout = 50ms;
            if (file == plain_file) CHECK_FALSE(on.get(file).ok());  // known once it was asked
            const auto got = on.get(file);
            CHECK_MESSAGE(mentions(got, "403 No"), got.why());
            CHECK(on.proxy.requests.size() == 1);
            CHECK(second.requests.size() == 1);
            CHECK_FALSE(on.get(file).ok());
            CHECK(on.proxy.requests.size() == 1);
        }
    }
}

TEST_CASE("proxy: one that is never content is given up") {
    const std::string challenges[] = {
        "Basic realm=\"x\"",
        "Digest realm=\"x\", nonce=\"n\", qop=\"auth\"",
        "Digest realm=\"x\", nonce=\"n\", qop=\"auth\", stale=true",
    };
    for (const auto& challenge : challenges) {
        for (const bool hangs_up : {false, true}) {
            for (const auto file : {secure_file, plain_file}) {
                CAPTURE(challenge);
                CAPTURE(hangs_up);
                CAPTURE(file);
                proxied on;
                on.log_in();
                on.proxy.otherwise = {
                    .status = "407 Who", .fields = {{"Proxy-Authenticate", challenge}}};
                if (hangs_up) on.proxy.otherwise.end = ending::close;
                const auto got = on.get(file);
                CHECK_MESSAGE(got.code() == errc::unauthorized, got.why());
                CHECK_FALSE(mentions(got, "sesame"));
                CHECK(on.proxy.requests.size() <= 8);
                CHECK(on.proxy.requests.size() > 1);
                CHECK(on.asked(0, "Proxy-Authorization").empty());
                CHECK_FALSE(on.asked(1, "Proxy-Authorization").empty());
                CHECK(on.asked(1, "Authorization").empty());
            }
        }
    }
}

TEST_CASE("proxy: without credentials, a question is answered with what to do") {
    for (const auto file : {secure_file, plain_file}) {
        proxied on;
        on.proxy.otherwise = {
            .status = "407 Who", .fields = {{"Proxy-Authenticate", "Basic realm=\"x\""}}};
        const auto got = on.get(file);
        CHECK_MESSAGE(got.code() == errc::unauthorized, got.why());
        CHECK_MESSAGE(mentions(got, "--proxy-credential"), got.why());
        CHECK(on.proxy.requests.size() == 1);
    }
}

// --- Plain HTTP ---------------------------------------------------------------------------------

TEST_CASE("proxy: plain requests name the server, and its name is the proxy's affair") {
    proxied on;
    const auto got = on.get(plain_file);
    CHECK_MESSAGE(got.ok(), got.why());
    CHECK(on.off() == "");
    CHECK(on.proxy.requests.at(0).target == plain_file);
    CHECK(on.asked(0, "Host") == "server.invalid");
}

TEST_CASE("proxy: it is told who we are once it has asked, and from then on") {
    proxied on;
    on.log_in();
    on.proxy.decide = [](const request& asked) {
        if (!field(asked, "Proxy-Authorization").empty()) return reply{};
        return reply{.status = "407 Who", .fields = {{"Proxy-Authenticate", "Basic realm=\"x\""}}};
    };
    auto got = on.get(plain_file);
    CHECK_MESSAGE(got.ok(), got.why());
    CHECK(on.off() == "");
    CHECK(on.proxy.requests.size() == 2);
    CHECK(on.asked(1, "Proxy-Authorization") == "Basic dXNlcjpzZXNhbWU=");
    CHECK(on.asked(1, "Authorization").empty());
    got = on.get(plain_file);
    CHECK_MESSAGE(got.ok(), got.why());
    CHECK(on.proxy.requests.size() == 3);
    CHECK(on.proxy.connections == 1);
}

TEST_CASE("proxy: 407 from a server that is no proxy gets no answer") {
    proxied on;
    on.log_in();
    on.access->proxy.usage = proxy_usage::none;
    on.proxy.otherwise = {
        .status = "407 Who", .fields = {{"Proxy-Authenticate", "Basic realm=\"x\""}}};
    const auto got = on.get(on.proxy.url("/f"));
    CHECK_MESSAGE(got.code() == errc::unauthorized, got.why());
    CHECK(on.proxy.requests.size() == 1);
    CHECK(on.asked(0, "Proxy-Authorization").empty());
}

// --- Which proxy --------------------------------------------------------------------------------

TEST_CASE("proxy: one that cannot be reached gives way to the next, one that answers does not") {
    proxied on;
    lying_server gone(on.on.io, on.truth);
    gone.stop_listening();
    const auto alive = on.access->proxy.list.front();
    on.access->proxy.list = {"127.0.0.1:" + std::to_string(gone.port()), "proxy.invalid", alive};
    auto got = on.get(plain_file);
    CHECK_MESSAGE(got.ok(), got.why());
    CHECK(on.off() == "");

    lying_server second(on.on.io, on.truth);
    on.proxy.otherwise = {.status = "503 Busy"};
    on.access->proxy.list = {alive, "127.0.0.1:" + std::to_string(second.port())};
    for (const auto file : {plain_file, secure_file}) {
        got = on.get(file);
        CHECK_MESSAGE(got.code() == errc::overloaded, got.why());
    }
    CHECK(second.connections == 0);
}

TEST_CASE("proxy: if none can be reached, the failure says which") {
    proxied on;
    on.proxy.stop_listening();
    const auto got = on.get(plain_file);
    CHECK_MESSAGE(got.code() == std::errc::connection_refused, got.why());
    CHECK_MESSAGE(mentions(got, "through proxy " + on.address("http")), got.why());
}

TEST_CASE("proxy: what is reached through one is not reached without") {
    proxied on;
    lying_server server(on.on.io, on.truth);
    CHECK(on.get(server.url("/f")).ok());
    CHECK(server.connections == 0);
    on.access = std::make_shared<access_options>();
    CHECK(on.get(server.url("/f")).ok());
    CHECK(server.connections == 1);
    CHECK(on.proxy.requests.size() == 1);
}

// --- SOCKS --------------------------------------------------------------------------------------

const auto any_address = "\x01\x7f\x00\x00\x01\x00\x50"s;

TEST_CASE("proxy: over SOCKS, all bytes arrive") {
    proxied on("socks5h");
    on.proxy.otherwise_welcome.greeting = "\x05\x00\x05\x00\x00"s + any_address;
    const auto got = on.get(plain_file);
    CHECK_MESSAGE(got.ok(), got.why());
    CHECK(on.off() == "");
}

struct bad_socks {
    const char* name;
    std::string says;
    std::vector<expected_end> ends;
};
const bad_socks socks_lies[] = {
    {"socks: one that speaks HTTP is refused", "HTTP/1.1 200 OK\r\n\r\n", {errc::malformed}},
    {"socks: one that wants a login is refused", "\x05\xff", {errc::unauthorized}},
    {"socks: a choice that was not offered is refused", "\x05\x02", {errc::malformed}},
    {"socks: a refused connection is a refused connection",
     "\x05\x00\x05\x05\x00"s + any_address,
     {std::errc::connection_refused}},
    {"socks: rules that forbid are final", "\x05\x00\x05\x02\x00"s + any_address, {errc::refused}},
    {"socks: bytes behind the reply are refused",
     "\x05\x00\x05\x00\x00"s + any_address + "HTTP/1.1 200 OK\r\n\r\n",
     {errc::malformed}},
    {"socks: half a reply is all there is", "\x05\x00\x05\x00"s, {errc::timed_out}},
};
void refuse_socks(const bad_socks& what) {
    proxied on("socks5h");
    on.proxy.otherwise_welcome.greeting = what.says;
    on.access->connect_timeout = what.ends.front().matches(errc::timed_out) ? 50ms : 10s;
    const auto got = on.get(plain_file);
    INFO("it ended so: ", got.why());
    CHECK_FALSE(got.ok());
    CHECK(what.ends.front().matches(got.code()));
    CHECK(mentions(got, "through proxy socks5h://127.0.0.1"));
}
const cases<socks_lies, refuse_socks> socks_refused(__FILE__, __LINE__);

}  // namespace
}  // namespace ferry::test::proxy_test
