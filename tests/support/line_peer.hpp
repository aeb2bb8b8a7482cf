#pragma once

#include <ferry/detail/file.hpp>

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace ferry::test {

/// The other end of a Unix socket, in the hands of a test. It never waits: what should have come
/// by now is there, or it is a mistake.
class line_peer {
  public:
    explicit line_peer(int connected) : socket_(connected) {
        ::fcntl(connected, F_SETFL, ::fcntl(connected, F_GETFL) | O_NONBLOCK);
    }
    static line_peer connect(const std::string& path) {
        sockaddr_un to{};
        to.sun_family = AF_UNIX;
        path.copy(to.sun_path, sizeof to.sun_path - 1);
        const int made = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
        if (::connect(made, reinterpret_cast<const sockaddr*>(&to), sizeof to) != 0)
            throw std::runtime_error("connect: " + std::string(std::strerror(errno)));
        return line_peer(made);
    }

    /// How many bytes the socket took.
    std::size_t send(std::string_view text) {
        const auto sent = ::send(socket_.get(), text.data(), text.size(), MSG_NOSIGNAL);
        return sent < 0 ? 0 : static_cast<std::size_t>(sent);
    }
    void finish() { ::shutdown(socket_.get(), SHUT_WR); }
    void close() { socket_ = {}; }

    /// What has come since the last look.
    std::string receive() {
        std::string text;
        std::array<char, 65536> buffer;
        for (;;) {
            const auto got = ::read(socket_.get(), buffer.data(), buffer.size());
            if (got <= 0) {
                ended_ = ended_ || got == 0 || (errno != EAGAIN && errno != EINTR);
                return text;
            }
            text.append(buffer.data(), static_cast<std::size_t>(got));
        }
    }
    std::vector<std::string> lines() {
        pending_ += receive();
        std::vector<std::string> all;
        for (auto end = pending_.find('\n'); end != pending_.npos; end = pending_.find('\n')) {
            all.push_back(pending_.substr(0, end));
            pending_.erase(0, end + 1);
        }
        return all;
    }
    /// The other end hung up, as far as the last look saw.
    bool ended() const noexcept { return ended_; }

  private:
    detail::unique_fd socket_;
    std::string pending_;
    bool ended_ = false;
};

}  // namespace ferry::test
