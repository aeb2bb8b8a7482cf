#pragma once

#include <ferry/http/auth/encoding.hpp>

#include <gssapi/gssapi.h>
#include <gssapi/gssapi_ext.h>
#include <krb5/krb5.h>

#include <array>
#include <utility>

namespace ferry::http {
namespace detail {

/// SPNEGO (RFC 4178), Kerberos (RFC 4121), and NTLM as the plug-in gss-ntlmssp names it.
inline constexpr std::string_view spnego_oid = "\x2b\x06\x01\x05\x05\x02";
inline constexpr std::string_view kerberos_oid = "\x2a\x86\x48\x86\xf7\x12\x01\x02\x02";
inline constexpr std::string_view ntlm_oid = "\x2b\x06\x01\x04\x01\x82\x37\x02\x02\x0a";

inline gss_OID_desc oid_of(std::string_view bytes) {
    return {static_cast<OM_uint32>(bytes.size()), const_cast<char*>(bytes.data())};
}

inline gss_buffer_desc buffer_of(std::string_view text) {
    return {text.size(), const_cast<char*>(text.data())};
}

/// What a GSSAPI call allocated.
struct gss_text {
    gss_buffer_desc buffer = GSS_C_EMPTY_BUFFER;
    gss_text() = default;
    gss_text(const gss_text&) = delete;
    gss_text& operator=(const gss_text&) = delete;
    ~gss_text() {
        OM_uint32 minor = 0;
        gss_release_buffer(&minor, &buffer);
    }
    std::string_view view() const noexcept {
        return {static_cast<const char*>(buffer.value), buffer.length};
    }
};

inline std::string gss_message(OM_uint32 code, int kind, gss_OID mechanism) {
    std::string text;
    OM_uint32 more = 0;
    do {
        OM_uint32 minor = 0;
        gss_text part;
        if (GSS_ERROR(gss_display_status(&minor, code, kind, mechanism, &more, &part.buffer)))
            break;
        auto words = part.view();  // some end with a line break
        while (!words.empty() && words.back() <= ' ') words.remove_suffix(1);
        text.append(text.empty() ? "" : ", ").append(words);
    } while (more != 0);
    return text;
}

struct gss_status {
    OM_uint32 major = GSS_S_COMPLETE;
    OM_uint32 minor = 0;
    bool bad() const noexcept { return GSS_ERROR(major) != 0; }
};

/// The Kerberos library, for what GSSAPI does not tell.
struct kerberos {
    krb5_context context = nullptr;
    kerberos() { krb5_init_context(&context); }
    kerberos(const kerberos&) = delete;
    kerberos& operator=(const kerberos&) = delete;
    ~kerberos() { krb5_free_context(context); }

    std::string message(krb5_error_code code) const {
        const auto words = krb5_get_error_message(context, code);
        auto text = printable(words, 200);
        krb5_free_error_message(context, words);
        return text;
    }
};

/// A look at the first ticket cache that there is. libkrb5 1.20 crashes at one that cannot be read,
/// unless it is told by name which one to take.
inline result<void> check_ticket_caches() {
    const kerberos library;
    const auto context = library.context;
    krb5_cccol_cursor cursor = nullptr;
    if (!context || krb5_cccol_cursor_new(context, &cursor) != 0) return {};  // GSSAPI says why
    krb5_ccache first = nullptr;
    krb5_cccol_cursor_next(context, cursor, &first);
    krb5_cccol_cursor_free(context, &cursor);
    if (!first) return {};
    krb5_principal owner = nullptr;
    const auto code = krb5_cc_get_principal(context, first, &owner);
    krb5_free_principal(context, owner);
    const auto name =
        krb5_cc_get_type(context, first) + std::string(":") + krb5_cc_get_name(context, first);
    krb5_cc_close(context, first);
    if (code == 0) return {};
    return failure{
        errc::unauthorized, "Negotiate: the tickets in " + printable(name, 200) +
                                " cannot be used: " + library.message(code) +
                                " (get new ones with kinit)"};
}

/// "DOMAIN\name" is how Windows writes what Kerberos calls name@DOMAIN.
inline std::string kerberos_name(const std::string& user) {
    const auto at = user.find('\\');
    return at == user.npos ? user : user.substr(at + 1) + "@" + user.substr(0, at);
}

}  // namespace detail

struct gss_context::state {
    state(auth_scheme which, std::string host, credentials whose)
        : scheme(which),
          service("HTTP@" + std::move(host)),
          who(std::move(whose)),
          oid(detail::oid_of(which == auth_scheme::ntlm ? detail::ntlm_oid : detail::spnego_oid)) {}
    state(const state&) = delete;
    state& operator=(const state&) = delete;
    ~state() {
        OM_uint32 minor = 0;
        gss_delete_sec_context(&minor, &context, GSS_C_NO_BUFFER);
        gss_release_cred(&minor, &ours);
        gss_release_name(&minor, &target);
    }

    result<void> begin();
    bool has_own_cache() const {
        return scheme == auth_scheme::negotiate && !who.ticket_cache.empty();
    }
    detail::gss_status acquire(gss_OID_desc mechanism, gss_cred_id_t& into);
    detail::gss_status try_kerberos();
    failure why(detail::gss_status status);

