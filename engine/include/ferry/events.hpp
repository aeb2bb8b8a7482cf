#pragma once

#include <ferry/job.hpp>

#include <functional>
#include <memory>
#include <utility>
#include <vector>

namespace ferry {

/// What there is to tell of a job.
enum class job_news {
    created,
    progress,  ///< of its files; at most twice a second (BITS: 500 ms between notifications)
    state,     ///< its state or its error
    changed,   ///< its properties or its list of files
    expiring,  ///< it will be cancelled soon, for nothing has happened to it for very long
};

/// Tells many listeners about jobs. Threads: one.
class job_events {
  public:
    /// Must not throw or block; may subscribe, unsubscribe, tell of more, and destroy this object.
    using listener = std::function<void(const job&, job_news)>;

    /// Listens until what is returned is destroyed, which may outlive this object.
    [[nodiscard]] std::shared_ptr<void> subscribe(listener one) {
        std::erase_if(listeners_, [](const auto& other) { return other.expired(); });
        const auto mine = std::make_shared<listener>(std::move(one));
        listeners_.push_back(mine);
        return mine;
    }
    /// Who subscribes meanwhile hears of the next news.
    void tell(const job& about, job_news what) {
        const auto now = listeners_;  // which change while they are told
        for (const auto& listening : now)
            if (const auto one = listening.lock()) (*one)(about, what);
    }

  private:
    std::vector<std::weak_ptr<listener>> listeners_;
};

}  // namespace ferry
