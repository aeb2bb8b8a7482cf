#pragma once

#include "cli/daemon/event_feed.hpp"

#include <ferry/clock.hpp>
#include <ferry/detail/event.hpp>
#include <ferry/detail/task_group.hpp>

#include <asio/local/stream_protocol.hpp>

#include <boost/json/object.hpp>

#include <chrono>
#include <cstddef>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace ferry::cli {

/// What a client can call. A method that has begun is not cancelled: it must end by itself.
/// @param events  Of the client's connection.
using control_method = std::function<awaitable<result<boost::json::object>>(
    boost::json::object parameters, event_feed& events)>;
using method_table = std::map<std::string, control_method, std::less<>>;

/// What one client may use up.
struct session_limits {
    std::size_t line = 8U << 20;        ///< bytes of a request
    std::size_t requests = 256;         ///< at work at once
    std::size_t unanswered = 8U << 20;  ///< bytes of them; then no more are read
    std::size_t unread = 4U << 20;      ///< bytes that wait to be sent; then no request begins
    std::chrono::seconds patience{30};  ///< for a client that reads nothing of them
    std::chrono::seconds silence{10};   ///< until a client's first request; later it may be silent
};

/// One client: JSON-RPC 2.0, one message a line. Requests run side by side.
class control_session {
  public:
    using socket = asio::local::stream_protocol::socket;

    /// @param time, methods  Must outlive the session.
    /// @param heard          Called at each request.
    control_session(
        socket client, clock& time, const method_table& methods, std::function<void()> heard,
        session_limits limits);
    control_session(const control_session&) = delete;
    control_session& operator=(const control_session&) = delete;

    /// Completes when the client has sent its last request and has been sent all replies.
    /// Errors: the socket's; errc::timed_out for a client that does not read, or never asks.
    /// Cancellation: terminal; waits for the methods that have begun.
    [[nodiscard]] awaitable<result<void>> run();

    /// Takes no more requests; run() completes once those that came are answered. Who listens is
    /// told that the daemon ends.
    void close();

    /// Ends run(), whatever it does, with an error.
    void hang_up() noexcept;

  private:
    awaitable<result<void>> read();
    awaitable<result<void>> read_requests();
    awaitable<result<std::optional<std::string>>> next_line();
    awaitable<result<void>> wait_for_room();
    void begin(std::string line);
    awaitable<result<void>> serve(std::string line);
    awaitable<result<void>> answer(std::string line);
    awaitable<result<void>> write();
    awaitable<result<void>> write_all();
    awaitable<result<void>> send(std::string text);
    awaitable<result<std::size_t>> send_some(std::string_view text);

    std::size_t unread() const noexcept { return outgoing_.size() + sending_; }
    void put(std::string line);
    std::string next_text();

    socket socket_;
    clock& time_;
    const method_table& methods_;
    std::function<void()> heard_;
    const session_limits limits_;
    detail::event changed_;  // anything that somebody in here may wait for
    event_feed events_;
    std::string incoming_;        // received, and not yet taken as a line
    std::string outgoing_;        // lines
    std::size_t sending_ = 0;     // bytes that send() has taken out of there
    std::size_t requests_ = 0;    // at work
    std::size_t unanswered_ = 0;  // bytes of them
    bool ended_ = false;          // no more requests will come
    bool broken_ = false;         // nothing more can be sent
    detail::task_group tasks_;
};

}  // namespace ferry::cli
