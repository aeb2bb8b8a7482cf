#include <support/relay.hpp>

#include <asio/buffer.hpp>
#include <asio/co_spawn.hpp>
#include <asio/detached.hpp>
#include <asio/experimental/as_tuple.hpp>
#include <asio/steady_timer.hpp>
#include <asio/use_awaitable.hpp>
#include <asio/write.hpp>

#include <algorithm>
#include <chrono>
#include <vector>

namespace ferry::test {
namespace {

using asio::awaitable;
using asio::ip::tcp;
constexpr auto nothrow = asio::experimental::as_tuple(asio::use_awaitable);
constexpr std::size_t block_size = 64 * 1024;

/// Counts `bytes` off a limit; true if it is reached within them, or just behind them.
bool reaches(std::optional<std::uint64_t>& limit, std::size_t bytes) {
    if (!limit || *limit > bytes) {
        if (limit) *limit -= bytes;
        return false;
    }
    return true;
}

}  // namespace

relay::relay(asio::io_context& io, std::uint16_t to)
    : io_(io),
      acceptor_(io, tcp::endpoint(asio::ip::make_address("127.0.0.1"), 0)),
      to_(asio::ip::make_address("127.0.0.1"), to),
      port_(acceptor_.local_endpoint().port()) {
    asio::co_spawn(io_, listen(), asio::detached);
    ++alive_;
}

relay::~relay() {
    asio::error_code ignored;
    acceptor_.close(ignored);
    for (const auto& one : wires_)
        if (const auto over = one.lock()) over->close();
    while (alive_ > 0) {
        io_.restart();
        io_.run_one();
    }
}

void relay::wire::close() {
    asio::error_code ignored;
    near.close(ignored);
    far.close(ignored);
}

awaitable<void> relay::listen() {
    while (acceptor_.is_open()) {
        auto [error, socket] = co_await acceptor_.async_accept(nothrow);
        if (error) continue;
        auto over = std::make_shared<wire>(wire{std::move(socket), tcp::socket(io_)});
        wires_.push_back(over);
        asio::error_code refused;
        over->far.connect(to_, refused);
        if (refused) continue;
        asio::co_spawn(io_, carry_there(over), asio::detached);
        asio::co_spawn(io_, carry_back(over), asio::detached);
        alive_ += 2;
    }
    --alive_;
}

awaitable<void> relay::carry_there(std::shared_ptr<wire> over) {
    std::vector<char> block(block_size);
    for (bool goes_on = true; goes_on;) {
        const auto [error, count] =
            co_await over->near.async_read_some(asio::buffer(block), nothrow);
        if (error) break;
        auto passing = count;
        if (damage && *damage < count) {
            block[*damage] = static_cast<char>(block[*damage] ^ 1);
            damage.reset();
        } else if (damage) {
            *damage -= count;
        }
        if (reaches(cut_after, count)) {
            passing = static_cast<std::size_t>(*cut_after);
            cut_after.reset();
            goes_on = false;
        }
        const auto [failed, sent] =
            co_await asio::async_write(over->far, asio::buffer(block.data(), passing), nothrow);
        goes_on = goes_on && !failed;
        co_await take_time(sent);
    }
    over->close();
    --alive_;
}

awaitable<void> relay::carry_back(std::shared_ptr<wire> over) {
    std::vector<char> block(block_size);
    for (;;) {
        const auto [error, count] =
            co_await over->far.async_read_some(asio::buffer(block), nothrow);
        if (error) break;
        const auto [failed, sent] =
            co_await asio::async_write(over->near, asio::buffer(block.data(), count), nothrow);
        if (failed) break;
        co_await take_time(sent);
    }
    over->close();
    --alive_;
}

awaitable<void> relay::take_time(std::size_t bytes) {
    if (bytes_per_second == 0) co_return;
    asio::steady_timer wait(io_, std::chrono::microseconds(1'000'000 * bytes / bytes_per_second));
    co_await wait.async_wait(nothrow);
}

}  // namespace ferry::test
