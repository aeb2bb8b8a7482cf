#pragma once

#include <ferry/detail/event.hpp>
#include <ferry/smb/connection.hpp>

#include <algorithm>
#include <chrono>
#include <list>
#include <memory>
#include <utility>
#include <vector>

namespace ferry::smb {

struct pool_limits {
    std::size_t connections = 16;  ///< idle ones, to all shares together: each is a process
    std::chrono::seconds idle{30};
    std::size_t at_once = 2;             ///< in use, before it is worth a wait for one of them
    std::chrono::milliseconds soon{20};  ///< that wait
};

/// Connections between two files. There is no timer: those that are too old are closed when the
/// pool is used next. Threads: one executor.
class pool {
  public:
    explicit pool(clock& time, pool_limits limits = {}) : time_(time), limits_(limits) {}
    pool(const pool&) = delete;
    pool& operator=(const pool&) = delete;

    /// As take(). If others are in use, waits whether one comes back soon, or will once those that
    /// still log in have done so: a login takes longer than many a small file.
    /// Errors: errc::cancelled.
    [[nodiscard]] awaitable<result<std::unique_ptr<connection>>> take_soon(route& to);

    /// A connection that was made for `to`, or null. Its server may have left meanwhile.
    std::unique_ptr<connection> take(const route& to) {
        close_old();
        const auto found = std::find_if(
            idle_.rbegin(), idle_.rend(), [&](const entry& one) { return one.wire->to() == to; });
        if (found == idle_.rend()) return nullptr;
        auto wire = std::move(found->wire);
        idle_.erase(std::next(found).base());
        return wire;
    }
    /// Keeps it if it is free.
    void put(std::unique_ptr<connection> wire) {
        close_old();
        if (!wire->free()) return;
        if (idle_.size() >= limits_.connections) idle_.erase(idle_.begin());
        idle_.push_back({std::move(wire), time_.now()});
        call_next();
    }

    /// Somebody makes a connection, as long as this lives.
    class connecting {
      public:
        explicit connecting(pool& home) : home_(home) { ++home_.connecting_; }
        connecting(const connecting&) = delete;
        connecting& operator=(const connecting&) = delete;
        ~connecting() { --home_.connecting_; }

      private:
        pool& home_;
    };

  private:
    friend class lease;

    /// Somebody who waits until a connection comes back.
    class turn {
      public:
        turn(pool& home, asio::any_io_executor on)
            : home_(home),
              called_(std::move(on)),
              place_(home.waiting_.insert(home.waiting_.end(), &called_)) {}
        turn(const turn&) = delete;
        turn& operator=(const turn&) = delete;
        ~turn() {
            home_.waiting_.erase(place_);
            if (!home_.idle_.empty()) home_.call_next();
        }
        /// False: the time is up.
        [[nodiscard]] awaitable<result<bool>> called_within(clock::duration limit);

      private:
        pool& home_;
        ferry::detail::event called_;
        std::list<ferry::detail::event*>::iterator place_;
    };

    void call_next() {
        if (!waiting_.empty()) waiting_.front()->notify();
    }
    struct entry {
        std::unique_ptr<connection> wire;
        clock::time_point since;
    };
    void close_old() {
        const auto limit = time_.now() - limits_.idle;
        std::erase_if(idle_, [&](const entry& one) { return one.since < limit; });
    }

    clock& time_;
    const pool_limits limits_;
    std::vector<entry> idle_;  // the longest idle first
    std::size_t in_use_ = 0;
    std::size_t connecting_ = 0;
    std::list<ferry::detail::event*> waiting_;
};

/// A connection that somebody uses, until he lets go of it.
class lease {
  public:
    lease() = default;
    lease(pool& home, std::unique_ptr<connection> wire) : home_(&home), wire_(std::move(wire)) {
        ++home_->in_use_;
    }
    lease(lease&&) noexcept = default;
    lease& operator=(lease&& other) noexcept {
        std::swap(home_, other.home_);
        wire_.swap(other.wire_);
        return *this;
    }
    ~lease() {
        if (!wire_) return;
        wire_->rest();
        --home_->in_use_;
        home_->put(std::move(wire_));
    }
    connection* operator->() const noexcept { return wire_.get(); }

  private:
    pool* home_ = nullptr;
    std::unique_ptr<connection> wire_;
};

}  // namespace ferry::smb

#include <ferry/smb/impl/pool.ipp>
