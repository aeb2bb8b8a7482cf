#pragma once

#include <ferry/clock.hpp>
#include <ferry/detail/task_group.hpp>
#include <ferry/url.hpp>

#include <asio/ip/tcp.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace ferry::cli {

/// What a request wants: the parts of it that this server understands.
struct demo_request {
    bool head = false;        ///< no body, please
    std::uint64_t first = 0;  ///< of the range
    bool ranged = false;
};

/// Reads a request's head. A range is given only if `If-Range`, where there is one, names `etag`.
demo_request parse_demo_request(std::string_view head, std::string_view etag);

/// A tiny HTTP/1.1 server on 127.0.0.1 with one object, at a limited pace: just enough of HTTP for
/// a download that is continued (RFC 9110, 14).
/// Threads: one executor. run() must have ended before it is destroyed.
class demo_server {
  public:
    /// Throws std::system_error if there is no port to listen on.
    demo_server(
        asio::any_io_executor on, clock& time, std::string body, std::uint64_t bytes_per_second);

    url source() const;  ///< of the object
    /// The next connection to reach this byte is closed there, once.
    void cut_at(std::uint64_t byte) { cut_ = byte; }
    std::uint64_t bytes_served() const noexcept { return served_; }

    /// Serves until it is cancelled.
    [[nodiscard]] awaitable<result<void>> run();

  private:
    using socket = asio::ip::tcp::socket;
    awaitable<result<void>> serve(socket peer);
    /// False: the connection is of no more use.
    awaitable<bool> answer(socket& peer, demo_request request);
    awaitable<bool> send_body(socket& peer, std::uint64_t first);
    std::string head_for(const demo_request& request) const;

    clock& time_;
    asio::ip::tcp::acceptor door_;
    std::string body_;
    std::uint64_t bytes_per_second_;
    std::optional<std::uint64_t> cut_;
    std::uint64_t served_ = 0;
};

}  // namespace ferry::cli
