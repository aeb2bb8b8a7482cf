#include <ferry/http/watchdog.hpp>

#include <support/loop.hpp>

#include <doctest/doctest.h>

#include <chrono>
#include <memory>

namespace ferry::test::http_watchdog_test {

using namespace std::chrono_literals;

TEST_CASE("http watchdog: a deadline may outlive it, and then ends nothing") {
    test::loop loop;
    auto guard = std::make_unique<http::watchdog>(loop.io.get_executor(), loop.time);
    http::connection wire(
        {}, asio::ip::tcp::socket(loop.io), std::make_shared<http::connection_set>());
    const http::watchdog::deadline limit(*guard, wire, 1s);
    guard.reset();
    loop.advance(1s);
    CHECK_FALSE(limit.expired());
}

}  // namespace ferry::test::http_watchdog_test
