#include <support/lying_server.hpp>

#include <asio/buffer.hpp>
#include <asio/co_spawn.hpp>
#include <asio/detached.hpp>
#include <asio/experimental/as_tuple.hpp>
#include <asio/ssl/stream.hpp>
#include <asio/steady_timer.hpp>
#include <asio/use_awaitable.hpp>
#include <asio/write.hpp>

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>

namespace ferry::test {
namespace {

using namespace std::chrono_literals;
using asio::awaitable;
using asio::ip::tcp;
using secure_stream = asio::ssl::stream<tcp::socket&>;
constexpr auto nothrow = asio::experimental::as_tuple(asio::use_awaitable);

bool same_name(std::string_view a, std::string_view b) {
    return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](unsigned char x, unsigned char y) {
        return std::tolower(x) == std::tolower(y);
    });
}

std::optional<std::uint64_t> number(std::string_view digits) {
    std::uint64_t value = 0;
    const auto end = digits.data() + digits.size();
    const auto [stop, error] = std::from_chars(digits.data(), end, value);
    if (error != std::errc() || stop != end) return std::nullopt;
    return value;
}

request parse_request(std::string_view head, unsigned connection) {
    request asked;
    asked.connection = connection;
    const auto line = head.substr(0, head.find("\r\n"));
    const auto space = line.find(' ');
    asked.method = line.substr(0, space);
    asked.target = line.substr(space + 1, line.rfind(' ') - space - 1);
    for (auto rest = head.substr(line.size() + 2); rest.find("\r\n") > 0;) {
        const auto one = rest.substr(0, rest.find("\r\n"));
        const auto colon = one.find(": ");
        asked.fields.emplace_back(one.substr(0, colon), one.substr(colon + 2));
        rest.remove_prefix(one.size() + 2);
    }
    return asked;
}

/// What of the object a reply is about.
struct part {
    std::string status;
    std::uint64_t first = 0;
    std::uint64_t end = 0;
    std::string content_range = {};
};

bool range_holds(const remote_object& what, const request& asked) {
    const auto condition = field(asked, "If-Range");  // RFC 9110, 13.1.5
    return condition.empty() || condition == what.etag || condition == what.modified;
}

part choose(const remote_object& what, const request& asked, const reply& how) {
    const auto total = what.body.size();
    const part whole{"200 OK", 0, total};
    const auto range = range_of(asked);
    if (!range || how.ignore_range || !range_holds(what, asked)) return whole;
    const auto size = std::to_string(total);
    if (range->first >= total) return {"416 Range Not Satisfiable", 0, 0, "bytes */" + size};

    const auto limit = static_cast<std::int64_t>(total);
    const auto first =
        std::clamp(static_cast<std::int64_t>(range->first) + how.shift, std::int64_t(0), limit);
    auto end = std::min<std::uint64_t>(range->last ? *range->last + 1 : total, total);
    end = std::min<std::uint64_t>(end + how.longer, total) - how.shorter;
    return {
        "206 Partial Content", static_cast<std::uint64_t>(first), end,
        "bytes " + std::to_string(first) + "-" + std::to_string(end - 1) + "/" + size};
}

using field_list = std::vector<std::pair<std::string, std::string>>;

void set(field_list& fields, const std::string& name, const std::string& value) {
    std::erase_if(fields, [&](const auto& one) { return same_name(one.first, name); });
    if (!value.empty()) fields.emplace_back(name, value);
}

std::string chunked(std::string_view bytes, const reply& how) {
    std::string framed;
    for (; !bytes.empty(); bytes.remove_prefix(std::min(how.chunk, bytes.size()))) {
        const auto one = bytes.substr(0, how.chunk);
        std::array<char, 16> hex{};
        const auto [end, error] = std::to_chars(hex.begin(), hex.end(), one.size(), 16);
        framed.append(hex.begin(), end).append(how.extension).append("\r\n");
        framed.append(one).append("\r\n");
    }
    return framed + "0" + how.extension + "\r\n" + how.trailers + "\r\n";
}

bool has_no_body(const request& asked, const std::string& status) {
    return asked.method == "HEAD" || status.starts_with("1") || status.starts_with("204") ||
           status.starts_with("304");
}

