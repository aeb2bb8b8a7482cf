#pragma once

#include <arpa/inet.h>
#include <openssl/bio.h>
#include <openssl/x509v3.h>
#include <sys/socket.h>

#include <algorithm>
#include <cstring>
#include <limits>

namespace ferry::http {

/// A BIO over send() and recv(): OpenSSL's own socket BIO would raise SIGPIPE, and a library must
/// not change what signals do.
struct tls_stream::callbacks {
    static wire& of(BIO* bio) noexcept { return *static_cast<wire*>(BIO_get_data(bio)); }

    static int read(BIO* bio, char* into, int size) {
        auto& me = of(bio);
        BIO_clear_retry_flags(bio);
        if (me.first == me.end) {
            const auto got = refill(me);
            if (got == 0) me.at_end = true;
            if (got < 0 && !later(bio, BIO_FLAGS_READ)) me.error_number = errno;
            if (got <= 0) return static_cast<int>(got);
        }
        const auto given = std::min(to_size(size), me.end - me.first);
        std::memcpy(into, me.ahead.get() + me.first, given);
        me.first += given;
        return static_cast<int>(given);
    }
    static int write(BIO* bio, const char* from, int size) {
        auto& me = of(bio);
        BIO_clear_retry_flags(bio);
        const auto put =
            retried([&] { return ::send(me.socket, from, to_size(size), MSG_NOSIGNAL); });
        if (put < 0 && !later(bio, BIO_FLAGS_WRITE)) me.error_number = errno;
        return static_cast<int>(put);
    }
    static long control(BIO* bio, int command, long, void*) {
        if (command == BIO_CTRL_FLUSH) return 1;
        if (command == BIO_CTRL_EOF) return of(bio).at_end;
        return 0;
    }
    static const BIO_METHOD* method() {
        static const std::unique_ptr<BIO_METHOD, detail::freed_by<BIO_meth_free>> all = [] {
            const auto made = BIO_meth_new(
                BIO_get_new_index() | BIO_TYPE_SOURCE_SINK | BIO_TYPE_DESCRIPTOR, "ferry socket");
            BIO_meth_set_read(made, read);
            BIO_meth_set_write(made, write);
            BIO_meth_set_ctrl(made, control);
            return decltype(all)(made);
        }();
        return all.get();
    }

  private:
    /// Takes many records in one system call, once they come fast enough to fill a buffer.
    static ssize_t refill(wire& me) {
        static constexpr std::size_t small = 32 * 1024;
        static constexpr std::size_t large = 256 * 1024;
        const bool ran_full = me.end == me.size;
        if (ran_full && me.size < large) {
            me.size = me.size == 0 ? small : large;
            me.ahead = std::make_unique_for_overwrite<std::byte[]>(me.size);
        }
        const auto got = retried([&] { return ::recv(me.socket, me.ahead.get(), me.size, 0); });
        me.first = 0;
        me.end = got > 0 ? static_cast<std::size_t>(got) : 0;
        return got;
    }
    static std::size_t to_size(int size) noexcept { return static_cast<std::size_t>(size); }
    template <class Call>
    static ssize_t retried(Call call) {
        for (;;)
            if (const ssize_t done = call(); done >= 0 || errno != EINTR) return done;
    }
    static bool later(BIO* bio, int direction) {
        if (errno != EAGAIN && errno != EWOULDBLOCK) return false;
        BIO_set_flags(bio, direction | BIO_FLAGS_SHOULD_RETRY);
        return true;
    }
};

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

inline std::string_view trust_hint(long verify_result) {
    switch (verify_result) {
        case X509_V_ERR_HOSTNAME_MISMATCH:
        case X509_V_ERR_IP_ADDRESS_MISMATCH:
            return "the certificate belongs to another server; check the URL";
        case X509_V_ERR_CERT_HAS_EXPIRED:
        case X509_V_ERR_CERT_NOT_YET_VALID:
            return "tell the server's owner, or check this machine's clock";
        default:
            return "if you trust its issuer, name the issuer's certificate with --ca-file";
    }
}

}  // namespace detail

inline tls_stream::tls_stream(
    std::shared_ptr<tls_context> context, int socket, std::string host, std::uint16_t port)
    : context_(std::move(context)),
      server_(host + ":" + std::to_string(port)),
      wire_{socket},
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
    if (done == 1) return {};
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
    if (wire_.error_number != 0) return {io_state::failed, 0, socket_failure(wire_.error_number)};
    if (wire_.at_end)
        return {
            io_state::failed,
            0,
            {errc::cut_short, "TLS was not ended properly", error_context::transport}};
    return {
        io_state::failed,
        0,
        {errc::malformed, "TLS: " + detail::tls_complaint(), error_context::transport}};
}

}  // namespace ferry::http
