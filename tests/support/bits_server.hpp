#pragma once

#include <support/bits_site.hpp>

#include <asio/awaitable.hpp>
#include <asio/io_context.hpp>
#include <asio/ip/tcp.hpp>

#include <cstdint>
#include <functional>
#include <list>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace ferry::test {

/// A bits_site on a free port of 127.0.0.1 and localhost, that can be made to fail. It lives on the
/// caller's io_context; its destructor ends what is left on it.
class bits_server {
  public:
    /// Where a connection breaks.
    struct breakage {
        /// silence: the connection stays, and nothing is ever said
        enum { nowhere, before_the_answer, in_the_body, after_the_deed, silence } where = nowhere;
        std::uint64_t body = 0;  ///< bytes of it that still arrive
    };

    explicit bits_server(asio::io_context& io);
    bits_server(const bits_server&) = delete;
    bits_server& operator=(const bits_server&) = delete;
    ~bits_server();

    bits_site site;
    std::vector<bits_request> requests = {};  ///< all so far
    /// Asked about each request with its number, from 0.
    std::function<breakage(const bits_request&, std::size_t)> breaks = {};
    /// An answer that the site does not give, and does not see.
    std::function<std::optional<bits_answer>(const bits_request&)> instead = {};
    /// Changes what the site has answered.
    std::function<void(const bits_request&, bits_answer&)> amends = {};
    bool says_continue = true;  ///< to Expect: 100-continue

    std::uint16_t port() const noexcept { return port_; }
    /// "http://127.0.0.1:PORT/path"
    std::string url(std::string_view path, std::string_view host = "127.0.0.1") const;
    /// Its process ends and another begins, with what it had on disk.
    void restart(bool with_sessions);
    /// From now on nobody can connect, and all connections are closed.
    void stop();

    /// The kinds of packets so far, "create-session fragment fragment close-session".
    std::string story() const;
    /// The requests of that kind (bits_request::packet()).
    std::vector<bits_request> all(std::string_view packet) const;

  private:
    struct guest;
    asio::awaitable<void> listen();
    asio::awaitable<void> host(std::shared_ptr<guest> who, unsigned number);
    asio::awaitable<bool> serve(guest& who, unsigned number);
    asio::awaitable<std::string> read_body(guest& who, bits_request asked, breakage broken);
    asio::awaitable<bool> answer(guest& who, std::size_t index, bits_answer what);
    bits_answer answer_of(const bits_request& asked, std::string_view body);
    void hang_up();

    asio::io_context& io_;
    asio::ip::tcp::acceptor acceptor_;
    std::list<std::weak_ptr<guest>> guests_;
    unsigned connections_ = 0;
    unsigned alive_ = 0;  // coroutines
    std::uint16_t port_ = 0;
};

}  // namespace ferry::test
