#pragma once

#include <ferry/clock.hpp>
#include <ferry/http/connection.hpp>

#include <algorithm>
#include <memory>
#include <vector>

namespace ferry::http {

struct pool_limits {
    std::size_t connections = 64;  ///< idle ones, to all servers together
    std::chrono::seconds idle{30};
};

/// Open connections between two requests. The one used last is taken first: it is the least likely
/// to have been closed by its server. But one on which the server refused a request comes after all
/// others: a server that serves only so many connections may refuse the next one there too. There
/// is no timer: connections that are too old are closed when the pool is used next. Threads: one
/// executor.
class pool {
  public:
    explicit pool(clock& time, pool_limits limits = {}) : time_(time), limits_(limits) {}

    /// A connection that was made for `to` and is still good, or null.
    std::unique_ptr<connection> take(const route& to) {
        close_old();
        for (const bool welcome : {true, false})
            for (auto i = idle_.size(); i-- > 0;) {
                if (idle_[i].welcome != welcome || !(idle_[i].wire->to() == to)) continue;
                auto wire = std::move(idle_[i].wire);
                idle_.erase(idle_.begin() + static_cast<std::ptrdiff_t>(i));
                if (wire->quiet()) return wire;
            }
        return nullptr;
    }

    /// Keeps a connection whose last reply was read to its end, and nothing beyond.
    /// @param welcome  The reply was no error.
    void put(std::unique_ptr<connection> wire, bool welcome = true) {
        wire->rest();
        close_old();
        if (idle_.size() >= limits_.connections) idle_.erase(idle_.begin());
        idle_.push_back({std::move(wire), time_.now(), welcome});
    }

    /// Closes those that go out from the address `local`.
    void drop(const asio::ip::address& local) {
        std::erase_if(idle_, [&](const entry& one) { return one.wire->local_address() == local; });
    }

  private:
    struct entry {
        std::unique_ptr<connection> wire;
        clock::time_point since;
        bool welcome;
    };
    void close_old() {
        const auto limit = time_.now() - limits_.idle;
        const auto young = std::find_if(
            idle_.begin(), idle_.end(), [&](const entry& one) { return one.since > limit; });
        idle_.erase(idle_.begin(), young);
    }

    clock& time_;
    const pool_limits limits_;
    std::vector<entry> idle_;  // the longest idle first
};

}  // namespace ferry::http
