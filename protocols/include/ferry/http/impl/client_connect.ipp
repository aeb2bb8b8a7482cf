#pragma once

#include <ferry/detail/with_timeout.hpp>
#include <ferry/http/auth/credentials_for.hpp>
#include <ferry/http/connect.hpp>

#include <algorithm>

namespace ferry::http {
namespace detail {

inline route route_of(const request& what) {
    const auto& access = *what.access;
    route to;
    to.scheme = what.what.scheme;
    to.host = what.what.host;
    to.port = what.what.effective_port();
    to.whom = trust_of(access);
    if (!what.own_origin) to.whom = without_identity(std::move(to.whom));
    to.who = credentials_for(what);
    to.receive_window = access.receive_window;
    return to;
}

/// Leniency, pins and our certificate are meant for the server: a proxy has to convince as usual.
inline trust trust_in_proxy(const trust& in_server) {
    trust whom;
    whom.ca_file = in_server.ca_file;
    whom.ca_path = in_server.ca_path;
    whom.check_revocation = in_server.check_revocation;
    whom.crl_file = in_server.crl_file;
    return whom;
}

inline std::string seconds(std::chrono::milliseconds span) {
    const auto ms = span.count();
    return ms % 1000 == 0 ? std::to_string(ms / 1000) + " s" : std::to_string(ms) + " ms";
}

inline std::string through(const route& to) {
    return to.via ? " through proxy " + to_string(*to.via) : std::string();
}

}  // namespace detail

/// A connection to where `what` goes. An idle one says that its proxy was there a moment ago, so
/// it goes before an earlier proxy that would first have to be tried.
inline awaitable<result<client::leg>> client::reach(request what, freshness which) {
    auto ways = co_await proxies_for(what);
    if (!ways) co_return std::move(ways.error());
    leg found;
    auto to = detail::route_of(what);
    for (const auto& way : *ways) {
        to.via = way;
        if (which == freshness::any) found.wire = idle_.take(to);
        found.used_before = found.wire != nullptr;
        if (found.used_before) co_return found;
    }
    failure why;
    for (const auto& way : *ways) {
        to.via = way;
        bool reached = false;
        auto made = co_await connect(to, what.access, reached);
        if (made) {
            found.wire = std::move(*made);
            co_return found;
        }
        why = std::move(made.error());
        // perhaps it is the server behind it that does not answer: the next one will tell
        const bool silent = way && detail::is_silence(why);
        if (silent) silent_[to_string(*way)] = time_.now();
        if ((reached && !silent) || why.code == errc::cancelled) break;
    }
    co_return why;
}

/// It has its turn after the others for a while.
inline bool client::is_silent(const proxy_server& one) const {
    static constexpr std::chrono::minutes a_while{1};
    const auto found = silent_.find(to_string(one));
    return found != silent_.end() && time_.now() - found->second < a_while;
}

inline awaitable<result<proxy_candidates>> client::proxies_for(request what) {
    const auto& from = what.access->proxy;
    std::vector<std::string> found;
    if (needs_discovery(what.what, from)) {
        auto answer = co_await discovery_.ask(what.what, what.access->connect_timeout);
        if (!answer) co_return std::move(answer.error());
        found = std::move(*answer);
    }
    auto ways = choose_proxies(what.what, from, found);
    if (ways)
        std::stable_partition(ways->begin(), ways->end(), [this](const auto& way) {
            return !way || !is_silent(*way);
        });
    co_return ways;
}

/// @param reached  Becomes true once the server, or the proxy, has accepted a connection.
inline awaitable<client::connected> client::connect(route to, access with, bool& reached) {
    const auto limit = with->connect_timeout;
    const auto title = "connect to " + to_string(to) + detail::through(to);
    auto attempt = connect_unlimited(std::move(to), std::move(with), reached);
    auto made = co_await ferry::detail::with_timeout(time_, limit, std::move(attempt));
    if (!made && made.error().code == errc::timed_out)
        made.error().detail = "no connection within " + detail::seconds(limit);
    if (!made) co_return while_doing(title, std::move(made.error()));
    co_return made;
}

inline awaitable<client::connected> client::connect_unlimited(
    route to, access with, bool& reached) {
    const bool secret = to.scheme == "https";
    const auto by = to.via ? to.via->scheme : std::string();
    connected made;
    if (by == "socks5" || by == "socks5h") {
        made = co_await socks(to, reached);
    } else if (!by.empty() && secret) {
        made = co_await tunnel(to, std::move(with), reached);
    } else {
        made = co_await dial(to, reached);
    }
    if (!made || !secret) co_return made;
    auto secured = co_await secure(**made, to.whom, to.host, to.port);
    if (!secured) co_return while_doing("TLS handshake", std::move(secured.error()));
    co_return made;
}

/// A connection to the server, or to the proxy; an https proxy's with TLS to the proxy.
inline awaitable<client::connected> client::dial(route to, bool& reached) {
    const auto host = to.via ? to.via->host : to.host;
    const auto port = to.via ? to.via->port : to.port;
    auto addresses = co_await resolve_host(on_, host, port);
    if (!addresses) co_return std::move(addresses.error());
    auto socket = co_await connect_first(on_, time_, std::move(*addresses), to.receive_window);
    if (!socket) co_return std::move(socket.error());
    reached = true;
    std::error_code error;
    socket->native_non_blocking(true, error);  // splice() heeds the descriptor's mode
    if (error) co_return socket_failure(error.value());
    const bool secret = to.via && to.via->scheme == "https";
    auto wire = std::make_unique<connection>(std::move(to), std::move(*socket), open_);
    if (!secret) co_return wire;
    const auto whom = detail::trust_in_proxy(wire->to().whom);
    auto secured = co_await secure(*wire, whom, host, port);
    if (!secured) co_return while_doing("TLS handshake with the proxy", std::move(secured.error()));
    co_return wire;
}

inline awaitable<result<void>> client::secure(
    connection& wire, trust whom, std::string host, std::uint16_t port) {
    auto context = co_await context_for(std::move(whom));
    if (!context) co_return std::move(context.error());
    wire.secure(std::move(*context), std::move(host), port);
    for (;;) {
        auto step = wire.handshake();
        if (step.state == io_state::moved) co_return result<void>();
        if (step.state == io_state::failed) co_return std::move(step.why);
        auto ready = co_await wire.wait(step.state);
        if (!ready) co_return ready;
    }
}

inline awaitable<result<std::shared_ptr<tls_context>>> client::context_for(trust whom) {
    if (const auto known = contexts_.find(whom); known != contexts_.end()) co_return known->second;
    auto load = [&whom] { return tls_context::load(whom); };
    auto made = co_await disk_.run(load);
    if (!made) co_return made;
    // Another connection may have been quicker: all share one, and its sessions.
    co_return contexts_.emplace(std::move(whom), std::move(*made)).first->second;
}

}  // namespace ferry::http
