#pragma once

#include "cli/control/home.hpp"

#include <ferry/clock.hpp>
#include <ferry/detail/file.hpp>
#include <ferry/result.hpp>

#include <boost/json/object.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace ferry::cli {

/// The daemon's control socket, from the other end: JSON-RPC 2.0, one message a line. Blocks, with
/// a limit to every wait. The detail of errc::not_running is the line for the user.
class control_client {
  public:
    /// What to do when no daemon runs.
    enum class when_absent { start, fail };
    /// For a daemon that starts, or is slow.
    static constexpr std::chrono::seconds longest_wait{20};
    /// Requests at once; the daemon takes 256 of a connection.
    static constexpr std::size_t most_on_their_way = 200;

    /// Errors: errc::not_running (the daemon cannot be reached, or speaks another version).
    static result<control_client> connect(const home& where, when_absent what);
    /// The same, whatever version it speaks: to stop it, or look at it.
    /// @param patience  For its first word.
    static result<control_client> reach(
        const home& where, when_absent what, std::chrono::seconds patience = longest_wait);

    /// Whether somebody listens at all, be it without ever answering.
    static bool anybody_there(const home& where);

    /// What server.info said when we connected.
    const boost::json::object& info() const noexcept { return info_; }

    /// How long a reply may take, whatever comes before it: an hour for what changes a job, which
    /// may be large, else a minute.
    static std::chrono::milliseconds reply_limit(std::string_view method);

    /// One request and its reply. Events that come in between are kept for next_event().
    /// Errors: the failure that the daemon reports, with code, context and HTTP status as it had
    ///   them there; errc::not_running if the connection breaks or no reply comes in reply_limit().
    result<boost::json::object> call(std::string_view method, boost::json::object parameters);

    /// The same in two steps, so that many requests can be on their way: replies may come in any
    /// order, receive() returns that of request `id`.
    result<std::uint64_t> send(std::string_view method, boost::json::object parameters);
    result<boost::json::object> receive(std::uint64_t id);

    /// The next event (its "params"); none if nothing came in `wait`, or a signal did.
    /// Errors: errc::not_running if the connection breaks.
    result<std::optional<boost::json::object>> next_event(std::chrono::milliseconds wait);

    /// Whether the daemon told us, as it does who listens, that it ends on purpose.
    bool is_stopped() const noexcept { return stopped_; }

    /// The socket, non-blocking, for whoever goes on by himself.
    detail::unique_fd release() && { return std::move(socket_); }

  private:
    explicit control_client(detail::unique_fd connected) : socket_(std::move(connected)) {}

    result<void> greet(clock::time_point end);
    result<boost::json::object> receive(std::uint64_t id, std::chrono::milliseconds patience);
    result<void> read_some();
    result<void> take_lines(std::size_t old);
    result<void> take(std::string_view line);
    void take_event(boost::json::object event);
    failure broken();

    detail::unique_fd socket_;
    bool closed_ = false;  // by the daemon
    bool stopped_ = false;
    boost::json::object info_;
    std::uint64_t last_id_ = 0;
    std::map<std::uint64_t, std::chrono::milliseconds> limits_;  // of replies to come
    std::string received_;                                       // the beginning of the next line
    std::deque<boost::json::object> events_;
    std::map<std::uint64_t, result<boost::json::object>> replies_;  // to later receive()s
};

}  // namespace ferry::cli
