#pragma once

#include <asio/awaitable.hpp>
#include <asio/io_context.hpp>
#include <asio/ip/tcp.hpp>

#include <cstdint>
#include <list>
#include <memory>
#include <optional>

namespace ferry::test {

/// A way to a port of 127.0.0.1 that breaks off where the test wants it, damages what passes, or
/// is slow.
/// It lives on the caller's io_context; its destructor ends what is left on it.
class relay {
  public:
    relay(asio::io_context& io, std::uint16_t to);
    relay(const relay&) = delete;
    relay& operator=(const relay&) = delete;
    ~relay();

    /// So many bytes pass on to the server from now on; then, once, their connection ends.
    std::optional<std::uint64_t> cut_after;
    /// Of the bytes to the server, counted from now on, the one that arrives as another.
    std::optional<std::uint64_t> damage;
    std::uint64_t bytes_per_second = 0;  ///< that pass in each direction; 0: as they come

    std::uint16_t port() const noexcept { return port_; }

  private:
    struct wire {
        asio::ip::tcp::socket near;  ///< to the client
        asio::ip::tcp::socket far;   ///< to the server
        void close();
    };
    asio::awaitable<void> listen();
    asio::awaitable<void> carry_there(std::shared_ptr<wire> over);
    asio::awaitable<void> carry_back(std::shared_ptr<wire> over);
    asio::awaitable<void> take_time(std::size_t bytes);

    asio::io_context& io_;
    asio::ip::tcp::acceptor acceptor_;
    asio::ip::tcp::endpoint to_;
    std::list<std::weak_ptr<wire>> wires_;
    unsigned alive_ = 0;  // coroutines
    std::uint16_t port_ = 0;
};

}  // namespace ferry::test
