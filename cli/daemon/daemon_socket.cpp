#include "cli/daemon/daemon_socket.hpp"

#include "cli/control/unix_socket.hpp"
#include "cli/text/terminal_text.hpp"

#include <sys/file.h>
#include <sys/socket.h>
#include <sys/stat.h>

#include <cstdlib>

namespace ferry::cli {
namespace {

constexpr int first_inherited = 3;  // SD_LISTEN_FDS_START

/// The number of sockets that are ours; none if they are meant for a parent of ours.
int inherited_sockets() {
    const auto variable = [](const char* name) {
        const auto value = std::getenv(name);
        return std::string(value ? value : "");
    };
    const bool ours = variable("LISTEN_PID") == std::to_string(::getpid());
    const auto count = std::atoi(variable("LISTEN_FDS").c_str());
    for (const auto* name : {"LISTEN_PID", "LISTEN_FDS", "LISTEN_FDNAMES"}) ::unsetenv(name);
    return ours ? count : 0;
}

result<listening_socket> inherit() {
    int accepts = 0;
    socklen_t size = sizeof(accepts);
    if (::getsockopt(first_inherited, SOL_SOCKET, SO_ACCEPTCONN, &accepts, &size) != 0 ||
        accepts == 0)
        return failure{errc::unsupported, "what systemd handed over is no listening socket"};
    ::fcntl(first_inherited, F_SETFD, FD_CLOEXEC);
    return listening_socket{detail::unique_fd(first_inherited), true};
}

/// As the home is locked, it is no daemon, but systemd that waits for clients to start one.
bool somebody_listens(const unix_address& there) {
    const auto probe = make_unix_socket();
    return there.connect(probe.get()) || errno == EAGAIN;
}

}  // namespace

result<detail::unique_fd> lock_home(const home& where) {
    constexpr int how = O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC;
    detail::unique_fd lock(::open(where.lock().c_str(), how, S_IRUSR | S_IWUSR));
    if (!lock) return detail::errno_failure("open", where.lock());
    if (::flock(lock.get(), LOCK_EX | LOCK_NB) == 0) return lock;
    if (errno == EWOULDBLOCK) return failure{errc::busy, where.lock(), error_context::local_file};
    return detail::errno_failure("lock", where.lock());
}

result<listening_socket> open_control_socket(const home& where) {
    const auto inherited = inherited_sockets();
    if (inherited > 1) return failure{errc::unsupported, "more than one socket of systemd's"};
    if (inherited == 1) return inherit();
    const auto path = where.socket();
    const unix_address there(path);
    if (somebody_listens(there))
        return failure{
            errc::busy, printable(path) +
                            ": systemd listens there (use 'systemctl --user start "
                            "ferry')"};
    ::unlink(path.c_str());
    listening_socket made{make_unix_socket()};
    const int socket = made.descriptor.get();
    // The mode of a socket becomes that of its name, so that it is never open to others.
    if (socket < 0 || ::fchmod(socket, S_IRUSR | S_IWUSR) != 0 || !there.bind(socket) ||
        ::listen(socket, SOMAXCONN) != 0)
        return detail::errno_failure("listen on", path);
    return made;
}

}  // namespace ferry::cli
