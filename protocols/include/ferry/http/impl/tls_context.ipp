#pragma once

#include <openssl/err.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

namespace ferry::http {
namespace detail {

inline result<void> load_authorities(SSL_CTX* context, const trust& whom) {
    if (!whom.ca_file.empty()) {
        if (::access(whom.ca_file.c_str(), R_OK) != 0)
            return file_failure(errno, "CA file " + whom.ca_file);
        if (SSL_CTX_load_verify_file(context, whom.ca_file.c_str()) != 1)
            return failure{
                errc::bad_argument,
                "CA file " + whom.ca_file + ": no certificate in PEM form (" + tls_complaint() +
                    ")",
                error_context::local_file};
    }
    if (!whom.ca_path.empty()) {
        struct stat found = {};
        if (::stat(whom.ca_path.c_str(), &found) != 0 || ::access(whom.ca_path.c_str(), X_OK) != 0)
            return file_failure(errno, "CA path " + whom.ca_path);
        if (!S_ISDIR(found.st_mode)) return file_failure(ENOTDIR, "CA path " + whom.ca_path);
        SSL_CTX_load_verify_dir(context, whom.ca_path.c_str());
    }
    if (whom.ca_file.empty() && whom.ca_path.empty()) SSL_CTX_set_default_verify_paths(context);
    ERR_clear_error();
    return {};
}

/// Lists of ca_file and ca_path count, too; OpenSSL finds them there by itself.
inline result<void> load_revocations(SSL_CTX* context, const trust& whom) {
    if (!whom.check_revocation && whom.crl_file.empty()) return {};
    const auto store = SSL_CTX_get_cert_store(context);
    X509_STORE_set_flags(store, X509_V_FLAG_CRL_CHECK | X509_V_FLAG_CRL_CHECK_ALL);
    if (whom.crl_file.empty()) return {};
    const auto title = "CRL file " + whom.crl_file;
    if (::access(whom.crl_file.c_str(), R_OK) != 0) return file_failure(errno, title);
    const auto reader = X509_STORE_add_lookup(store, X509_LOOKUP_file());
    if (!reader || X509_load_crl_file(reader, whom.crl_file.c_str(), X509_FILETYPE_PEM) < 1)
        return failure{
            errc::bad_argument,
            title + ": no revocation list in PEM form (" + tls_complaint() + ")",
            error_context::local_file};
    return {};
}

/// Wishes that cannot be kept at once must not be forgotten silently.
inline result<void> check_wishes(const trust& whom) {
    if (whom.insecure && (whom.check_revocation || !whom.crl_file.empty()))
        return failure{
            errc::bad_argument,
            "revocation cannot be checked where no certificate is verified (--insecure)"};
    return {};
}

}  // namespace detail

inline result<std::shared_ptr<tls_context>> tls_context::load(const trust& whom) {
    static constexpr unsigned char http_1_1[] = "\x08http/1.1";

    if (auto good = detail::check_wishes(whom); !good) return good.error();
    auto made = std::make_shared<tls_context>();
    made->lenient_ = whom.lenient;
    for (const auto& text : whom.pins) {
        auto pin = parse_pin(text);
        if (!pin) return pin.error();
        made->pins_.push_back(*pin);
    }
    made->native_.reset(SSL_CTX_new(TLS_client_method()));
    const auto context = made->native();
    if (!context) return failure{std::make_error_code(std::errc::not_enough_memory)};
    SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION);
    SSL_CTX_set_mode(context, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
    SSL_CTX_set_alpn_protos(context, http_1_1, sizeof http_1_1 - 1);
    SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL);
    SSL_CTX_sess_set_new_cb(context, [](SSL* stream, SSL_SESSION* fresh) {
        static_cast<tls_stream*>(SSL_get_app_data(stream))->fresh_.reset(fresh);
        return 1;  // the reference is ours now
    });
    SSL_CTX_set_client_cert_cb(context, client_certificate_wanted);
    SSL_CTX_set_post_handshake_auth(context, 1);  // Apache asks once it knows the path
    SSL_CTX_set_verify(context, whom.insecure ? SSL_VERIFY_NONE : SSL_VERIFY_PEER, verify);
    if (auto good = detail::load_identity(context, whom); !good) return good.error();
    if (whom.insecure) return made;
    if (auto good = detail::load_authorities(context, whom); !good) return good.error();
    if (auto good = detail::load_revocations(context, whom); !good) return good.error();
    return made;
}

/// OpenSSL calls it for each thing that is wrong, one after the other; what is excused must not
/// hide what comes next.
inline int tls_context::verify(int good, X509_STORE_CTX* chain) {
    if (good == 1) return 1;
    const auto stream =
        static_cast<SSL*>(X509_STORE_CTX_get_ex_data(chain, SSL_get_ex_data_X509_STORE_CTX_idx()));
    const auto& lenient = static_cast<tls_stream*>(SSL_get_app_data(stream))->context_->lenient_;
    if (!detail::is_excused(X509_STORE_CTX_get_error(chain), lenient)) return 0;
    X509_STORE_CTX_set_error(chain, X509_V_OK);
    return 1;
}

/// Only called if the server asks and there is none.
inline int tls_context::client_certificate_wanted(SSL* stream, X509**, EVP_PKEY**) {
    static_cast<tls_stream*>(SSL_get_app_data(stream))->without_certificate_ = true;
    return 0;  // go on without
}

inline SSL_SESSION* tls_context::session_for(const std::string& server) const {
    const auto found = sessions_.find(server);
    return found == sessions_.end() ? nullptr : found->second.get();
}

inline void tls_context::keep(const std::string& server, session fresh) {
    if (sessions_.size() >= most_sessions && !sessions_.contains(server)) sessions_.clear();
    sessions_[server] = std::move(fresh);
}

}  // namespace ferry::http
