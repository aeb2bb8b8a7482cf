#include <ferry/http/proxy/discovery.hpp>

#include <support/loop.hpp>

#include <doctest/doctest.h>

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
