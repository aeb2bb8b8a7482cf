#pragma once

#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>

namespace ferry::http::detail {

using certificate_ptr = std::unique_ptr<X509, freed_by<X509_free>>;
using key_ptr = std::unique_ptr<EVP_PKEY, freed_by<EVP_PKEY_free>>;
using bio_ptr = std::unique_ptr<BIO, freed_by<BIO_free_all>>;

/// Our certificate, the others that lead to its issuer, and the key.
struct identity {
    certificate_ptr certificate = {};
    std::vector<certificate_ptr> chain = {};
    key_ptr key = {};
};

inline failure identity_failure(const std::string& what) {
    ERR_clear_error();
    return {errc::bad_argument, what, error_context::local_file};
}

/// @param what  Of the file, "certificate"; for the failure.
inline result<secret> read_secret(const std::string& path, const std::string& what) {
    static constexpr std::size_t most = 1 << 20;
    const auto title = what + " " + path;
    if (::access(path.c_str(), R_OK) != 0) return file_failure(errno, title);
    std::ifstream file(path, std::ios::binary);
    std::string bytes(most, '\0');
    if (!file.read(bytes.data(), most) && file.gcount() == 0)
        return identity_failure(title + " is empty, or no file");
    const auto size = static_cast<std::size_t>(file.gcount());
    const secret content(bytes.substr(0, size));
    OPENSSL_cleanse(bytes.data(), bytes.size());
    if (size == most) return identity_failure(title + " is too large for what it should be");
    return content;
}

inline bio_ptr reader_of(const secret& content) {
    const auto text = content.reveal();
    bio_ptr reader(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
    if (!reader) throw std::bad_alloc();
    return reader;
}

inline bool is_pem(const secret& content) {
    return content.reveal().find("-----BEGIN ") != std::string_view::npos;
}

/// Answers OpenSSL, which would else ask on the terminal.
struct password_source {
    const secret& password;
    bool asked = false;

    static int give(char* into, int size, int, void* me) {
        auto& from = *static_cast<password_source*>(me);
        from.asked = true;
        const auto text = from.password.reveal();
        if (text.size() > static_cast<std::size_t>(size)) return -1;
        std::memcpy(into, text.data(), text.size());
        return static_cast<int>(text.size());
    }
};

inline failure wrong_password(const std::string& title, const secret& given) {
    return identity_failure(
        given.empty() ? title + " is encrypted; give its password with --key-password-file"
                      : title + ": wrong password (--key-password-file)");
}

inline result<key_ptr> pem_key(
    const secret& content, const std::string& path, const secret& password) {
    password_source from{password};
    key_ptr key(
        PEM_read_bio_PrivateKey(reader_of(content).get(), nullptr, password_source::give, &from));
    if (key) return key;
    if (from.asked) return wrong_password("the private key in " + path, password);
    return identity_failure(
        "no private key in PEM form in " + path + " (--key names another file)");
}

inline result<identity> pem_identity(const secret& content, const std::string& path) {
    static const secret nothing;
    password_source from{nothing};
    const auto reader = reader_of(content);
    const auto next = [&] {
        return certificate_ptr(
            PEM_read_bio_X509(reader.get(), nullptr, password_source::give, &from));
    };
    identity found;
    found.certificate = next();
    if (!found.certificate) return identity_failure("no certificate in PEM form in " + path);
    while (auto more = next()) found.chain.push_back(std::move(more));
    ERR_clear_error();  // the end of the file is no error
    return found;
}

inline result<identity> pkcs12_identity(
    const secret& content, const std::string& path, const secret& password) {
    const std::unique_ptr<PKCS12, freed_by<PKCS12_free>> safe(
        d2i_PKCS12_bio(reader_of(content).get(), nullptr));
    if (!safe) return identity_failure(path + " is neither PEM nor PKCS#12");
    const std::string text(password.reveal());
    const secret wiped(text);
    const auto opens = [&](const char* with, int size) {
        return PKCS12_mac_present(safe.get()) == 0 || PKCS12_verify_mac(safe.get(), with, size);
    };
    if (!opens(text.c_str(), static_cast<int>(text.size())) && !(text.empty() && opens(nullptr, 0)))
        return wrong_password(path, password);
    X509* certificate = nullptr;
    EVP_PKEY* key = nullptr;
    STACK_OF(X509)* others = nullptr;
    if (PKCS12_parse(safe.get(), text.c_str(), &key, &certificate, &others) != 1)
        return identity_failure(
            path + ": " + tls_complaint() +
            " (if old software made it, write it anew: openssl pkcs12 -legacy)");
    identity found{certificate_ptr(certificate), {}, key_ptr(key)};
    while (sk_X509_num(others) > 0) found.chain.emplace_back(sk_X509_shift(others));
    sk_X509_free(others);
    if (!found.certificate) return identity_failure("no certificate with a key in " + path);
    return found;
}

inline result<identity> read_identity(const trust& whom) {
    const auto content = read_secret(whom.certificate, "certificate");
    if (!content) return content.error();
    const bool pem = is_pem(*content);
    auto found = pem ? pem_identity(*content, whom.certificate)
                     : pkcs12_identity(*content, whom.certificate, whom.key_password);
    if (!found || (!pem && whom.key.empty())) return found;
    const auto path = whom.key.empty() ? whom.certificate : whom.key;
    const auto bytes = read_secret(path, "private key");
    if (!bytes) return bytes.error();
    auto key = pem_key(*bytes, path, whom.key_password);
    if (!key) return key.error();
    found->key = std::move(*key);
    return found;
}

inline result<void> load_identity(SSL_CTX* context, const trust& whom) {
    if (whom.certificate.empty() && whom.key.empty()) return {};
    if (whom.certificate.empty())
        return identity_failure("a private key is of no use without its certificate (--cert)");
    const auto mine = read_identity(whom);
    if (!mine) return mine.error();
    if (X509_check_private_key(mine->certificate.get(), mine->key.get()) != 1)
        return identity_failure(
            "the private key in " + (whom.key.empty() ? whom.certificate : whom.key) +
            " does not belong to the certificate in " + whom.certificate);
    bool taken = SSL_CTX_use_certificate(context, mine->certificate.get()) == 1 &&
                 SSL_CTX_use_PrivateKey(context, mine->key.get()) == 1;
    for (const auto& link : mine->chain)
        taken = taken && SSL_CTX_add1_chain_cert(context, link.get()) == 1;
    if (!taken) return identity_failure("certificate " + whom.certificate + ": " + tls_complaint());
    return {};
}

}  // namespace ferry::http::detail
