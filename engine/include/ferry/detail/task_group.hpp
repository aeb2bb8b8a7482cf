#pragma once

#include <ferry/awaitable.hpp>

#include <asio/any_io_executor.hpp>
#include <asio/bind_cancellation_slot.hpp>
#include <asio/cancellation_signal.hpp>
#include <asio/co_spawn.hpp>
#include <asio/steady_timer.hpp>
#include <asio/this_coro.hpp>

#include <list>
#include <utility>

namespace ferry::detail {

/// Concurrent tasks with one owner. The first failure cancels the rest. Join before destroying.
class task_group {
  public:
    explicit task_group(asio::any_io_executor on)
        : quiet_(std::move(on), asio::steady_timer::time_point::max()) {}
    task_group(const task_group&) = delete;
    task_group& operator=(const task_group&) = delete;

    void spawn(awaitable<result<void>> task) {
        const auto me = tasks_.emplace(tasks_.end());  // a signal each: a slot holds one handler
        auto ended = [this, me](std::exception_ptr, result<void> outcome) {
            tasks_.erase(me);
            if (!outcome) fail(outcome.error());
            quiet_.cancel();
        };
        asio::co_spawn(
            quiet_.get_executor(), caught(std::move(task)),
            asio::bind_cancellation_slot(me->slot(), std::move(ended)));
    }

    std::size_t size() const noexcept { return tasks_.size(); }

    /// Asks every task to stop; join() then reports `why` unless a task failed before.
    void stop(failure why) { fail(std::move(why)); }

    /// Waits for every task, even when cancelled itself; what the caller awaits then is clean-up.
    [[nodiscard]] awaitable<result<void>> join() {
        while (!tasks_.empty()) {
            const auto state = co_await asio::this_coro::cancellation_state;
            if (!!state.cancelled()) {
                co_await asio::this_coro::reset_cancellation_state(asio::disable_cancellation());
                fail({errc::cancelled, ""});
            }
            if (!tasks_.empty()) co_await quiet_.async_wait(nothrow);
        }
        co_return outcome_;
    }

  private:
    void fail(failure why) {
        if (!outcome_) return;
        outcome_ = std::move(why);
        for (auto& task : tasks_) task.emit(asio::cancellation_type::terminal);
    }

    asio::steady_timer quiet_;  // never expires; cancelling it wakes join()
    std::list<asio::cancellation_signal> tasks_;
    result<void> outcome_;
};

}  // namespace ferry::detail
