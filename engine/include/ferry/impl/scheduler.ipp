#pragma once

#include <algorithm>
#include <iterator>

namespace ferry {

inline void scheduler::queue(key job, job_priority priority) {
    const auto [at, is_new] = jobs_.try_emplace(job);
    auto& one = at->second;
    waiting_.erase(place_of(job, one));
    running_.erase(job);
    const auto turn = is_new || one.slice_used ? ++last_turn_ : one.turn;
    one = {};
    one.priority = priority;
    one.turn = turn;
    waiting_.insert(place_of(job, one));
}

inline void scheduler::leave(key job) {
    const auto found = jobs_.find(job);
    if (found == jobs_.end()) return;
    waiting_.erase(place_of(job, found->second));
    running_.erase(job);
    jobs_.erase(found);
}

inline void scheduler::set_priority(key job, job_priority priority) {
    const auto found = jobs_.find(job);
    if (found == jobs_.end()) return;
    const bool waits = waiting_.erase(place_of(job, found->second)) != 0;
    found->second.priority = priority;
    if (waits) waiting_.insert(place_of(job, found->second));
}

inline void scheduler::moved(key job, std::uint64_t bytes) {
    if (const auto found = jobs_.find(job); found != jobs_.end()) found->second.bytes += bytes;
}

inline scheduler::decision scheduler::decide(time_point now) {
    decision todo;
    decide_foreground(now, todo);
    decide_background(now, todo);
    return todo;
}

inline void scheduler::start(key job, time_point now, decision& into) {
    auto& one = jobs_.at(job);
    waiting_.erase(place_of(job, one));
    running_.insert(job);
    one.since = now;
    into.start.push_back(job);
}

inline void scheduler::decide_foreground(time_point now, decision& into) {
    for (auto count = running(true).size(); count < limits_.foreground; ++count) {
        if (waiting_.empty() || waiting_.begin() == first_in_background()) return;
        start(std::get<2>(*waiting_.begin()), now, into);
    }
}

inline void scheduler::decide_background(time_point now, decision& into) {
    const auto next = first_in_background();
    const auto at_work = running(false);
    if (at_work.empty()) {
        if (next != waiting_.end()) start(std::get<2>(*next), now, into);
        return;
    }
    const auto best = *std::min_element(at_work.begin(), at_work.end(), [&](key a, key b) {
        return place_of(a, jobs_.at(a)) < place_of(b, jobs_.at(b));
    });
    for (const auto job : at_work) {
        auto& one = jobs_.at(job);
        if (one.stopping) continue;
        const auto rival = next == waiting_.end() ? job_priority::low : std::get<0>(*next);
        const bool overruled = next != waiting_.end() && rival < one.priority;
        one.slice_used = next != waiting_.end() && rival == one.priority && slice_is_used(one, now);
        one.stopping =
            overruled || one.slice_used || job != best;  // not best: it was in foreground
        if (one.stopping) into.stop.push_back(job);
    }
}

inline std::optional<scheduler::time_point> scheduler::next_look() const {
    const auto next = first_in_background();
    if (next == waiting_.end()) return std::nullopt;
    for (const auto job : running(false)) {
        const auto& one = jobs_.at(job);
        if (!one.stopping && one.priority == std::get<0>(*next)) return one.since + limits_.slice;
    }
    return std::nullopt;
}

inline std::optional<scheduler::key> scheduler::waits_for(key job) const {
    const auto found = jobs_.find(job);
    if (found == jobs_.end() || running_.contains(job)) return std::nullopt;
    const bool foreground = in_foreground(found->second);
    const auto before = waiting_.find(place_of(job, found->second));
    const auto first = foreground ? waiting_.begin() : first_in_background();
    if (before != first) return std::get<2>(*std::prev(before));
    const auto ahead = running(foreground);
    if (ahead.empty() || (foreground && ahead.size() < limits_.foreground)) return std::nullopt;
    return ahead.front();
}

inline std::set<scheduler::place>::const_iterator scheduler::first_in_background() const {
    return waiting_.lower_bound({job_priority::high, 0, 0});
}

inline std::vector<scheduler::key> scheduler::running(bool foreground) const {
    std::vector<key> some;
    std::copy_if(running_.begin(), running_.end(), std::back_inserter(some), [&](key job) {
        return in_foreground(jobs_.at(job)) == foreground;
    });
    return some;
}

inline bool scheduler::slice_is_used(const entry& one, time_point now) const {
    return now - one.since >= limits_.slice || one.bytes >= limits_.slice_bytes;
}

}  // namespace ferry