    const auth_scheme scheme;
    const std::string service;
    const credentials who;
    gss_OID_desc oid;
    gss_name_t target = GSS_C_NO_NAME;
    gss_cred_id_t ours = GSS_C_NO_CREDENTIAL;
    gss_ctx_id_t context = GSS_C_NO_CONTEXT;
    bool over = false;
};

inline gss_context::gss_context(auth_scheme scheme, std::string host, credentials who)
    : state_(std::make_unique<state>(scheme, std::move(host), std::move(who))) {}

inline gss_context::~gss_context() = default;

/// What the library says, and what its user can do about it.
inline failure gss_context::state::why(detail::gss_status status) {
    auto mechanism = oid;
    std::string_view hint;
    if (scheme == auth_scheme::ntlm && GSS_ROUTINE_ERROR(status.major) == GSS_S_BAD_MECH)
        return {errc::unauthorized, "NTLM needs the plug-in gss-ntlmssp, which is not installed"};
    if (scheme == auth_scheme::negotiate) {  // SPNEGO hides what is behind it
        if (const auto reason = try_kerberos(); reason.bad()) {
            status = reason;
            mechanism = detail::oid_of(detail::kerberos_oid);
            hint = who.password ? " (check name and password)" : " (for a ticket, run kinit)";
        }
    }
    auto words = detail::gss_message(status.minor, GSS_C_MECH_CODE, &mechanism);
    if (status.minor == 0 || words.empty())
        words = detail::gss_message(status.major, GSS_C_GSS_CODE, &mechanism);
    auto text = std::string(to_string(scheme)) + ": " + printable(words, 200);
    const bool nobody_answers = static_cast<krb5_error_code>(status.minor) == KRB5_KDC_UNREACH;
    if (nobody_answers) return {std::make_error_code(std::errc::host_unreachable), text};
    return {errc::unauthorized, text.append(hint)};
}

/// As far as a first word to the server, which is not sent.
inline detail::gss_status gss_context::state::try_kerberos() {
    auto kerberos = detail::oid_of(detail::kerberos_oid);
    gss_cred_id_t trial = GSS_C_NO_CREDENTIAL;
    auto status = acquire(kerberos, trial);
    gss_ctx_id_t begun = GSS_C_NO_CONTEXT;
    detail::gss_text unsaid;
    if (!status.bad())
        status.major = gss_init_sec_context(
            &status.minor, trial, &begun, target, &kerberos, 0, GSS_C_INDEFINITE,
            GSS_C_NO_CHANNEL_BINDINGS, GSS_C_NO_BUFFER, nullptr, &unsaid.buffer, nullptr, nullptr);
    OM_uint32 minor = 0;
    gss_delete_sec_context(&minor, &begun, GSS_C_NO_BUFFER);
    gss_release_cred(&minor, &trial);
    return status;
}

/// Without a user: whoever the tickets are for. Without a password: by the ticket that is there.
inline detail::gss_status gss_context::state::acquire(gss_OID_desc mechanism, gss_cred_id_t& into) {
    const auto user = scheme == auth_scheme::ntlm ? who.user : detail::kerberos_name(who.user);
    auto text = detail::buffer_of(user);
    gss_name_t name = GSS_C_NO_NAME;
    detail::gss_status status;
    if (!user.empty())
        status.major = gss_import_name(&status.minor, &text, GSS_C_NT_USER_NAME, &name);
    if (status.bad()) return status;
    gss_OID_set_desc mechanisms{1, &mechanism};
    if (who.password) {
        auto password = detail::buffer_of(who.password->reveal());
        status.major = gss_acquire_cred_with_password(
            &status.minor, name, &password, GSS_C_INDEFINITE, &mechanisms, GSS_C_INITIATE, &into,
            nullptr, nullptr);
    } else {
        gss_key_value_element_desc cache{"ccache", who.ticket_cache.c_str()};
        gss_key_value_set_desc store{1, &cache};
        status.major = gss_acquire_cred_from(
            &status.minor, name, GSS_C_INDEFINITE, &mechanisms, GSS_C_INITIATE,
            has_own_cache() ? &store : GSS_C_NO_CRED_STORE, &into, nullptr, nullptr);
    }
    OM_uint32 minor = 0;
    gss_release_name(&minor, &name);
    return status;
}

inline result<void> gss_context::state::begin() {
    detail::gss_status status;
    auto text = detail::buffer_of(service);
    status.major = gss_import_name(&status.minor, &text, GSS_C_NT_HOSTBASED_SERVICE, &target);
    const bool by_default = scheme == auth_scheme::negotiate && !who.password && !has_own_cache();
    if (by_default)
        if (auto good = detail::check_ticket_caches(); !good) return good;
    const bool named = !who.user.empty() || has_own_cache();
    if (!status.bad() && named) status = acquire(oid, ours);
    if (status.bad()) return why(status);
    return {};
}

inline result<std::string> gss_context::step(std::string_view token) {
    auto& my = *state_;
    const auto heard = from_base64(token);
    if (my.over || !heard)
        return failure{errc::unauthorized, "an authentication dialogue out of order"};
    if (my.target == GSS_C_NO_NAME)
        if (auto begun = my.begin(); !begun) return std::move(begun.error());
    if (my.context != GSS_C_NO_CONTEXT && heard->empty())
        return my.why({GSS_S_DEFECTIVE_TOKEN, 0});  // a dialogue to which nothing is added
    auto input = detail::buffer_of(*heard);
    detail::gss_text output;
    detail::gss_status status;
    status.major = gss_init_sec_context(
        &status.minor, my.ours, &my.context, my.target, &my.oid, 0, GSS_C_INDEFINITE,
        GSS_C_NO_CHANNEL_BINDINGS, heard->empty() ? GSS_C_NO_BUFFER : &input, nullptr,
        &output.buffer, nullptr, nullptr);
    my.over = status.major != GSS_S_CONTINUE_NEEDED;
    if (status.bad()) return my.why(status);
    if (output.view().empty())
        return failure{errc::unauthorized, "an authentication dialogue that came to nothing"};
    return to_base64(output.view());
}

}  // namespace ferry::http
