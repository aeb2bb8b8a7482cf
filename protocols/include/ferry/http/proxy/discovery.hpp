#pragma once

#include <ferry/awaitable.hpp>
#include <ferry/clock.hpp>
#include <ferry/result.hpp>
#include <ferry/url.hpp>

#include <asio/any_io_executor.hpp>

#include <chrono>
#include <memory>
#include <string>
#include <thread>
#include <vector>

namespace ferry::http {

/// Asks the system which proxies lead to a URL (WPAD, PAC, the desktop's settings), by libproxy.
/// Built without it (FERRY_HAVE_LIBPROXY), it refuses: errc::unsupported.
/// libproxy blocks, for as long as the network makes it, so it has a thread of its own. One that is
/// blocked when this is destroyed is left behind: nobody waits for it. Threads: `on`.
class proxy_discovery {
  public:
    proxy_discovery(asio::any_io_executor on, clock& time);
    proxy_discovery(const proxy_discovery&) = delete;
    proxy_discovery& operator=(const proxy_discovery&) = delete;
    ~proxy_discovery();

    /// Addresses as parse_proxy() takes them, and "direct://", in the order in which to try them.
    /// Errors: errc::timed_out after `limit`, ::unsupported. Cancellation: terminal, at once.
    [[nodiscard]] awaitable<result<std::vector<std::string>>> ask(
        url about, std::chrono::milliseconds limit);

  private:
    using answer = result<std::vector<std::string>>;
    struct question;
    struct mailbox;
    class library;

    static void serve(std::shared_ptr<mailbox> from);
    static awaitable<result<void>> answered(std::shared_ptr<question> about);

    asio::any_io_executor on_;
    clock& time_;
    std::shared_ptr<mailbox> mail_;  // made with the first question, as the thread is
    std::thread thread_;
};

}  // namespace ferry::http

#include <ferry/http/proxy/impl/discovery.ipp>
