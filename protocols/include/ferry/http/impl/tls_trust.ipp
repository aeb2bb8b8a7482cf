#pragma once

#include <openssl/err.h>
#include <openssl/sha.h>
#include <openssl/x509_vfy.h>

#include <algorithm>

namespace ferry::http {

inline trust trust_of(const access_options& access) {
    return {access.ca_file,     access.ca_path,          access.insecure,
            access.lenient,     access.check_revocation, access.crl_file,
            access.pins,        access.certificate,      access.key,
            access.key_password};
}

inline trust without_identity(trust whom) {
    whom.certificate.clear();
    whom.key.clear();
    whom.key_password = {};
    return whom;
}

inline result<key_digest> parse_pin(std::string_view text) {
    static constexpr std::string_view prefix = "sha256//";
    static constexpr std::size_t length = 44;  // of 32 bytes in base64, with one '=' at the end
    const auto wrong = failure{
        errc::bad_argument,
        "a pin is \"sha256//\" and the SHA-256 of a public key in base64, not \"" +
            std::string(text.substr(0, 100)) + "\""};
    if (!text.starts_with(prefix)) return wrong;
    text.remove_prefix(prefix.size());
    // EVP_DecodeBlock() overlooks blanks and misplaced padding.
    const auto is_digit = [](char c) {
        return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
               c == '+' || c == '/';
    };
    if (text.size() != length || text.back() != '=') return wrong;
    if (!std::all_of(text.begin(), text.end() - 1, is_digit)) return wrong;
    std::array<unsigned char, 33> bytes;
    const auto from = reinterpret_cast<const unsigned char*>(text.data());
    if (EVP_DecodeBlock(bytes.data(), from, static_cast<int>(text.size())) != 33) return wrong;
    key_digest digest;
    std::copy_n(bytes.begin(), digest.size(), digest.begin());
    return digest;
}

inline std::string to_pin(const key_digest& digest) {
    std::array<unsigned char, 45> text;
    const int size = EVP_EncodeBlock(text.data(), digest.data(), static_cast<int>(digest.size()));
    return "sha256//" + std::string(text.data(), text.data() + size);
}

namespace detail {

/// What the reason alone does not tell a person.
inline std::string_view remark_on_tls(unsigned long code) noexcept {
    switch (ERR_GET_REASON(code)) {
        case SSL_R_WRONG_VERSION_NUMBER:
        case SSL_R_HTTP_REQUEST:
            return " (no TLS is spoken there: is it http instead of https?)";
        case SSL_R_UNSUPPORTED_PROTOCOL:
        case SSL_R_TLSV1_ALERT_PROTOCOL_VERSION:
            return " (ferry speaks TLS 1.2 and newer, the other side only what is older)";
        default:
            return "";
    }
}

/// The other side offers nothing that ferry would trust its content to.
inline bool is_about_weakness(unsigned long code) noexcept {
    if (ERR_GET_LIB(code) != ERR_LIB_SSL) return false;
    switch (ERR_GET_REASON(code)) {
        case SSL_R_UNSUPPORTED_PROTOCOL:
        case SSL_R_TLSV1_ALERT_PROTOCOL_VERSION:
        case SSL_R_TLSV1_ALERT_INSUFFICIENT_SECURITY:
        case SSL_R_DH_KEY_TOO_SMALL:
        case SSL_R_WRONG_SIGNATURE_TYPE:
        case SSL_R_UNSAFE_LEGACY_RENEGOTIATION_DISABLED:
            return true;
        default:
            return false;
    }
}

inline std::string tls_complaint() {
    const auto code = ERR_get_error();
    ERR_clear_error();
    const char* reason = ERR_reason_error_string(code);
    return (reason ? reason : "unknown TLS error") + std::string(remark_on_tls(code));
}

inline key_digest digest_of_key(X509* certificate) {
    unsigned char* der = nullptr;
    const int size = i2d_X509_PUBKEY(X509_get_X509_PUBKEY(certificate), &der);
    if (size < 0) throw std::bad_alloc();
    const std::unique_ptr<unsigned char, freed_by<[](void* bytes) { OPENSSL_free(bytes); }>> owner(
        der);
    key_digest digest;
    SHA256(der, static_cast<std::size_t>(size), digest.data());
    return digest;
}

inline bool is_excused(int verify_error, const certificate_leniency& lenient) noexcept {
    switch (verify_error) {
        case X509_V_ERR_HOSTNAME_MISMATCH:
        case X509_V_ERR_IP_ADDRESS_MISMATCH:
            return lenient.name;
        case X509_V_ERR_CERT_HAS_EXPIRED:
        case X509_V_ERR_CERT_NOT_YET_VALID:
            return lenient.date;
        case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT:
        case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
        case X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE:
        case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT:
        case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN:
        case X509_V_ERR_CERT_UNTRUSTED:
            return lenient.authority;
        case X509_V_ERR_INVALID_PURPOSE:
            return lenient.usage;
        default:
            return false;
    }
}

inline std::string_view trust_hint(long verify_error) noexcept {
    switch (verify_error) {
        case X509_V_ERR_HOSTNAME_MISMATCH:
        case X509_V_ERR_IP_ADDRESS_MISMATCH:
            return "the certificate belongs to another server; check the URL";
        case X509_V_ERR_CERT_HAS_EXPIRED:
        case X509_V_ERR_CERT_NOT_YET_VALID:
            return "tell the server's owner, or check this machine's clock";
        case X509_V_ERR_INVALID_PURPOSE:
            return "the certificate was not made for servers; tell the server's owner";
        case X509_V_ERR_CERT_REVOKED:
            return "its issuer has withdrawn it; tell the server's owner";
        case X509_V_ERR_UNABLE_TO_GET_CRL:
            return "whether it was revoked is unknown; give its issuer's list with --crl-file";
        case X509_V_ERR_CRL_HAS_EXPIRED:
        case X509_V_ERR_CRL_NOT_YET_VALID:
            return "give a current list with --crl-file, or check this machine's clock";
        case X509_V_ERR_CRL_SIGNATURE_FAILURE:
        case X509_V_ERR_UNABLE_TO_GET_CRL_ISSUER:
            return "give a list made by the certificate's issuer with --crl-file";
        case X509_V_ERR_KEYUSAGE_NO_CRL_SIGN:
            return "only an authority makes such a list; name it with --ca-file";
        case X509_V_ERR_EE_KEY_TOO_SMALL:
        case X509_V_ERR_CA_KEY_TOO_SMALL:
        case X509_V_ERR_CA_MD_TOO_WEAK:
            return "anyone could forge it; tell the server's owner";
        default:
            return "if you trust its issuer, name the issuer's certificate with --ca-file";
    }
}

}  // namespace detail
}  // namespace ferry::http
