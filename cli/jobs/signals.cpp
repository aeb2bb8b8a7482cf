#include "cli/jobs/signals.hpp"

#include "cli/exit_code.hpp"

#include <unistd.h>

namespace ferry::cli {
namespace {

// A handler reaches nothing but globals.
volatile std::sig_atomic_t stopped = 0;  // by this signal
volatile std::sig_atomic_t leaving = 0;  // at the next signal

extern "C" void note_stop(int signal) {
    if (stopped != 0 && leaving != 0) ::_exit(static_cast<int>(exit_code::interrupted));
    if (stopped == 0) stopped = signal;
}

/// A new size of the window has no flag, for whoever draws asks for it; but it has to wake them,
/// which an ignored signal would not.
extern "C" void note_size(int) {}

}  // namespace

signal_flags::signal_flags(second does) {
    stopped = 0;
    leaving = does == second::leaves ? 1 : 0;
    before_ = {{{SIGINT, {}}, {SIGTERM, {}}, {SIGHUP, {}}, {SIGWINCH, {}}}};
    for (auto& [signal, before] : before_) {
        ::sigaction(signal, nullptr, &before);
        if (signal == SIGHUP && before.sa_handler == SIG_IGN) continue;
        struct sigaction now {};  // without SA_RESTART
        now.sa_handler = signal == SIGWINCH ? note_size : note_stop;
        ::sigaction(signal, &now, nullptr);
    }
}

signal_flags::~signal_flags() {
    for (const auto& one : before_) ::sigaction(one.signal, &one.action, nullptr);
}

bool signal_flags::stop() const noexcept { return stopped != 0; }
bool signal_flags::by_user() const noexcept { return stopped == SIGINT; }

}  // namespace ferry::cli
