#pragma once

#include <ferry/detail/event.hpp>
#include <ferry/detail/with_timeout.hpp>

#if defined(FERRY_HAVE_LIBPROXY)
#include <proxy.h>
#endif

#include <asio/co_spawn.hpp>

#include <exception>
#include <utility>

namespace ferry::http {

/// Kept alive by whoever asks and by the call to the library, which may take longer.
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
        if (!factory_) factory_.reset(::px_proxy_factory_new());
        char** list =
            factory_ ? ::px_proxy_factory_get_proxies(factory_.get(), about.c_str()) : nullptr;
        if (!list) return failure{std::make_error_code(std::errc::not_enough_memory), "libproxy"};
        std::vector<std::string> found;
        for (char** one = list; *one; ++one) found.emplace_back(*one);
        ::px_proxy_factory_free_proxies(list);
        return found;
    }

  private:
    struct freed {
        void operator()(pxProxyFactory* one) const noexcept { ::px_proxy_factory_free(one); }
    };
    std::unique_ptr<pxProxyFactory, freed> factory_;
#else
    answer ask(const std::string&) {
        return failure{
            errc::unsupported,
            "this ferry was built without libproxy and cannot find proxies by itself; name one"};
    }
#endif
};

inline proxy_discovery::proxy_discovery(asio::any_io_executor on, clock& time)
    : on_(std::move(on)), time_(time) {}

inline proxy_discovery::~proxy_discovery() = default;

inline awaitable<result<std::vector<std::string>>> proxy_discovery::ask(
    url about, std::chrono::milliseconds limit) {
    if (!thread_) {
        library_ = std::make_unique<library>();
        thread_ = std::make_unique<disk_pool>(1);
    }
    // Without path and query: they are nobody's business on the way (a PAC file is a program).
    const auto here = about.scheme + "://" + about.authority() + "/";
    const auto asked = std::make_shared<question>(on_, here);
    asio::co_spawn(on_, put(*thread_, *library_, asked), [](std::exception_ptr) {});
    auto wait = answered(asked);
    auto done = co_await ferry::detail::with_timeout(time_, limit, std::move(wait));
    if (done) co_return std::move(asked->found);
    auto why = std::move(done.error());
    if (why.code == errc::timed_out) why.detail = "no answer in time";
    why.detail = "the network's proxy configuration: " + why.detail;
    co_return why;
}

inline awaitable<void> proxy_discovery::put(
    disk_pool& to, library& by, std::shared_ptr<question> about) {
    auto work = [&by, &about] { return by.ask(about->about); };
    about->found = co_await to.run(work);
    about->done = true;
    about->answered.notify();
}

inline awaitable<result<void>> proxy_discovery::answered(std::shared_ptr<question> about) {
    while (!about->done) {
        auto woken = co_await about->answered.wait();
        if (!woken) co_return woken;
    }
    co_return result<void>();
}

}  // namespace ferry::http
