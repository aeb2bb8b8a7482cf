#include <ferry/http/pool.hpp>

#include <doctest/doctest.h>
#include <support/manual_clock.hpp>

#include <sys/socket.h>

#include <asio/io_context.hpp>

namespace ferry::test::http_pool_test {
namespace {

/// Connections to a peer that stays silent.
class silent_peer {
  public:
    silent_peer() = default;
    silent_peer(const silent_peer&) = delete;
    silent_peer& operator=(const silent_peer&) = delete;
    ~silent_peer() {
        for (const auto end : ends_) ::close(end);
    }

    std::unique_ptr<http::connection> connect(std::string host = "h") {
        int pair[2];
        REQUIRE(::socketpair(AF_UNIX, SOCK_STREAM, 0, pair) == 0);
        ends_.push_back(pair[1]);
        http::route to;
        to.host = std::move(host);
        asio::ip::tcp::socket socket(io_, asio::ip::tcp::v4(), pair[0]);
        return std::make_unique<http::connection>(std::move(to), std::move(socket), open_);
    }
    void hang_up(std::size_t which) { ::shutdown(ends_.at(which), SHUT_RDWR); }

  private:
    asio::io_context io_;
    std::shared_ptr<http::connection_set> open_ = std::make_shared<http::connection_set>();
    std::vector<int> ends_;
};

TEST_CASE("http pool: the connection used last serves first, unless its server hung up") {
    manual_clock time;
    silent_peer peer;
    http::pool idle(time);
    const auto put = [&] {
        auto wire = peer.connect();
        auto* const which = wire.get();
        idle.put(std::move(wire));
        return which;
    };
    const auto* first = put();
    const auto* second = put();
    put();
    peer.hang_up(2);
    const auto to = first->to();
    CHECK(idle.take(to).get() == second);
    CHECK(idle.take(to).get() == first);
    CHECK(idle.take(to) == nullptr);
}

TEST_CASE("http pool: a connection on which the server refused a request serves last") {
    manual_clock time;
    silent_peer peer;
    http::pool idle(time);
    auto good = peer.connect();
    auto refused = peer.connect();
    const auto* const which = good.get();
    const auto* const other = refused.get();
    const auto to = good->to();
    idle.put(std::move(good));
    idle.put(std::move(refused), false);
    CHECK(idle.take(to).get() == which);
    CHECK(idle.take(to).get() == other);
}

TEST_CASE("http pool: nobody gets a connection to elsewhere, to somebody else, or an old one") {
    manual_clock time;
    silent_peer peer;
    http::pool idle(time, {.connections = 2, .idle = std::chrono::seconds(30)});
    idle.put(peer.connect());
    http::route elsewhere;
    elsewhere.host = "elsewhere";
    CHECK(idle.take(elsewhere) == nullptr);
    http::route somebody;
    somebody.host = "h";
    somebody.who.user = "somebody";
    CHECK(idle.take(somebody) == nullptr);
    http::route same;
    same.host = "h";
    time.advance(std::chrono::seconds(31));
    CHECK(idle.take(same) == nullptr);
}

}  // namespace
}  // namespace ferry::test::http_pool_test
