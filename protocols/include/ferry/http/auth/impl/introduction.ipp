#pragma once

#include <ferry/detail/with_timeout.hpp>

#include <utility>

namespace ferry::http {

inline std::shared_ptr<standing> standings::of(
    asker by, std::string where, const credentials& who) {
    static constexpr std::size_t most = 256;  // whom we forget, asks once more
    if (who.empty()) return nullptr;
    if (all_.size() >= most) all_.clear();
    auto& known = all_[{by, std::move(where), who}];
    if (!known) known = std::make_shared<standing>();
    return known;
}

inline introduction::introduction(
    standings& all, asker by, const std::string& host, std::string where, credentials who)
    : all_(all),
      by_(by),
      known_(all.of(by, std::move(where), who)),
      who_(by, host, std::move(who), all.disk_, known_) {}

inline awaitable<result<std::string>> introduction::answer(std::string method, std::string target) {
    auto free = co_await wait_for_trial();
    if (!free) co_return std::move(free.error());
    if (known_ && wish_.empty() && is_locked()) co_return std::string();  // nothing unasked
    auto said = co_await who_.answer(std::move(method), std::move(target));
    if (!said || said->empty()) co_return said;
    begin_trial();
    if (known_ && wish_.empty()) wish_ = known_->wish;
    co_return said;
}

inline awaitable<result<void>> introduction::challenged(response_head reply) {
    auto wish = explain_wish(by_, challenges_of(reply, by_));
    auto free = co_await wait_for_trial();
    if (!free) co_return free;
    if (known_ && is_locked() && known_->refused->wish == wish) co_return not_again();
    const bool had_spoken = who_.has_spoken();
    if (!had_spoken) begin_trial();
    auto again = co_await who_.challenged(reply);
    if (!again && known_ && had_spoken) note_refusal(wish, again.error());
    if (again && known_) known_->wish = wish;
    wish_ = std::move(wish);
    co_return again;
}

inline void introduction::accepted() {
    if (!known_ || !who_.has_spoken()) return;
    if (known_->refused && known_->refused->wish == wish_) known_->refused.reset();
    known_->proven = true;
    end_trial();
}

inline awaitable<result<void>> introduction::wait_for_trial() {
    static constexpr std::chrono::seconds patience{2};
    if (!known_ || on_trial_) co_return result<void>();
    const auto until = all_.time_.now() + patience;
    while (known_->trials > 0 && !known_->proven && all_.time_.now() < until) {
        auto over = all_.trial_over_.wait();
        auto woken = co_await ferry::detail::with_timeout(
            all_.time_, until - all_.time_.now(), std::move(over));
        if (!woken && woken.error().code != errc::timed_out) co_return woken;
    }
    co_return result<void>();
}

inline void introduction::begin_trial() {
    if (on_trial_ || !known_ || known_->proven) return;
    on_trial_ = true;
    ++known_->trials;
}

inline void introduction::end_trial() {
    if (!std::exchange(on_trial_, false)) return;
    --known_->trials;
    all_.trial_over_.notify();
}

inline bool introduction::is_locked() const {
    static constexpr auto long_enough = std::chrono::seconds(5);
    static constexpr unsigned often_enough = 3;
    const auto& last = known_->refused;
    return last && last->times >= often_enough && all_.time_.now() - last->when < long_enough;
}

inline failure introduction::not_again() const {
    auto why = known_->refused->why;
    why.detail += "; as that happened three times in a row, it is not tried again for five seconds";
    return why;
}

inline void introduction::note_refusal(std::string wish, failure why) {
    const bool again = known_->refused && known_->refused->wish == wish;
    const auto times = again ? known_->refused->times + 1 : 1;
    known_->refused = {std::move(wish), std::move(why), all_.time_.now(), times};
    known_->proven = false;
}

}  // namespace ferry::http
