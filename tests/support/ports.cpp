#include <support/ports.hpp>

#include <asio/io_context.hpp>
#include <asio/ip/tcp.hpp>

#include <algorithm>
#include <chrono>
#include <thread>

namespace ferry::test {

using namespace std::chrono_literals;
using asio::ip::tcp;

std::uint16_t free_port() { return two_free_ports().first; }

std::pair<std::uint16_t, std::uint16_t> two_free_ports() {
    asio::io_context io;
    const tcp::endpoint any(asio::ip::make_address("127.0.0.1"), 0);
    const tcp::acceptor one(io, any);
    const tcp::acceptor other(io, any);
    return {one.local_endpoint().port(), other.local_endpoint().port()};
}

bool listens(std::uint16_t port) {
    asio::io_context io;
    tcp::socket probe(io);
    asio::error_code error;
    probe.connect({asio::ip::make_address("127.0.0.1"), port}, error);
    return !error;
}

bool comes_up(process& server, std::initializer_list<std::uint16_t> ports) {
    const auto end = std::chrono::steady_clock::now() + 20s;
    while (server.running() && std::chrono::steady_clock::now() < end) {
        if (std::all_of(ports.begin(), ports.end(), listens)) return true;
        std::this_thread::sleep_for(5ms);
    }
    return false;
}

}  // namespace ferry::test
