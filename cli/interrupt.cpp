#include "cli/interrupt.hpp"

#include "cli/exit_code.hpp"

#include <unistd.h>

#include <csignal>
#include <utility>

namespace ferry::cli {
namespace {

bool is_ignored(int signal) {
    struct sigaction now {};
    return ::sigaction(signal, nullptr, &now) == 0 && now.sa_handler == SIG_IGN;
}

extern "C" void leave_at_once(int) { ::_exit(static_cast<int>(exit_code::interrupted)); }

/// From now on a signal does not wait for the event loop, which may be what hangs.
void leave_on_next_signal() {
    struct sigaction leave {};
    leave.sa_handler = leave_at_once;
    for (const int signal : {SIGINT, SIGTERM, SIGHUP})
        if (!is_ignored(signal)) ::sigaction(signal, &leave, nullptr);
}

}  // namespace

interrupt::interrupt(asio::any_io_executor on, std::function<void()> stop)
    : signals_(std::move(on), SIGINT, SIGTERM) {
    if (!is_ignored(SIGHUP)) signals_.add(SIGHUP);
    signals_.async_wait([stop = std::move(stop)](std::error_code error, int) {
        if (error) return;
        leave_on_next_signal();
        stop();
    });
}

}  // namespace ferry::cli
