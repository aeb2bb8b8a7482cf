// Who is believed, and how we prove who we are: both ends of TLS over a pair of sockets in one
// thread.
#include <ferry/http/tls.hpp>

#include <support/certificates.hpp>
#include <support/files.hpp>

#include <doctest/doctest.h>
#include <openssl/ssl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <memory>
#include <string>
#include <vector>

namespace ferry::test::http_tls_test {

namespace http = ferry::http;
namespace test = ferry::test;
using http::io_state;

namespace {

using ssl_context = std::unique_ptr<SSL_CTX, http::detail::freed_by<SSL_CTX_free>>;
using ssl_stream = std::unique_ptr<SSL, http::detail::freed_by<SSL_free>>;

struct server_wishes {
    test::tls_identity identity = {};
    int newest = TLS1_3_VERSION;
    std::string client_authority = {};  ///< wants a certificate by it; empty: none
};

ssl_context make_server(const server_wishes& wishes) {
    ssl_context made(SSL_CTX_new(TLS_server_method()));
    SSL_CTX_set_security_level(made.get(), 0);  // it may be as weak as the test wants
    SSL_CTX_set_min_proto_version(made.get(), TLS1_VERSION);
    SSL_CTX_set_max_proto_version(made.get(), wishes.newest);
    const auto& who = wishes.identity;
    REQUIRE(SSL_CTX_use_certificate_file(made.get(), who.certificate.c_str(), SSL_FILETYPE_PEM));
    REQUIRE(SSL_CTX_use_PrivateKey_file(made.get(), who.key.c_str(), SSL_FILETYPE_PEM));
    if (wishes.client_authority.empty()) return made;
    SSL_CTX_load_verify_file(made.get(), wishes.client_authority.c_str());
    SSL_CTX_set_verify(made.get(), SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, nullptr);
    return made;
}

/// Two connected sockets with small buffers.
struct socket_pair {
    socket_pair() {
        REQUIRE(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, ends) == 0);
        const int small = 4096;
        for (const int end : ends) ::setsockopt(end, SOL_SOCKET, SO_SNDBUF, &small, sizeof small);
    }
    ~socket_pair() {
        for (const int end : ends) ::close(end);
    }
    int ends[2] = {-1, -1};
};

ssl_stream serve(const ssl_context& context, int socket) {
    ssl_stream made(SSL_new(context.get()));
    SSL_set_fd(made.get(), socket);
    SSL_set_accept_state(made.get());
    return made;
}

/// Both sides in turn, until the client is done.
http::io_result shake_hands(http::tls_stream& client, SSL* server) {
    for (int turns = 0; turns < 1000; ++turns) {
        auto step = client.handshake();
        SSL_do_handshake(server);
        if (step.state == io_state::moved || step.state == io_state::failed) return step;
    }
    FAIL("the handshake does not end");
    return {};
}

/// How a client under this trust fares; state `moved` if it could exchange a byte.
http::io_result visit(
    const std::shared_ptr<http::tls_context>& context, const server_wishes& wishes,
    const std::string& host = "localhost", bool* resumed = nullptr) {
    const auto server_context = make_server(wishes);
    const socket_pair sockets;
    const auto server = serve(server_context, sockets.ends[1]);
    http::tls_stream client(context, sockets.ends[0], host, 443);
    auto step = shake_hands(client, server.get());
    if (step.state == io_state::failed) return step;
    if (resumed) *resumed = SSL_session_reused(server.get()) == 1;
    for (int turns = 0; turns < 1000; ++turns) {
        if (SSL_do_handshake(server.get()) == 1) SSL_write(server.get(), "x", 1);
        std::byte got;
        step = client.read({&got, 1});
        if (step.state == io_state::moved || step.state == io_state::failed) return step;
    }
    FAIL("no byte comes");
    return step;
}

http::io_result visit(
    const http::trust& whom, const server_wishes& wishes, const std::string& host = "localhost") {
    const auto context = http::tls_context::load(whom);
    if (!context) return {io_state::failed, 0, context.error()};
    return visit(*context, wishes, host);
}

void check_refused(
    const http::io_result& got, const std::string& text, errc code = errc::not_trusted) {
    CHECK(got.state == io_state::failed);
    CHECK_MESSAGE(got.why.code == code, describe(got.why));
    CHECK_MESSAGE(got.why.detail.find(text) != std::string::npos, got.why.detail);
}

void check_welcome(const http::io_result& got) {
    CHECK_MESSAGE(got.state == io_state::moved, describe(got.why));
}

struct stage {
    test::temp_dir dir;
    test::certificate_authority authority{dir};
    http::trust whom;
    stage() { whom.ca_file = authority.file(); }
};

// --- What may be overlooked ---------------------------------------------------------------------

constexpr std::array wishes = {
    &certificate_leniency::name, &certificate_leniency::date, &certificate_leniency::authority,
    &certificate_leniency::usage};

struct flaw {
    const char* name;
    bool certificate_leniency::*excuse;  // null: there is none
    std::string text;                    // in the refusal
    test::certificate_claims claims = {};
    std::string host = "localhost";
    bool self_signed = false;
    bool known_authority = true;
};

const std::vector<flaw> flaws = {
    {"expired", &certificate_leniency::date, "has expired", {.first_day = -9, .last_day = -1}},
    {"too early", &certificate_leniency::date, "not yet valid", {.first_day = 1, .last_day = 9}},
    {"another host", &certificate_leniency::name, "mismatch", {.names = "DNS:example.org"}},
    {"another address",
     &certificate_leniency::name,
     "mismatch",
     {.names = "IP:127.0.0.2"},
     "127.0.0.1"},
    {"no name", &certificate_leniency::name, "mismatch", {.names = "URI:urn:nobody"}},
    {"self-signed", &certificate_leniency::authority, "--ca-file", {}, "localhost", true},
    {"unknown CA", &certificate_leniency::authority, "--ca-file", {}, "localhost", false, false},
    {"for clients", &certificate_leniency::usage, "not made for servers", {.usage = "clientAuth"}},
    {"weak key", nullptr, "too weak", {.rsa_bits = 1024}},
};

TEST_CASE("http tls: each flaw is refused, and excused by the one wish that names it") {
    stage on;
    const test::temp_dir elsewhere;
    const test::certificate_authority stranger(elsewhere);
    for (const auto& what : flaws) {
        CAPTURE(what.name);
        const auto& by = what.known_authority ? on.authority : stranger;
        const auto identity =
            what.self_signed ? by.self_signed("s", what.claims) : by.issue("s", what.claims);
        check_refused(visit(on.whom, {identity}, what.host), what.text);
        for (const auto wish : wishes) {
            auto whom = on.whom;
            whom.lenient.*wish = true;
            const auto got = visit(whom, {identity}, what.host);
            if (wish == what.excuse) check_welcome(got);
            if (wish != what.excuse) check_refused(got, what.text);
        }
        auto blind = on.whom;
        blind.insecure = true;
        check_welcome(visit(blind, {identity}, what.host));
    }
}

TEST_CASE("http tls: an excuse for one flaw does not hide the next") {
    stage on;
    const auto identity = on.authority.self_signed(
        "s", {.names = "DNS:example.org", .first_day = -9, .last_day = -1, .usage = "clientAuth"});
    auto whom = on.whom;
    whom.lenient = {true, true, true, true};
    check_welcome(visit(whom, {identity}));
    for (const auto wish : wishes) {
        auto stricter = whom;
        stricter.lenient.*wish = false;
        CHECK(visit(stricter, {identity}).why.code == errc::not_trusted);
    }
}

TEST_CASE("http tls: nothing older than TLS 1.2 is spoken") {
    stage on;
    const auto identity = on.authority.issue("s");
    check_welcome(visit(on.whom, {identity, TLS1_2_VERSION}));
    auto whom = on.whom;
    whom.insecure = true;
    check_refused(visit(whom, {identity, TLS1_1_VERSION}), "TLS 1.2 and newer", errc::not_trusted);
}

// --- Revocation ---------------------------------------------------------------------------------

TEST_CASE("http tls: a revoked certificate is refused by those who check, whatever they excuse") {
    stage on;
    const auto identity = on.authority.issue("s");
    on.whom.crl_file = on.authority.revoke("list", {identity});
    check_refused(visit(on.whom, {identity}), "revoked");
    on.whom.lenient = {true, true, true, true};
    check_refused(visit(on.whom, {identity}), "revoked");
    on.whom.crl_file.clear();
    check_welcome(visit(on.whom, {identity}));
}

TEST_CASE("http tls: what the list does not name is valid; without a list nobody knows") {
    stage on;
    const auto identity = on.authority.issue("s");
    on.whom.check_revocation = true;
    check_refused(visit(on.whom, {identity}), "--crl-file");
    on.whom.crl_file = on.authority.revoke("list", {on.authority.issue("other")});
    check_welcome(visit(on.whom, {identity}));
    on.whom.crl_file = on.authority.revoke("old", {}, -1);
    check_refused(visit(on.whom, {identity}), "CRL has expired");
}

TEST_CASE("http tls: lists may stand in the CA file") {
    stage on;
    const auto identity = on.authority.issue("s");
    const auto list = on.authority.revoke("list", {identity});
    on.whom.check_revocation = true;
    on.whom.ca_file = on.dir / "both";
    test::spill(on.whom.ca_file, test::slurp(on.authority.file()) + test::slurp(list));
    check_refused(visit(on.whom, {identity}), "revoked");
}

TEST_CASE("http tls: lists that are none, and wishes that contradict each other, are errors") {
    stage on;
    on.whom.crl_file = on.authority.file();
    CHECK(http::tls_context::load(on.whom).error().code == errc::bad_argument);
    on.whom.crl_file = on.dir / "nowhere";
    CHECK(http::tls_context::load(on.whom).error().code == std::errc::no_such_file_or_directory);
    on.whom.crl_file.clear();
    on.whom.check_revocation = on.whom.insecure = true;
    CHECK(http::tls_context::load(on.whom).error().code == errc::bad_argument);
}

// --- Pins ---------------------------------------------------------------------------------------

std::string pin_in(const ferry::failure& why) {
    const auto at = why.detail.find("sha256//");
    return at == std::string::npos ? "" : why.detail.substr(at, 52);
}

TEST_CASE("http tls: a pinned key is demanded, also where nothing else is verified") {
    stage on;
    const auto identity = on.authority.issue("s");
    const auto other = http::to_pin({});
    for (const bool insecure : {false, true}) {
        auto whom = on.whom;
        whom.insecure = insecure;
        whom.pins = {other};
        const auto refused = visit(whom, {identity});
        check_refused(refused, "pinned");
        whom.pins = {other, pin_in(refused.why)};
        check_welcome(visit(whom, {identity}));
        check_refused(visit(whom, {on.authority.issue("t")}), "pinned");
    }
    on.whom.pins = {other};
    check_refused(visit(on.whom, {on.authority.self_signed("u")}), "--ca-file");
}

TEST_CASE("http tls: what is no pin is an error") {
    const auto good = http::to_pin({1, 2, 3});
    REQUIRE(http::parse_pin(good).has_value());
    CHECK(http::parse_pin(good).value() == http::key_digest{1, 2, 3});
    auto blank = good;
    blank[20] = ' ';
    auto padded = good;
    padded[padded.size() - 2] = '=';
    for (const auto& text : std::vector<std::string>{
             "", "sha256//", good.substr(8), "sha1//" + good.substr(8), good + "=", blank, padded,
             good.substr(0, good.size() - 1), good + ";" + good, "sha256//" + std::string(44, '=')})
        CHECK_MESSAGE(http::parse_pin(text).error().code == errc::bad_argument, text);
    stage on;
    on.whom.pins = {"sha256//nonsense"};
    CHECK(http::tls_context::load(on.whom).error().code == errc::bad_argument);
}

// --- Our certificate ----------------------------------------------------------------------------

/// A server that wants one of the same authority.
struct strict_stage : stage {
    test::tls_identity mine = authority.issue("client");
    server_wishes server{authority.issue("s"), TLS1_3_VERSION, authority.file()};
};

TEST_CASE("http tls: our certificate is shown: PEM, in one file or two, encrypted, PKCS#12") {
    strict_stage on;
    const auto one = (on.dir / "one").string();
    test::spill(one, test::slurp(on.mine.key) + test::slurp(on.mine.certificate));
    const std::string pem = on.mine.certificate;
    const auto locked = test::encrypted_key(on.mine, "geheim").string();
    struct way {
        std::string certificate, key, password;
    };
    for (const auto& how : std::vector<way>{
             {pem, on.mine.key, ""},
             {pem, locked, "geheim"},
             {one, "", ""},
             {test::pkcs12(on.mine, "geheim"), "", "geheim"}}) {
        CAPTURE(how.certificate);
        on.whom.certificate = how.certificate;
        on.whom.key = how.key;
        on.whom.key_password = ferry::secret(how.password);
        for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
            on.server.newest = version;
            check_welcome(visit(on.whom, on.server));
        }
    }
    on.whom.certificate = test::pkcs12(on.mine, "");
    on.whom.key_password = {};
    check_welcome(visit(on.whom, on.server));
}

