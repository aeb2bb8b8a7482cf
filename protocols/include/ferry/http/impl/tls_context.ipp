#pragma once

#include <openssl/err.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

namespace ferry::http {
namespace detail {

/// OpenSSL's oldest complaint of this thread, in words; clears all of them.
inline std::string tls_complaint() {
    const auto code = ERR_get_error();
    ERR_clear_error();
    const char* reason = ERR_reason_error_string(code);
    return reason ? reason : "unknown TLS error";
}

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

}  // namespace detail

inline result<std::shared_ptr<tls_context>> tls_context::load(const trust& whom) {
    static constexpr unsigned char http_1_1[] = "\x08http/1.1";

    auto made = std::make_shared<tls_context>();
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
    SSL_CTX_set_verify(context, whom.insecure ? SSL_VERIFY_NONE : SSL_VERIFY_PEER, nullptr);
    if (!whom.insecure)
        if (auto good = detail::load_authorities(context, whom); !good) return good.error();
    return made;
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
