#pragma once

#include "cli/control/unix_socket.hpp"
#include "cli/daemon/control_session.hpp"

#include <ferry/clock.hpp>
#include <ferry/detail/event.hpp>

#include <asio/any_io_executor.hpp>
#include <asio/local/stream_protocol.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>

namespace ferry::cli {

struct server_options {
    std::size_t clients = 1'000;    ///< at once; later ones wait until one of them is gone
    std::chrono::seconds grace{1};  ///< then one that has yet to make a request goes, for others
    std::chrono::milliseconds farewell{300};  ///< for clients to take their last replies
    session_limits session = {};
    std::function<std::optional<uid_t>(int descriptor)> uid_of = peer_uid;
};

/// The daemon's end of the control socket. Serves the user it runs as and nobody else.
/// Threads: `on`, which must be a strand or run by one thread.
class control_server {
  public:
    using acceptor = asio::local::stream_protocol::acceptor;

    /// @param time  Must outlive the server.
    control_server(
        asio::any_io_executor on, clock& time, method_table methods, server_options options = {});
    control_server(const control_server&) = delete;
    control_server& operator=(const control_server&) = delete;

    /// Accepts clients until it is cancelled.
    /// Errors: errc::cancelled; what makes the listening socket useless.
    /// Cancellation: terminal; tells who listens that the daemon ends, hangs up on all clients when
    ///   they have their replies, or soon, and waits until their sessions have ended.
    [[nodiscard]] awaitable<result<void>> serve(acceptor listening);
    /// @param listening  A descriptor that it takes over: a bound Unix stream socket.
    [[nodiscard]] awaitable<result<void>> serve(int listening);

    std::size_t clients() const noexcept { return guests_.size(); }
    /// When a client last came, asked or went; at first, when the server was made.
    clock::time_point last_activity() const noexcept { return last_activity_; }

  private:
    using socket = control_session::socket;

    class guest;

    awaitable<result<void>> accept(acceptor& from, detail::task_group& sessions);
    awaitable<result<void>> make_room();
    awaitable<result<void>> say_farewell();
    static awaitable<result<void>> look_after(std::unique_ptr<guest> client);
    void stir() noexcept { last_activity_ = time_.now(); }

    asio::any_io_executor on_;
    clock& time_;
    const method_table methods_;
    const server_options options_;
    detail::event gone_;
    std::map<std::uint64_t, guest*> guests_;  // in the order of arrival
    std::map<std::uint64_t, guest*> silent_;  // those that have asked nothing yet
    std::uint64_t last_number_ = 0;           // of a client
    clock::time_point last_activity_;
};

}  // namespace ferry::cli
