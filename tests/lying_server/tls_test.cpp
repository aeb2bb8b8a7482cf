// HTTPS servers that cannot prove who they are, or end their sessions in doubtful ways.
#include "lie.hpp"

namespace ferry::test::tls_test {
namespace {

/// An authority in a folder, a server that shows a certificate, and a client.
struct secure_stage {
    real_time_fixture on;
    certificate_authority authority{on.dir};
    const remote_object truth{random_bytes(10'000)};
    std::shared_ptr<access_options> access = std::make_shared<access_options>();
    lying_server server;

    explicit secure_stage(const certificate_claims& claims = {}, bool self_signed = false)
        : server(
              on.io, truth,
              self_signed ? authority.self_signed("server", claims)
                          : authority.issue("server", claims)) {
        access->ca_file = authority.file();
    }

    outcome get(transfer_options options, std::string_view host = "localhost") {
        options.access = access;
        return on.get(server.url("/f", host), "f", std::move(options));
    }
    bool has_file() const { return std::filesystem::exists(on.dir / "f"); }
    std::string off() const {
        return has_file() ? difference(slurp(on.dir / "f"), truth.body) : "there is no file";
    }
};

// --- Trust --------------------------------------------------------------------------------------

TEST_CASE("tls: a server that a known authority vouches for is believed, by name and by address") {
    for (const auto host : {"localhost", "127.0.0.1"}) {
        CAPTURE(host);
        secure_stage on;
        const auto got = on.get(patient(), host);
        CHECK_MESSAGE(got.ok(), got.why());
        CHECK(on.off() == "");
    }
}

struct impostor {
    const char* name;
    certificate_claims claims = {};
    std::string host = "localhost";
    bool self_signed = false;
    bool known_authority = true;
};

const impostor impostors[] = {
    {"tls: a certificate for another name is refused", {.names = "DNS:example.org"}},
    {"tls: a certificate for another address is refused", {.names = "IP:127.0.0.2"}, "127.0.0.1"},
    {"tls: an address written as a name is refused", {.names = "DNS:127.0.0.1"}, "127.0.0.1"},
    {"tls: a certificate for a name does not do for its address",
     {.names = "DNS:localhost"},
     "127.0.0.1"},
    {"tls: a certificate without any name is refused", {.names = "URI:urn:nobody"}},
    {"tls: an expired certificate is refused", {.first_day = -10, .last_day = -1}},
    {"tls: a certificate from the future is refused", {.first_day = 1, .last_day = 10}},
    {"tls: a self-signed certificate is refused", {}, "localhost", true},
    {"tls: an unknown authority is refused", {}, "localhost", false, false},
};

void refuse(const impostor& what) {
    secure_stage on(what.claims, what.self_signed);
    if (!what.known_authority) on.access->ca_file.clear();
    const auto got = on.get(patient(), what.host);
    CHECK_MESSAGE(got.code() == errc::not_trusted, got.why());
    CHECK(on.server.requests.empty());  // not a word to a stranger
    CHECK(on.server.connections == 1);  // and it is not tried again
    CHECK_FALSE(on.has_file());

    on.access->insecure = true;
    const auto anyway = on.get(patient(), what.host);
    CHECK_MESSAGE(anyway.ok(), anyway.why());
    CHECK(on.off() == "");
}
const cases<impostors, refuse> refused(__FILE__, __LINE__);

TEST_CASE(
    "tls: what was fetched without verification does not lend its connection to who verifies") {
    secure_stage on({.names = "DNS:example.org"});
    on.access->insecure = true;
    const auto first = on.get(patient());
    CHECK_MESSAGE(first.ok(), first.why());
    std::filesystem::remove(on.on.dir / "f");
    on.access = std::make_shared<access_options>();
    on.access->ca_file = on.authority.file();
    const auto second = on.get(patient());
    CHECK_MESSAGE(second.code() == errc::not_trusted, second.why());
    CHECK_FALSE(on.has_file());
}

TEST_CASE("tls: a CA file that is not there is an error of ours, before anything is sent") {
    secure_stage on;
    on.access->ca_file = on.on.dir / "nowhere.pem";
    const auto got = on.get(patient());
    CHECK_FALSE(got.ok());
    CHECK_FALSE(is_transient(got.code()));
    CHECK(on.server.requests.empty());
    CHECK_MESSAGE(got.why().find("nowhere.pem") != std::string::npos, got.why());
}

// --- The end of a session -----------------------------------------------------------------------

TEST_CASE("tls: a body with a length needs no close_notify") {
    secure_stage on;
    on.server.otherwise.end = ending::cut;
    const auto got = on.get(once());
    CHECK_MESSAGE(got.ok(), got.why());
    CHECK(on.off() == "");
}

TEST_CASE("tls: a chunked body needs no close_notify") {
    secure_stage on;
    on.server.otherwise = {.framing = frame_by::chunked, .end = ending::cut};
    const auto got = on.get(once());
    CHECK_MESSAGE(got.ok(), got.why());
    CHECK(on.off() == "");
}

TEST_CASE("tls: a body until close ends with a close_notify") {
    secure_stage on;
    on.server.otherwise.framing = frame_by::until_close;
    const auto got = on.get(once());
    CHECK_MESSAGE(got.ok(), got.why());
    CHECK(on.off() == "");
}

TEST_CASE("tls: a body until close without close_notify may have been cut, so it is no file") {
    secure_stage on;
    on.server.otherwise = {.framing = frame_by::until_close, .end = ending::cut};
    const auto got = on.get(once());
    CHECK_MESSAGE(got.code() == errc::cut_short, got.why());
    CHECK_FALSE(on.has_file());
    on.server.become_honest();
    const auto again = on.get(patient());
    CHECK_MESSAGE(again.ok(), again.why());
    CHECK(on.off() == "");
}

TEST_CASE("tls: a cut body is continued where it stopped") {
    for (const auto end : {ending::close, ending::cut, ending::reset}) {
        CAPTURE(static_cast<int>(end));
        secure_stage on;
        on.server.script = {{.cut_body = 4'096, .end = end}};
        const auto got = on.get(patient());
        CHECK_MESSAGE(got.ok(), got.why());
        CHECK(on.off() == "");
        CHECK(on.server.requests.size() == 2);
    }
}

TEST_CASE("tls: connections are kept and reused, and a stale one costs no try") {
    secure_stage on;
    for (int i = 0; i < 3; ++i) {
        const auto got = on.get(once());
        CHECK_MESSAGE(got.ok(), got.why());
        std::filesystem::remove(on.on.dir / "f");
    }
    CHECK(on.server.connections == 1);
    on.server.script = {{.cut = 0, .end = ending::cut}};
    const auto got = on.get(once());
    CHECK_MESSAGE(got.ok(), got.why());
    CHECK(on.off() == "");
    CHECK(on.server.connections == 2);
}

// --- The handshake ------------------------------------------------------------------------------

TEST_CASE("tls: a slow handshake is waited for, within the connect timeout") {
    secure_stage on;
    on.server.welcomes = {{.delay = 200ms}};
    const auto got = on.get(once());
    CHECK_MESSAGE(got.ok(), got.why());
    CHECK(on.off() == "");
}

TEST_CASE("tls: a handshake slower than the connect timeout is given up, and tried again") {
    secure_stage on;
    on.access->connect_timeout = 200ms;
    on.server.welcomes = {{.act = welcome::stall}};
    const auto got = on.get(patient());
    CHECK_MESSAGE(got.ok(), got.why());
    CHECK(on.off() == "");
    CHECK(on.server.connections == 2);

    std::filesystem::remove(on.on.dir / "f");
    secure_stage other;
    other.access->connect_timeout = 200ms;
    other.server.otherwise_welcome.act = welcome::stall;
    const auto never = other.get(once());
    CHECK_MESSAGE(never.code() == errc::timed_out, never.why());
}

TEST_CASE("tls: a connection that ends in the handshake is tried again") {
    for (const auto act : {welcome::close, welcome::reset}) {
        CAPTURE(static_cast<int>(act));
        secure_stage on;
        on.server.welcomes = {{.act = act}};
        const auto got = on.get(patient());
        CHECK_MESSAGE(got.ok(), got.why());
        CHECK(on.off() == "");
    }
}

TEST_CASE("tls: a server that speaks plain HTTP on its port gets no request") {
    stage on;
    auto address = on.server.url("/f");
    address.insert(4, "s");
    on.server.otherwise_welcome.greeting = "HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n";
    const auto got = on.on.get(address, "f", brief());
    CHECK_FALSE(got.ok());
    CHECK(on.server.requests.empty());
    CHECK_FALSE(on.has_file());
}

TEST_CASE("tls: a plain request to a port that speaks TLS ends") {
    secure_stage on;
    auto address = on.server.url("/f");
    address.erase(4, 1);
    const auto got = on.on.get(address, "f", brief());
    CHECK_FALSE(got.ok());
    CHECK_FALSE(on.has_file());
}

// --- Between http and https ---------------------------------------------------------------------

TEST_CASE("tls: https never leads to http") {
    secure_stage on;
    lying_server plain(on.on.io, on.truth);
    on.server.script = {{.status = "302 Found", .fields = {{"Location", plain.url("/f")}}}};
    const auto got = on.get(patient());
    CHECK_MESSAGE(got.code() == errc::redirect_refused, got.why());
    CHECK(plain.connections == 0);
    CHECK_FALSE(on.has_file());
}

TEST_CASE("tls: http may lead to https, which is another origin") {
    secure_stage on;
    lying_server plain(on.on.io, on.truth);
    plain.otherwise = {
        .status = "302 Found", .fields = {{"Location", on.server.url("/g", "localhost")}}};
    on.access->headers = {"X-Secret: 42"};
    auto options = patient();
    options.access = on.access;
    const auto got = on.on.get(plain.url("/f"), "f", options);
    CHECK_MESSAGE(got.ok(), got.why());
    CHECK(on.off() == "");
    REQUIRE(on.server.requests.size() == 1);
    CHECK(field(plain.requests.at(0), "X-Secret") == "42");
    CHECK(field(on.server.requests[0], "X-Secret") == "");
}

TEST_CASE("tls: https that leads to a stranger's https does not trust it") {
    secure_stage on;
    lying_server stranger(on.on.io, on.truth, on.authority.self_signed("stranger"));
    on.server.script = {
        {.status = "302 Found", .fields = {{"Location", stranger.url("/f", "localhost")}}}};
    const auto got = on.get(patient());
    CHECK_MESSAGE(got.code() == errc::not_trusted, got.why());
    CHECK(stranger.requests.empty());
    CHECK_FALSE(on.has_file());
}

// --- Several at a time --------------------------------------------------------------------------

TEST_CASE("tls: several connections for one file") {
    secure_stage on;
    const auto big = random_bytes(9U << 20);
    on.server.object = {big};
    auto options = patient();
    options.connections = 4;
    const auto got = on.get(options);
    CHECK_MESSAGE(got.ok(), got.why());
    CHECK(difference(slurp(on.on.dir / "f"), big) == "");
    CHECK(on.server.connections > 1);
}

}  // namespace
}  // namespace ferry::test::tls_test
