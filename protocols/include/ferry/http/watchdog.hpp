#pragma once

#include <ferry/clock.hpp>
#include <ferry/http/connection.hpp>

#include <asio/any_io_executor.hpp>

#include <memory>
#include <vector>

namespace ferry::http {

/// Time limits for what is done with connections: one sleeper for all of them, because a timer of
/// its own for each of thousands of small requests would cost more than the requests. It sleeps
/// only while there is a limit to watch. Threads: one executor. A deadline that outlives it ends
/// no wait.
class watchdog {
  public:
    watchdog(asio::any_io_executor on, clock& time);
    watchdog(const watchdog&) = delete;
    watchdog& operator=(const watchdog&) = delete;
    ~watchdog();

    /// While it lives, a wait of `guarded` ends `limit` from now: it completes as cancelled, and
    /// expired() tells why. A wait that begins later is not ended.
    class deadline {
      public:
        deadline(watchdog& by, connection& guarded, clock::duration limit);
        deadline(const deadline&) = delete;
        deadline& operator=(const deadline&) = delete;
        ~deadline();
        bool expired() const noexcept { return expired_; }

      private:
        friend class watchdog;
        std::weak_ptr<watchdog> by_;
        connection& guarded_;
        clock::time_point when_;
        bool expired_ = false;
    };

  private:
    struct sleeper;

    static awaitable<void> watch(std::shared_ptr<sleeper> me);
    void wake_at_the_earliest();
    void ring();
    void rest();

    asio::any_io_executor on_;
    clock& time_;
    std::vector<deadline*> armed_;
    std::shared_ptr<sleeper> sleeper_;                              // null: nothing to watch
    const std::shared_ptr<watchdog> here_{this, [](watchdog*) {}};  // until this is gone
};

}  // namespace ferry::http

#include <ferry/http/impl/watchdog.ipp>
