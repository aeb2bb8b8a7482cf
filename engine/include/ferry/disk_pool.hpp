#pragma once

#include <ferry/awaitable.hpp>
#include <ferry/detail/worker_lane.hpp>

#include <asio/associated_executor.hpp>
#include <asio/async_result.hpp>
#include <asio/executor_work_guard.hpp>
#include <asio/post.hpp>

#include <memory>
#include <optional>
#include <type_traits>
#include <utility>

namespace ferry {

/// The few threads on which blocking calls run, so that the network's thread never waits.
class disk_pool {
  public:
    /// @param threads  For calls that move data; the others below have threads of their own.
    explicit disk_pool(std::size_t threads = 4)
        : data_(threads, 1), synced_(syncs_at_once, 1), names_(1, names_at_once) {}

    /// Runs `work()` on a pool thread and resumes the caller on its own executor with what it
    /// returned. `work` must not throw, and must be a named object (see the coroutine rules).
    /// Cancellation: none; a started call is always waited for, so what it refers to stays alive.
    template <class Work>
    [[nodiscard]] auto run(Work& work) {
        return run_on(data_, work);
    }
    /// The same for something that waits until the disk has what it was given (fsync), so that
    /// whoever moves data beside it keeps its thread, and that thread its processor.
    template <class Work>
    [[nodiscard]] auto run_synced(Work& work) {
        return run_on(synced_, work);
    }
    /// The same for something short (open, stat, rename). All of these share one thread: with
    /// thousands of small files, waking one thread that is at work already costs nothing.
    template <class Work>
    [[nodiscard]] auto run_briefly(Work& work) {
        return run_on(names_, work);
    }

  private:
    static constexpr std::size_t syncs_at_once = 2;
    static constexpr std::size_t names_at_once = 8;

    template <class Work, class Handler>
    class call final : public detail::blocking_call {
      public:
        call(Work& work, Handler handler)
            : work_(work),
              handler_(std::move(handler)),
              back_(asio::get_associated_executor(handler_)) {}

        void run() override { outcome_.emplace(work_()); }
        void deliver() override {
            const std::unique_ptr<call> self(this);
            const auto back = back_.get_executor();
            asio::post(
                back, [handler = std::move(handler_), outcome = *std::move(outcome_)]() mutable {
                    std::move(handler)(std::move(outcome));
                });
        }

      private:
        Work& work_;
        Handler handler_;
        asio::executor_work_guard<asio::associated_executor_t<Handler>> back_;
        std::optional<std::invoke_result_t<Work&>> outcome_;
    };

    template <class Work>
    static auto run_on(detail::worker_lane& lane, Work& work) {
        using value = std::invoke_result_t<Work&>;
        return asio::async_initiate<const asio::use_awaitable_t<>, void(value)>(
            [&lane, &work](auto handler) {
                using handler_type = decltype(handler);
                lane.submit(*new call<Work, handler_type>(work, std::move(handler)));
            },
            asio::use_awaitable);
    }

    detail::worker_lane data_;
    detail::worker_lane synced_;
    detail::worker_lane names_;
};

}  // namespace ferry
