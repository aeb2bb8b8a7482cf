#include <support/certificates.hpp>

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/pkcs12.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <atomic>
#include <memory>
#include <stdexcept>

namespace ferry::test {
namespace {

template <auto Free>
struct freed_by {
    template <class T>
    void operator()(T* what) const {
        Free(what);
    }
};
using certificate = std::unique_ptr<X509, freed_by<X509_free>>;
using private_key = std::unique_ptr<EVP_PKEY, freed_by<EVP_PKEY_free>>;
using revocation_list = std::unique_ptr<X509_CRL, freed_by<X509_CRL_free>>;
using file = std::unique_ptr<BIO, freed_by<BIO_free_all>>;

void need(bool good, const std::string& what) {
    if (!good) throw std::runtime_error("OpenSSL: " + what);
}

constexpr long day = 24 * 60 * 60;

private_key make_key(unsigned rsa_bits = 0) {
    private_key key(rsa_bits == 0 ? EVP_EC_gen("P-256") : EVP_RSA_gen(rsa_bits));
    need(key != nullptr, "no key");
    return key;
}

private_key load_key(const std::filesystem::path& from) {
    const file in(BIO_new_file(from.c_str(), "r"));
    private_key key(in ? PEM_read_bio_PrivateKey(in.get(), nullptr, nullptr, nullptr) : nullptr);
    need(key != nullptr, "cannot read " + from.string());
    return key;
}

certificate load_certificate(const std::filesystem::path& from) {
    const file in(BIO_new_file(from.c_str(), "r"));
    certificate read(in ? PEM_read_bio_X509(in.get(), nullptr, nullptr, nullptr) : nullptr);
    need(read != nullptr, "cannot read " + from.string());
    return read;
}

void extend(X509* what, X509* issuer, int kind, const std::string& value) {
    X509V3_CTX context;
    X509V3_set_ctx(&context, issuer, what, nullptr, nullptr, 0);
    const auto extension = X509V3_EXT_conf_nid(nullptr, &context, kind, value.c_str());
    need(extension && X509_add_ext(what, extension, -1), value);
    X509_EXTENSION_free(extension);
}

/// Everything but the issuer and the signature.
certificate draft(const std::string& name, EVP_PKEY* key, const certificate_claims& claims) {
    static std::atomic<long> serial{1};
    certificate made(X509_new());
    X509_set_version(made.get(), X509_VERSION_3);
    ASN1_INTEGER_set(X509_get_serialNumber(made.get()), serial++);
    X509_gmtime_adj(X509_getm_notBefore(made.get()), claims.first_day * day);
    X509_gmtime_adj(X509_getm_notAfter(made.get()), claims.last_day * day);
    X509_set_pubkey(made.get(), key);
    const auto text = reinterpret_cast<const unsigned char*>(name.c_str());
    const auto subject = X509_get_subject_name(made.get());
    X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_UTF8, text, -1, -1, 0);
    return made;
}

void sign(X509* what, X509* issuer, EVP_PKEY* key) {
    X509_set_issuer_name(what, X509_get_subject_name(issuer));
    need(X509_sign(what, key, EVP_sha256()) > 0, "cannot sign");
}

tls_identity save(
    const std::filesystem::path& folder, const std::string& name, X509* what, EVP_PKEY* key) {
    const tls_identity where{folder / (name + ".crt"), folder / (name + ".key")};
    const file to(BIO_new_file(where.certificate.c_str(), "w"));
    const file secret(BIO_new_file(where.key.c_str(), "w"));
    need(to && PEM_write_bio_X509(to.get(), what), where.certificate.string());
    need(
        secret &&
            PEM_write_bio_PrivateKey(secret.get(), key, nullptr, nullptr, 0, nullptr, nullptr),
        where.key.string());
    return where;
}

void save(const std::filesystem::path& where, X509_CRL* list) {
    const file to(BIO_new_file(where.c_str(), "w"));
    need(to && PEM_write_bio_X509_CRL(to.get(), list), where.string());
}

}  // namespace