std::string print_head(const reply& how, const std::string& status, const field_list& fields) {
    auto head = how.version + " " + status + how.line_end;
    for (const auto& [name, value] : fields) head += name + ": " + value + how.line_end;
    return head + how.lines + how.line_end;
}

template <class Stream>
awaitable<bool> write(Stream& stream, std::string_view bytes) {
    const auto [error, count] = co_await asio::async_write(stream, asio::buffer(bytes), nothrow);
    co_return !error;
}

/// Reads until `heard` holds the end of a head; false if the client left before.
template <class Stream>
awaitable<bool> read_head(Stream& stream, std::string& heard) {
    std::array<char, 4'096> block;
    while (heard.find("\r\n\r\n") == heard.npos) {
        const auto [error, count] = co_await stream.async_read_some(asio::buffer(block), nothrow);
        if (error) co_return false;
        heard.append(block.data(), count);
    }
    co_return true;
}

std::size_t content_length(const request& asked) {
    return number(field(asked, "Content-Length")).value_or(0);
}

/// Says nothing until the client leaves.
template <class Stream>
awaitable<void> ignore(Stream& stream) {
    std::array<char, 4'096> block;
    asio::error_code left;
    while (!left) {
        const auto [error, count] = co_await stream.async_read_some(asio::buffer(block), nothrow);
        left = error;
    }
}

awaitable<void> say_goodbye(tcp::socket&) { co_return; }
awaitable<void> say_goodbye(secure_stream& stream) { co_await stream.async_shutdown(nothrow); }

}  // namespace

std::string field(const request& asked, std::string_view name) {
    for (const auto& [one, value] : asked.fields)
        if (same_name(one, name)) return value;
    return {};
}

std::optional<asked_range> range_of(const request& asked) {
    const auto text = field(asked, "Range");
    if (!text.starts_with("bytes=")) return std::nullopt;
    const auto range = std::string_view(text).substr(6);
    const auto dash = range.find('-');
    const auto first = number(range.substr(0, dash));
    if (!first || dash == range.npos) return std::nullopt;
    return asked_range{*first, number(range.substr(dash + 1))};
}

wire_form to_wire(const remote_object& what, const request& asked, const reply& how) {
    if (!how.raw.empty()) return {how.raw, ""};
    const auto honest = choose(what, asked, how);
    const auto status = how.status.empty() ? honest.status : how.status;
    auto body = what.body.substr(honest.first, honest.end - honest.first);
    if (!status.starts_with("2")) body = "<html>This must never reach the file.</html>\n";
    if (how.body) body = *how.body;

    field_list fields{{"Server", "liar"}, {"Content-Type", "application/octet-stream"}};
    set(fields, "Accept-Ranges", "bytes");
    set(fields, "ETag", what.etag);
    set(fields, "Last-Modified", what.modified);
    set(fields, "Content-Range", honest.content_range);
    if (how.framing == frame_by::chunked) set(fields, "Transfer-Encoding", "chunked");
    if (how.framing == frame_by::until_close) set(fields, "Connection", "close");
    if (how.framing == frame_by::length && !has_no_body(asked, status))
        set(fields, "Content-Length", std::to_string(body.size()));
    for (const auto& [name, value] : how.fields) set(fields, name, value);

    auto head = print_head(how, status, fields);
    if (has_no_body(asked, status)) return {head, ""};
    return {head, how.framing == frame_by::chunked ? chunked(body, how) : body};
}

/// A connection, kept where the destructor can end it.
struct lying_server::guest {
    tcp::socket socket;
    asio::steady_timer timer;
    std::size_t asks = 0;  // which of the requests

    awaitable<void> sleep(std::chrono::milliseconds how_long) {
        if (how_long.count() <= 0 || !socket.is_open()) co_return;
        timer.expires_after(how_long);
        co_await timer.async_wait(nothrow);
    }
    void leave() {
        asio::error_code ignored;
        socket.close(ignored);
        timer.cancel();
    }
    void reset() {
        asio::error_code ignored;
        socket.set_option(tcp::socket::linger(true, 0), ignored);
        leave();
    }
};

