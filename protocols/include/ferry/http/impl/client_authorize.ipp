#pragma once

#include <ferry/http/auth/authenticator.hpp>
#include <ferry/http/auth/credentials_for.hpp>

#include <utility>

namespace ferry::http {
namespace detail {

/// The proxy reads the request and sends one of its own (RFC 9112, 3.2.2): it may ask, too.
inline bool is_forwarded(const route& to) {
    return to.via && to.scheme == "http" && (to.via->scheme == "http" || to.via->scheme == "https");
}

/// The server closed an idle connection just as we sent on it: as if we had never used it
/// (RFC 9112, 9.3.1; for idempotent requests).
inline bool was_stale(const exchange& tried, const failure& why) {
    return !tried.answered &&
           (why.code == errc::cut_short || ferry::detail::is_network_error(why.code));
}

}  // namespace detail

/// What the legs of one request have in common.
struct client::dialogue {
    authenticator server;
    std::unique_ptr<authenticator> proxy = {};  ///< made when a proxy is on the way
    std::optional<proxy_server> via = {};       ///< whom `proxy` talks to
    std::unique_ptr<connection> wire = {};      ///< for the next leg; none: any

    /// Who asks with this reply; null: nobody.
    authenticator* asking(const response_head& reply) {
        if (reply.status == 401) return &server;
        return reply.status == 407 ? proxy.get() : nullptr;
    }
};

/// What `by`, at `where`, wanted from `who` so far.
inline std::shared_ptr<standing> client::standing_of(
    asker by, std::string where, const credentials& who) {
    static constexpr std::size_t most = 256;  // whom we forget, asks once more
    if (who.empty()) return nullptr;
    if (standings_.size() >= most) standings_.clear();
    auto& known = standings_[{by, std::move(where), who}];
    if (!known) known = std::make_shared<standing>();
    return known;
}

/// One request and its final reply; those who ask who we are get their answers on the way.
/// It ends because the authenticators run out of answers.
inline awaitable<client::exchange_result> client::exchange_once(request what) {
    const auto who = credentials_for(what);
    auto known = standing_of(asker::server, what.what.origin(), who);
    dialogue with{{asker::server, what.what.host, who, disk_, std::move(known)}};
    for (;;) {
        auto done = co_await next_leg(what, with);
        if (!done) co_return done;
        auto& reply = **done;
        if (reply.head().status == 417 && what.content && what.content->ask_first) {
            what.content->ask_first = false;  // RFC 9110, 15.5.18
            with.wire = co_await spare(reply);
            continue;
        }
        auto* asking = with.asking(reply.head());
        if (!asking) co_return done;
        auto again = co_await asking->challenged(reply.head());
        auto wire = co_await spare(reply);
        if (again && !wire && asking->bound_to_connection())
            again = failure{errc::unauthorized, "the connection ended in the middle of logging in"};
        if (again) {
            with.wire = std::move(wire);
            continue;
        }
        if (wire) idle_.put(std::move(wire), false);
        co_return while_doing(title(reply.asked, reply.head()), std::move(again.error()));
    }
}

/// Sends the request once, with what there is to say so far, and reads the head of the reply.
inline awaitable<client::exchange_result> client::next_leg(request what, dialogue& with) {
    const auto first = may_be_repeated(what) ? freshness::any : freshness::unused;
    for (auto which = first;; which = freshness::unused) {
        leg way{std::move(with.wire), may_be_repeated(what)};
        if (!way.wire) {
            auto reached = co_await reach(what, which);
            if (!reached) co_return std::move(reached.error());
            way = std::move(*reached);
        }
        auto tried = std::make_unique<exchange>(what);
        tried->wire = std::move(way.wire);
        auto done = co_await introduce(*tried, with);
        if (done && what.content) {
            done = co_await converse_with_content(*tried);
        } else if (done) {
            done = co_await converse(*tried);
        }
        if (done) co_return tried;
        if (!way.used_before || !detail::was_stale(*tried, done.error()))
            co_return std::move(done.error());
    }
}

/// Puts into the request what depends on the way that it takes.
inline awaitable<result<void>> client::introduce(exchange& as, dialogue& with) {
    auto& asked = as.asked;
    const auto& to = as.wire->to();
    const std::string method(asked.method);
    const auto target = asked.what.target();
    auto said = co_await with.server.answer(method, target);
    if (!said) co_return while_doing(title(asked), std::move(said.error()));
    asked.authorization = std::move(*said);
    asked.absolute_form = detail::is_forwarded(to);
    if (!asked.absolute_form) co_return result<void>();
    if (with.via != to.via) {
        const auto where = to.via->host + ":" + std::to_string(to.via->port);
        auto known = standing_of(asker::proxy, where, to.via->who);
        with.via = to.via;
        with.proxy = std::make_unique<authenticator>(
            asker::proxy, to.via->host, to.via->who, disk_, std::move(known));
    }
    const auto whole = asked.what.scheme + "://" + asked.what.authority() + target;
    said = co_await with.proxy->answer(method, whole);
    if (!said) co_return while_doing(title(asked), std::move(said.error()));
    asked.proxy_authorization = std::move(*said);
    co_return result<void>();
}

}  // namespace ferry::http
