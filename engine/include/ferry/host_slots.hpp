#pragma once

#include <ferry/detail/event.hpp>

#include <cstddef>
#include <list>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>

namespace ferry {

/// How many connections one origin may have, over everything that shares this; who waits is served
/// in order. Connections that are open are counted also while there is no limit.
/// Threads: one executor. Must outlive its calls; slots may outlive it.
class host_slots {
    struct waiter;
    struct host {
        std::size_t used = 0;
        std::list<waiter*> waiting = {};
    };
    using place = std::map<std::string, host>::iterator;

  public:
    /// The right to one connection, until it is destroyed. A default one is nobody's.
    class slot {
      public:
        slot() = default;
        slot(slot&&) noexcept = default;
        slot& operator=(slot&& other) noexcept {
            std::swap(of_, other.of_);
            std::swap(at_, other.at_);
            return *this;
        }
        ~slot() {
            if (const auto of = of_.lock()) of->release(at_);
        }
        explicit operator bool() const noexcept { return !of_.expired(); }

      private:
        friend class host_slots;
        slot(std::weak_ptr<host_slots> of, place at) : of_(std::move(of)), at_(at) {
            ++at->second.used;
        }

        std::weak_ptr<host_slots> of_ = {};
        place at_ = {};
    };

    explicit host_slots(asio::any_io_executor on) : on_(std::move(on)) {}
    host_slots(const host_slots&) = delete;
    host_slots& operator=(const host_slots&) = delete;

    /// @param connections  To one origin; 0: unlimited, as at first. What is open stays open.
    void set_limit(std::size_t connections);

    /// Waits for its turn. Errors: none but cancellation.
    /// Cancellation: terminal; errc::cancelled, and the others move up.
    [[nodiscard]] awaitable<result<slot>> acquire(std::string origin);
    /// A slot if one is free and nobody waits for it.
    std::optional<slot> try_acquire(const std::string& origin);
    /// Does anybody wait for a slot?
    bool has_line(const std::string& origin) const {
        const auto at = hosts_.find(origin);
        return at != hosts_.end() && !at->second.waiting.empty();
    }

  private:
    bool has_room(const host& at) const noexcept { return limit_ == 0 || at.used < limit_; }
    void admit(place at);
    void release(place at);

    asio::any_io_executor on_;
    std::size_t limit_ = 0;
    std::map<std::string, host> hosts_;  // each with a user; who waits, waits for one
    const std::shared_ptr<host_slots> here_{this, [](host_slots*) {}};  // until this is gone
};

}  // namespace ferry

#include <ferry/impl/host_slots.ipp>
