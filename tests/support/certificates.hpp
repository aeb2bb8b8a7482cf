#pragma once

#include <filesystem>
#include <string>

namespace ferry::test {

/// Where a TLS server finds what it shows, PEM.
struct tls_identity {
    std::filesystem::path certificate;
    std::filesystem::path key;
};

/// What a certificate says.
struct certificate_claims {
    std::string names = "DNS:localhost,IP:127.0.0.1";  ///< subject alternative names, as OpenSSL's
    int first_day = -1;                                ///< of validity, counted from today
    int last_day = 1;
};

/// A certificate authority that nobody knows, in a folder.
class certificate_authority {
  public:
    explicit certificate_authority(std::filesystem::path folder);

    /// For --ca-file.
    const std::filesystem::path& file() const noexcept { return own_.certificate; }
    tls_identity issue(const std::string& name, const certificate_claims& claims = {}) const;
    /// Signed by itself: no authority vouches for it.
    tls_identity self_signed(const std::string& name, const certificate_claims& claims = {}) const;

  private:
    std::filesystem::path folder_;
    tls_identity own_;
};

}  // namespace ferry::test
