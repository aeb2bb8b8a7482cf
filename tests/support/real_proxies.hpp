#pragma once

#include <support/certificates.hpp>
#include <support/files.hpp>
#include <support/process.hpp>

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace ferry::test {

enum class proxy_software { squid, tinyproxy, microsocks };

/// How a proxy asks who its clients are. tinyproxy knows basic, microsocks only password.
enum class proxy_question { none, basic, digest, password };

/// Can this machine run it at all? squid needs shared memory, which not every container has. If
/// not, it says why.
bool runs_here(proxy_software kind);

struct proxy_setup {
    proxy_software kind = proxy_software::squid;
    proxy_question asks = proxy_question::none;  ///< user "user", password "open sesame"
    bool secure = false;                         ///< squid only: clients speak TLS to it
};

/// A proxy on a free port of 127.0.0.1 that leads anywhere, with its files in a temporary folder.
/// Ends with the object, and with us.
class real_proxy {
  public:
    explicit real_proxy(proxy_setup how);

    std::uint16_t port() const noexcept { return port_; }
    /// "scheme://[user_info@]localhost:PORT", with the scheme given or http or https.
    std::string url(const std::string& user_info = "", std::string scheme = "") const;
    /// squid only: what it has served so far, a line a request.
    std::string log() const;
    /// With `secure`: who vouches for its certificate.
    std::string ca_file() const { return authority_.file().string(); }

  private:
    std::string configuration(const tls_identity& identity) const;
    std::vector<std::string> command() const;
    void write_passwords() const;
    void start();

    proxy_setup how_;
    temp_dir folder_{public_temp_folder()};
    certificate_authority authority_;
    std::uint16_t port_ = 0;
    std::unique_ptr<process> running_;
};

}  // namespace ferry::test
