#include <ferry/http/proxy/discovery.hpp>

#include <support/loop.hpp>

#include <doctest/doctest.h>
#include <asio/ip/tcp.hpp>

#include <chrono>
#include <cstdlib>
#include <string>
#include <vector>

using namespace std::chrono_literals;

namespace ferry::http {
namespace {

result<std::vector<std::string>> ask(const std::string& about, std::chrono::milliseconds limit) {
    test::loop loop;
    proxy_discovery discovery(loop.io.get_executor(), loop.time);
    return loop.run(discovery.ask(parse_url(about).value(), limit));
}

#if defined(FERRY_HAVE_LIBPROXY)

TEST_CASE("http proxy discovery: libproxy is asked, on a thread of its own") {
    ::setenv("http_proxy", "http://proxy.test:3128", 1);
    const auto found = ask("http://server.test/file", 10s);
    ::unsetenv("http_proxy");
    REQUIRE_MESSAGE(found.has_value(), found.error().detail);
    CHECK(*found == std::vector<std::string>{"http://proxy.test:3128"});
}

TEST_CASE("http proxy discovery: who is cancelled leaves at once") {
    test::loop loop;
    proxy_discovery discovery(loop.io.get_executor(), loop.time);
    const auto asked = loop.start(discovery.ask(parse_url("http://server.test/").value(), 10s));
    if (asked->ready()) return;  // it was quicker
    asked->cancel();
    loop.settle();
    REQUIRE(asked->ready());
    CHECK_FALSE(asked->value->has_value());
}

TEST_CASE("http proxy discovery: whoever is asked and silent, nobody waits for at the end") {
    test::loop loop;
    asio::ip::tcp::acceptor silent(loop.io, {asio::ip::address_v4::loopback(), 0});
    const auto port = std::to_string(silent.local_endpoint().port());
    ::setenv("http_proxy", ("pac+http://127.0.0.1:" + port + "/proxy.pac").c_str(), 1);
    asio::ip::tcp::socket visitor(loop.io);
    {
        proxy_discovery discovery(loop.io.get_executor(), loop.time);
        const auto asked = loop.start(discovery.ask(parse_url("http://server.test/").value(), 1s));
        loop.settle();
        loop.advance(1s);
        REQUIRE(asked->ready());
        REQUIRE_FALSE(asked->value->has_value());
        CHECK(asked->value->error().code == errc::timed_out);
        silent.accept(visitor);  // he has asked, and waits
    }
    ::unsetenv("http_proxy");
}

#else

TEST_CASE("http proxy discovery: without libproxy, it is refused with a reason") {
    const auto found = ask("http://server.test/file", 10s);
    REQUIRE_FALSE(found.has_value());
    CHECK(found.error().code == errc::unsupported);
    CHECK(found.error().detail.find("libproxy") != std::string::npos);
}

#endif

}  // namespace
}  // namespace ferry::http
