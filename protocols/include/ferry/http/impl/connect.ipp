#pragma once

#include <ferry/detail/event.hpp>
#include <ferry/detail/with_timeout.hpp>

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <algorithm>
#include <optional>
#include <string_view>
#include <utility>

namespace ferry::http {
namespace detail {

using asio::ip::tcp;

/// A question to the name service; kept alive by the answer's handler.
struct lookup {
    explicit lookup(const asio::any_io_executor& on) : resolver(on), answered(on) {}

    tcp::resolver resolver;
    ferry::detail::event answered;
    bool done = false;
    std::error_code error;
    std::vector<tcp::endpoint> addresses;
};

inline std::shared_ptr<lookup> ask(
    const asio::any_io_executor& on, const std::string& host, std::uint16_t port) {
    auto question = std::make_shared<lookup>(on);
    question->resolver.async_resolve(
        host, std::to_string(port), tcp::resolver::numeric_service,
        [question](std::error_code error, tcp::resolver::results_type found) {
            question->done = true;
            question->error = error;
            for (const auto& entry : found) question->addresses.push_back(entry.endpoint());
            question->answered.notify();
        });
    return question;
}

/// Within this machine no network asks for a pace. A congestion control that keeps one all the same
/// (BBR) sets a timer for each packet, many of them while the peer takes bytes: time of both ends.
/// Reno has no pace, and every system has it (tcp(7), TCP_CONGESTION). Before the connection is
/// made: a pace, once begun, stays.
inline void send_without_pace(int socket) {
    static constexpr std::string_view reno = "reno";
    ::setsockopt(
        socket, IPPROTO_TCP, TCP_CONGESTION, reno.data(), static_cast<socklen_t>(reno.size()));
}

/// Attempts to connect, each started while the earlier ones go on; the handlers keep it alive.
class connect_race : public std::enable_shared_from_this<connect_race> {
  public:
    connect_race(asio::any_io_executor on, std::vector<tcp::endpoint> addresses, std::size_t window)
        : changed_(on), on_(std::move(on)), addresses_(std::move(addresses)), window_(window) {
        attempts_.reserve(addresses_.size());
    }

    void start_next() {
        const auto& address = addresses_[attempts_.size()];
        auto& socket = attempts_.emplace_back(on_);
        const auto me = attempts_.size() - 1;
        ++running_;
        std::error_code error;
        socket.open(address.protocol(), error);
        if (!error && window_ > 0)
            socket.set_option(
                asio::socket_base::receive_buffer_size(static_cast<int>(window_)), error);
        if (error) return end(me, error);
        if (address.address().is_loopback()) send_without_pace(socket.native_handle());
        socket.async_connect(
            address, [self = shared_from_this(), me](std::error_code why) { self->end(me, why); });
    }
    bool more() const noexcept { return attempts_.size() < addresses_.size(); }
    bool over() const noexcept { return winner_ || stopped_ || (running_ == 0 && !more()); }

    /// Precondition: over(). Ends the other attempts.
    result<tcp::socket> take() {
        result<tcp::socket> won = why_;
        if (winner_) won = std::move(attempts_[*winner_]);
        stop();
        return won;
    }
    void stop() {
        stopped_ = true;
        std::error_code ignored;
        for (auto& attempt : attempts_) attempt.close(ignored);
    }

    /// Completes once an attempt has ended since `seen` had.
    static awaitable<result<void>> next_end(std::shared_ptr<connect_race> race, std::size_t seen) {
        while (race->ended_ == seen) {
            auto woken = co_await race->changed_.wait();
            if (!woken) co_return woken;
        }
        co_return result<void>();
    }
    std::size_t ended() const noexcept { return ended_; }

  private:
    void end(std::size_t which, std::error_code error) {
        --running_;
        ++ended_;
        if (stopped_ || winner_) return;
        if (!error) {
            winner_ = which;
        } else {
            auto why = socket_failure(error.value());
            why_ = why_.code ? more_telling(why_, why) : why;
            if (more()) start_next();
        }
        changed_.notify();
    }

    ferry::detail::event changed_;
    asio::any_io_executor on_;
    std::vector<tcp::endpoint> addresses_;
    std::size_t window_;
    std::vector<tcp::socket> attempts_;
    std::size_t running_ = 0;
    std::size_t ended_ = 0;
    std::optional<std::size_t> winner_;
    bool stopped_ = false;
    failure why_;
};

}  // namespace detail

inline std::vector<asio::ip::tcp::endpoint> interleaved(
    std::vector<asio::ip::tcp::endpoint> addresses) {
    if (addresses.empty()) return addresses;
    const auto preferred = addresses.front().protocol();
    const auto split = std::stable_partition(
        addresses.begin(), addresses.end(),
        [&](const auto& address) { return address.protocol() == preferred; });
    std::vector<asio::ip::tcp::endpoint> mixed;
    for (auto a = addresses.begin(), b = split; a != split || b != addresses.end();) {
        if (a != split) mixed.push_back(*a++);
        if (b != addresses.end()) mixed.push_back(*b++);
    }
    return mixed;
}

inline const failure& more_telling(const failure& a, const failure& b) {
    const auto weight = [](const failure& why) {
        if (why.code == std::errc::connection_refused) return 3;
        if (why.code == std::errc::timed_out || why.code == std::errc::connection_reset) return 2;
        if (why.code == std::errc::host_unreachable) return 1;
        return 0;  // no route, no such family: our side's poverty, not the host's answer
    };
    return weight(b) > weight(a) ? b : a;
}

inline awaitable<result<std::vector<asio::ip::tcp::endpoint>>> resolve_host(
    asio::any_io_executor on, std::string host, std::uint16_t port) {
    std::error_code no_address;
    const auto address = asio::ip::make_address(host, no_address);
    if (!no_address) co_return std::vector<asio::ip::tcp::endpoint>(1, {address, port});

    const auto question = detail::ask(on, host, port);
    while (!question->done) {
        auto woken = co_await question->answered.wait();
        if (!woken) co_return woken.error();
    }
    if (question->error || question->addresses.empty())
        co_return failure{
            errc::name_not_resolved, host + ": " + question->error.message(),
            error_context::transport};
    co_return std::move(question->addresses);
}

inline awaitable<result<asio::ip::tcp::socket>> connect_first(
    asio::any_io_executor on, clock& time, std::vector<asio::ip::tcp::endpoint> addresses,
    std::size_t receive_window) {
    struct stopper {
        std::shared_ptr<detail::connect_race> race;
        ~stopper() { race->stop(); }
    };
    const auto race = std::make_shared<detail::connect_race>(
        std::move(on), interleaved(std::move(addresses)), receive_window);
    const stopper at_the_end{race};
    race->start_next();
    while (!race->over()) {
        auto next_end = detail::connect_race::next_end(race, race->ended());
        result<void> woken;
        if (race->more()) {
            woken = co_await ferry::detail::with_timeout(
                time, connection_attempt_delay, std::move(next_end));
        } else {
            woken = co_await std::move(next_end);
        }
        if (woken) continue;
        if (woken.error().code != errc::timed_out) co_return woken.error();
        if (!race->over() && race->more()) race->start_next();
    }
    auto won = race->take();
    if (won) won->set_option(asio::ip::tcp::no_delay(true));
    co_return won;
}

}  // namespace ferry::http
