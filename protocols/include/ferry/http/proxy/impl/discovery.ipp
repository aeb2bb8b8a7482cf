#pragma once

#include <ferry/detail/event.hpp>
#include <ferry/detail/with_timeout.hpp>

#if defined(FERRY_HAVE_LIBPROXY)
#include <proxy.h>
#endif

#include <asio/post.hpp>

#include <condition_variable>
#include <deque>
#include <mutex>
#include <optional>
#include <utility>

namespace ferry::http {

/// Kept alive by whoever asks and by the mailbox.
struct proxy_discovery::question {
    question(const asio::any_io_executor& on, std::string text)
        : about(std::move(text)), answered(on) {}

    const std::string about;
    ferry::detail::event answered;
    bool done = false;
    answer found;
};

/// libproxy; one thread at a time.
class proxy_discovery::library {
  public:
#if defined(FERRY_HAVE_LIBPROXY)
    answer ask(const std::string& about) {
        if (!factory_) factory_ = ::px_proxy_factory_new();
        char** list = factory_ ? ::px_proxy_factory_get_proxies(factory_, about.c_str()) : nullptr;
        if (!list)
            return failure{
                errc::unsupported,
                "libproxy makes nothing of it (is the PAC file broken? --proxy-usage none or "
                "override does without)"};
        std::vector<std::string> found;
        for (char** one = list; *one; ++one) found.emplace_back(*one);
        ::px_proxy_factory_free_proxies(list);
        return found;
    }

  private:
    pxProxyFactory* factory_ = nullptr;  // never freed: what runs PAC files has threads of its own
#else
    answer ask(const std::string&) {
        return failure{
            errc::unsupported,
            "this ferry was built without libproxy and cannot find proxies by itself; name one"};
    }
#endif
};

/// What `proxy_discovery` and its thread have in common.
struct proxy_discovery::mailbox {
    std::mutex mutex = {};
    std::condition_variable changed = {};
    std::deque<std::shared_ptr<question>> questions = {};
    std::optional<asio::any_io_executor> on = {};  ///< where answers go; none: nobody is there
    bool asking = false;                           ///< the thread is in the library
    library by = {};
};

inline proxy_discovery::proxy_discovery(asio::any_io_executor on, clock& time)
    : on_(std::move(on)), time_(time) {}

inline proxy_discovery::~proxy_discovery() {
    if (!mail_) return;
    std::unique_lock lock(mail_->mutex);
    mail_->on.reset();
    mail_->questions.clear();
    mail_->changed.notify_one();
    if (mail_->asking) thread_.detach();
    lock.unlock();
    if (thread_.joinable()) thread_.join();
}

inline awaitable<result<std::vector<std::string>>> proxy_discovery::ask(
    url about, std::chrono::milliseconds limit) {
    if (!mail_) {
        mail_ = std::make_shared<mailbox>();
        mail_->on = on_;
        thread_ = std::thread([from = mail_] { serve(from); });
    }
    // Without path and query: they are nobody's business on the way (a PAC file is a program).
    const auto here = about.scheme + "://" + about.authority() + "/";
    const auto asked = std::make_shared<question>(on_, here);
    {
        const std::lock_guard lock(mail_->mutex);
        mail_->questions.push_back(asked);
        mail_->changed.notify_one();
    }
    auto wait = answered(asked);
    auto done = co_await ferry::detail::with_timeout(time_, limit, std::move(wait));
    if (done) co_return std::move(asked->found);
    auto why = std::move(done.error());
    if (why.code == errc::timed_out) why.detail = "no answer in time";
    why.detail = "the network's proxy configuration: " + why.detail;
    co_return why;
}

/// The thread. Questions and their executor may go as long as the lock is free: it keeps neither.
inline void proxy_discovery::serve(std::shared_ptr<mailbox> from) {
    std::unique_lock lock(from->mutex);
    for (;;) {
        from->changed.wait(lock, [&] { return !from->on || !from->questions.empty(); });
        if (!from->on) return;
        const auto about = from->questions.front()->about;
        from->asking = true;
        lock.unlock();
        auto found = from->by.ask(about);
        lock.lock();
        from->asking = false;
        if (!from->on) return;
        auto asked = std::move(from->questions.front());
        from->questions.pop_front();
        asio::post(*from->on, [asked = std::move(asked), found = std::move(found)]() mutable {
            asked->found = std::move(found);
            asked->done = true;
            asked->answered.notify();
        });
    }
}

inline awaitable<result<void>> proxy_discovery::answered(std::shared_ptr<question> about) {
    while (!about->done) {
        auto woken = co_await about->answered.wait();
        if (!woken) co_return woken;
    }
    co_return result<void>();
}

}  // namespace ferry::http
