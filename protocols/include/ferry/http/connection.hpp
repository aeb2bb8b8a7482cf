#pragma once

#include <ferry/awaitable.hpp>
#include <ferry/credentials.hpp>
#include <ferry/http/io.hpp>
#include <ferry/http/one_shot.hpp>
#include <ferry/http/tls.hpp>

#include <asio/ip/tcp.hpp>

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <unordered_set>

namespace ferry::http {

/// A proxy on the way: see proxy_options for the schemes.
struct proxy_server {
    std::string scheme = {};  ///< "http", "https", "socks5" or "socks5h"
    std::string host = {};
    std::uint16_t port = 0;
    credentials who = {};  ///< who we are to it
    bool operator==(const proxy_server&) const = default;
};

/// What a connection leads to and what it was made under. Requests share a connection only if all
/// of it is equal: a new option that a server could notice or that concerns trust belongs in here.
struct route {
    std::string scheme = {};
    std::string host = {};
    std::uint16_t port = 0;
    trust whom = {};
    credentials who = {};  ///< who we are to the server
    std::optional<proxy_server> via = {};
    std::size_t receive_window = 0;
    bool operator==(const route&) const = default;
};

/// "host:port" for people.
inline std::string to_string(const route& to) {
    const bool literal = to.host.find(':') != std::string::npos;
    return (literal ? "[" + to.host + "]" : to.host) + ":" + std::to_string(to.port);
}

class connection;
/// Those that are open, for whoever must find them.
using connection_set = std::unordered_set<connection*>;

/// A connected byte stream, plain or TLS, with a buffer for what was read too far. Nothing here
/// waits but wait(). Destroying it closes it.
/// Threads: one at a time; wait() on the socket's executor.
class connection {
  public:
    /// @param among  It is in there as long as it lives.
    connection(route to, asio::ip::tcp::socket socket, std::shared_ptr<connection_set> among);
    connection(const connection&) = delete;  // TLS points into this
    connection& operator=(const connection&) = delete;
    ~connection();

    /// From now on TLS with `host`; follow with handshakes until done. After TLS with a proxy:
    /// inside of that. Precondition: buffered() is empty.
    void secure(std::shared_ptr<tls_context> context, std::string host, std::uint16_t port);
    io_result handshake() { return tls_->handshake(); }

    const route& to() const noexcept { return to_; }
    int descriptor() const noexcept { return descriptor_; }
    bool encrypted() const noexcept { return tls_ != nullptr; }
    /// See tls_stream.
    bool lacks_certificate() const noexcept { return tls_ && tls_->lacks_certificate(); }

    /// Moves what can be moved at once; read() passes the buffer by.
    io_result read(std::span<std::byte> into);
    io_result write(std::span<const std::byte> bytes);
    /// The same for bytes that more will follow at once: where it can, the network waits for them.
    io_result write_on(std::span<const std::byte> bytes);

    /// Reads into the free room of the buffer, which must not be full.
    io_result fill();
    std::span<std::byte> buffered() noexcept { return {buffer_.get() + first_, end_ - first_}; }
    /// The last fill() left no room: there may well be more to read at once.
    bool ran_full() const noexcept { return end_ == buffer_size; }
    void consume(std::size_t bytes) noexcept { first_ += bytes; }

    /// Bytes have left the socket that read() has not yet returned: no wait would tell of them.
    bool holds_bytes() const noexcept { return tls_ && tls_->has_buffered(); }
    /// Still open, and silent as it should be between two requests.
    bool quiet();
    /// There will be no request for a while.
    void rest() {
        if (tls_) tls_->rest();
        if (to_proxy_) to_proxy_->rest();
    }

    /// Waits until the socket is ready for `what`: io_state::want_read or ::want_write.
    /// Cancellation: errc::cancelled; also by cancel().
    [[nodiscard]] awaitable<result<void>> wait(io_state what);
    /// Until there is room to write again; where a long body is expected, also until the peer has
    /// something to say.
    [[nodiscard]] awaitable<result<void>> wait_to_send();
    /// Ends a wait that is under way.
    void cancel();
    /// Our end's address; unspecified if the socket does not tell.
    asio::ip::address local_address() const;
    /// Is the peer on this machine, reached by loopback?
    bool stays_here() const { return local_address().is_loopback(); }
    /// Breaks the connection, also under a read or a wait: what is done next with it fails with
    /// std::errc::connection_reset. (An end of the stream could pass for the body's.)
    void break_off();
    /// Many steps on other threads are to come: from now on, only wait() attends to the socket.
    void expect_long_body();

  private:
    io_result send(std::span<const std::byte> bytes, int flags);
    // A head and a small file fit in, so that both cost one call; the kernel backs it with memory
    // only as far as it is used.
    static constexpr std::size_t buffer_size = 64 * 1024;

    std::shared_ptr<connection_set> among_;
    route to_;
    asio::ip::tcp::socket socket_;
    int descriptor_;
    std::unique_ptr<one_shot> one_shot_;  // if set, the descriptor is no longer socket_'s but ours
    std::unique_ptr<tls_stream> to_proxy_;  // what tls_ runs inside of, if of anything
    std::unique_ptr<tls_stream> tls_;
    std::unique_ptr<std::byte[]> buffer_ = std::make_unique_for_overwrite<std::byte[]>(buffer_size);
    std::size_t first_ = 0;  // [first_, end_) is unread
    std::size_t end_ = 0;
};

}  // namespace ferry::http

#include <ferry/http/impl/connection.ipp>
