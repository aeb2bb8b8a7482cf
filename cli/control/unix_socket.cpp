#include "cli/control/unix_socket.hpp"

#include <sys/socket.h>

namespace ferry::cli {
namespace {

const sockaddr* generic(const sockaddr_un& name) noexcept {
    return reinterpret_cast<const sockaddr*>(&name);
}

}  // namespace

detail::unique_fd make_unix_socket() noexcept {
    return detail::unique_fd(::socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
}

unix_address::unix_address(const std::string& path) {
    name_.sun_family = AF_UNIX;
    path.copy(name_.sun_path, sizeof(name_.sun_path) - 1);
}

bool unix_address::bind(int socket) const noexcept {
    return ::bind(socket, generic(name_), sizeof(name_)) == 0;
}

bool unix_address::connect(int socket) const noexcept {
    return ::connect(socket, generic(name_), sizeof(name_)) == 0;
}

std::optional<uid_t> peer_uid(int socket) noexcept {
    ucred peer{};
    socklen_t size = sizeof(peer);
    if (::getsockopt(socket, SOL_SOCKET, SO_PEERCRED, &peer, &size) != 0) return std::nullopt;
    return peer.uid;
}

}  // namespace ferry::cli
