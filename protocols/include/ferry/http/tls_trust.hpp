#pragma once

#include <ferry/access.hpp>
#include <ferry/result.hpp>

#include <openssl/evp.h>
#include <openssl/pkcs12.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

#include <array>
#include <compare>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace ferry::http {

/// Whom to believe, and who we are. Connections and sessions made under one trust are never used
/// under another. The members mean what access_options says.
struct trust {
    std::string ca_file = {};  ///< PEM; this and ca_path empty: the system's store
    std::string ca_path = {};
    bool insecure = false;  ///< verify nothing but `pins`
    certificate_leniency lenient = {};
    bool check_revocation = false;  ///< of the whole chain; a status that is unknown is refused
    std::string crl_file = {};      ///< checks revocation, too
    std::vector<std::string> pins = {};
    std::string certificate = {};  ///< shown to servers that ask for one
    std::string key = {};
    secret key_password = {};
    auto operator<=>(const trust&) const = default;
};

/// What of the options concerns trust.
trust trust_of(const access_options& access);

/// The same for a server that our certificate is not meant for: where a redirect has led to.
trust without_identity(trust whom);

/// SHA-256 of a SubjectPublicKeyInfo (RFC 7469, 2.4).
using key_digest = std::array<unsigned char, 32>;

/// Reads "sha256//BASE64". Errors: errc::bad_argument.
result<key_digest> parse_pin(std::string_view text);

/// The opposite.
std::string to_pin(const key_digest& digest);

namespace detail {

template <auto Free>
struct freed_by {
    template <class T>
    void operator()(T* object) const noexcept {
        Free(object);
    }
};

/// The key in a certificate.
key_digest digest_of_key(X509* certificate);

/// Does the user want to overlook this X509_V_ERR_? Each wish excuses what it names only.
bool is_excused(int verify_error, const certificate_leniency& lenient) noexcept;

/// What to do about it.
std::string_view trust_hint(long verify_error) noexcept;

/// Gives the context what whom.certificate, .key and .key_password hold. Never prompts.
/// Errors: any errno of the files (context local_file); errc::bad_argument saying what is wrong.
result<void> load_identity(SSL_CTX* context, const trust& whom);

/// OpenSSL's oldest complaint of this thread, in words; clears all of them.
std::string tls_complaint();

}  // namespace detail
}  // namespace ferry::http

#include <ferry/http/impl/tls_identity.ipp>
#include <ferry/http/impl/tls_trust.ipp>
