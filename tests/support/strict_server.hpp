#pragma once

#include <support/certificates.hpp>
#include <support/files.hpp>
#include <support/process.hpp>

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

namespace ferry::test {

enum class strict_software {
    nginx,
    apache,
    apache_by_path  ///< it asks once it has read the request
};

/// An HTTPS server on a free port of 127.0.0.1 that admits only who shows a certificate of its own
/// authority. It ends with the object, and with us.
class strict_server {
  public:
    explicit strict_server(strict_software kind);

    /// Where the documents are.
    std::filesystem::path root() const { return folder_ / "root"; }
    /// "https://localhost:PORT/path"
    std::string url(std::string_view path) const;
    const certificate_authority& authority() const noexcept { return authority_; }

  private:
    std::string configuration() const;
    void start();

    strict_software kind_;
    temp_dir folder_;
    certificate_authority authority_;
    tls_identity identity_;
    std::uint16_t port_ = 0;
    std::unique_ptr<process> running_;
};

}  // namespace ferry::test
