#pragma once

#include "cli/control/home.hpp"
#include "cli/daemon/config.hpp"
#include "cli/daemon/control_methods.hpp"
#include "cli/daemon/control_server.hpp"
#include "cli/daemon/daemon_socket.hpp"
#include "cli/world.hpp"

#include <ferry/detail/event.hpp>
#include <ferry/engine.hpp>
#include <ferry/network_watch.hpp>

#include <asio/io_context.hpp>

#include <cstdint>
#include <functional>
#include <memory>
#include <string_view>

namespace ferry::cli {

/// The daemon: an engine, its control socket, and the decision when to end.
class daemon_process final : private network_listener {
  public:
    /// What it is made of. The home is locked by whoever runs it.
    struct parts {
        home where = {};
        daemon_config config = {};
        std::uint64_t bytes_per_second = 0;  ///< the shared limit; 0: none
        listening_socket socket = {};
    };
    explicit daemon_process(parts from);
    daemon_process(const daemon_process&) = delete;
    daemon_process& operator=(const daemon_process&) = delete;

    /// Runs until SIGTERM, SIGINT or SIGHUP, or until it has been idle for long enough; then it is
    /// to leave within two seconds. A second signal ends the process at once.
    /// @param ready  Called when the jobs are loaded and clients are served.
    /// Errors: those of engine::start() and stop(), and of the socket.
    result<void> run(std::function<void()> ready);

  private:
    awaitable<result<void>> live(std::function<void()> ready);
    awaitable<result<void>> work();
    awaitable<result<void>> serve();
    awaitable<result<void>> watch();
    awaitable<result<void>> watch_idleness();
    awaitable<result<void>> leave_in_time();
    awaitable<result<void>> keep_limit(std::uint64_t bytes_per_second);

    engine_hooks hooks();
    shared_limit limit(std::uint64_t bytes_per_second);
    bool is_busy() const noexcept;
    void stop(std::string_view why);
    void log(std::string_view text);

    void lost() override { engine_.network_lost(); }
    void returned() override { engine_.network_returned(); }
    void address_gone(const asio::ip::address& local) override { world_.drop(local); }

    home where_;
    daemon_config config_;
    listening_socket socket_;
    asio::io_context io_{1};
    world world_;
    clock& time_;
    engine engine_;
    control_methods methods_;
    control_server server_;
    detail::event stopping_;
    bool stopped_ = false;
    clock::time_point last_busy_;  // as far as we know
    std::shared_ptr<void> listening_;
};

/// One line about the daemon on standard error: "2024-02-29T12:00:00.500Z ferry: text".
void log_line(clock::wall_time now, std::string_view text);

}  // namespace ferry::cli
