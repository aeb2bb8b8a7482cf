#pragma once

#include <ferry/awaitable.hpp>
#include <ferry/http/io.hpp>

#include <sys/epoll.h>
#include <unistd.h>
#include <asio/any_io_executor.hpp>
#include <asio/posix/stream_descriptor.hpp>

#include <cerrno>
#include <cstdint>
#include <memory>

namespace ferry::http {

/// Waits for a socket and, between two waits, hears nothing of it. Asio's own reactor wakes its
/// thread for every segment that arrives, also while another thread is taking them: tens of
/// thousands of times a second in a fast transfer, for nothing.
/// The socket must not be registered with Asio meanwhile, and must outlive this.
class one_shot {
  public:
    /// Null if the system has no descriptor left for it.
    static std::unique_ptr<one_shot> make(const asio::any_io_executor& on, int socket) {
        const int epoll = ::epoll_create1(EPOLL_CLOEXEC);
        if (epoll < 0) return nullptr;
        return std::unique_ptr<one_shot>(new one_shot(on, epoll, socket));
    }

    /// Completes when the socket is ready for one of `events` (EPOLLIN, EPOLLOUT).
    /// Cancellation: errc::cancelled.
    [[nodiscard]] awaitable<result<void>> wait(std::uint32_t events) {
        epoll_event wanted = {};
        wanted.events = EPOLLONESHOT | events;
        const int done = ::epoll_ctl(
            epoll_.native_handle(), added_ ? EPOLL_CTL_MOD : EPOLL_CTL_ADD, socket_, &wanted);
        if (done != 0) co_return socket_failure(errno, "epoll");
        added_ = true;
        const auto [error] = co_await epoll_.async_wait(epoll_.wait_read, nothrow);
        epoll_event seen = {};
        ::epoll_wait(epoll_.native_handle(), &seen, 1, 0);  // only now is the event spent
        if (!error) co_return result<void>();
        if (error == asio::error::operation_aborted) co_return failure{errc::cancelled};
        co_return socket_failure(error.value());
    }

    void cancel() {
        std::error_code ignored;
        epoll_.cancel(ignored);
    }

  private:
    one_shot(const asio::any_io_executor& on, int epoll, int socket)
        : epoll_(on, epoll), socket_(socket) {}

    asio::posix::stream_descriptor epoll_;
    int socket_;
    bool added_ = false;
};

}  // namespace ferry::http
