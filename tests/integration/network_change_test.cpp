#include <ferry/network_watch.hpp>

#include <support/own_network.hpp>

#include <doctest/doctest.h>

#include <asio/bind_cancellation_slot.hpp>
#include <asio/cancellation_signal.hpp>
#include <asio/co_spawn.hpp>
#include <asio/io_context.hpp>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <optional>
#include <string>
#include <thread>
#include <vector>

namespace ferry::test::network_change_test {

using namespace std::chrono_literals;

namespace {

struct diary final : network_listener {
    std::vector<std::string> entries = {};

    void lost() override { entries.emplace_back("lost"); }
    void returned() override { entries.emplace_back("returned"); }
    void address_gone(const asio::ip::address& local) override {
        entries.push_back("gone " + local.to_string());
    }
    /// Takes note of `entry` and all before it.
    bool tells(const std::string& entry) {
        const auto found = std::find(entries.begin(), entries.end(), entry);
        if (found == entries.end()) return false;
        entries.erase(entries.begin(), found + 1);
        return true;
    }
};

/// A watch over the network of this thread.
struct watched {
    asio::io_context io{1};
    diary heard;
    asio::cancellation_signal stop;
    std::optional<result<void>> end;

    watched() {
        asio::co_spawn(
            io, watch_network(heard),
            asio::bind_cancellation_slot(
                stop.slot(), [this](std::exception_ptr, result<void> how) { end = how; }));
    }
    bool until(const std::function<bool()>& met) {
        const auto patience = std::chrono::steady_clock::now() + 20s;
        while (!met()) {
            if (std::chrono::steady_clock::now() > patience) return false;
            io.restart();
            io.run_one_for(20ms);
        }
        return true;
    }
    bool tells(const std::string& entry) {
        return until([&] { return heard.tells(entry); });
    }
    void settle() {
        io.restart();
        io.run_for(50ms);
    }
};

/// Brings up both ends of a cable. The kernel says later that they are; nor does an address come by
/// itself, after a while.
bool plug_in() {
    for (const auto* end : {"left", "right"})
        if (!ip(std::string("link set ") + end + " addrgenmode none up")) return false;
    constexpr int most = 1'000;
    for (int i = 0; i < most; ++i) {
        if (std::system("test $(ip -o link show | grep -c 'state UP') = 2") == 0) return true;
        std::this_thread::sleep_for(10ms);
    }
    return false;
}

}  // namespace

TEST_CASE("network changes: it waits quietly, and ends when it is cancelled") {
    watched it;
    it.settle();
    CHECK_FALSE(it.end.has_value());
    it.stop.emit(asio::cancellation_type::terminal);
    REQUIRE(it.until([&] { return it.end.has_value(); }));
    CHECK(it.end->error().code == errc::cancelled);
}

TEST_CASE("network changes: a link that comes, goes and comes back") {
    with_own_network([] {
        watched it;
        CHECK(it.tells("lost"));  // there is only loopback
        REQUIRE(ip("link add left type veth peer name right"));
        REQUIRE(ip("addr add 192.0.2.1/24 dev left"));
        REQUIRE(ip("link set left up"));
        it.settle();
        CHECK(it.heard.entries.empty());  // no cable yet
        REQUIRE(ip("link set right up"));
        CHECK(it.tells("returned"));
        it.settle();
        it.heard.entries.clear();

        REQUIRE(ip("link set right down"));
        CHECK(it.tells("gone 192.0.2.1"));
        CHECK(it.tells("lost"));
        REQUIRE(ip("link set right up"));
        CHECK(it.tells("returned"));

        REQUIRE(ip("addr add 192.0.2.7/24 dev left"));
        CHECK(it.tells("returned"));
        REQUIRE(ip("route add default via 192.0.2.254 proto static"));
        CHECK(it.tells("returned"));
        REQUIRE(ip("addr del 192.0.2.7/24 dev left"));
        CHECK(it.tells("gone 192.0.2.7"));
        REQUIRE(ip("link del left"));
        CHECK(it.tells("gone 192.0.2.1"));
        CHECK(it.tells("lost"));
        CHECK_FALSE(it.end.has_value());
    });
}

TEST_CASE("network changes: what is there at the start is no news") {
    with_own_network([] {
        REQUIRE(ip("link add left type veth peer name right"));
        REQUIRE(ip("addr add 192.0.2.1/24 dev left"));
        REQUIRE(ip("addr add 2001:db8::1/64 dev left nodad"));
        REQUIRE(plug_in());
        watched it;
        it.settle();
        CHECK(it.heard.entries.empty());
        REQUIRE(ip("link set left down"));
        CHECK(it.tells("lost"));
    });
}

TEST_CASE("network changes: when the kernel had more to tell than would fit, it is asked anew") {
    with_own_network([] {
        REQUIRE(ip("link add left type veth peer name right"));
        REQUIRE(plug_in());
        REQUIRE(ip("addr add 192.0.2.1/24 dev left"));
        watched it;
        it.settle();
        REQUIRE(it.heard.entries.empty());
        const auto flood =
            "for i in $(seq 1 1500); do echo addr add 198.18.$((i / 250)).$((i % 250))/32 dev "
            "left; "
            "echo addr del 198.18.$((i / 250)).$((i % 250))/32 dev left; done | ip -batch -";
        REQUIRE(std::system(flood) == 0);  // nobody reads meanwhile
        REQUIRE(ip("addr del 192.0.2.1/24 dev left"));
        CHECK(it.tells("gone 192.0.2.1"));
        CHECK(it.tells("lost"));
        REQUIRE(ip("addr add 192.0.2.1/24 dev left"));
        CHECK(it.tells("returned"));
        CHECK_FALSE(it.end.has_value());
    });
}

}  // namespace ferry::test::network_change_test
