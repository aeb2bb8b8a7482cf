#pragma once

#include "cli/control/home.hpp"

#include <ferry/detail/file.hpp>
#include <ferry/result.hpp>

namespace ferry::cli {

/// Makes this process the one daemon of a home, for as long as it lives and keeps the descriptor.
/// Errors: errc::busy if another process is; any errno.
result<detail::unique_fd> lock_home(const home& where);

/// The socket on which clients are to be expected.
struct listening_socket {
    detail::unique_fd descriptor = {};
    bool inherited = false;  ///< its name is somebody else's to remove
};

/// The socket that systemd handed to us (sd_listen_fds(3)), else a new one in the place of one that
/// a daemon left behind; for us alone (mode 0600). Only for who has locked the home.
/// Takes LISTEN_PID, LISTEN_FDS and LISTEN_FDNAMES out of the environment.
/// Errors: errc::busy if another program listens there; errc::unsupported for more than one socket
///   of systemd's; any errno.
result<listening_socket> open_control_socket(const home& where);

}  // namespace ferry::cli
