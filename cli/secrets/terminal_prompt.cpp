#include "cli/secrets/terminal_prompt.hpp"

#include <ferry/detail/file.hpp>

#include <fcntl.h>
#include <openssl/crypto.h>
#include <poll.h>
#include <signal.h>
#include <sys/signalfd.h>
#include <termios.h>
#include <unistd.h>

#include <array>
#include <cerrno>

namespace ferry::cli {
namespace {

failure none(std::string why) { return {errc::bad_argument, std::move(why)}; }

/// While this lives, the signals that would end or stop us are kept for a descriptor.
class held_signals {
  public:
    held_signals() {
        ::sigemptyset(&these_);
        for (const auto one : {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGTSTP})
            ::sigaddset(&these_, one);
        ::pthread_sigmask(SIG_BLOCK, &these_, &before_);
        arrived_ = detail::unique_fd(::signalfd(-1, &these_, SFD_CLOEXEC | SFD_NONBLOCK));
    }
    held_signals(const held_signals&) = delete;
    held_signals& operator=(const held_signals&) = delete;
    ~held_signals() {
        signalfd_siginfo one;  // what came has been obeyed: it is not to come once more
        while (::read(arrived_.get(), &one, sizeof one) == sizeof one) continue;
        ::pthread_sigmask(SIG_SETMASK, &before_, nullptr);
    }
    int descriptor() const noexcept { return arrived_.get(); }

  private:
    sigset_t these_ = {};
    sigset_t before_ = {};
    detail::unique_fd arrived_;
};

/// While this lives, the terminal shows nothing of what is typed.
class silence {
  public:
    explicit silence(int terminal) : terminal_(terminal) {
        good_ = ::tcgetattr(terminal_, &before_) == 0;
        auto silent = before_;
        silent.c_lflag &= ~static_cast<tcflag_t>(ECHO);
        silent.c_lflag |= ECHONL | ICANON | ISIG;
        good_ = good_ && ::tcsetattr(terminal_, TCSAFLUSH, &silent) == 0;
    }
    silence(const silence&) = delete;
    silence& operator=(const silence&) = delete;
    ~silence() {
        if (good_) ::tcsetattr(terminal_, TCSAFLUSH, &before_);
    }
    bool good() const noexcept { return good_; }

  private:
    int terminal_;
    bool good_ = false;
    termios before_ = {};
};

result<void> wait_for_line(int terminal, const held_signals& signals) {
    std::array<pollfd, 2> ready{{{terminal, POLLIN, 0}, {signals.descriptor(), POLLIN, 0}}};
    while (::poll(ready.data(), ready.size(), -1) < 0)
        if (errno != EINTR) return none("the terminal cannot be read");
    if (ready[1].revents != 0) return failure{errc::cancelled, "interrupted"};
    return {};
}

}  // namespace

result<secret> ask_terminal(const std::string& prompt) {
    const detail::unique_fd terminal(::open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY));
    if (terminal.get() < 0) return none("there is no terminal to ask on");
    const held_signals signals;
    const silence quiet(terminal.get());
    if (!quiet.good()) return none("the terminal does not hide what is typed");
    const auto shown = ::write(terminal.get(), prompt.data(), prompt.size());
    if (shown < 0) return none("the terminal cannot be written to");
    auto come = wait_for_line(terminal.get(), signals);
    if (!come) return come.error();

    std::array<char, 4096> line;  // the most that a terminal gives as one line
    const auto got = ::read(terminal.get(), line.data(), line.size());
    std::string_view text(line.data(), got > 0 ? static_cast<std::size_t>(got) : 0);
    if (text.ends_with('\n')) text.remove_suffix(1);
    secret typed{std::string(text)};
    OPENSSL_cleanse(line.data(), line.size());
    if (typed.empty()) return none("nothing was typed");
    return typed;
}

}  // namespace ferry::cli