TEST_CASE("http tls: a server that misses our certificate, or rejects it, is understood") {
    strict_stage on;
    const auto foreign = on.authority.self_signed("foreign");
    for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
        on.server.newest = version;
        check_refused(visit(on.whom, on.server), "--cert", errc::unauthorized);
        auto whom = on.whom;
        whom.certificate = foreign.certificate;
        whom.key = foreign.key;
        check_refused(visit(whom, on.server), "does not accept", errc::unauthorized);
    }
}

TEST_CASE("http tls: whatever is wrong with our certificate is said") {
    strict_stage on;
    const std::string pem = on.mine.certificate;
    const std::string key = on.mine.key;
    const auto locked = test::encrypted_key(on.mine, "geheim").string();
    const auto p12 = test::pkcs12(on.mine, "geheim").string();
    const auto junk = (on.dir / "junk").string();
    test::spill(junk, "junk");
    struct way {
        std::string certificate, key, password, text;
    };
    for (const auto& how : std::vector<way>{
             {pem, locked, "", "--key-password-file"},
             {pem, locked, "falsch", "wrong password"},
             {p12, "", "", "--key-password-file"},
             {p12, "", "falsch", "wrong password"},
             {pem, on.authority.issue("other").key, "", "does not belong"},
             {pem, "", "", "no private key"},
             {pem, junk, "", "no private key"},
             {key, "", "", "no certificate"},
             {junk, "", "", "neither PEM nor PKCS#12"},
             {"", key, "", "--cert"},
             {on.dir.path().string(), "", "", "no file"}}) {
        CAPTURE(how.text);
        on.whom.certificate = how.certificate;
        on.whom.key = how.key;
        on.whom.key_password = ferry::secret(how.password);
        const auto got = http::tls_context::load(on.whom);
        REQUIRE_FALSE(got.has_value());
        CHECK_MESSAGE(got.error().code == errc::bad_argument, describe(got.error()));
        CHECK_MESSAGE(got.error().detail.find(how.text) != std::string::npos, got.error().detail);
        CHECK(got.error().detail.find("falsch") == std::string::npos);
    }
    on.whom.certificate = on.dir / "nowhere";
    CHECK(http::tls_context::load(on.whom).error().code == std::errc::no_such_file_or_directory);
}

