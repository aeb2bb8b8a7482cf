#pragma once

#include <ferry/http/auth/basic.hpp>
#include <ferry/http/auth/encoding.hpp>

#include <algorithm>
#include <utility>

namespace ferry::http {
namespace detail {

/// The offer of `scheme`; none: the asker does not speak of it any more.
inline const challenge* offer_of(const std::vector<challenge>& offers, auth_scheme scheme) {
    const auto found = std::find_if(offers.begin(), offers.end(), [&](const challenge& one) {
        return scheme_of(one) == scheme;
    });
    return found == offers.end() ? nullptr : &*found;
}

/// Our answer was right but for its nonce, which is too old (RFC 7616, 3.3).
inline bool is_stale_nonce(const std::vector<challenge>& offers) {
    return std::any_of(offers.begin(), offers.end(), [](const challenge& one) {
        return scheme_of(one) == auth_scheme::digest && is_true(one.find("stale"));
    });
}

/// Some servers know tokens but not the field that asks for them: a bare 401 is their challenge.
inline void assume_bearer(std::vector<challenge>& offers, const credentials& who) {
    if (offers.empty() && !who.bearer.empty()) offers.push_back({"Bearer", {}, {}});
}

}  // namespace detail

inline authenticator::authenticator(
    asker by, std::string host, credentials who, disk_pool& disk, std::shared_ptr<standing> known)
    : by_(by),
      host_(std::move(host)),
      who_(std::move(who)),
      disk_(disk),
      known_(known ? std::move(known) : std::make_shared<standing>()) {}

inline awaitable<result<void>> authenticator::challenged(response_head reply) {
    const auto status = reply.status;
    auto offers = challenges_of(reply, by_);
    detail::assume_bearer(offers, who_);
    auto done = co_await go_on(std::move(offers));
    if (done) co_return done;
    auto why = std::move(done.error());
    why.context = error_context::remote_file;
    why.http_status = status;
    co_return why;
}

inline awaitable<result<void>> authenticator::go_on(std::vector<challenge> offers) {
    ++challenges_;
    const auto* next = context_ ? detail::offer_of(offers, bound_) : nullptr;
    const bool stalled = bound_ == auth_scheme::negotiate && only_greets();
    if (next && (!next->token.empty() || stalled) && challenges_ <= most_legs) {
        auto done = co_await step(next->token);
        if (done) co_return done;
        if (stalled) {
            auto other = co_await begin(std::move(offers_), done.error());
            co_return other;
        }
        auto why = refused(offers);
        why.detail = detail::name_of(by_) + " did not accept our " +
                     std::string(to_string(bound_)) + " answer: " + done.error().detail +
                     " (check name and password)";
        co_return why;
    }
    if (said_ && !may_begin_again(offers)) co_return refused(offers);
    offers_ = offers;
    auto done = co_await begin(std::move(offers));
    co_return done;
}

/// After an answer that was not accepted. What was said unasked may have been said in a way that is
/// not known here, though it is elsewhere at this origin. A nonce may have aged, with a word about
/// it (stale) or, if it was not of this request's challenge, without: servers forget theirs when
/// they restart.
inline bool authenticator::may_begin_again(const std::vector<challenge>& offers) {
    static constexpr unsigned most_stale = 3;
    if (challenges_ == 1 && !detail::offer_of(offers, *said_)) return true;
    if (said_ != auth_scheme::digest || challenges_ > most_stale) return false;
    return challenges_ == 1 || detail::is_stale_nonce(offers);
}

inline failure authenticator::refused(const std::vector<challenge>& offers) {
    known_->scheme.reset();  // it would be refused the next time as well
    context_.reset();
    return {errc::unauthorized, explain_refusal(by_, *said_, offers, who_)};
}

/// Takes up the strongest offer; one that fails before anything was proven gives way to the next.
/// @param stalled  Why Negotiate has not got beyond a greeting; none: it is as good as the others.
inline awaitable<result<void>> authenticator::begin(
    std::vector<challenge> offers, std::optional<failure> stalled) {
    std::error_code code = errc::unauthorized;
    std::string reasons;
    const auto failed = [&](const failure& why) {
        if (is_transient(why.code)) code = why.code;
        reasons += "; " + why.detail;
    };
    if (stalled) failed(*stalled);
    for (const auto& way : ways(offers, who_)) {
        if (stalled && way.scheme == auth_scheme::negotiate) continue;
        auto begun = co_await begin_one(way.scheme, offers[way.offer]);
        if (begun) co_return begun;
        failed(begun.error());
    }
    known_->scheme.reset();
    auto text =
        reasons.empty() ? explain_no_way(by_, offers, who_) : explain_wish(by_, offers) + reasons;
    co_return failure{code, std::move(text)};
}

inline awaitable<result<void>> authenticator::begin_one(auth_scheme scheme, challenge offer) {
    if (scheme != auth_scheme::negotiate && scheme != auth_scheme::ntlm)
        co_return settle(scheme, offer);
    bound_ = scheme;
    context_ = std::make_unique<gss_context>(scheme, host_, who_);
    auto done = co_await step(std::string());
    co_return done;
}

/// The Kerberos library may ask the network: never on the loop's thread.
inline awaitable<result<void>> authenticator::step(std::string heard) {
    auto work = [this, &heard] { return context_->step(heard); };
    auto next = co_await disk_.run(work);
    if (!next) {
        context_.reset();
        co_return std::move(next.error());
    }
    token_ = std::move(*next);
    co_return result<void>();
}

/// Schemes that need no dialogue. Tries the answer, so that what cannot be said fails here.
inline result<void> authenticator::settle(auth_scheme scheme, const challenge& offer) {
    standing next{scheme, {}};
    if (scheme == auth_scheme::digest) {
        auto cnonce = random_cnonce();
        if (!cnonce) return std::move(cnonce.error());
        auto session = accept_digest(offer, std::move(*cnonce));
        if (!session) return std::move(session.error());
        next.digest = std::move(*session);
    }
    auto trial = next;
    if (auto said = say(trial, "GET", "/"); !said) return std::move(said.error());
    known_->scheme = next.scheme;
    known_->digest = std::move(next.digest);
    return {};
}

inline result<std::string> authenticator::say(
    standing& with, const std::string& method, const std::string& target) {
    if (with.scheme == auth_scheme::basic) return basic_answer(who_);
    if (with.scheme == auth_scheme::bearer) return bearer_answer(who_);
    return digest_answer(with.digest, who_, method, target);
}

/// Bare, or as what SPNEGO tries first.
inline bool authenticator::only_greets() const {
    constexpr std::string_view greeting("NTLMSSP\0\1\0\0\0", 12);
    const auto said = bound_to_connection() ? from_base64(token_) : std::nullopt;
    return said && said->find(greeting) != said->npos;
}

inline awaitable<result<std::string>> authenticator::answer(
    std::string method, std::string target) {
    if (context_) {
        said_ = bound_;
        co_return std::string(to_string(bound_)) + " " + token_;
    }
    said_ = known_->scheme;
    if (!said_) co_return std::string();
    co_return say(*known_, method, target);
}

}  // namespace ferry::http
