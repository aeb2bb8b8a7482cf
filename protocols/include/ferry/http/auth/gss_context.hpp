#pragma once

#include <ferry/credentials.hpp>
#include <ferry/http/auth/choice.hpp>
#include <ferry/http/text.hpp>
#include <ferry/result.hpp>

#include <memory>
#include <string>
#include <string_view>

namespace ferry::http {

/// One dialogue of Negotiate (RFC 4559: SPNEGO, in most cases Kerberos) or NTLM, by the system's
/// GSSAPI. Built without it (FERRY_HAVE_GSSAPI), every step fails and says so.
/// Mutual authentication is not asked for: who the server is, TLS tells.
/// Threads: one at a time; all calls may block, also on the network (the KDC).
class gss_context {
  public:
    /// @param scheme  auth_scheme::negotiate or ::ntlm.
    /// @param host    Of the service: the ticket is for HTTP@host.
    /// @param who     Without a user: whoever the tickets of its ticket cache are for (none: of
    ///   KRB5CCNAME, else the default). A user without password: that one's ticket there.
    gss_context(auth_scheme scheme, std::string host, credentials who);
    gss_context(const gss_context&) = delete;
    gss_context& operator=(const gss_context&) = delete;
    ~gss_context();

    /// Takes what the peer said (base64; empty at first) and returns what to say (base64).
    /// Errors: errc::unauthorized: e.g. no ticket, a clock that is off, a dialogue that is over;
    ///   std::errc::host_unreachable: no KDC answers.
    result<std::string> step(std::string_view token);

  private:
    struct state;
    std::unique_ptr<state> state_;
};

}  // namespace ferry::http

#if defined(FERRY_HAVE_GSSAPI)
#include <ferry/http/auth/impl/gss_context.ipp>
#else
#include <ferry/http/auth/impl/gss_absent.ipp>
#endif
