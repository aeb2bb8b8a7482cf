#pragma once

#include <ferry/awaitable.hpp>
#include <ferry/clock.hpp>
#include <ferry/disk_pool.hpp>
#include <ferry/http/auth/choice.hpp>
#include <ferry/http/auth/digest.hpp>
#include <ferry/http/auth/gss_context.hpp>
#include <ferry/http/message.hpp>

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace ferry::http {

/// What one asker wanted last: shared by all requests that go to it under one identity, so that
/// they need not be asked first. Only schemes whose answers are not bound to a connection.
/// Threads: those of its authenticators, one at a time.
struct standing {
    struct refusal {
        std::string wish;  ///< what had been asked for
        failure why;
        clock::time_point when;
        unsigned times = 1;  ///< one after the other
    };
    std::optional<auth_scheme> scheme = {};  ///< basic, bearer or digest; none: nothing known
    digest_session digest = {};
    std::string wish = {};                ///< what was answered last
    std::optional<refusal> refused = {};  ///< the last one
    bool proven = false;                  ///< an answer was taken, and none refused since
    unsigned trials = 0;                  ///< answers under way that may be the first to be taken
};

/// Tells one asker who we are, for the time of one request (RFC 9110, 11). Until a challenge has
/// come, to this one or to another that shares its standing, it says nothing.
/// The loop: send with answer(); on 401 (of a proxy: 407) challenged(); if that went well, skip the
/// reply's body and send again, on the same connection if bound_to_connection(). It ends by itself:
/// challenged() fails once there is nothing more to say.
/// Threads: one executor; what blocks (Kerberos) runs on `disk`, which must outlive it.
class authenticator {
  public:
    /// @param host   Of the server or proxy; a Kerberos ticket is for HTTP@host.
    /// @param known  Shared with others; none: its own.
    authenticator(
        asker by, std::string host, credentials who, disk_pool& disk,
        std::shared_ptr<standing> known = nullptr);
    authenticator(const authenticator&) = delete;
    authenticator& operator=(const authenticator&) = delete;

    /// A 401 or 407 came. Success: answer() has something new to say.
    /// Errors: errc::unauthorized: what is wanted, why we cannot or why it was refused, and what
    ///   the user can do; never a secret. std::errc::host_unreachable: no KDC answers.
    /// Cancellation: terminal; but a call to the Kerberos library is waited for.
    [[nodiscard]] awaitable<result<void>> challenged(response_head reply);

    /// The value of the (Proxy-)Authorization field; empty: nothing to say so far. Asked once for
    /// each time that a request is sent.
    /// @param target  As in the request line: "/path?query", or "host:port" for CONNECT.
    /// Errors: errc::unauthorized: e.g. no source of random numbers.
    [[nodiscard]] awaitable<result<std::string>> answer(std::string method, std::string target);

    /// The last time it was asked, it had something to say.
    bool has_spoken() const noexcept { return said_.has_value(); }

    /// A dialogue of NTLM or Negotiate is under way: the next leg must go over the connection that
    /// the last one went over.
    bool bound_to_connection() const noexcept { return context_ && said_ == bound_; }

    /// The answer is but a greeting, to which another challenge will come: no content need go along
    /// (MS-NLMP, 2.2.1.1: NEGOTIATE_MESSAGE).
    bool only_greets() const;

  private:
    awaitable<result<void>> begin(
        std::vector<challenge> offers, std::optional<failure> stalled = std::nullopt);
    awaitable<result<void>> begin_one(auth_scheme scheme, challenge offer);
    awaitable<result<void>> go_on(std::vector<challenge> offers);
    awaitable<result<void>> step(std::string heard);
    result<void> settle(auth_scheme scheme, const challenge& offer);
    result<std::string> say(standing& with, const std::string& method, const std::string& target);
    bool may_begin_again(const std::vector<challenge>& offers);
    failure refused(const std::vector<challenge>& offers);

    static constexpr unsigned most_legs = 8;  // of one request; NTLM needs three

    const asker by_;
    const std::string host_;
    const credentials who_;
    disk_pool& disk_;
    const std::shared_ptr<standing> known_;
    std::unique_ptr<gss_context> context_;
    auth_scheme bound_ = auth_scheme::negotiate;  // of the context
    std::string token_;                           // what it wants to be said next
    std::vector<challenge> offers_;               // before it began: later, fewer may be told
    std::optional<auth_scheme> said_;             // how we answered last; none: not at all
    unsigned challenges_ = 0;                     // of this request
};

}  // namespace ferry::http

#include <ferry/http/auth/impl/authenticator.ipp>
