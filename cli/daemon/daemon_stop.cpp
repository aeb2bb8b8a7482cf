#include "cli/daemon/daemon_stop.hpp"

#include "cli/control/control_client.hpp"

#include <poll.h>
#include <sys/socket.h>

extern "C" {  // glibc 2.36 forgets to say so itself
#include <sys/pidfd.h>
}

#include <csignal>

namespace ferry::cli {
namespace {

constexpr int patience_ms = 10'000;

std::int64_t pid_in(const boost::json::object& info) {
    const auto* pid = info.if_contains("pid");
    return pid && pid->is_int64() ? pid->get_int64() : -1;
}

/// The process behind a connection. It has answered after its number was looked up, and with that
/// number: so it is no other that has the number now.
result<detail::unique_fd> process_behind(control_client& daemon) {
    const auto pid = pid_in(daemon.info());
    detail::unique_fd process(pid > 0 ? ::pidfd_open(static_cast<pid_t>(pid), 0) : -1);
    const auto info = daemon.call("server.info", {});
    if (!info) return info.error();
    if (!process || pid_in(*info) != pid)
        return failure{errc::not_running, "the daemon does not tell which process it is"};
    return process;
}

}  // namespace

result<bool> stop_daemon(const home& where) {
    if (!control_client::anybody_there(where)) return false;
    auto daemon = control_client::reach(where, control_client::when_absent::fail);
    if (!daemon) return daemon.error();
    const auto process = process_behind(*daemon);
    if (!process) return process.error();
    if (::pidfd_send_signal(process->get(), SIGTERM, nullptr, 0) != 0)
        return detail::errno_failure("stop", "the daemon");
    pollfd end{process->get(), POLLIN, 0};
    int ended = 0;
    do ended = ::poll(&end, 1, patience_ms);
    while (ended < 0 && errno == EINTR);
    if (ended == 0) return failure{errc::not_running, "the daemon does not end (kill it)"};
    return true;
}

}  // namespace ferry::cli
