#pragma once

#include <ferry/detail/event.hpp>
#include <ferry/disk_pool.hpp>
#include <ferry/job_store.hpp>

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace ferry::detail {

/// A job_store for coroutines. Those who come while the disk is busy share the next commit, so that
/// thousands of commands cost a few syncs and not thousands.
/// Threads: one executor. Must outlive its calls. Cancellation: none; what began is waited for.
class job_keeper {
  public:
    job_keeper(asio::any_io_executor on, disk_pool& disk, std::string folder)
        : on_(std::move(on)), disk_(disk), folder_(std::move(folder)) {}

    /// To be called first. Errors: as job_store::open() and load().
    [[nodiscard]] awaitable<result<stored_jobs>> open();
    /// @param one  Must not change any more: the disk may not be free at once.
    /// Errors: as job_store::commit(); those of another job are not this one's.
    [[nodiscard]] awaitable<result<void>> save(std::shared_ptr<const job> one);
    [[nodiscard]] awaitable<result<void>> forget(std::string id);

  private:
    struct request {
        request(asio::any_io_executor on, std::shared_ptr<const job> what, std::string name)
            : keep(std::move(what)), forget(std::move(name)), called(std::move(on)) {}
        std::shared_ptr<const job> keep;  // or null:
        std::string forget;
        result<void> outcome = {};
        event called;  // done, or the first of those who wait: time to commit
        bool done = false;
    };
    using group = std::vector<std::shared_ptr<request>>;
    [[nodiscard]] awaitable<result<void>> ask(std::shared_ptr<request> mine);
    void commit(const group& requests);

    asio::any_io_executor on_;
    disk_pool& disk_;
    std::string folder_;
    std::optional<job_store> store_;
    group waiting_;
    bool busy_ = false;
};

}  // namespace ferry::detail

#include <ferry/impl/job_keeper.ipp>
