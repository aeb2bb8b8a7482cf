#pragma once

#include <support/certificates.hpp>

#include <asio/awaitable.hpp>
#include <asio/io_context.hpp>
#include <asio/ip/tcp.hpp>
#include <asio/ssl/context.hpp>

#include <chrono>
#include <cstdint>
#include <deque>
#include <functional>
#include <list>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace ferry::test {

/// What the server has, under every path.
struct remote_object {
    std::string body = {};
    std::string etag = "\"v1\"";                             ///< empty: none is sent
    std::string modified = "Mon, 05 Jan 2026 10:00:00 GMT";  ///< empty: none is sent
};

struct request {
    std::string method = {};
    std::string target = {};
    std::vector<std::pair<std::string, std::string>> fields = {};
    unsigned connection = 0;   ///< over which connection it came, counted from 1
    std::string content = {};  ///< as far as it has come
};

/// The value of a header field, or "".
std::string field(const request& asked, std::string_view name);

/// [first, last] of the Range field; nothing if there is none.
struct asked_range {
    std::uint64_t first = 0;
    std::optional<std::uint64_t> last = {};
};
std::optional<asked_range> range_of(const request& asked);

enum class frame_by { length, chunked, until_close };

/// What follows a reply's last byte.
enum class ending {
    keep_alive,
    close,  ///< in order: FIN, in TLS after a close_notify
    cut,    ///< FIN without a close_notify
    reset,  ///< RST
    stall,  ///< nothing, until the client leaves
    deaf,   ///< nothing, and nothing more is read
};

/// How one request is answered. The default is honest: 200, 206 or 416, with validators.
struct reply {
    // What is said.
    std::string raw = {};     ///< these bytes instead of a head and a body
    std::string status = {};  ///< "503 Service Unavailable"; empty: the honest one
    std::string version = "HTTP/1.1";
    std::string before = {};        ///< bytes ahead of the head: interim replies
    std::string after = {};         ///< bytes behind the body: garbage
    std::string afterthought = {};  ///< bytes that follow while nobody asks
    std::vector<std::pair<std::string, std::string>> fields = {};  ///< set; with "" removed
    std::string lines = {};                 ///< raw header lines, "A: b\r\nC: d\r\n"
    std::optional<std::string> body = {};   ///< instead of the honest bytes
    std::optional<remote_object> now = {};  ///< the object becomes this, just before the reply
    bool ignore_range = false;              ///< 200 and everything
    std::int64_t shift = 0;                 ///< a 206 starts that many bytes later than asked
    std::uint64_t longer = 0;               ///< a 206 ends that many bytes later than asked
    std::uint64_t shorter = 0;              ///< … or earlier
    // How it is framed.
    frame_by framing = frame_by::length;
    std::size_t chunk = 1'000;      ///< bytes a chunk
    std::string extension = {};     ///< behind each chunk size
    std::string trailers = {};      ///< raw lines behind the last chunk
    std::string line_end = "\r\n";  ///< of head lines
    // How it is sent.
    std::optional<std::size_t> cut = {};       ///< only that many bytes of it all
    std::optional<std::size_t> cut_body = {};  ///< only that many bytes of the framed body
    std::string forever = {};            ///< then this, over and over, until the client leaves
    std::size_t drip = 0;                ///< bytes a time; 0: all at once
    std::chrono::milliseconds pause{0};  ///< between two drips
    std::chrono::milliseconds think{0};  ///< before the first byte
    // How it listens.
    std::optional<std::size_t> takes = {};  ///< answers after so many bytes of the content
    bool permits = true;                    ///< says 100 (Continue) to whoever waits for it
    std::chrono::milliseconds dawdle{0};    ///< before it reads the content
    std::optional<ending> end = {};         ///< default: keep_alive, but close if cut or raw
};

/// What happens to a new connection before anything is read from it.
struct welcome {
    enum { serve, close, reset, stall } act = serve;
    std::string greeting = {};           ///< unsolicited bytes
    std::chrono::milliseconds delay{0};  ///< before the TLS handshake, or before the first read
};

/// The bytes of a reply, by whatever it lies about: a pure function.
struct wire_form {
    std::string head;
    std::string body;  ///< framed
};
wire_form to_wire(const remote_object& what, const request& asked, const reply& how);

/// An HTTP/1.1 server that does what it is told, request by request; on 127.0.0.1, or wherever an
/// own network has an address for it.
/// It lives on the caller's io_context; its destructor ends what is left on it.
class lying_server {
  public:
    lying_server(
        asio::io_context& io, remote_object what, const std::string& address = "127.0.0.1");
    lying_server(asio::io_context& io, remote_object what, const tls_identity& identity);
    lying_server(const lying_server&) = delete;
    lying_server& operator=(const lying_server&) = delete;
    ~lying_server();

    remote_object object;      ///< what it has; may be changed at any time
    std::deque<reply> script;  ///< the next replies, used up one a request
    reply otherwise = {};      ///< all further ones
    /// Decides alone, if set; for requests whose order is not known. The content is yet to come.
    std::function<reply(const request&)> decide = {};
    /// Told of every request's content, once it is there or the client has left.
    std::function<void(const request&)> received = {};
    std::deque<welcome> welcomes;  ///< the next connections; all further ones are served
    welcome otherwise_welcome = {};
    std::size_t receive_window = 0;  ///< bytes that the kernel may hold unread; 0: its own choice
    /// Connections at a time; further ones are reset.
    std::size_t most_guests = 1'000;

    std::vector<request> requests;  ///< all so far
    unsigned connections = 0;       ///< accepted so far
    std::uint64_t sent = 0;         ///< bytes, heads included
    /// The client let an endless reply run past this: it has no limit of its own.
    bool flooded = false;
    static constexpr std::uint64_t flood = 64U << 20;

    std::uint16_t port() const noexcept { return port_; }
    /// "http://127.0.0.1:PORT/path"
    std::string url(std::string_view path, std::string_view host = "127.0.0.1") const;
    /// From now on it tells nothing but the truth, also over open connections.
    void become_honest();
    /// Refuses all further connections; those that are open stay.
    void stop_listening();

  private:
    struct guest;
    asio::awaitable<void> listen();
    asio::awaitable<void> host(std::shared_ptr<guest> who, unsigned number, welcome first);
    template <class Stream>
    asio::awaitable<void> converse(
        Stream& stream, guest& who, unsigned number, std::string greeting);
    template <class Stream>
    asio::awaitable<bool> listen_to(Stream& stream, guest& who, std::string& heard, reply how);
    template <class Stream>
    asio::awaitable<bool> take(Stream& stream, guest& who, std::string& heard, std::size_t most);
    template <class Stream>
    asio::awaitable<bool> answer(Stream& stream, guest& who, request asked, reply how);
    template <class Stream>
    asio::awaitable<bool> send(Stream& stream, guest& who, std::string bytes, reply how);
    template <class Stream>
    asio::awaitable<bool> flood_with(Stream& stream, std::string bytes);
    template <class Stream>
    asio::awaitable<void> finish(Stream& stream, guest& who, ending how);
    reply next_reply(const request& asked);

    asio::io_context& io_;
    asio::ip::tcp::acceptor acceptor_;
    std::unique_ptr<asio::ssl::context> tls_;
    std::list<std::weak_ptr<guest>> guests_;
    unsigned alive_ = 0;  // coroutines
    std::uint16_t port_ = 0;
};

}  // namespace ferry::test
