#include "cli/demo/demo_server.hpp"

#include <asio/buffer.hpp>
#include <asio/read_until.hpp>
#include <asio/write.hpp>

#include <algorithm>
#include <cctype>
#include <charconv>

namespace ferry::cli {
namespace {

constexpr std::string_view etag = "\"demo-1\"";

/// The value of a header field, or an empty string.
std::string_view field(std::string_view head, std::string_view name) {
    const auto same = [](char a, char b) {
        return std::tolower(static_cast<unsigned char>(a)) ==
               std::tolower(static_cast<unsigned char>(b));
    };
    const auto start = "\r\n" + std::string(name) + ":";
    const auto found = std::search(head.begin(), head.end(), start.begin(), start.end(), same);
    if (found == head.end()) return {};
    head.remove_prefix(static_cast<std::size_t>(found - head.begin()) + start.size());
    head = head.substr(0, head.find("\r\n"));
    head.remove_prefix(std::min(head.find_first_not_of(' '), head.size()));
    return head;
}

}  // namespace

demo_request parse_demo_request(std::string_view head, std::string_view tag) {
    demo_request request;
    request.head = head.starts_with("HEAD ");
    constexpr std::string_view unit = "bytes=";
    const auto range = field(head, "Range");
    const auto condition = field(head, "If-Range");
    if (!range.starts_with(unit) || (!condition.empty() && condition != tag)) return request;
    const auto digits = range.substr(unit.size());
    const auto parsed =
        std::from_chars(digits.data(), digits.data() + digits.size(), request.first);
    request.ranged = parsed.ec == std::errc() && range.ends_with('-');
    if (!request.ranged) request.first = 0;
    return request;
}

demo_server::demo_server(
    asio::any_io_executor on, clock& time, std::string body, std::uint64_t bytes_per_second)
    : time_(time),
      door_(std::move(on), {asio::ip::address_v4::loopback(), 0}),
      body_(std::move(body)),
      bytes_per_second_(bytes_per_second) {}

url demo_server::source() const {
    url where;
    where.scheme = "http";
    where.host = "127.0.0.1";
    where.port = door_.local_endpoint().port();
    where.path = "/demo.bin";
    return where;
}

awaitable<result<void>> demo_server::run() {
    detail::task_group peers(door_.get_executor());
    for (;;) {
        auto [error, peer] = co_await door_.async_accept(nothrow);
        if (error) break;
        peers.spawn(serve(std::move(peer)));
    }
    co_await asio::this_coro::reset_cancellation_state(asio::disable_cancellation());
    const failure closed{errc::cancelled};
    peers.stop(closed);
    auto outcome = co_await peers.join();
    co_return outcome;
}

awaitable<result<void>> demo_server::serve(socket peer) {
    constexpr std::size_t longest_head = 16384;
    std::string received;
    for (bool open = true; open;) {
        auto buffer = asio::dynamic_buffer(received, longest_head);
        const auto [error, size] =
            co_await asio::async_read_until(peer, buffer, "\r\n\r\n", nothrow);
        if (error) break;
        const auto request = parse_demo_request(std::string_view(received).substr(0, size), etag);
        received.erase(0, size);
        open = co_await answer(peer, request);
    }
    co_return result<void>();
}

std::string demo_server::head_for(const demo_request& request) const {
    const auto size = std::to_string(body_.size());
    const auto length = std::to_string(body_.size() - request.first);
    auto head = std::string(request.ranged ? "HTTP/1.1 206 Partial Content" : "HTTP/1.1 200 OK");
    if (request.ranged)
        head += "\r\nContent-Range: bytes " + std::to_string(request.first) + "-" +
                std::to_string(body_.size() - 1) + "/" + size;
    head += "\r\nContent-Length: " + length + "\r\nContent-Type: application/octet-stream";
    return head + "\r\nAccept-Ranges: bytes\r\nETag: " + std::string(etag) + "\r\n\r\n";
}

awaitable<bool> demo_server::answer(socket& peer, demo_request request) {
    std::string head;
    if (request.first >= body_.size()) {
        head =
            "HTTP/1.1 416 Range Not Satisfiable\r\nContent-Length: 0\r\nContent-Range: bytes */" +
            std::to_string(body_.size()) + "\r\n\r\n";
        request.head = true;
    } else {
        head = head_for(request);
    }
    const auto [error, sent] = co_await asio::async_write(peer, asio::buffer(head), nothrow);
    if (error) co_return false;
    if (request.head) co_return true;
    const bool complete = co_await send_body(peer, request.first);
    co_return complete;
}

awaitable<bool> demo_server::send_body(socket& peer, std::uint64_t first) {
    constexpr std::uint64_t portion = 32768;
    auto due = time_.now();
    while (first < body_.size()) {
        if (cut_ && first >= *cut_) {
            cut_.reset();
            peer.close();
            co_return false;
        }
        const auto size = std::min<std::uint64_t>(portion, body_.size() - first);
        const auto part = asio::buffer(body_.data() + first, size);
        const auto [error, sent] = co_await asio::async_write(peer, part, nothrow);
        if (error) co_return false;
        first += size;
        served_ += size;
        const std::chrono::duration<double> pause(
            static_cast<double>(size) / static_cast<double>(bytes_per_second_));
        due += std::chrono::duration_cast<clock::duration>(pause);
        const auto slept = co_await time_.sleep_until(due);
        if (!slept) co_return false;
    }
    co_return true;
}

}  // namespace ferry::cli
