// Through the proxies that people run.
#include <support/cases.hpp>
#include <support/fixture.hpp>
#include <support/real_proxies.hpp>
#include <support/real_servers.hpp>

#include <algorithm>
#include <string>

namespace ferry::test::proxies_test {
namespace {

/// A client, a web server and a proxy between them.
struct way_through {
    real_time_fixture on;
    real_server server{software::nginx};
    real_proxy proxy;
    const std::string bytes = random_bytes(3'000'000);
    std::shared_ptr<access_options> access = std::make_shared<access_options>();

    explicit way_through(proxy_setup how) : proxy(how) {
        spill(server.root() / "file", bytes);
        access->ca_file = server.ca_file();
        access->proxy.usage = proxy_usage::listed;
        use(proxy.url());
    }
    void use(const std::string& address) { access->proxy.list = {address}; }
    outcome get(const std::string& from) {
        transfer_options options;
        options.access = access;
        options.retry.give_up = {};
        std::filesystem::remove(on.dir / "f");
        return on.get(from, "f", std::move(options));
    }
    std::string off() const {
        const auto file = on.dir / "f";
        return std::filesystem::exists(file) ? difference(slurp(file), bytes) : "no file";
    }
    void check_arrives(const std::string& from) {
        CAPTURE(from);
        const auto got = get(from);
        CHECK_MESSAGE(got.ok(), got.why());
        CHECK(off() == "");
    }
    void check_refused(const std::string& from, std::string_view says) {
        CAPTURE(from);
        const auto got = get(from);
        CHECK_MESSAGE(got.code() == errc::unauthorized, got.why());
        CHECK_MESSAGE(got.why().find(says) != std::string::npos, got.why());
        CHECK(got.why().find("sesame") == std::string::npos);
        CHECK_FALSE(std::filesystem::exists(on.dir / "f"));
    }
};

struct passage {
    const char* name;
    proxy_setup how;
    const char* scheme = "";
    const char* password = "open%20sesame";
    const char* wrong_password = "wrong name or password";
};

const passage passages[] = {
    {"squid: files arrive over HTTP and HTTPS", {}},
    {"squid: Basic is answered", {proxy_software::squid, proxy_question::basic}},
    {"squid: Digest is answered", {proxy_software::squid, proxy_question::digest}},
    {"squid: over TLS, files arrive over HTTP and HTTPS",
     {proxy_software::squid, proxy_question::none, true}},
    {"squid: over TLS, Basic is answered", {proxy_software::squid, proxy_question::basic, true}},
    {"tinyproxy: files arrive over HTTP and HTTPS", {proxy_software::tinyproxy}},
    {"tinyproxy: Basic is answered",
     {proxy_software::tinyproxy, proxy_question::basic},
     "",
     "sesame",
     "401"},
    {"microsocks: files arrive, names resolved here", {proxy_software::microsocks}, "socks5"},
    {"microsocks: files arrive, names resolved there", {proxy_software::microsocks}, "socks5h"},
    {"microsocks: a login is answered",
     {proxy_software::microsocks, proxy_question::password},
     "socks5h",
     "open%20sesame",
     "did not accept"},
};

/// One file for the client: it believes the server's authority and the proxy's.
void believe_both(way_through& way) {
    const auto both = way.on.dir / "both.pem";
    spill(both, slurp(way.server.ca_file()) + slurp(way.proxy.ca_file()));
    way.access->ca_file = both;
}

void go_through(const passage& what) {
    if (!runs_here(what.how.kind)) return;
    way_through way(what.how);
    if (what.how.secure) believe_both(way);
    const bool asks = what.how.asks != proxy_question::none;
    const auto user_info = asks ? std::string("user:") + what.password : "";
    way.use(way.proxy.url(user_info, what.scheme));
    for (int twice = 0; twice < 2; ++twice) {  // the second time over what the first one left
        way.check_arrives(way.server.url("/file"));
        way.check_arrives(way.server.https_url("/file"));
    }
    if (!asks) return;
    for (const auto& url : {way.server.url("/file"), way.server.https_url("/file")}) {
        way.use(way.proxy.url("user:wrong", what.scheme));
        way.check_refused(url, what.wrong_password);
        way.use(way.proxy.url("", what.scheme));
        way.check_refused(url, "--proxy-credential");
    }
}
const cases<passages, go_through> went_through(__FILE__, __LINE__);

TEST_CASE("squid: connections are used again, and credentials keep them apart") {
    if (!runs_here(proxy_software::squid)) return;
    way_through way({proxy_software::squid, proxy_question::digest});
    way.use(way.proxy.url("user:open%20sesame"));
    for (int i = 0; i < 3; ++i) way.check_arrives(way.server.https_url("/file"));
    const auto log = way.proxy.log();  // a tunnel is logged at its end: only the question so far
    CHECK_MESSAGE(log.find("CONNECT") != std::string::npos, log);
    CHECK_MESSAGE(log.find("CONNECT") == log.rfind("CONNECT"), log);
    way.use(way.proxy.url());
    way.check_refused(way.server.https_url("/file"), "Digest");
}

TEST_CASE("squid: over TLS, a proxy that nobody vouches for is not trusted, nor asked anything") {
    if (!runs_here(proxy_software::squid)) return;
    for (const bool insecure : {false, true}) {
        way_through way({proxy_software::squid, proxy_question::none, true});
        way.access->insecure = insecure;  // the server's certificate is meant, not the proxy's
        const auto got = way.get(way.server.url("/file"));
        CHECK_MESSAGE(got.code() == errc::not_trusted, got.why());
        CHECK_MESSAGE(got.why().find("proxy") != std::string::npos, got.why());
        CHECK(way.proxy.log().find("GET") == std::string::npos);
    }
}

TEST_CASE("squid: a server that cannot be reached through it may come back") {
    if (!runs_here(proxy_software::squid)) return;
    way_through way({});
    for (const std::string scheme : {"http", "https"}) {
        const auto got = way.get(scheme + "://localhost:1/file");
        CHECK_MESSAGE(got.code() == errc::overloaded, got.why());
    }
}

TEST_CASE("microsocks: a server that refuses connections is told from a proxy that does") {
    way_through way({proxy_software::microsocks});
    way.use(way.proxy.url("", "socks5h"));
    const auto got = way.get("http://127.0.0.1:1/file");
    CHECK_MESSAGE(got.code() == std::errc::connection_refused, got.why());
    CHECK_MESSAGE(got.why().find("the proxy says") != std::string::npos, got.why());
}

}  // namespace
}  // namespace ferry::test::proxies_test
