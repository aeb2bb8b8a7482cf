#pragma once

#include <ferry/credentials.hpp>
#include <ferry/job.hpp>
#include <ferry/result.hpp>

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace ferry {

/// The secrets of a job by their names, see job_secret.
using job_secrets = std::map<std::string, secret, std::less<>>;
/// The same, to be set; none: to be forgotten.
using secret_changes = std::map<std::string, std::optional<secret>, std::less<>>;

/// What the secrets of a job are called.
namespace job_secret {
inline constexpr std::string_view password = "password";  ///< of job_settings::user
inline constexpr std::string_view source_password = "source-password";
inline constexpr std::string_view destination_password = "destination-password";
inline constexpr std::string_view bearer = "bearer";  ///< a token
inline constexpr std::string_view logins = "logins";  ///< by host: pack_logins()
inline constexpr std::string_view proxy_password = "proxy-password";
inline constexpr std::string_view key_password = "key-password";
inline constexpr std::string_view headers = "headers";  ///< job_settings::headers: pack_texts()
/// Variables that hold a password, whole.
inline constexpr std::string_view http_proxy = "http_proxy";
inline constexpr std::string_view https_proxy = "https_proxy";
inline constexpr std::string_view all_proxy = "all_proxy";
}  // namespace job_secret

bool is_job_secret(std::string_view name) noexcept;

/// Many logins as one text; no part of them may hold a NUL.
secret pack_logins(const std::vector<host_login>& all);
/// Errors: errc::malformed.
result<std::vector<host_login>> unpack_logins(const secret& packed);

/// Several texts as one; no part of them may hold a NUL.
secret pack_texts(const std::vector<std::string>& all);
std::vector<std::string> unpack_texts(const secret& packed);

/// Where the key for a secret_box comes from. May block: called on a disk thread.
/// @param make  A new one will do, if there is none.
using key_source = std::function<result<secret>(bool make)>;

/// What is in job::secrets after a change. Blocking.
/// Errors: those of the key; errc::unsupported if there is no source of it.
result<sealed_secrets> seal_secrets(
    const key_source& key, const std::string& job, sealed_secrets before,
    const secret_changes& change);

/// Blocking. Errors: errc::unauthorized if only one of them cannot be opened: the detail tells
///   why, and how to give it anew.
result<job_secrets> open_secrets(
    const key_source& key, const std::string& job, const sealed_secrets& sealed);

}  // namespace ferry

#include <ferry/impl/job_secrets.ipp>
