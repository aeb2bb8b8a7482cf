#pragma once

#include <ferry/http/io.hpp>
#include <ferry/result.hpp>

#include <openssl/ssl.h>

#include <cstdint>
#include <map>
#include <memory>
#include <span>
#include <string>

namespace ferry::http {

/// Whom to believe. Connections and sessions made under one trust are never used under another.
struct trust {
    std::string ca_file = {};  ///< PEM; this and ca_path empty: the system's store
    std::string ca_path = {};
    bool insecure = false;  ///< verify nothing
    auto operator<=>(const trust&) const = default;
};

namespace detail {
template <auto Free>
struct freed_by {
    template <class T>
    void operator()(T* object) const noexcept {
        Free(object);
    }
};
}  // namespace detail

/// The client side of TLS 1.2 and 1.3 under one trust: certificates, and sessions to resume.
/// Threads: one; load() may run on any.
class tls_context {
  public:
    using session = std::unique_ptr<SSL_SESSION, detail::freed_by<SSL_SESSION_free>>;

    /// Reads certificates: a blocking call.
    /// Errors: any errno of ca_file and ca_path (context local_file); errc::bad_argument if there
    /// is
    ///   no certificate in them.
    static result<std::shared_ptr<tls_context>> load(const trust& whom);

    SSL_CTX* native() const noexcept { return native_.get(); }
    /// The latest session with that server, or null; it stays ours.
    SSL_SESSION* session_for(const std::string& server) const;
    void keep(const std::string& server, session fresh);

  private:
    static constexpr std::size_t most_sessions = 256;

    std::unique_ptr<SSL_CTX, detail::freed_by<SSL_CTX_free>> native_;
    std::map<std::string, session> sessions_;
};

/// TLS over a connected non-blocking socket, which must outlive it. Goes to the socket directly, so
/// that nothing is copied on the way; no call waits and none raises SIGPIPE.
/// Threads: one at a time; construct, destroy and rest() where the context lives.
class tls_stream {
  public:
    tls_stream(
        std::shared_ptr<tls_context> context, int socket, std::string host, std::uint16_t port);
    tls_stream(const tls_stream&) = delete;  // OpenSSL points into this
    tls_stream& operator=(const tls_stream&) = delete;
    ~tls_stream();

    /// io_state::moved: done. Errors: errc::not_trusted, ::cut_short, ::malformed, socket errors.
    io_result handshake();
    /// io_state::end only after the peer's close_notify; a bare end of the connection, which an
    /// attacker can forge, is errc::cut_short.
    io_result read(std::span<std::byte> into);
    io_result write(std::span<const std::byte> bytes);
    /// Bytes have been received that read() has not yet returned.
    bool has_buffered() const noexcept {
        return wire_.first < wire_.end || SSL_has_pending(native_.get()) == 1;
    }
    /// Neither data nor an end has come. Processes session tickets, which may come at any time.
    bool quiet();
    /// Nothing is to come for a while: lets go of memory, and lets other connections resume the
    /// session of this one.
    void rest();

  private:
    /// What the socket said last: OpenSSL's own account of it lacks detail.
    struct wire {
        int socket = -1;
        bool at_end = false;
        int error_number = 0;
        // Read ahead here and not by OpenSSL, which moves what is left to the front of its buffer,
        // record by record.
        std::unique_ptr<std::byte[]> ahead = {};
        std::size_t size = 0;
        std::size_t first = 0;  // [first, end) is yet to be given to OpenSSL
        std::size_t end = 0;
    };
    struct callbacks;
    friend class tls_context;

    io_result outcome(int returned);
    failure not_trusted(long verify_result) const;

    std::shared_ptr<tls_context> context_;
    std::string server_;
    wire wire_;
    tls_context::session fresh_;
    std::unique_ptr<SSL, detail::freed_by<SSL_free>> native_;
    bool usable_ = true;  // no fatal error so far
};

}  // namespace ferry::http

#include <ferry/http/impl/tls_context.ipp>
#include <ferry/http/impl/tls_stream.ipp>
