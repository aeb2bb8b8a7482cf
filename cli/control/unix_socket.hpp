#pragma once

#include <ferry/detail/file.hpp>

#include <sys/types.h>
#include <sys/un.h>

#include <optional>
#include <string>

namespace ferry::cli {

/// A Unix stream socket, non-blocking; an errno is left if there can be none.
detail::unique_fd make_unix_socket() noexcept;

/// A name of such a socket in the file system, which fits (see find_home()).
class unix_address {
  public:
    explicit unix_address(const std::string& path);
    /// False with errno set if they cannot.
    bool bind(int socket) const noexcept;
    bool connect(int socket) const noexcept;

  private:
    sockaddr_un name_{};
};

/// Of the process at the other end; none if the kernel does not say.
std::optional<uid_t> peer_uid(int socket) noexcept;

}  // namespace ferry::cli
