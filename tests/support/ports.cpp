#include <support/ports.hpp>

#include <asio/io_context.hpp>
#include <asio/ip/tcp.hpp>

namespace ferry::test {

using asio::ip::tcp;

std::uint16_t free_port() {
    asio::io_context io;
    const tcp::acceptor one(io, {asio::ip::make_address("127.0.0.1"), 0});
    return one.local_endpoint().port();
}

bool listens(std::uint16_t port) {
    asio::io_context io;
    tcp::socket probe(io);
    asio::error_code error;
    probe.connect({asio::ip::make_address("127.0.0.1"), port}, error);
    return !error;
}

}  // namespace ferry::test
