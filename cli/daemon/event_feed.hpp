#pragma once

#include <ferry/clock.hpp>
#include <ferry/events.hpp>

#include <boost/json/object.hpp>

#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>

namespace ferry::cli {

/// What a client that subscribed has yet to be told. News of a job gather until they are taken, as
/// one entry: a slow client misses steps in between, but never the job's latest state.
class event_feed {
  public:
    /// The jobs that news are about.
    struct subject {
        job_events& events;
        std::function<const job*(std::string_view id)> find;  ///< null: no such job any more
    };

    /// @param wake  Called when there is something to take.
    event_feed(clock& time, std::function<void()> wake) : time_(time), wake_(std::move(wake)) {}
    event_feed(const event_feed&) = delete;
    event_feed& operator=(const event_feed&) = delete;

    /// Listens from now on, in place of what it listened to before.
    /// @param only   Ids of the jobs; none: all of them.
    /// @param brief  Tells also of a job that is over without its files.
    void follow(
        subject about, std::optional<std::set<std::string, std::less<>>> only, bool brief = false);
    void add(const job& about, job_news what);

    /// The event that has waited longest, made from how its job is now.
    std::optional<boost::json::object> take();

    /// What tells a listener that the daemon ends on purpose; nothing for who never listened.
    std::optional<boost::json::object> farewell() const;

  private:
    boost::json::object event(std::string_view name) const;
    boost::json::object event_of(const job& about, unsigned& news) const;

    clock& time_;
    std::function<void()> wake_;
    std::function<const job*(std::string_view id)> find_ = {};
    bool brief_ = false;
    std::map<std::string, unsigned> news_ = {};  // a bit for each job_news
    std::deque<std::string> order_ = {};         // its keys, by age
    std::shared_ptr<void> listening_ = {};       // last: ends before all that add() needs
};

}  // namespace ferry::cli
