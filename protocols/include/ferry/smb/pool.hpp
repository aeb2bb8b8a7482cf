#pragma once

#include <ferry/smb/connection.hpp>

#include <algorithm>
#include <memory>
#include <utility>
#include <vector>

namespace ferry::smb {

struct pool_limits {
    std::size_t connections = 16;  ///< idle ones, to all shares together: each is a process
    std::chrono::seconds idle{30};
};

/// Connections between two files. There is no timer: those that are too old are closed when the
/// pool is used next. Threads: one executor.
class pool {
  public:
    explicit pool(clock& time, pool_limits limits = {}) : time_(time), limits_(limits) {}

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
    }

  private:
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
};

/// A connection that somebody uses, until he lets go of it.
class lease {
  public:
    lease() = default;
    lease(pool& home, std::unique_ptr<connection> wire) : home_(&home), wire_(std::move(wire)) {}
    lease(lease&&) noexcept = default;
    lease& operator=(lease&& other) noexcept {
        std::swap(home_, other.home_);
        wire_.swap(other.wire_);
        return *this;
    }
    ~lease() {
        if (!wire_) return;
        wire_->rest();
        home_->put(std::move(wire_));
    }
    connection* operator->() const noexcept { return wire_.get(); }

  private:
    pool* home_ = nullptr;
    std::unique_ptr<connection> wire_;
};

}  // namespace ferry::smb