lying_server::lying_server(asio::io_context& io, remote_object what, const std::string& address)
    : object(std::move(what)), io_(io), acceptor_(io, {asio::ip::make_address(address), 0}) {
    port_ = acceptor_.local_endpoint().port();
    asio::co_spawn(io_, listen(), asio::detached);
    ++alive_;
}

lying_server::lying_server(asio::io_context& io, remote_object what, const tls_identity& identity)
    : lying_server(io, std::move(what)) {
    tls_ = std::make_unique<asio::ssl::context>(asio::ssl::context::tls_server);
    tls_->use_certificate_chain_file(identity.certificate.string());
    tls_->use_private_key_file(identity.key.string(), asio::ssl::context::pem);
}

lying_server::~lying_server() {
    decide = {};  // what they look at may be gone already
    received = {};
    stop_listening();
    for (const auto& one : guests_)
        if (const auto who = one.lock()) who->leave();
    while (alive_ > 0) {
        io_.restart();
        io_.run_one();
    }
}

std::string lying_server::url(std::string_view path, std::string_view host) const {
    return (tls_ ? "https://" : "http://") + std::string(host) + ":" + std::to_string(port_) +
           std::string(path);
}

void lying_server::become_honest() {
    script.clear();
    welcomes.clear();
    decide = nullptr;
    otherwise = {};
    otherwise_welcome = {};
}

void lying_server::stop_listening() {
    asio::error_code ignored;
    acceptor_.close(ignored);
}

awaitable<void> lying_server::listen() {
    while (acceptor_.is_open()) {
        auto [error, socket] = co_await acceptor_.async_accept(nothrow);
        if (error) continue;
        auto first = otherwise_welcome;
        if (!welcomes.empty()) {
            first = std::move(welcomes.front());
            welcomes.pop_front();
        }
        auto who = std::make_shared<guest>(guest{std::move(socket), asio::steady_timer(io_)});
        std::erase_if(guests_, [](const auto& one) { return one.expired(); });
        if (guests_.size() >= most_guests) first.act = welcome::reset;
        guests_.push_back(who);
        asio::co_spawn(io_, host(std::move(who), ++connections, std::move(first)), asio::detached);
        ++alive_;
    }
    --alive_;
}

awaitable<void> lying_server::host(std::shared_ptr<guest> who, unsigned number, welcome first) {
    asio::error_code ignored;
    who->socket.set_option(tcp::no_delay(true), ignored);
    if (receive_window > 0)
        who->socket.set_option(
            tcp::socket::receive_buffer_size(static_cast<int>(receive_window)), ignored);
    co_await who->sleep(first.delay);
    if (first.act == welcome::reset) who->reset();
    if (first.act == welcome::close) who->leave();
    if (first.act == welcome::stall) co_await ignore(who->socket);
    if (who->socket.is_open() && tls_) {
        secure_stream stream(who->socket, *tls_);
        const auto [error] = co_await stream.async_handshake(secure_stream::server, nothrow);
        if (!error) co_await converse(stream, *who, number, std::move(first.greeting));
    } else if (who->socket.is_open()) {
        co_await converse(who->socket, *who, number, std::move(first.greeting));
    }
    who->leave();
    --alive_;
}

template <class Stream>
awaitable<void> lying_server::converse(
    Stream& stream, guest& who, unsigned number, std::string greeting) {
    const auto greeted = co_await write(stream, greeting);
    if (!greeted) co_return;
    std::string heard;
    bool goes_on = true;
    while (goes_on) {
        const auto arrived = co_await read_head(stream, heard);
        if (!arrived) co_return;
        const auto end = heard.find("\r\n\r\n") + 4;
        who.asks = requests.size();
        requests.push_back(parse_request(std::string_view(heard).substr(0, end), number));
        heard.erase(0, end);
        auto asked = requests.back();
        const auto how = next_reply(asked);
        const auto listened = co_await listen_to(stream, who, heard, how);
        if (!listened) co_return;
        const auto length = content_length(asked);
        goes_on = co_await answer(stream, who, std::move(asked), how);
        if (goes_on && how.takes) goes_on = co_await take(stream, who, heard, length);
    }
}

