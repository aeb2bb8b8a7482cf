#pragma once

#include <ferry/http/auth/credentials_for.hpp>

#include <utility>

namespace ferry::http {
namespace detail {

/// The proxy reads the request and sends one of its own (RFC 9112, 3.2.2): it may ask, too.
inline bool is_forwarded(const route& to) {
    return to.via && to.scheme == "http" && (to.via->scheme == "http" || to.via->scheme == "https");
}

inline bool hung_up(const failure& why) {
    return why.code == errc::cut_short || ferry::detail::is_network_error(why.code);
}

/// Nobody, or somebody who has no word for us.
inline bool is_silence(const failure& why) { return why.code == errc::timed_out || hung_up(why); }

/// The server closed an idle connection just as we sent on it: as if we had never used it
/// (RFC 9112, 9.3.1; for idempotent requests).
inline bool was_stale(const exchange& tried, const failure& why) {
    return !tried.answered && hung_up(why);
}

inline std::string wish_of(const response_head& reply) {
    return explain_wish(asker::server, challenges_of(reply, asker::server));
}

inline bool brought_content(const request& what) { return what.content && what.content->size > 0; }

/// Why nothing was, or would be, shown to a server that asks; empty: there is nothing to show.
inline std::string_view why_withheld(const request& what) {
    const auto& access = *what.access;
    const bool own_words = names(access.headers, "Authorization");
    const bool has_something = own_words || !access.who.empty();
    if (what.downgraded && has_something)
        return "what was given to log in is not sent over http after https";
    if (!what.own_origin)
        return "what is given to log in is not sent to where a redirect leads (name that URL)";
    return own_words ? "the custom header Authorization was not enough" : "";
}

}  // namespace detail

/// What the legs of one request have in common.
struct client::dialogue {
    introduction server;
    std::unique_ptr<introduction> proxy = {};  ///< made when a proxy is on the way
    std::optional<proxy_server> via = {};      ///< whom `proxy` talks to
    std::unique_ptr<connection> wire = {};     ///< for the next leg; none: any

    /// Who asks with this reply; null: nobody.
    introduction* asking(const response_head& reply) {
        if (reply.status == 401) return &server;
        return reply.status == 407 ? proxy.get() : nullptr;
    }
    bool only_greets() const { return server.only_greets() || (proxy && proxy->only_greets()); }
};

/// One request and its final reply; those who ask who we are get their answers on the way.
/// It ends because the authenticators run out of answers.
inline awaitable<client::exchange_result> client::exchange_once(request what) {
    const auto origin = what.what.origin();
    dialogue with{{standings_, asker::server, what.what.host, origin, credentials_for(what)}};
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
        if (with.proxy && asking != with.proxy.get()) with.proxy->accepted();
        if (!asking) {
            with.server.accepted();
            reply.asked.without_certificate = reply.wire->lacks_certificate();
            co_return done;
        }
        auto again = co_await asking->challenged(reply.head());
        std::unique_ptr<connection> wire;
        // Who refuses content has to read it to its end, or hang up (RFC 9112, 9.3). squid 5
        // promises the former, and never answers again.
        if (asking->bound_to_connection() || !detail::brought_content(reply.asked))
            wire = co_await spare(reply);
        if (again && !wire && asking->bound_to_connection())
            again = failure{errc::unauthorized, "the connection ended in the middle of logging in"};
        if (again) {
            with.wire = std::move(wire);
            continue;
        }
        if (wire) idle_.put(std::move(wire), false);
        const bool untold = asking == &with.server && with.server.anonymous();
        const auto withheld = untold ? detail::why_withheld(what) : "";
        if (!withheld.empty())
            again.error().detail = detail::wish_of(reply.head()) + "; " + std::string(withheld);
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
        const bool was_greeting = what.content && with.only_greets();
        if (was_greeting) tried->asked.content = request_content();  // the content would be in vain
        if (done && what.content) {
            done = co_await converse_with_content(*tried);
        } else if (done) {
            done = co_await converse(*tried);
        }
        if (done && was_greeting && detail::means_done(tried->head().status))
            co_return failure{
                errc::malformed,
                title(tried->asked, tried->head()) +
                    ": before it knew who we are (it may have made the file empty)",
                error_context::remote_file, tried->head().status};
        if (done) co_return tried;
        if (tried->asked.absolute_form && !tried->answered && detail::is_silence(done.error()))
            silent_[to_string(*with.via)] = time_.now();
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
        with.via = to.via;
        with.proxy = std::make_unique<introduction>(
            standings_, asker::proxy, to.via->host, to_string(*to.via), to.via->who);
    }
    const auto whole = asked.what.scheme + "://" + asked.what.authority() + target;
    said = co_await with.proxy->answer(method, whole);
    if (!said) co_return while_doing(title(asked), std::move(said.error()));
    asked.proxy_authorization = std::move(*said);
    co_return result<void>();
}

}  // namespace ferry::http
