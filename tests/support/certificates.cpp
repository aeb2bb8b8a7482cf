#include <support/certificates.hpp>

#include <openssl/evp.h>
#include <openssl/pem.h>
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
using file = std::unique_ptr<BIO, freed_by<BIO_free_all>>;

void need(bool good, const std::string& what) {
    if (!good) throw std::runtime_error("OpenSSL: " + what);
}

private_key make_key() {
    private_key key(EVP_EC_gen("P-256"));
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
    constexpr long day = 24 * 60 * 60;
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
    const auto key = make_key();
    const auto made = draft(name, key.get(), claims);
    X509_set_issuer_name(made.get(), X509_get_subject_name(root.get()));
    extend(made.get(), root.get(), NID_subject_alt_name, claims.names);
    extend(made.get(), root.get(), NID_authority_key_identifier, "keyid");
    sign(made.get(), root.get(), load_key(own_.key).get());
    return save(folder_, name, made.get(), key.get());
}

tls_identity certificate_authority::self_signed(
    const std::string& name, const certificate_claims& claims) const {
    const auto key = make_key();
    const auto made = draft(name, key.get(), claims);
    extend(made.get(), made.get(), NID_subject_alt_name, claims.names);
    sign(made.get(), made.get(), key.get());
    return save(folder_, name, made.get(), key.get());
}

}  // namespace ferry::test
