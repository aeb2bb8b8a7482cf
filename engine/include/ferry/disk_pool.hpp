#pragma once

#include <ferry/awaitable.hpp>

#include <asio/associated_executor.hpp>
#include <asio/async_result.hpp>
#include <asio/executor_work_guard.hpp>
#include <asio/post.hpp>
#include <asio/thread_pool.hpp>

#include <type_traits>
#include <utility>

namespace ferry {

/// The few threads on which blocking calls run, so that the network's thread never waits.
class disk_pool {
  public:
    /// @param threads  For calls that move data; calls that only touch names have one of their own.
    explicit disk_pool(std::size_t threads = 4) : data_(threads), names_(1) {}
    disk_pool(const disk_pool&) = delete;
    disk_pool& operator=(const disk_pool&) = delete;
    ~disk_pool() {
        data_.join();
        names_.join();
    }

    /// Runs `work()` on a pool thread and resumes the caller on its own executor with what it
    /// returned. `work` must not throw, and must be a named object (see the coroutine rules).
    /// Cancellation: none; a started call is always waited for, so what it refers to stays alive.
    template <class Work>
    [[nodiscard]] auto run(Work& work) {
        return run_on(data_, work);
    }
    /// The same for something short (open, stat, rename). All of these share one thread: with
    /// thousands of small files, waking one thread that is at work already costs nothing.
    template <class Work>
    [[nodiscard]] auto run_briefly(Work& work) {
        return run_on(names_, work);
    }

  private:
    template <class Work>
    static auto run_on(asio::thread_pool& threads, Work& work) {
        using value = std::invoke_result_t<Work&>;
        return asio::async_initiate<const asio::use_awaitable_t<>, void(value)>(
            [&threads, &work](auto handler) {
                auto back = asio::get_associated_executor(handler);
                asio::post(
                    threads, [&work, handler = std::move(handler),
                              keep = asio::make_work_guard(back)]() mutable {
                        auto to = keep.get_executor();
                        asio::post(to, [handler = std::move(handler), outcome = work()]() mutable {
                            std::move(handler)(std::move(outcome));
                        });
                    });
            },
            asio::use_awaitable);
    }

    asio::thread_pool data_;
    asio::thread_pool names_;
};

}  // namespace ferry
