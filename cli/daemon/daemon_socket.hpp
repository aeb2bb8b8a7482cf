#pragma once

#include "cli/control/home.hpp"

#include <ferry/detail/file.hpp>
#include <ferry/result.hpp>

#include <sys/types.h>

#include <chrono>

namespace ferry::cli {

/// Makes this process the one daemon of a home, for as long as it lives and keeps the descriptor.
/// Errors: errc::busy if another process is; any errno.
result<detail::unique_fd> lock_home(const home& where);

/// How long somebody takes who comes, from his lock to his socket, or goes, the other way.
struct lock_patience {
    std::chrono::milliseconds to_be_reached{3'000};
    std::chrono::milliseconds to_end{5'000};
};

/// The same, but a daemon that nobody can reach any more gives way: its socket went when its user
/// logged out, while it went on. Until it has ended it is waited for.
/// Errors: errc::busy if it can be reached, or does not end; any errno.
result<detail::unique_fd> lock_home_at_last(const home& where, lock_patience patience = {});

/// The socket on which clients are to be expected.
struct listening_socket {
    detail::unique_fd descriptor = {};
    bool inherited = false;  ///< its name is somebody else's to remove
    ino_t name = 0;          ///< what bears its name in the file system
};

/// Removes the name of a socket that is about to be closed, unless it has become another's.
void remove_name(const listening_socket& socket, const home& where);

/// The socket that systemd handed to us (sd_listen_fds(3)), else a new one in the place of one that
/// a daemon left behind; for us alone (mode 0600). Only for who has locked the home.
/// Takes LISTEN_PID, LISTEN_FDS and LISTEN_FDNAMES out of the environment.
/// Errors: errc::busy if another program listens there; errc::unsupported for more than one socket
///   of systemd's; any errno.
result<listening_socket> open_control_socket(const home& where);

}  // namespace ferry::cli
