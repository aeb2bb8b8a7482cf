#include "cli/daemon/daemon_socket.hpp"

#include "cli/control/unix_socket.hpp"
#include "cli/text/terminal_text.hpp"

#include <ferry/clock.hpp>

#include <poll.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/stat.h>

extern "C" {  // glibc 2.36 forgets to say so itself
#include <sys/pidfd.h>
}

#include <csignal>
#include <cstdlib>
#include <utility>

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

/// Perhaps only systemd, which waits for clients to start a daemon.
bool somebody_listens(const home& where) {
    const auto probe = make_unix_socket();
    return unix_address(where.socket()).connect(probe.get()) || errno == EAGAIN;
}

ino_t inode_of(const std::string& path) {
    struct stat about {};
    return ::lstat(path.c_str(), &about) == 0 ? about.st_ino : 0;
}

result<detail::unique_fd> open_lock(const home& where) {
    constexpr int how = O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC;
    detail::unique_fd lock(::open(where.lock().c_str(), how, S_IRUSR | S_IWUSR));
    if (!lock) return detail::errno_failure("open", where.lock());
    return lock;
}

/// For fcntl(2), whose locks tell which process has them.
struct flock whole_file() {
    struct flock whole {};
    whole.l_type = F_WRLCK;
    whole.l_whence = SEEK_SET;
    return whole;
}

/// 0: nobody.
pid_t holder_of(int lock) {
    auto asked = whole_file();
    return ::fcntl(lock, F_GETLK, &asked) == 0 && asked.l_type != F_UNLCK ? asked.l_pid : 0;
}

/// Asks the daemon that has the lock to end, and waits for it. False: it does not.
bool end_holder(const home& where, std::chrono::milliseconds patience) {
    const auto lock = open_lock(where);
    const auto id = lock ? holder_of(lock->get()) : 0;
    const detail::unique_fd process(id > 0 ? ::pidfd_open(id, 0) : -1);
    // it may have ended, and the number be another's
    if (!process || holder_of(lock->get()) != id) return true;
    ::pidfd_send_signal(process.get(), SIGTERM, nullptr, 0);
    pollfd end{process.get(), POLLIN, 0};
    return ::poll(&end, 1, static_cast<int>(patience.count())) == 1;
}

bool hands_over_a_socket() {
    const auto* id = std::getenv("LISTEN_PID");
    return id && id == std::to_string(::getpid());
}

/// Those who wait for the same daemon to end: its second SIGTERM would not be a gentle one.
detail::unique_fd wait_in_line(const home& where) {
    detail::unique_fd line(
        ::open((where.lock() + ".next").c_str(), O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600));
    while (line && ::flock(line.get(), LOCK_EX) != 0 && errno == EINTR) continue;
    return line;
}

}  // namespace

result<detail::unique_fd> lock_home(const home& where) {
    auto lock = open_lock(where);
    if (!lock) return lock;
    if (::flock(lock->get(), LOCK_EX | LOCK_NB) != 0) {
        if (errno == EWOULDBLOCK)
            return failure{errc::busy, where.lock(), error_context::local_file};
        return detail::errno_failure("lock", where.lock());
    }
    auto ours = whole_file();
    ::fcntl(lock->get(), F_SETLK, &ours);  // only tells who we are
    return lock;
}

result<detail::unique_fd> lock_home_at_last(const home& where, lock_patience patience) {
    auto lock = lock_home(where);
    if (lock || lock.error().code != errc::busy) return lock;
    const bool can_be_reached = !hands_over_a_socket() && somebody_listens(where);
    if (can_be_reached) return lock;
    const auto line = wait_in_line(where);
    using clock = ferry::system_clock;
    const auto end = clock().now() + patience.to_be_reached;
    do {
        lock = lock_home(where);
        if (lock || lock.error().code != errc::busy) return lock;
        if (!hands_over_a_socket() && somebody_listens(where)) return lock;
        ::poll(nullptr, 0, 20);
    } while (clock().now() < end);
    return end_holder(where, patience.to_end) ? lock_home(where) : std::move(lock);
}

result<listening_socket> open_control_socket(const home& where) {
    const auto inherited = inherited_sockets();
    if (inherited > 1) return failure{errc::unsupported, "more than one socket of systemd's"};
    if (inherited == 1) return inherit();
    const auto path = where.socket();
    const unix_address there(path);
    if (somebody_listens(where))  // as the home is locked, it is no daemon
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
    made.name = inode_of(path);
    return made;
}

void remove_name(const listening_socket& socket, const home& where) {
    if (!socket.inherited && inode_of(where.socket()) == socket.name)
        ::unlink(where.socket().c_str());
}

}  // namespace ferry::cli
