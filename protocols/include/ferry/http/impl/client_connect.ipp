#pragma once

#include <ferry/detail/with_timeout.hpp>
#include <ferry/http/connect.hpp>

namespace ferry::http {
namespace detail {

inline std::string seconds(std::chrono::milliseconds span) {
    const auto ms = span.count();
    return ms % 1000 == 0 ? std::to_string(ms / 1000) + " s" : std::to_string(ms) + " ms";
}

}  // namespace detail

inline awaitable<result<std::unique_ptr<connection>>> client::connect(
    route to, std::chrono::milliseconds limit) {
    const auto title = "connect to " + to_string(to);
    auto attempt = connect_unlimited(std::move(to));
    auto made = co_await ferry::detail::with_timeout(time_, limit, std::move(attempt));
    if (!made && made.error().code == errc::timed_out)
        made.error().detail = "no connection within " + detail::seconds(limit);
    if (!made) co_return while_doing(title, std::move(made.error()));
    co_return made;
}

inline awaitable<result<std::unique_ptr<connection>>> client::connect_unlimited(route to) {
    auto addresses = co_await resolve_host(on_, to.host, to.port);
    if (!addresses) co_return std::move(addresses.error());
    auto socket = co_await connect_first(on_, time_, std::move(*addresses), to.receive_window);
    if (!socket) co_return std::move(socket.error());
    std::error_code error;
    socket->native_non_blocking(true, error);  // splice() heeds the descriptor's mode
    if (error) co_return socket_failure(error.value());
    auto wire = std::make_unique<connection>(std::move(to), std::move(*socket), open_);
    if (wire->to().scheme == "https") {
        auto secured = co_await secure(*wire);
        if (!secured) co_return std::move(secured.error());
    }
    co_return wire;
}

inline awaitable<result<void>> client::secure(connection& wire) {
    auto context = co_await context_for(wire.to().whom);
    if (!context) co_return std::move(context.error());
    wire.secure(std::move(*context));
    for (;;) {
        auto step = wire.handshake();
        if (step.state == io_state::moved) co_return result<void>();
        if (step.state == io_state::failed)
            co_return while_doing("TLS handshake", std::move(step.why));
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