// --- Sessions -----------------------------------------------------------------------------------

TEST_CASE("http tls: a session made under lenience is of no use to those who check") {
    stage on;
    const auto identity = on.authority.issue("s", {.names = "DNS:example.org"});
    const server_wishes wishes{identity};
    const auto server_context = make_server(wishes);
    auto lenient = on.whom;
    lenient.lenient.name = true;
    const auto easy = http::tls_context::load(lenient).value();
    const auto strict = http::tls_context::load(on.whom).value();
    CHECK(lenient != on.whom);
    const auto go = [&](const auto& context, bool& resumed) {
        const socket_pair sockets;
        const auto server = serve(server_context, sockets.ends[1]);
        http::tls_stream client(context, sockets.ends[0], "localhost", 443);
        auto step = shake_hands(client, server.get());
        SSL_do_handshake(server.get());
        resumed = SSL_session_reused(server.get()) == 1;
        if (step.state == io_state::moved) CHECK(client.quiet());  // takes the tickets
        return step;
    };
    bool resumed = true;
    check_welcome(go(easy, resumed));
    CHECK_FALSE(resumed);
    check_welcome(go(easy, resumed));
    CHECK(resumed);
    check_refused(go(strict, resumed), "mismatch");
    CHECK_FALSE(resumed);
}

