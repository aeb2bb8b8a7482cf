#pragma once

#include <ferry/clock.hpp>
#include <ferry/disk_pool.hpp>
#include <ferry/result.hpp>
#include <ferry/url.hpp>

#include <asio/any_io_executor.hpp>

#include <chrono>
#include <memory>
#include <string>
#include <vector>

namespace ferry::http {

/// Asks the system which proxies lead to a URL (WPAD, PAC, the desktop's settings), by libproxy.
/// Built without it (FERRY_HAVE_LIBPROXY), it refuses: errc::unsupported.
/// libproxy blocks, for as long as the network makes it, so it has a thread of its own. Destroying
/// this waits for a question that is under way. Threads: `on`.
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
    class library;

    static awaitable<void> put(disk_pool& to, library& by, std::shared_ptr<question> about);
    static awaitable<result<void>> answered(std::shared_ptr<question> about);

    asio::any_io_executor on_;
    clock& time_;
    std::unique_ptr<library> library_;   // made with the first question
    std::unique_ptr<disk_pool> thread_;  // destroyed, and thereby joined, first
};

}  // namespace ferry::http

#include <ferry/http/proxy/impl/discovery.ipp>
