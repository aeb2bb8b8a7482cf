#include "cli/text/console.hpp"

#include <poll.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <string>
#include <system_error>

namespace ferry::cli {

void plain_lines::line(std::string_view text) { write_all(descriptor_, std::string(text) + "\n"); }

bool write_all(int descriptor, std::string_view text) noexcept {
    while (!text.empty()) {
        const auto written = ::write(descriptor, text.data(), text.size());
        if (written >= 0) {
            text.remove_prefix(static_cast<std::size_t>(written));
        } else if (errno == EAGAIN) {  // somebody else made our terminal or pipe non-blocking
            pollfd ready{descriptor, POLLOUT, 0};
            ::poll(&ready, 1, -1);
        } else if (errno != EINTR) {
            return false;
        }
    }
    return true;
}

bool print_all(std::string_view text) {
    if (write_all(STDOUT_FILENO, text) || errno == EPIPE) return true;
    const auto why = std::generic_category().message(errno);
    complain("standard output: " + why);
    return false;
}

void complain(std::string_view text) {
    write_all(STDERR_FILENO, "ferry: " + std::string(text) + "\n");
}

terminal_size size_of_terminal(int descriptor) noexcept {
    winsize window{};
    if (::ioctl(descriptor, TIOCGWINSZ, &window) != 0 || window.ws_col == 0 || window.ws_row == 0)
        return {};
    return {window.ws_row, window.ws_col};
}

bool is_terminal(int descriptor) noexcept {
    const auto type = std::getenv("TERM");
    const std::string_view kind(type ? type : "");
    return ::isatty(descriptor) == 1 && !kind.empty() && kind != "dumb";
}

}  // namespace ferry::cli
