#pragma once

#include <ferry/http/proxy/address.hpp>

#include <utility>

// Through proxies that pass bytes on without a look: CONNECT (RFC 9110, 9.3.6). All of it happens
// within the limit of client::connect(), so that nothing here has one of its own.

namespace ferry::http {
namespace detail {

/// The caller's limit rings long before.
inline constexpr std::chrono::hours no_limit{24};

/// Nothing of the request goes along: neither custom headers nor the server's Authorization.
inline std::string connect_text(
    const std::string& target, const access_options& access, const std::string& authorization) {
    auto text = "CONNECT " + target + " HTTP/1.1\r\n";
    append_line(text, "Host", target);
    if (!authorization.empty()) append_line(text, "Proxy-Authorization", authorization);
    const auto& wish = access.user_agent;
    append_line(text, "User-Agent", wish.empty() ? "ferry/" FERRY_VERSION : wish);
    return text.append("\r\n");
}

/// A proxy speaks of the way, not of the file: its 404 does not say that the file is gone.
inline errc class_of_tunnel_status(int status) noexcept {
    if (status == 401 || status == 403 || status == 407) return errc::unauthorized;
    if (status == 408 || status == 429) return errc::overloaded;
    if (status == 501 || status == 505) return errc::refused;
    return status >= 500 ? errc::overloaded : errc::refused;
}

inline failure tunnel_refused(const std::string& title, const response_head& reply) {
    failure why;
    why.code = class_of_tunnel_status(reply.status);
    why.detail = title + ": " + std::to_string(reply.status) + " " + printable(reply.reason);
    // tinyproxy's word for a wrong password
    if (reply.status == 401) why.detail += " (check --proxy-credential)";
    why.context = error_context::transport;
    why.http_status = reply.status;
    return why;
}

/// Nobody on the other side speaks before we have: what is there already is the proxy's invention.
inline result<void> nothing_beyond(connection& wire) {
    if (wire.buffered().empty()) return {};
    return failure{
        errc::malformed, "the proxy sent bytes behind its reply", error_context::transport};
}

inline awaitable<result<void>> write_all(connection& wire, std::string text) {
    auto rest = std::as_bytes(std::span(text));
    while (!rest.empty()) {
        auto put = wire.write(rest);
        rest = rest.subspan(put.bytes);
        if (put.state == io_state::moved) continue;
        if (put.state == io_state::failed) co_return std::move(put.why);
        auto ready = co_await wire.wait(put.state);
        if (!ready) co_return ready;
    }
    co_return result<void>();
}

}  // namespace detail

/// A way to `to` that the proxy of `to` has opened with CONNECT. The authenticator ends the loop:
/// it has no endless supply of answers.
inline awaitable<client::connected> client::tunnel(route to, access with, bool& reached) {
    const auto target = to_string(to);
    const std::string title = "CONNECT";  // connect() says whereto, and through whom
    const auto& via = *to.via;
    introduction us(standings_, asker::proxy, via.host, to_string(via), via.who);
    std::unique_ptr<connection> wire;
    for (;;) {
        const bool used_before = wire != nullptr;
        if (!wire) {
            auto made = co_await dial(to, reached);
            if (!made) co_return made;
            wire = std::move(*made);
        }
        auto said = co_await us.answer("CONNECT", target);
        if (!said) co_return while_doing(title, std::move(said.error()));
        auto text = detail::connect_text(target, *with, *said);
        auto asked = co_await ask_for_tunnel(std::move(wire), std::move(text));
        if (!asked && used_before && detail::hung_up(asked.error()))
            continue;  // after its 407, unannounced
        if (!asked) co_return while_doing(title, std::move(asked.error()));
        auto& reply = **asked;
        const auto status = reply.head().status;
        if (status >= 200 && status < 300) {
            us.accepted();
            auto clean = detail::nothing_beyond(*reply.wire);
            if (!clean) co_return while_doing(title, std::move(clean.error()));
            co_return std::move(reply.wire);
        }
        auto refusal = detail::tunnel_refused(title, reply.head());
        if (status != 407) co_return refusal;
        auto again = co_await us.challenged(reply.head());
        if (!again) co_return while_doing(refusal.detail, std::move(again.error()));
        wire = co_await spare(reply);
    }
}

/// Sends one CONNECT and reads the head of the reply.
inline awaitable<client::exchange_result> client::ask_for_tunnel(
    std::unique_ptr<connection> wire, std::string text) {
    request what;
    what.method = "CONNECT";
    auto asked = std::make_unique<exchange>(std::move(what));
    asked->wire = std::move(wire);
    auto done = co_await detail::write_all(*asked->wire, std::move(text));
    if (!done) co_return std::move(done.error());
    watchdog::deadline unlimited(watchdog_, *asked->wire, detail::no_limit);
    done = co_await receive_head(*asked, unlimited);
    if (!done) co_return std::move(done.error());
    co_return asked;
}

}  // namespace ferry::http
