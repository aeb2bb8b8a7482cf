#pragma once

#include <ferry/awaitable.hpp>
#include <ferry/http/io.hpp>

#include <asio/any_io_executor.hpp>
#include <asio/posix/stream_descriptor.hpp>
#include <sys/epoll.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <new>
#include <utility>

namespace ferry::http {

/// Waits for a socket and, between two waits, hears nothing of it. Asio's own reactor wakes its
/// thread for every segment that arrives, also while another thread is taking them: tens of
/// thousands of times a second in a fast transfer, for nothing.
/// The socket must not be known to Asio meanwhile, and must outlive this.
class one_shot {
  public:
    one_shot(const asio::any_io_executor& on, int socket)
        : socket_(socket), epoll_(on, ::epoll_create1(EPOLL_CLOEXEC)) {
        epoll_event nothing = {};
        nothing.events = EPOLLONESHOT;
        ::epoll_ctl(epoll_.native_handle(), EPOLL_CTL_ADD, socket_, &nothing);
    }

    /// Completes when `socket` is ready for `what`. Cancellation: errc::cancelled.
    [[nodiscard]] awaitable<result<void>> wait(io_state what) {
        epoll_event wanted = {};
        wanted.events = EPOLLONESHOT | (what == io_state::want_write ? EPOLLOUT : EPOLLIN);
        if (::epoll_ctl(epoll_.native_handle(), EPOLL_CTL_MOD, socket_, &wanted) != 0)
            co_return socket_failure(errno, "epoll");
        const auto [error] = co_await epoll_.async_wait(epoll_.wait_read, nothrow);
        epoll_event seen = {};
        ::epoll_wait(epoll_.native_handle(), &seen, 1, 0);  // only now is the event spent
        if (!error) co_return result<void>();
        if (error == asio::error::operation_aborted) co_return failure{errc::cancelled};
        co_return socket_failure(error.value());
    }

  private:
    int socket_;
    asio::posix::stream_descriptor epoll_;
};

}  // namespace ferry::http
