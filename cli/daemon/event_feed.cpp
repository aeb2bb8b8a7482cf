#include "cli/daemon/event_feed.hpp"

#include "cli/control/control_message.hpp"
#include "cli/daemon/job_document.hpp"

#include <ferry/detail/json_text.hpp>
#include <ferry/job_json.hpp>

#include <utility>

namespace ferry::cli {
namespace {

namespace json = boost::json;

constexpr unsigned bit(job_news what) noexcept { return 1U << static_cast<unsigned>(what); }

/// The name of the event that tells about `news`, all of them or all but one, which it takes out:
/// a state says what progress would have said.
const char* take_name(unsigned& news, bool over) noexcept {
    const auto rest = std::exchange(news, 0);
    if (over) return "job.finished";
    if (rest == bit(job_news::expiring)) return "job.expiring";
    news = rest & bit(job_news::expiring);
    return (rest & ~news) == bit(job_news::progress) ? "job.progress" : "job.state";
}

}  // namespace

void event_feed::follow(
    subject about, std::optional<std::set<std::string, std::less<>>> only, bool brief) {
    news_.clear();
    order_.clear();
    find_ = std::move(about.find);
    brief_ = brief;
    listening_ =
        about.events.subscribe([this, only = std::move(only)](const job& one, job_news what) {
            if (!only || only->contains(one.id)) add(one, what);
        });
}

void event_feed::add(const job& about, job_news what) {
    auto& news = news_[about.id];
    if (news == 0) order_.push_back(about.id);
    news |= bit(what);
    wake_();
}

std::optional<json::object> event_feed::take() {
    while (!order_.empty()) {
        const auto id = order_.front();
        auto& news = news_[id];
        const auto* about = find_(id);
        std::optional<json::object> event;
        if (about)
            event = event_of(*about, news);
        else
            news = 0;  // forgotten
        if (news == 0) {
            news_.erase(id);
            order_.pop_front();
        }
        if (event) return event;
    }
    return std::nullopt;
}

std::optional<json::object> event_feed::farewell() const {
    if (!listening_) return std::nullopt;
    return event(daemon_stopping);
}

json::object event_feed::event(std::string_view name) const {
    json::object event;
    event["v"] = 1;
    event["event"] = name;
    event["time"] = detail::format_time(time_.wall());
    return event;
}

json::object event_feed::event_of(const job& about, unsigned& news) const {
    const bool over = is_final(about.state);
    auto told = event(take_name(news, over));
    told["job"] = brief_ ? brief_document(about) : over ? describe(about) : summarize(about);
    return told;
}

}  // namespace ferry::cli
