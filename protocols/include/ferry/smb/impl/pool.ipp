#pragma once

#include <ferry/detail/with_timeout.hpp>

#include <utility>

namespace ferry::smb {

inline awaitable<result<bool>> pool::turn::called_within(clock::duration limit) {
    auto waiting = called_.wait();
    const auto woken = co_await ferry::detail::with_timeout(home_.time_, limit, std::move(waiting));
    if (!woken && woken.error().code == errc::cancelled) co_return woken.error();
    co_return woken.has_value();
}

inline awaitable<result<std::unique_ptr<connection>>> pool::take_soon(route& to) {
    auto found = take(to);
    if (found || in_use_ < limits_.at_once) co_return found;
    const auto here = co_await asio::this_coro::executor;
    turn mine(*this, here);
    for (bool late = false; !found && !late;) {
        auto waiting = mine.called_within(limits_.soon);
        const auto called = co_await std::move(waiting);
        if (!called) co_return called.error();
        late = !*called && connecting_ == 0;
        found = take(to);
    }
    co_return found;
}

}  // namespace ferry::smb
