#include <support/bits_server.hpp>

#include <asio/buffer.hpp>
#include <asio/co_spawn.hpp>
#include <asio/detached.hpp>
#include <asio/experimental/as_tuple.hpp>
#include <asio/use_awaitable.hpp>
#include <asio/write.hpp>

#include <algorithm>
#include <array>
#include <utility>

namespace ferry::test {
namespace {

using asio::awaitable;
using asio::ip::tcp;
constexpr auto nothrow = asio::experimental::as_tuple(asio::use_awaitable);

bits_request parse(std::string_view head, unsigned connection) {
    bits_request asked;
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

std::uint64_t length_of(const bits_request& asked) {
    const auto text = asked.field("Content-Length");
    return text.empty() ? 0 : std::stoull(text);
}

}  // namespace

struct bits_server::guest {
    tcp::socket socket;
    std::string heard = {};

    awaitable<bool> hear() {
        std::array<char, 65'536> block;
        const auto [error, count] = co_await socket.async_read_some(asio::buffer(block), nothrow);
        heard.append(block.data(), error ? 0 : count);
        co_return !error;
    }
    awaitable<void> wait_for_the_end() {
        bool more = true;
        while (more) {
            more = co_await hear();
            heard.clear();
        }
    }
    awaitable<bool> say(std::string_view text) {
        const auto [error, count] = co_await asio::async_write(socket, asio::buffer(text), nothrow);
        co_return !error;
    }
    void leave() {
        asio::error_code ignored;
        socket.close(ignored);
    }
};

bits_server::bits_server(asio::io_context& io)
    : io_(io), acceptor_(io, {asio::ip::make_address("127.0.0.1"), 0}) {
    port_ = acceptor_.local_endpoint().port();
    asio::co_spawn(io_, listen(), asio::detached);
    ++alive_;
}

bits_server::~bits_server() {
    stop();
    while (alive_ > 0) {
        io_.restart();
        io_.run_one();
    }
}

std::string bits_server::url(std::string_view path, std::string_view host) const {
    return "http://" + std::string(host) + ":" + std::to_string(port_) + std::string(path);
}

void bits_server::hang_up() {
    for (const auto& one : guests_)
        if (const auto who = one.lock()) who->leave();
}

void bits_server::restart(bool with_sessions) {
    hang_up();
    if (!with_sessions) site.forget_sessions();
}

void bits_server::stop() {
    asio::error_code ignored;
    acceptor_.close(ignored);
    hang_up();
}

std::string bits_server::story() const {
    std::string told;
    for (const auto& one : requests) told += (told.empty() ? "" : " ") + one.packet();
    return told;
}

std::vector<bits_request> bits_server::all(std::string_view packet) const {
    std::vector<bits_request> found;
    std::copy_if(requests.begin(), requests.end(), std::back_inserter(found), [&](const auto& one) {
        return one.packet() == packet;
    });
    return found;
}

awaitable<void> bits_server::listen() {
    while (acceptor_.is_open()) {
        auto [error, socket] = co_await acceptor_.async_accept(nothrow);
        if (error) continue;
        auto who = std::make_shared<guest>(guest{std::move(socket)});
        std::erase_if(guests_, [](const auto& one) { return one.expired(); });
        guests_.push_back(who);
        asio::co_spawn(io_, host(std::move(who), ++connections_), asio::detached);
        ++alive_;
    }
    --alive_;
}

awaitable<void> bits_server::host(std::shared_ptr<guest> who, unsigned number) {
    asio::error_code ignored;
    who->socket.set_option(tcp::no_delay(true), ignored);
    bool goes_on = true;
    while (goes_on) goes_on = co_await serve(*who, number);
    who->leave();
    --alive_;
}

/// One request; false: the connection ends.
awaitable<bool> bits_server::serve(guest& who, unsigned number) {
    while (who.heard.find("\r\n\r\n") == std::string::npos) {
        const auto more = co_await who.hear();
        if (!more) co_return false;
    }
    const auto end = who.heard.find("\r\n\r\n") + 4;
    auto asked = parse(std::string_view(who.heard).substr(0, end), number);
    who.heard.erase(0, end);
    const auto index = requests.size();
    requests.push_back(asked);
    const auto broken = breaks ? breaks(asked, index) : breakage{};

    if (broken.where == breakage::silence) {
        co_await who.wait_for_the_end();
        co_return false;
    }
    if (auto no = site.refuse(asked)) {
        if (broken.where == breakage::before_the_answer) co_return false;
        if (broken.where == breakage::after_the_deed) co_return false;
        no->set("Connection", "close");
        co_await answer(who, index, std::move(*no));
        co_await who.wait_for_the_end();  // else what is under way meets a reset
        co_return false;
    }
    if (says_continue && asked.has("Expect")) {
        const auto said = co_await who.say("HTTP/1.1 100 Continue\r\n\r\n");
        if (!said) co_return false;
    }
    const auto body = co_await read_body(who, asked, broken);
    asked.body = body.size();
    requests[index].body = body.size();
    if (broken.where == breakage::before_the_answer) co_return false;
    if (broken.where == breakage::in_the_body || body.size() < length_of(asked)) {
        site.cut(asked, body);
        co_return false;
    }
    auto what = answer_of(asked, body);
    if (broken.where == breakage::after_the_deed) co_return false;
    const auto said = co_await answer(who, index, std::move(what));
    co_return said;
}

bits_answer bits_server::answer_of(const bits_request& asked, std::string_view body) {
    if (instead)
        if (auto other = instead(asked)) return *std::move(other);
    auto what = site.answer(asked, body);
    if (amends) amends(asked, what);
    return what;
}

/// All of the body, or as much as there is before the connection ends.
awaitable<std::string> bits_server::read_body(guest& who, bits_request asked, breakage broken) {
    auto wanted = length_of(asked);
    if (broken.where == breakage::in_the_body) wanted = std::min(wanted, broken.body);
    while (who.heard.size() < wanted) {
        const auto more = co_await who.hear();
        if (!more) break;
    }
    auto body = who.heard.substr(0, wanted);
    who.heard.erase(0, body.size());
    co_return body;
}

awaitable<bool> bits_server::answer(guest& who, std::size_t index, bits_answer what) {
    requests[index].status = what.status;
    auto text = "HTTP/1.1 " + std::to_string(what.status) + " Whatever\r\n";
    for (const auto& [name, value] : what.fields) text += name + ": " + value + "\r\n";
    text += "Content-Length: " + std::to_string(what.body.size()) + "\r\n\r\n";
    if (requests[index].method != "HEAD") text += what.body;
    const auto said = co_await who.say(text);
    co_return said;
}

}  // namespace ferry::test
