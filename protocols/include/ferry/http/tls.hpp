#pragma once

#include <ferry/http/io.hpp>
#include <ferry/http/tls_trust.hpp>
#include <ferry/result.hpp>

#include <openssl/ssl.h>

#include <cstdint>
#include <map>
#include <memory>
#include <span>
#include <string>

namespace ferry::http {

/// The client side of TLS 1.2 and 1.3 under one trust: certificates, and sessions to resume.
/// Threads: one; load() may run on any.
class tls_context {
  public:
    using session = std::unique_ptr<SSL_SESSION, detail::freed_by<SSL_SESSION_free>>;

    /// Reads certificates, lists and keys: a blocking call.
    /// Errors: any errno of the files (context local_file); errc::bad_argument if they do not hold
    ///   what they should, for a wrong or missing password, for a pin that is none, and for wishes
    ///   that contradict each other.
    static result<std::shared_ptr<tls_context>> load(const trust& whom);

    SSL_CTX* native() const noexcept { return native_.get(); }
    /// The latest session with that server, or null; it stays ours.
    SSL_SESSION* session_for(const std::string& server) const;
    void keep(const std::string& server, session fresh);

  private:
    friend class tls_stream;
    static constexpr std::size_t most_sessions = 256;
    static int verify(int good, X509_STORE_CTX* chain);
    static int client_certificate_wanted(SSL* stream, X509** ours, EVP_PKEY** key);

    certificate_leniency lenient_;
    std::vector<key_digest> pins_;
    std::unique_ptr<SSL_CTX, detail::freed_by<SSL_CTX_free>> native_;
    std::map<std::string, session> sessions_;
};

/// TLS over a connected non-blocking socket, which must outlive it. Goes to the socket directly, so
/// that nothing is copied on the way; no call waits and none raises SIGPIPE.
/// Or TLS inside of another TLS, whose handshake is done (an https proxy's tunnel): all that goes
/// in or out is the other's data, and want_read and want_write tell what to wait for on the socket
/// in the end. From then on nobody else reads from or writes to the other one.
/// Threads: one at a time; construct, destroy and rest() where the context lives.
class tls_stream {
  public:
    tls_stream(
        std::shared_ptr<tls_context> context, int socket, std::string host, std::uint16_t port);
    /// @param below  Must outlive it; has_buffered() includes what that one holds, rest() does not.
    tls_stream(
        std::shared_ptr<tls_context> context, tls_stream& below, std::string host,
        std::uint16_t port);
    tls_stream(const tls_stream&) = delete;  // OpenSSL points into this
    tls_stream& operator=(const tls_stream&) = delete;
    ~tls_stream();

    /// io_state::moved: done. Errors: errc::not_trusted, ::cut_short, ::malformed, socket errors;
    ///   errc::unauthorized if the server wants another certificate of ours, or one at all. (In TLS
    ///   1.3 it may say so only later, when we read.)
    io_result handshake();
    /// io_state::end only after the peer's close_notify; a bare end of the connection, which an
    /// attacker can forge, is errc::cut_short.
    io_result read(std::span<std::byte> into);
    io_result write(std::span<const std::byte> bytes);
    /// Bytes have been received that read() has not yet returned.
    bool has_buffered() const noexcept {
        return wire_.first < wire_.end || SSL_has_pending(native_.get()) == 1 ||
               (wire_.below && wire_.below->has_buffered());
    }
    /// Neither data nor an end has come. Processes session tickets, which may come at any time.
    bool quiet();
    /// The server has asked for a certificate of ours, and there was none.
    bool lacks_certificate() const noexcept { return without_certificate_; }
    /// Nothing is to come for a while: lets go of memory, and lets other connections resume the
    /// session of this one.
    void rest();

  private:
    /// What the layer below said last: OpenSSL's own account of it lacks detail.
    struct wire {
        int socket = -1;
        tls_stream* below = nullptr;  // if set, instead of the socket
        bool at_end = false;
        failure why = {};  // with a code once a call has failed
        // Read ahead here and not by OpenSSL, which moves what is left to the front of its buffer,
        // record by record.
        std::unique_ptr<std::byte[]> ahead = {};
        std::size_t size = 0;
        std::size_t first = 0;  // [first, end) is yet to be given to OpenSSL
        std::size_t end = 0;
    };
    struct callbacks;
    friend class tls_context;

    tls_stream(
        std::shared_ptr<tls_context> context, wire below, std::string host, std::uint16_t port);

    io_result outcome(int returned);
    failure complaint() const;
    failure not_trusted(long verify_result) const;
    result<void> check_pins() const;

    std::shared_ptr<tls_context> context_;
    std::string server_;
    wire wire_;
    tls_context::session fresh_;
    std::unique_ptr<SSL, detail::freed_by<SSL_free>> native_;
    bool usable_ = true;                // no fatal error so far
    bool without_certificate_ = false;  // see lacks_certificate()
};

}  // namespace ferry::http

#include <ferry/http/impl/tls_context.ipp>
#include <ferry/http/impl/tls_stream.ipp>
