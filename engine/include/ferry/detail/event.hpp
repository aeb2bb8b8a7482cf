#pragma once

#include <ferry/awaitable.hpp>

#include <asio/any_io_executor.hpp>
#include <asio/steady_timer.hpp>

namespace ferry::detail {

/// Lets coroutines of one executor wait until another of them calls notify().
class event {
  public:
    explicit event(asio::any_io_executor on)
        : never_(std::move(on), asio::steady_timer::time_point::max()) {}

    /// Completes at the next notify(); errc::cancelled if the caller was cancelled before.
    /// Wakes without a reason are possible: wait in a loop over the condition itself.
    [[nodiscard]] awaitable<result<void>> wait() {
        co_await never_.async_wait(nothrow);
        const auto state = co_await asio::this_coro::cancellation_state;
        if (!!state.cancelled()) co_return failure{errc::cancelled};
        co_return result<void>();
    }
    void notify() { never_.cancel(); }

  private:
    asio::steady_timer never_;  // never expires; cancelling it wakes every waiter
};

}  // namespace ferry::detail
