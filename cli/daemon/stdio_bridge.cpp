#include "cli/daemon/stdio_bridge.hpp"

#include <ferry/error.hpp>

#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <climits>
#include <string>

namespace ferry::cli {
namespace {

/// One direction. What was read is written before more is read, so that a slow reader is felt at
/// the other end.
class lane {
  public:
    lane(int from, int to) : from_(from), to_(to) {}

    bool open() const { return open_; }
    int error() const { return error_; }
    pollfd interest() const {
        if (!open_) return {-1, 0, 0};
        if (waiting_.empty()) return {from_, POLLIN, 0};
        return {to_, POLLOUT, 0};
    }
    void move() { waiting_.empty() ? read() : write(); }

  private:
    void read() {
        std::array<char, 65536> buffer;
        const auto got = ::read(from_, buffer.data(), buffer.size());
        if (got > 0)
            waiting_.assign(buffer.data(), static_cast<std::size_t>(got));
        else if (got == 0 || !passes())
            close(got == 0 ? 0 : errno);
    }
    /// A pipe that can be written to takes so much without blocking (pipe(7)).
    void write() {
        const auto size = std::min<std::size_t>(waiting_.size(), PIPE_BUF);
        const auto written = ::write(to_, waiting_.data(), size);
        if (written > 0)
            waiting_.erase(0, static_cast<std::size_t>(written));
        else if (written < 0 && !passes())
            close(errno);
    }
    static bool passes() { return errno == EAGAIN || errno == EINTR; }
    void close(int error) {
        open_ = false;
        error_ = error;
    }

    int from_;
    int to_;
    std::string waiting_;
    bool open_ = true;
    int error_ = 0;
};

}  // namespace

result<void> join_to_socket(int input, int output, int socket) {
    lane up(input, socket);
    lane down(socket, output);
    while (down.open()) {
        std::array<pollfd, 2> both = {up.interest(), down.interest()};
        if (::poll(both.data(), both.size(), -1) < 0) continue;
        if (both[0].revents != 0) {
            up.move();
            if (!up.open()) ::shutdown(socket, SHUT_WR);
        }
        if (both[1].revents != 0) down.move();
    }
    const bool reader_left = down.error() == 0 || down.error() == EPIPE;
    if (!reader_left) return failure{{down.error(), std::generic_category()}, "standard output"};
    return {};
}

}  // namespace ferry::cli
