#pragma once

namespace ferry {

/// One who stands in line; leaves it, and gives back what it was given, however its wait ends.
struct host_slots::waiter {
    waiter(host_slots& from, place where) : of(from.here_), at(where), called(from.on_) {
        at->second.waiting.push_back(this);
    }
    ~waiter() {
        if (!of.expired()) std::erase(at->second.waiting, this);
    }

    std::weak_ptr<host_slots> of;
    place at;
    detail::event called;
    slot given = {};
};

inline void host_slots::set_limit(std::size_t connections) {
    limit_ = connections;
    for (auto at = hosts_.begin(); at != hosts_.end(); ++at) admit(at);
}

inline std::optional<host_slots::slot> host_slots::try_acquire(const std::string& origin) {
    const auto at = hosts_.try_emplace(origin).first;
    if (!at->second.waiting.empty() || !has_room(at->second)) return std::nullopt;
    return slot(here_, at);
}

inline awaitable<result<host_slots::slot>> host_slots::acquire(std::string origin) {
    if (auto free = try_acquire(origin)) co_return std::move(*free);
    waiter me(*this, hosts_.find(origin));
    while (!me.given) {
        auto woken = co_await me.called.wait();
        if (!woken) co_return woken.error();
    }
    co_return std::move(me.given);
}

/// Lets in as many as there is room for.
inline void host_slots::admit(place at) {
    auto& waiting = at->second.waiting;
    while (!waiting.empty() && has_room(at->second)) {
        auto& next = *waiting.front();
        waiting.pop_front();
        next.given = slot(here_, at);
        next.called.notify();
    }
}

inline void host_slots::release(place at) {
    --at->second.used;
    admit(at);
    if (at->second.used == 0) hosts_.erase(at);
}

}  // namespace ferry