// --- TLS inside of TLS --------------------------------------------------------------------------

TEST_CASE("http tls: another TLS runs inside of a first one, in both directions") {
    stage on;
    const auto outer_context = make_server({on.authority.issue("proxy", {.names = "DNS:proxy"})});
    const auto inner_context = make_server({on.authority.issue("s")});
    const auto context = http::tls_context::load(on.whom).value();
    const socket_pair sockets;
    auto proxy = serve(outer_context, sockets.ends[1]);
    http::tls_stream below(context, sockets.ends[0], "proxy", 443);
    check_welcome(shake_hands(below, proxy.get()));
    while (SSL_do_handshake(proxy.get()) != 1) below.quiet();

    const auto through = BIO_new(BIO_f_ssl());
    BIO_set_ssl(through, proxy.release(), BIO_CLOSE);
    const ssl_stream server(SSL_new(inner_context.get()));
    SSL_set_bio(server.get(), through, through);
    SSL_set_accept_state(server.get());
    SSL_set_mode(server.get(), SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
    http::tls_stream client(context, below, "localhost", 443);
    check_welcome(shake_hands(client, server.get()));

    // An echo, longer than all buffers together.
    const std::string sent = test::random_bytes(1 << 20);
    std::string held;
    std::string back;
    std::size_t put = 0;
    std::array<char, 20'000> some;
    for (int turns = 0; turns < 100'000 && back.size() < sent.size(); ++turns) {
        if (put < sent.size()) {
            const auto step = client.write(std::as_bytes(std::span(sent).subspan(put)));
            REQUIRE_MESSAGE(step.state != io_state::failed, describe(step.why));
            put += step.bytes;
        }
        const int got = SSL_read(server.get(), some.data(), static_cast<int>(some.size()));
        if (got > 0) held.append(some.data(), static_cast<std::size_t>(got));
        const auto left = static_cast<int>(held.size());
        const int given = held.empty() ? 0 : SSL_write(server.get(), held.data(), left);
        if (given > 0) held.erase(0, static_cast<std::size_t>(given));
        const auto read = client.read(std::as_writable_bytes(std::span(some)));
        REQUIRE_MESSAGE(read.state != io_state::failed, describe(read.why));
        back.append(some.data(), read.bytes);
    }
    CHECK((back == sent));
    CHECK(client.quiet());
    CHECK_FALSE(client.has_buffered());
}

TEST_CASE("http tls: who is inside of a TLS has to convince, too; its end is told apart") {
    stage on;
    const auto outer_context = make_server({on.authority.issue("s")});
    const auto context = http::tls_context::load(on.whom).value();
    socket_pair sockets;
    const auto proxy = serve(outer_context, sockets.ends[1]);
    http::tls_stream below(context, sockets.ends[0], "localhost", 443);
    check_welcome(shake_hands(below, proxy.get()));
    http::tls_stream client(context, below, "localhost", 443);
    CHECK(client.handshake().state == io_state::want_read);
    while (SSL_do_handshake(proxy.get()) != 1) below.quiet();
    SSL_shutdown(proxy.get());
    check_refused(client.handshake(), "", errc::cut_short);
}

}  // namespace

}  // namespace ferry::test::http_tls_test
