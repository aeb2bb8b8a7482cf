#pragma once

#include <ferry/disk_pool.hpp>
#include <ferry/http/auth/introduction.hpp>
#include <ferry/http/content_sender.hpp>
#include <ferry/http/exchange.hpp>
#include <ferry/http/pool.hpp>
#include <ferry/http/proxy/choice.hpp>
#include <ferry/http/proxy/discovery.hpp>
#include <ferry/http/redirect.hpp>
#include <ferry/http/reply.hpp>
#include <ferry/http/watchdog.hpp>

#include <map>
#include <memory>
#include <string>

namespace ferry::http {

/// Sends requests and returns replies: connects, verifies, reuses connections, follows redirects,
/// answers 401 and 407 as far as the credentials allow, goes through proxies.
/// Threads: everything on `on`, which must be a strand or run by one thread. Outlives its calls
/// and what they return.
class client {
  public:
    client(asio::any_io_executor on, clock& time, disk_pool& disk);

    /// The first final reply that is no redirect and no question who we are.
    /// Errors: errc::bad_argument, ::unsupported before anything is sent; ::name_not_resolved,
    ///   ::timed_out, ::not_trusted, ::malformed, ::cut_short, ::redirect_refused, ::unauthorized;
    ///   network errors; those of the content.
    /// Cancellation: terminal; closes the connection.
    [[nodiscard]] awaitable<result<std::unique_ptr<exchange>>> fetch(request first);

    /// For a reply whose body nobody wants: reads the rest if it is short, so that the connection
    /// can serve again, and lets go of the connection.
    [[nodiscard]] awaitable<void> discard(exchange& unwanted);

    /// For a reply whose body was read to its end: the connection may serve again.
    void recycle(exchange& finished);

    /// Breaks all connections that go out from the address `local`: what they do fails with
    /// std::errc::connection_reset, idle ones are closed.
    void drop(const asio::ip::address& local);

    clock& time() noexcept { return time_; }
    disk_pool& disk() noexcept { return disk_; }

  private:
    using exchange_result = result<std::unique_ptr<exchange>>;

    struct dialogue;
    awaitable<exchange_result> exchange_once(request what);
    awaitable<exchange_result> next_leg(request what, dialogue& with);
    awaitable<result<void>> introduce(exchange& as, dialogue& with);
    awaitable<std::unique_ptr<connection>> spare(exchange& unwanted);
    awaitable<result<void>> converse(exchange& with);
    awaitable<result<void>> converse_with_content(exchange& with);
    awaitable<result<void>> confirm_content(exchange& with);
    awaitable<result<void>> send_head(exchange& with, watchdog::deadline& limit);
    awaitable<result<void>> send_content(exchange& with);
    awaitable<result<void>> receive_head(exchange& with, watchdog::deadline& limit);
    awaitable<result<void>> skip_body(exchange& unwanted, watchdog::deadline& limit);
    enum class freshness { any, unused };
    struct leg {
        std::unique_ptr<connection> wire = {};
        bool used_before = false;
    };
    using connected = result<std::unique_ptr<connection>>;
    using access = std::shared_ptr<const access_options>;
    awaitable<result<leg>> reach(request what, freshness which);
    awaitable<result<proxy_candidates>> proxies_for(request what);
    awaitable<connected> connect(route to, access with, bool& reached);
    awaitable<connected> connect_unlimited(route to, access with, bool& reached);
    awaitable<connected> dial(route to, bool& reached);
    awaitable<connected> tunnel(route to, access with, bool& reached);
    awaitable<exchange_result> ask_for_tunnel(std::unique_ptr<connection> wire, std::string text);
    bool is_silent(const proxy_server& one) const;
    awaitable<connected> socks(route to, bool& reached);
    awaitable<connected> socks_to(
        route to, std::optional<asio::ip::address> address, bool& reached);
    awaitable<result<void>> socks_log_in(connection& wire, credentials who);
    awaitable<result<void>> secure(
        connection& wire, trust whom, std::string host, std::uint16_t port);
    awaitable<result<std::shared_ptr<tls_context>>> context_for(trust whom);

    asio::any_io_executor on_;
    clock& time_;
    disk_pool& disk_;
    watchdog watchdog_;
    std::map<trust, std::shared_ptr<tls_context>> contexts_;  // made when https first needs them
    standings standings_;
    std::shared_ptr<connection_set> open_ = std::make_shared<connection_set>();
    pool idle_;
    proxy_discovery discovery_;
    std::map<std::string, clock::time_point> silent_;  // proxies that gave no answer, and when
};

}  // namespace ferry::http

#include <ferry/http/impl/client_authorize.ipp>
#include <ferry/http/impl/client_connect.ipp>
#include <ferry/http/impl/client_exchange.ipp>
#include <ferry/http/impl/client_socks.ipp>
#include <ferry/http/impl/client_tunnel.ipp>
