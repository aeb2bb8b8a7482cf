#pragma once

#include <ferry/url.hpp>

#include <array>
#include <concepts>
#include <string>
#include <system_error>
#include <type_traits>

namespace ferry::detail {

/// Each holds all of the one before.
enum class job_form { summary, document, stored };

/// A member whose default value means that it is unknown.
template <class T>
struct or_null {
    T& value;
};

template <class T, class Plain>
concept maybe_const = std::same_as<std::remove_const_t<T>, Plain>;

template <class T>
concept has_members =
    std::same_as<T, job_file> || std::same_as<T, job_error> || std::same_as<T, job_settings>;

/// The categories whose codes can be stored: their numbers are stable.
inline std::array<const std::error_category*, 3> stored_categories() noexcept {
    return {&ferry_category(), &std::generic_category(), &std::system_category()};
}

inline std::string without_user(const std::string& source) {
    const auto location = parse_url(source);
    return location ? to_string(*location) : source;
}

// Every member once, for both directions, as form(KEY, MEMBER) or form(KEY, MEMBER, the first form
// that has it). form.need() cannot be missing; form.derived() is written only; form.veiled() is
// needed, stored as it is, and shown as the function says.

void each_member(auto& form, maybe_const<job_file> auto& file) {
    form.veiled("source", file.source, without_user);
    form.veiled("destination", file.destination, without_user);
    form.need("state", file.state);
    form("bytes_total", file.bytes_total);
    form("bytes_transferred", file.bytes_transferred);
    form("bytes_resumed", file.bytes_resumed);
    form("bytes_discarded", file.bytes_discarded);
    form("http_status", or_null{file.http_status});
    form("validator", or_null{file.validator});
    form("checksum", or_null{file.checksum});
    form("response_headers", or_null{file.response_headers});
    form("expected", or_null{file.expected}, job_form::stored);
    form("mark", or_null{file.mark}, job_form::stored);
    form("owner", or_null{file.owner}, job_form::stored);
}

void each_member(auto& form, maybe_const<job_error> auto& error) {
    form.derived("class", error_class(error.why));
    form.derived("code", symbol(error.why));
    form.derived("message", describe(error.why));
    form("http_status", or_null{error.why.http_status});
    form("context", error.why.context);
    form("file", error.file);
    form("next_try", error.next_try);
    form("cause", error.why.code, job_form::stored);
    form("detail", error.why.detail, job_form::stored);
    form("retry_after_ms", error.why.retry_after, job_form::stored);
}

void each_member(auto& form, maybe_const<job_settings> auto& settings) {
    form("retry_interval", settings.retry_interval);
    form("retry_timeout", settings.retry_timeout);
    form("max_download_time", settings.max_download_time);
    form("parallel", settings.parallel);
    form("connections", settings.connections);
    form("auto_complete", settings.auto_complete);
    form("create_directories", settings.create_directories);
    form("umask", settings.umask);
    form("keep_mtime", settings.keep_mtime);
    form("acl_flags", settings.acl_flags);
    form("durable", settings.durable);
    form("existing", settings.existing);
    form("bytes_per_second", settings.bytes_per_second);
    form("low_speed_limit", settings.low_speed_limit);
    form("low_speed_time", settings.low_speed_time);
    form("connect_timeout", settings.connect_timeout);
    form("upload_protocol", settings.upload_protocol);
    form("reply_file", settings.reply_file);
    form("redirect", settings.redirect);
    form("max_redirects", settings.max_redirects);
    form("headers", settings.headers);
    form("headers_write_only", settings.headers_write_only);
    form("user_agent", settings.user_agent);
    form("ca_file", settings.ca_file);
    form("ca_path", settings.ca_path);
    form("insecure", settings.insecure);
    form("smb_encrypt", settings.smb_encrypt);
    form("security_flags", settings.security_flags);
    form("crl_file", settings.crl_file);
    form("pins", settings.pins);
    form("certificate", settings.certificate);
    form("key", settings.key);
    form("user", settings.user);
    form("source_user", settings.source_user);
    form("destination_user", settings.destination_user);
    form("authentication", settings.authentication);
    form("ticket_cache", settings.ticket_cache);
    form("proxy_usage", settings.proxy);
    form("http_proxy", settings.proxy_variables.http);
    form("https_proxy", settings.proxy_variables.https);
    form("all_proxy", settings.proxy_variables.all);
    form("no_proxy", settings.proxy_variables.none);
    form("proxy_list", settings.proxy_list);
    form("proxy_bypass", settings.proxy_bypass);
    form("proxy_user", settings.proxy_user);
    form("proxy_authentication", settings.proxy_authentication);
    form("method", settings.method);
    form("dynamic", settings.dynamic);
    form("ranges", settings.ranges);
    form("notify_flags", settings.notify_flags);
    form("notify_command", settings.notify_command);
    form("validate_command", settings.validate_command);
    form("unsupported", settings.unsupported);
}

void each_member(auto& form, maybe_const<job> auto& one) {
    form.need("id", one.id);
    form("display_name", one.display_name);
    form("description", one.description);
    form("type", one.type);
    form.need("state", one.state);
    form("priority", one.priority);
    form("owner", one.owner);
    form("created", one.created);
    form("modified", one.modified);
    form("completed", one.completed);
    form.derived("bytes_total", one.bytes_total());
    form.derived("bytes_transferred", one.bytes_transferred());
    form.derived("files_total", one.files.size());
    form.derived("files_transferred", one.files_transferred());
    form("error", one.error);
    form.need("files", one.files, job_form::document);
    form("completing", one.completing, job_form::stored);
    form("notified", one.notified, job_form::stored);
    form("warned", one.warned, job_form::stored);
    form.need("order", one.order, job_form::stored);
    form("active_time_ms", one.active_time, job_form::stored);
    form("without_progress_ms", one.without_progress, job_form::stored);
    form("settings", one.settings, job_form::stored);
    form("secrets", one.secrets, job_form::stored);
}

}  // namespace ferry::detail