certificate_authority::certificate_authority(std::filesystem::path folder)
    : folder_(std::move(folder)) {
    const auto key = make_key();
    const auto root = draft("ferry test authority", key.get(), {});
    extend(root.get(), root.get(), NID_basic_constraints, "critical,CA:TRUE");
    extend(root.get(), root.get(), NID_key_usage, "critical,keyCertSign,cRLSign");
    extend(root.get(), root.get(), NID_subject_key_identifier, "hash");
    sign(root.get(), root.get(), key.get());
    own_ = save(folder_, "authority", root.get(), key.get());
}

tls_identity certificate_authority::issue(
    const std::string& name, const certificate_claims& claims) const {
    const auto root = load_certificate(own_.certificate);
    const auto key = make_key(claims.rsa_bits);
    const auto made = draft(name, key.get(), claims);
    X509_set_issuer_name(made.get(), X509_get_subject_name(root.get()));
    extend(made.get(), root.get(), NID_subject_alt_name, claims.names);
    if (!claims.usage.empty()) extend(made.get(), root.get(), NID_ext_key_usage, claims.usage);
    extend(made.get(), root.get(), NID_authority_key_identifier, "keyid");
    sign(made.get(), root.get(), load_key(own_.key).get());
    return save(folder_, name, made.get(), key.get());
}

tls_identity certificate_authority::self_signed(
    const std::string& name, const certificate_claims& claims) const {
    const auto key = make_key(claims.rsa_bits);
    const auto made = draft(name, key.get(), claims);
    extend(made.get(), made.get(), NID_subject_alt_name, claims.names);
    if (!claims.usage.empty()) extend(made.get(), made.get(), NID_ext_key_usage, claims.usage);
    sign(made.get(), made.get(), key.get());
    return save(folder_, name, made.get(), key.get());
}

std::filesystem::path certificate_authority::revoke(
    const std::string& name, const std::vector<tls_identity>& whom, int last_day) const {
    const auto root = load_certificate(own_.certificate);
    const revocation_list list(X509_CRL_new());
    const std::unique_ptr<ASN1_TIME, freed_by<ASN1_TIME_free>> when(ASN1_TIME_new());
    X509_CRL_set_version(list.get(), X509_CRL_VERSION_2);
    X509_CRL_set_issuer_name(list.get(), X509_get_subject_name(root.get()));
    X509_gmtime_adj(when.get(), -2 * day);
    X509_CRL_set1_lastUpdate(list.get(), when.get());
    for (const auto& one : whom) {
        const auto entry = X509_REVOKED_new();
        const auto revoked = load_certificate(one.certificate);
        X509_REVOKED_set_serialNumber(entry, X509_get_serialNumber(revoked.get()));
        X509_REVOKED_set_revocationDate(entry, when.get());
        X509_CRL_add0_revoked(list.get(), entry);
    }
    X509_gmtime_adj(when.get(), last_day * day);
    X509_CRL_set1_nextUpdate(list.get(), when.get());
    need(X509_CRL_sign(list.get(), load_key(own_.key).get(), EVP_sha256()) > 0, "cannot sign");
    auto where = folder_ / (name + ".crl");
    save(where, list.get());
    return where;
}

std::filesystem::path encrypted_key(const tls_identity& of, const std::string& password) {
    const auto where = of.key.string() + ".encrypted";
    const file to(BIO_new_file(where.c_str(), "w"));
    const auto text = reinterpret_cast<const unsigned char*>(password.data());
    const auto size = static_cast<int>(password.size());
    need(
        to &&
            PEM_write_bio_PrivateKey(
                to.get(), load_key(of.key).get(), EVP_aes_256_cbc(), text, size, nullptr, nullptr),
        where);
    return where;
}

std::filesystem::path pkcs12(const tls_identity& of, const std::string& password) {
    const std::unique_ptr<PKCS12, freed_by<PKCS12_free>> made(PKCS12_create(
        password.c_str(), "ferry", load_key(of.key).get(), load_certificate(of.certificate).get(),
        nullptr, 0, 0, 0, 0, 0));
    const auto where = of.certificate.string() + ".p12";
    const file to(BIO_new_file(where.c_str(), "w"));
    need(made && to && i2d_PKCS12_bio(to.get(), made.get()) == 1, where);
    return where;
}

}  // namespace ferry::test
