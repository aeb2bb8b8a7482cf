#include "cli/interrupt.hpp"

#include "cli/exit_code.hpp"

#include <unistd.h>

#include <csignal>
#include <string_view>
#include <utility>

namespace ferry::cli {
namespace {

bool is_ignored(int signal) {
    struct sigaction now {};
    return ::sigaction(signal, nullptr, &now) == 0 && now.sa_handler == SIG_IGN;
}

extern "C" void leave_at_once(int) { ::_exit(static_cast<int>(exit_code::interrupted)); }

extern "C" void say_so_and_leave(int signal) {
    constexpr std::string_view words = "ferry: interrupted\n";
    [[maybe_unused]] const auto written = ::write(STDERR_FILENO, words.data(), words.size());
    leave_at_once(signal);
}

void set_handler(void (*handler)(int)) {
    struct sigaction leave {};
    leave.sa_handler = handler;
    for (const int signal : {SIGINT, SIGTERM, SIGHUP})
        if (!is_ignored(signal)) ::sigaction(signal, &leave, nullptr);
}

}  // namespace

void leave_when_interrupted(bool quiet) { set_handler(quiet ? leave_at_once : say_so_and_leave); }

interrupt::interrupt(asio::any_io_executor on, std::function<void()> stop)
    : signals_(std::move(on), SIGINT, SIGTERM) {
    if (!is_ignored(SIGHUP)) signals_.add(SIGHUP);
    signals_.async_wait([stop = std::move(stop)](std::error_code error, int) {
        if (error) return;
        set_handler(leave_at_once);  // the next one does not wait for the loop, which may hang
        stop();
    });
}

}  // namespace ferry::cli
