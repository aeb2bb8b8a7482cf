#pragma once

#include <filesystem>
#include <string>
#include <vector>

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
    std::string usage = {};  ///< extended key usage, "clientAuth"; empty: none, so it is for all
    unsigned rsa_bits = 0;   ///< 0: a P-256 key
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
    /// A list that says that these are no longer valid. PEM, for --crl-file.
    /// @param last_day  When the next list is due, counted from today.
    std::filesystem::path revoke(
        const std::string& name, const std::vector<tls_identity>& whom, int last_day = 1) const;

  private:
    std::filesystem::path folder_;
    tls_identity own_;
};

/// The private key alone, encrypted, beside the other one.
std::filesystem::path encrypted_key(const tls_identity& of, const std::string& password);
/// Certificate and key in one PKCS#12 file, beside them.
std::filesystem::path pkcs12(const tls_identity& of, const std::string& password);

}  // namespace ferry::test