/// Takes in as much of the content as is wanted; false if the client left before.
template <class Stream>
awaitable<bool> lying_server::listen_to(Stream& stream, guest& who, std::string& heard, reply how) {
    const auto asked = requests[who.asks];
    const auto length = content_length(asked);
    if (length == 0) co_return true;
    const bool waits = field(asked, "Expect") == "100-continue" && how.takes != 0;
    if (waits && how.permits) co_await write(stream, "HTTP/1.1 100 Continue\r\n\r\n");
    co_await who.sleep(how.dawdle);
    const auto here = co_await take(stream, who, heard, how.takes.value_or(length));
    if (received) received(requests[who.asks]);
    co_return here;
}

/// Reads the content up to `most` bytes of it.
template <class Stream>
awaitable<bool> lying_server::take(
    Stream& stream, guest& who, std::string& heard, std::size_t most) {
    std::array<char, 65'536> block;
    for (;;) {
        auto& content = requests[who.asks].content;
        const auto some = std::min(most - std::min(most, content.size()), heard.size());
        content.append(heard, 0, some);
        heard.erase(0, some);
        if (content.size() >= most) co_return true;
        const auto [error, count] = co_await stream.async_read_some(asio::buffer(block), nothrow);
        if (error) co_return false;
        heard.append(block.data(), count);
    }
}

template <class Stream>
awaitable<bool> lying_server::answer(Stream& stream, guest& who, request asked, reply how) {
    if (how.now) object = *how.now;
    const auto form = to_wire(object, asked, how);
    auto bytes = how.before + form.head + form.body + how.after;
    if (how.cut_body) how.cut = how.before.size() + form.head.size() + *how.cut_body;
    if (how.cut) bytes.resize(std::min(bytes.size(), *how.cut));
    const bool breaks_off = how.cut || how.framing == frame_by::until_close || !how.raw.empty();
    const auto end = how.end.value_or(breaks_off ? ending::close : ending::keep_alive);

    auto delivered = co_await send(stream, who, std::move(bytes), how);
    if (delivered && !how.forever.empty()) delivered = co_await flood_with(stream, how.forever);
    if (delivered && !how.afterthought.empty()) {
        co_await who.sleep(20ms);
        delivered = co_await write(stream, how.afterthought);
    }
    if (delivered) co_await finish(stream, who, end);
    co_return delivered&& end == ending::keep_alive;
}

template <class Stream>
awaitable<bool> lying_server::send(Stream& stream, guest& who, std::string bytes, reply how) {
    co_await who.sleep(how.think);
    std::string_view rest = bytes;
    while (!rest.empty()) {
        const auto some = rest.substr(0, how.drip == 0 ? rest.npos : how.drip);
        const auto taken = co_await write(stream, some);
        if (!taken) co_return false;
        sent += some.size();
        rest.remove_prefix(some.size());
        if (how.drip > 0) co_await who.sleep(how.pause);
    }
    co_return true;
}

template <class Stream>
awaitable<bool> lying_server::flood_with(Stream& stream, std::string bytes) {
    std::string block;
    while (block.size() < 16'384) block += bytes;
    for (std::uint64_t poured = 0; poured < flood; poured += block.size()) {
        const auto taken = co_await write(stream, block);
        if (!taken) co_return false;
    }
    flooded = true;
    co_return false;
}

template <class Stream>
awaitable<void> lying_server::finish(Stream& stream, guest& who, ending how) {
    switch (how) {
        case ending::keep_alive:
            co_return;
        case ending::close:
            co_await say_goodbye(stream);
            break;
        case ending::cut:
            break;
        case ending::reset:
            who.reset();
            break;
        case ending::stall:
            co_await ignore(stream);
            break;
        case ending::deaf:
            co_await who.sleep(1h);
            break;
    }
    who.leave();
}

reply lying_server::next_reply(const request& asked) {
    if (decide) return decide(asked);
    if (script.empty()) return otherwise;
    auto next = std::move(script.front());
    script.pop_front();
    return next;
}

}  // namespace ferry::test
