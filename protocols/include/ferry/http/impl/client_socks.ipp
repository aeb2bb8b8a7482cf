#pragma once

#include <ferry/http/impl/client_tunnel.ipp>
#include <ferry/http/proxy/socks.hpp>

#include <algorithm>
#include <utility>

// Through proxies that pass bytes on without a look: SOCKS 5. As with CONNECT, the limit is that of
// client::connect().

namespace ferry::http {
namespace detail {

/// Adds at least one byte to the buffer.
inline awaitable<result<void>> read_more(connection& wire) {
    for (;;) {
        auto got = wire.fill();
        if (got.state == io_state::moved) co_return result<void>();
        if (got.state == io_state::failed) co_return std::move(got.why);
        if (got.state == io_state::end)
            co_return failure{
                errc::cut_short, "the proxy hung up in the middle of SOCKS",
                error_context::transport};
        auto ready = co_await wire.wait(got.state);
        if (!ready) co_return ready;
    }
}

}  // namespace detail

/// Over SOCKS. With socks5 we resolve the name, and try a few addresses in turn: the proxy is told
/// one at a time.
inline awaitable<client::connected> client::socks(route to, bool& reached) {
    static constexpr std::size_t most = 4;
    std::vector<std::optional<asio::ip::address>> targets(1);
    std::error_code no_address;
    const auto literal = asio::ip::make_address(to.host, no_address);
    if (!no_address) {
        targets.front() = literal;
    } else if (to.via->scheme == "socks5") {
        auto found = co_await resolve_host(on_, to.host, to.port);
        if (!found) co_return std::move(found.error());
        targets.clear();
        for (const auto& one : interleaved(std::move(*found))) targets.emplace_back(one.address());
    }
    targets.resize(std::min(targets.size(), most));
    connected made;
    for (const auto& target : targets) {
        made = co_await socks_to(to, target, reached);
        if (made || !reached || !ferry::detail::is_network_error(made.error().code)) break;
    }
    co_return made;
}

/// @param address  None: the proxy resolves the name.
inline awaitable<client::connected> client::socks_to(
    route to, std::optional<asio::ip::address> address, bool& reached) {
    auto order = socks_connect(to.host, to.port, address);
    if (!order) co_return std::move(order.error());
    const auto who = to.via->who;
    auto made = co_await dial(std::move(to), reached);
    if (!made) co_return made;
    auto& wire = **made;
    auto admitted = co_await socks_log_in(wire, who);
    if (!admitted) co_return std::move(admitted.error());
    auto done = co_await detail::write_all(wire, std::move(*order));
    if (!done) co_return std::move(done.error());
    for (;;) {
        auto size = socks_connected(wire.buffered());
        if (!size) co_return std::move(size.error());
        if (*size) {
            wire.consume(**size);
            break;
        }
        auto more = co_await detail::read_more(wire);
        if (!more) co_return std::move(more.error());
    }
    auto clean = detail::nothing_beyond(wire);
    if (!clean) co_return std::move(clean.error());
    co_return made;
}

inline awaitable<result<void>> client::socks_log_in(connection& wire, credentials who) {
    static constexpr std::size_t reply_size = 2;
    auto greeting = socks_greeting(who);
    auto done = co_await detail::write_all(wire, std::move(greeting));
    if (!done) co_return done;
    while (wire.buffered().size() < reply_size) {
        done = co_await detail::read_more(wire);
        if (!done) co_return done;
    }
    const auto choice = socks_choice(wire.buffered(), who);
    if (!choice) co_return choice.error();
    wire.consume(reply_size);
    if (**choice == socks_method::nothing) co_return result<void>();
    auto login = socks_login(who);
    if (!login) co_return std::move(login.error());
    done = co_await detail::write_all(wire, std::move(*login));
    if (!done) co_return done;
    while (wire.buffered().size() < reply_size) {
        done = co_await detail::read_more(wire);
        if (!done) co_return done;
    }
    const auto accepted = socks_login_accepted(wire.buffered());
    if (!accepted) co_return accepted.error();
    wire.consume(reply_size);
    co_return result<void>();
}

}  // namespace ferry::http
