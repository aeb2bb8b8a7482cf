#pragma once

#include <ferry/http/impl/tls_wire.ipp>

#include <arpa/inet.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <limits>

namespace ferry::http {
namespace detail {

inline bool is_address(const std::string& host) {
    unsigned char parsed[sizeof(in6_addr)];
    return inet_pton(AF_INET, host.c_str(), parsed) == 1 ||
           inet_pton(AF_INET6, host.c_str(), parsed) == 1;
}

/// Whose certificate we expect (RFC 9110, 4.3.4); the name also goes out as SNI, an address cannot.
inline void expect_server(SSL* stream, std::string host) {
    const auto expected = SSL_get0_param(stream);
    if (is_address(host)) {
        X509_VERIFY_PARAM_set1_ip_asc(expected, host.c_str());
        return;
    }
    if (host.ends_with('.')) host.pop_back();  // the root's dot is in no certificate
    X509_VERIFY_PARAM_set_hostflags(expected, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
    X509_VERIFY_PARAM_set1_host(expected, host.c_str(), host.size());
    SSL_set_tlsext_host_name(stream, host.c_str());
}

/// The server's alert is about our certificate (RFC 8446, 6.2; the reasons are 1000 + the alert).
inline bool is_about_our_certificate(unsigned long error, bool without) noexcept {
    if (ERR_GET_LIB(error) != ERR_LIB_SSL) return false;
    switch (ERR_GET_REASON(error)) {
        case SSL_R_SSLV3_ALERT_BAD_CERTIFICATE:
        case SSL_R_SSLV3_ALERT_UNSUPPORTED_CERTIFICATE:
        case SSL_R_SSLV3_ALERT_CERTIFICATE_REVOKED:
        case SSL_R_SSLV3_ALERT_CERTIFICATE_EXPIRED:
        case SSL_R_SSLV3_ALERT_CERTIFICATE_UNKNOWN:
        case SSL_R_SSLV3_ALERT_NO_CERTIFICATE:
        case SSL_R_TLSV1_ALERT_UNKNOWN_CA:
        case SSL_R_TLSV1_ALERT_ACCESS_DENIED:
        case SSL_R_TLSV13_ALERT_CERTIFICATE_REQUIRED:
            return true;
        case SSL_R_SSLV3_ALERT_HANDSHAKE_FAILURE:  // TLS 1.2's way to say "required"
            return without;
        default:
            return false;
    }
}

}  // namespace detail

inline tls_stream::tls_stream(
    std::shared_ptr<tls_context> context, int socket, std::string host, std::uint16_t port)
    : tls_stream(std::move(context), wire{.socket = socket}, std::move(host), port) {}

inline tls_stream::tls_stream(
    std::shared_ptr<tls_context> context, tls_stream& below, std::string host, std::uint16_t port)
    : tls_stream(std::move(context), wire{.below = &below}, std::move(host), port) {}

inline tls_stream::tls_stream(
    std::shared_ptr<tls_context> context, wire below, std::string host, std::uint16_t port)
    : context_(std::move(context)),
      server_(host + ":" + std::to_string(port)),
      wire_(std::move(below)),
      native_(SSL_new(context_->native())) {
    const auto bio = BIO_new(callbacks::method());
    if (!native_ || !bio) throw std::bad_alloc();
    BIO_set_data(bio, &wire_);
    BIO_set_init(bio, 1);
    SSL_set_bio(native_.get(), bio, bio);
    SSL_set_app_data(native_.get(), this);
    SSL_set_connect_state(native_.get());
    detail::expect_server(native_.get(), std::move(host));
    if (const auto known = context_->session_for(server_)) SSL_set_session(native_.get(), known);
}

inline tls_stream::~tls_stream() {
    // Without a close_notify OpenSSL would call the session unfit for resumption.
    if (usable_ && SSL_is_init_finished(native_.get())) SSL_shutdown(native_.get());
    ERR_clear_error();
    rest();
}

inline void tls_stream::rest() {
    if (fresh_) context_->keep(server_, std::move(fresh_));
    if (wire_.first < wire_.end) return;
    wire_.ahead.reset();
    wire_.size = wire_.first = wire_.end = 0;
}

inline io_result tls_stream::handshake() {
    ERR_clear_error();
    const int done = SSL_do_handshake(native_.get());
    if (done == 1) {
        auto known = check_pins();
        if (known) return {};
        usable_ = false;
        fresh_.reset();
        return {io_state::failed, 0, std::move(known.error())};
    }
    const auto verified = SSL_get_verify_result(native_.get());
    auto result = outcome(done);
    if (result.state == io_state::failed && verified != X509_V_OK)
        result.why = not_trusted(verified);
    if (result.state == io_state::end)  // a close_notify instead of an answer
        return {io_state::failed, 0, {errc::cut_short, "", error_context::transport}};
    return result;
}

inline failure tls_stream::not_trusted(long verify_result) const {
    std::string why = X509_verify_cert_error_string(verify_result);
    why.append(" (").append(detail::trust_hint(verify_result)).append(")");
    return {errc::not_trusted, std::move(why), error_context::transport};
}

inline result<void> tls_stream::check_pins() const {
    const auto& pins = context_->pins_;
    if (pins.empty()) return {};
    const auto theirs = SSL_get0_peer_certificate(native_.get());
    const auto digest = theirs ? detail::digest_of_key(theirs) : key_digest();
    if (theirs && std::find(pins.begin(), pins.end(), digest) != pins.end()) return {};
    return failure{
        errc::not_trusted,
        "the server's public key is none of the pinned ones: " + to_pin(digest) +
            " (if its owner confirms the new key, name it with --pin)",
        error_context::transport};
}

inline io_result tls_stream::read(std::span<std::byte> into) {
    static constexpr std::size_t most = std::numeric_limits<int>::max();
    ERR_clear_error();
    const int size = static_cast<int>(std::min(into.size(), most));
    const int got = SSL_read(native_.get(), into.data(), size);
    if (got > 0) return {io_state::moved, static_cast<std::size_t>(got)};
    return outcome(got);
}

inline io_result tls_stream::write(std::span<const std::byte> bytes) {
    static constexpr std::size_t most = std::numeric_limits<int>::max();
    ERR_clear_error();
    const int size = static_cast<int>(std::min(bytes.size(), most));
    const int put = SSL_write(native_.get(), bytes.data(), size);
    if (put > 0) return {io_state::moved, static_cast<std::size_t>(put)};
    return outcome(put);
}

inline bool tls_stream::quiet() {
    std::byte unwanted;
    ERR_clear_error();
    const int got = SSL_peek(native_.get(), &unwanted, 1);
    return got <= 0 && outcome(got).state == io_state::want_read && !has_buffered();
}

inline io_result tls_stream::outcome(int returned) {
    switch (SSL_get_error(native_.get(), returned)) {
        case SSL_ERROR_WANT_READ:
            return {io_state::want_read};
        case SSL_ERROR_WANT_WRITE:
            return {io_state::want_write};
        case SSL_ERROR_ZERO_RETURN:
            return {io_state::end};
        default:
            break;
    }
    usable_ = false;
    return {io_state::failed, 0, complaint()};
}

/// Why the stream is of no use any more.
inline failure tls_stream::complaint() const {
    if (detail::is_about_our_certificate(ERR_peek_error(), without_certificate_)) {
        const std::string what =
            without_certificate_
                ? "the server wants a certificate of ours: name one with --cert ("
                : "the server does not accept our certificate: name another one with --cert (";
        return {errc::unauthorized, what + detail::tls_complaint() + ")", error_context::transport};
    }
    if (wire_.why.code) return wire_.why;
    if (wire_.at_end)
        return {errc::cut_short, "TLS was not ended properly", error_context::transport};
    const auto code =
        detail::is_about_weakness(ERR_peek_error()) ? errc::not_trusted : errc::malformed;
    return {code, "TLS: " + detail::tls_complaint(), error_context::transport};
}

}  // namespace ferry::http
