#include "cli/jobs/monitor_keys.hpp"

#include <unistd.h>

#include <array>
#include <string_view>

namespace ferry::cli {

monitor_keys::monitor_keys() {
    termios now{};
    if (::tcgetattr(STDIN_FILENO, &now) != 0) return;
    before_ = now;
    now.c_lflag &= ~static_cast<tcflag_t>(ICANON | ECHO);  // Ctrl-C stays a signal
    now.c_cc[VMIN] = 0;                                    // a read() does not wait
    now.c_cc[VTIME] = 0;
    ::tcsetattr(STDIN_FILENO, TCSANOW, &now);
}

monitor_keys::~monitor_keys() {
    if (before_) ::tcsetattr(STDIN_FILENO, TCSANOW, &*before_);
}

bool monitor_keys::quit() const {
    if (!before_) return false;
    std::array<char, 64> typed;
    const auto size = ::read(STDIN_FILENO, typed.data(), typed.size());
    if (size <= 0) return false;
    return std::string_view(typed.data(), static_cast<std::size_t>(size)).find('q') !=
           std::string_view::npos;
}

}  // namespace ferry::cli
