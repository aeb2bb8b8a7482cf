#include <ferry/http/connect.hpp>

#include <doctest/doctest.h>
#include <support/loop.hpp>

#include <asio/ip/tcp.hpp>

#include <netinet/tcp.h>
#include <sys/socket.h>

#include <memory>
#include <string>
#include <vector>

namespace ferry::test::connect_race_test {

using namespace std::chrono_literals;
using asio::ip::tcp;

namespace {

/// Addresses of this machine that behave as far ones do.
struct addresses {
    test::loop on;
    std::vector<std::unique_ptr<tcp::acceptor>> listening = {};
    std::vector<tcp::socket> guests = {};

    tcp::endpoint good() {
        listening.push_back(std::make_unique<tcp::acceptor>(on.io, loopback(), true));
        return listening.back()->local_endpoint();
    }
    /// Its queue is full: the kernel answers no further attempt, neither with yes nor with no.
    tcp::endpoint silent() {
        const auto here = good();
        ::listen(listening.back()->native_handle(), 0);
        guests.emplace_back(on.io).connect(here);
        return here;
    }
    tcp::endpoint refusing() {
        const auto here = good();
        listening.pop_back();
        return here;
    }
    auto connect(std::vector<tcp::endpoint> to) {
        return on.start(http::connect_first(on.io.get_executor(), on.time, std::move(to), 0));
    }
    /// Lets the kernel work, without moving our clock.
    bool ends(const auto& going) {
        for (int i = 0; i < 500 && !going->ready(); ++i) {
            on.io.restart();
            on.io.run_one_for(10ms);
        }
        return going->ready();
    }

  private:
    static tcp::endpoint loopback() { return {asio::ip::address_v4::loopback(), 0}; }
};

}  // namespace

TEST_CASE("connect race: an address that does not answer has a quarter of a second for itself") {
    addresses at;
    const auto silent = at.silent(), good = at.good();
    const auto going = at.connect({silent, good});
    at.on.time.advance(249ms);
    at.on.settle();
    CHECK_FALSE(going->ready());
    at.on.time.advance(1ms);
    REQUIRE(at.ends(going));
    REQUIRE(going->value->has_value());
    CHECK((**going->value).remote_endpoint() == good);
}

TEST_CASE("connect race: after a refusal the next address is tried at once") {
    addresses at;
    const auto refusing = at.refusing(), good = at.good();
    const auto going = at.connect({refusing, good});
    REQUIRE(at.ends(going));
    REQUIRE(going->value->has_value());
    CHECK((**going->value).remote_endpoint() == good);
}

TEST_CASE("connect race: a refusal by all is told") {
    addresses at;
    const auto going = at.connect({at.refusing(), at.refusing()});
    REQUIRE(at.ends(going));
    CHECK(going->value->error().code == std::errc::connection_refused);
}

TEST_CASE("connect race: within this machine nothing keeps a pace") {
    addresses at;
    const auto going = at.connect({at.good()});
    REQUIRE(at.ends(going));
    REQUIRE(going->value->has_value());
    char control[16] = {};
    socklen_t size = sizeof control;
    const int socket = (**going->value).native_handle();
    REQUIRE(::getsockopt(socket, IPPROTO_TCP, TCP_CONGESTION, control, &size) == 0);
    CHECK(std::string(control) == "reno");
}

TEST_CASE("connect race: a cancelled one ends at once") {
    addresses at;
    const auto going = at.connect({at.silent(), at.silent()});
    at.on.time.advance(250ms);
    at.on.settle();
    CHECK_FALSE(going->ready());
    going->cancel();
    REQUIRE(at.ends(going));
    CHECK(going->value->error().code == errc::cancelled);
}

}  // namespace ferry::test::connect_race_test
