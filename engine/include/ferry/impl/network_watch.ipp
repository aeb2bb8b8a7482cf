#pragma once

#include <asio/posix/stream_descriptor.hpp>
#include <asio/this_coro.hpp>

#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <iterator>
#include <memory>
#include <utility>

namespace ferry {
namespace detail {

inline void network_state::apply(const netlink_news& news) {
    std::visit([this](const auto& one) { take(one); }, news);
}

inline void network_state::take(const link_news& news) {
    if (news.gone) {
        links_.erase(news.index);
        return;
    }
    auto& link = links_[news.index];
    link.up = news.up;
    link.loopback = news.loopback;
}

inline void network_state::take(const address_news& news) {
    auto& addresses = links_[news.index].addresses;
    if (news.gone)
        addresses.erase(news.ip);
    else
        addresses[news.ip] = news.reaches_far;
}

inline network_state::reach network_state::look() const {
    reach now;
    for (const auto& [index, link] : links_) {
        if (!link.up) continue;
        for (const auto& [ip, far] : link.addresses) {
            now.all.insert(ip);
            if (far && !link.loopback) now.far.insert(ip);
        }
    }
    return now;
}

inline network_change network_state::settle() {
    const auto before = std::exchange(told_, look());
    const bool first = !std::exchange(begun_, true);
    const bool new_route = std::exchange(new_route_, false) && !first;
    const bool was_lost = std::exchange(lost_, told_.far.empty());
    const bool more =
        !std::includes(before.far.begin(), before.far.end(), told_.far.begin(), told_.far.end());
    network_change change;
    change.lost = lost_ && !was_lost;
    change.returned = !lost_ && (was_lost || new_route || (more && !first));
    std::set_difference(
        before.all.begin(), before.all.end(), told_.all.begin(), told_.all.end(),
        std::back_inserter(change.gone));
    return change;
}

/// The conversation with the kernel: first all there is, then what changes.
class network_watcher {
  public:
    network_watcher(const asio::any_io_executor& on, network_listener& to) : socket_(on), to_(to) {}

    /// Begins anew, on a socket that still has all to tell.
    result<void> open();
    /// Takes what the kernel has to tell now.
    result<void> read();
    [[nodiscard]] awaitable<result<void>> wait();

  private:
    enum class stage { links, addresses, changes };
    static failure failed(int error_number) {
        return {std::error_code(error_number, std::generic_category()), "watch the network"};
    }
    result<void> ask(std::uint16_t type);
    result<void> hear(netlink_bytes datagram);
    result<void> go_on(const dump_end& answered);
    void tell();

    // the kernel sends no more than this at a time; what is longer nevertheless, loses its end
    static constexpr std::size_t buffer_size = 64U << 10;

    asio::posix::stream_descriptor socket_;
    network_listener& to_;
    network_state state_;
    stage stage_ = stage::links;
    std::unique_ptr<std::byte[]> buffer_ = std::make_unique_for_overwrite<std::byte[]>(buffer_size);
};

inline result<void> network_watcher::open() {
    std::error_code error;
    const int fresh = ::socket(AF_NETLINK, SOCK_RAW | SOCK_NONBLOCK | SOCK_CLOEXEC, NETLINK_ROUTE);
    if (fresh < 0) return failed(errno);
    socket_.close(error);
    socket_.assign(fresh, error);
    if (error) {
        ::close(fresh);
        return failed(error.value());
    }
    sockaddr_nl here = {};
    here.nl_family = AF_NETLINK;
    here.nl_groups = RTMGRP_LINK | RTMGRP_IPV4_IFADDR | RTMGRP_IPV6_IFADDR | RTMGRP_IPV4_ROUTE |
                     RTMGRP_IPV6_ROUTE;
    if (::bind(fresh, reinterpret_cast<sockaddr*>(&here), sizeof here) != 0) return failed(errno);
    state_.forget();
    stage_ = stage::links;
    return ask(RTM_GETLINK);
}

inline result<void> network_watcher::ask(std::uint16_t type) {
    const auto request = dump_request(type);
    if (::send(socket_.native_handle(), request.data(), request.size(), 0) < 0)
        return failed(errno);
    return {};
}

inline result<void> network_watcher::read() {
    for (;;) {
        sockaddr_nl sender = {};
        socklen_t size = sizeof sender;
        const auto got = ::recvfrom(
            socket_.native_handle(), buffer_.get(), buffer_size, 0,
            reinterpret_cast<sockaddr*>(&sender), &size);
        result<void> heard;
        if (got < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) return {};
        if (got < 0 && errno == ENOBUFS)  // some news were dropped
            heard = open();
        else if (got < 0 && errno != EINTR)
            heard = failed(errno);
        else if (got >= 0 && sender.nl_pid == 0)  // any program may send; the kernel's id is 0
            heard = hear({buffer_.get(), static_cast<std::size_t>(got)});
        if (!heard) return heard;
    }
}

inline result<void> network_watcher::hear(netlink_bytes datagram) {
    for (const auto& news : parse_netlink(datagram)) {
        state_.apply(news);
        const auto* answered = std::get_if<dump_end>(&news);
        if (!answered || stage_ == stage::changes) continue;
        auto gone_on = go_on(*answered);
        if (!gone_on) return gone_on;
    }
    if (stage_ == stage::changes) tell();
    return {};
}

inline result<void> network_watcher::go_on(const dump_end& answered) {
    if (answered.interrupted) return open();
    if (answered.error_number != 0) return failed(answered.error_number);
    const bool has_links =
        std::exchange(stage_, stage_ == stage::links ? stage::addresses : stage::changes) ==
        stage::links;
    return has_links ? ask(RTM_GETADDR) : result<void>();
}

inline void network_watcher::tell() {
    const auto change = state_.settle();
    for (const auto& ip : change.gone) to_.address_gone(ip);
    if (change.lost) to_.lost();
    if (change.returned) to_.returned();
}

inline awaitable<result<void>> network_watcher::wait() {
    const auto [error] =
        co_await socket_.async_wait(asio::posix::stream_descriptor::wait_read, nothrow);
    if (!error) co_return result<void>();
    if (error == asio::error::operation_aborted) co_return failure{errc::cancelled};
    co_return failed(error.value());
}

}  // namespace detail

inline awaitable<result<void>> watch_network(network_listener& to) {
    const auto on = co_await asio::this_coro::executor;
    detail::network_watcher watcher(on, to);
    auto going = watcher.open();
    if (!going) co_return going;
    for (;;) {
        going = watcher.read();
        if (!going) co_return going;
        going = co_await watcher.wait();
        if (!going) co_return going;
    }
}

}  // namespace ferry
