#pragma once

#include <support/files.hpp>
#include <support/process.hpp>

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace ferry::test {

/// smbd on a port of 127.0.0.1, with users, shares and state of its own. It ends with the
/// object. Its user is the one who runs the tests.
class samba_server {
  public:
    /// @param global  More lines for the section [global] of its configuration.
    /// @param port    0: a free one.
    explicit samba_server(std::string_view global = {}, std::uint16_t port = 0);
    samba_server(const samba_server&) = delete;
    samba_server& operator=(const samba_server&) = delete;
    ~samba_server();

    /// Kills it with all its connections, as a power cut would.
    void stop();
    /// Again, on the same port.
    void start();
    /// Adds a share of another folder; for the connections that come then.
    void add_share(const std::string& name, const std::filesystem::path& folder);

    /// What the shares "data", "locked" (read-only) and "open" (guests may read it) hold.
    std::filesystem::path data() const { return folder_ / "data"; }
    std::filesystem::path locked() const { return folder_ / "locked"; }
    std::filesystem::path open() const { return folder_ / "open"; }
    std::uint16_t port() const noexcept { return port_; }
    const std::string& user() const noexcept { return user_; }
    std::string password() const { return "pass word/1"; }
    std::string url(std::string_view path) const;

    /// smbclient, logged in at `share`.
    finished client(const std::string& share, const std::string& commands) const;
    /// What smbstatus says of the connections: dialect, encryption, signing.
    std::string connections() const;

  private:
    void configure(std::string_view global);

    temp_dir folder_;
    std::string user_;
    std::uint16_t port_ = 0;
    std::unique_ptr<process> running_;
};

}  // namespace ferry::test
