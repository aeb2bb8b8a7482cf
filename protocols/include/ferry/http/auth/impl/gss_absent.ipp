#pragma once

namespace ferry::http {

struct gss_context::state {};

inline gss_context::gss_context(auth_scheme, std::string, credentials) {}

inline gss_context::~gss_context() = default;

inline result<std::string> gss_context::step(std::string_view) {
    return failure{
        errc::unauthorized,
        "this ferry was built without GSSAPI (libkrb5-dev), which Negotiate and NTLM need"};
}

}  // namespace ferry::http
