#pragma once

#include <ferry/access.hpp>
#include <ferry/detail/job_places.hpp>
#include <ferry/detail/relay_access.hpp>
#include <ferry/job.hpp>
#include <ferry/job_secrets.hpp>
#include <ferry/security_flags.hpp>
#include <ferry/slices.hpp>

#include <memory>
#include <utility>

namespace ferry::detail {

inline secret secret_in(const job_secrets& among, std::string_view name) {
    const auto found = among.find(name);
    return found == among.end() ? secret() : found->second;
}

inline credentials credentials_of(
    const job_settings& asked, const std::string& user, std::optional<auth_scheme> scheme,
    const job_secrets& secrets, std::string_view password) {
    credentials who;
    who.user = user;
    who.ticket_cache = asked.ticket_cache;
    if (scheme) who.schemes = {*scheme};
    if (const auto found = secrets.find(password); found != secrets.end())
        who.password = found->second;
    return who;
}

/// The variables as their owner has them: those with a password are secrets.
inline proxy_environment variables_of(const job_settings& asked, const job_secrets& secrets) {
    auto all = asked.proxy_variables;
    const std::pair<std::string_view, std::string*> each[] = {
        {job_secret::http_proxy, &all.http},
        {job_secret::https_proxy, &all.https},
        {job_secret::all_proxy, &all.all}};
    for (const auto& [name, value] : each)
        if (const auto found = secrets.find(name); found != secrets.end())
            *value = found->second.reveal();
    return all;
}

inline proxy_options proxy_for(const job_settings& asked, const job_secrets& secrets) {
    proxy_options proxy;
    proxy.usage = asked.proxy;
    if (proxy.usage == proxy_usage::system) proxy.environment = variables_of(asked, secrets);
    proxy.list = asked.proxy_list;
    proxy.bypass = asked.proxy_bypass;
    proxy.who = credentials_of(
        asked, asked.proxy_user, asked.proxy_authentication, secrets, job_secret::proxy_password);
    return proxy;
}

/// How a job wants its sources reached. Without its secrets, it is good enough to be checked.
inline result<std::shared_ptr<const access_options>> access_for(
    const job_settings& asked, const job_secrets& secrets) {
    access_options access;
    const auto headers = secrets.find(job_secret::headers);
    access.headers = headers == secrets.end() ? asked.headers : unpack_texts(headers->second);
    access.user_agent = asked.user_agent;
    access.redirects = asked.redirect == "forbid"   ? redirect_policy::forbid
                       : asked.redirect == "report" ? redirect_policy::report
                                                    : redirect_policy::follow;
    access.max_redirects = asked.max_redirects;
    access.ca_file = asked.ca_file;
    access.ca_path = asked.ca_path;
    access.insecure = asked.insecure;
    access.encrypt = asked.smb_encrypt;
    access.crl_file = asked.crl_file;
    access.pins = asked.pins;
    access.certificate = asked.certificate;
    access.key = asked.key;
    access.key_password = secret_in(secrets, job_secret::key_password);
    obey_security_flags(asked.security_flags, access);
    access.who =
        credentials_of(asked, asked.user, asked.authentication, secrets, job_secret::password);
    access.who.bearer = secret_in(secrets, job_secret::bearer);
    auto logins = unpack_logins(secret_in(secrets, job_secret::logins));
    if (!logins) return std::move(logins.error());
    access.logins = *std::move(logins);
    access.proxy = proxy_for(asked, secrets);
    access.method = asked.method;
    access.connect_timeout = asked.connect_timeout;
    return std::make_shared<const access_options>(std::move(access));
}

/// How a job's ends are to be reached.
struct job_access {
    std::shared_ptr<const access_options> all;
    relay_credentials between = {};  ///< where both ends of a file are servers
};

/// The same for the two ends of one file; for one end alone, both are the same.
inline relay_access ends_of(const job_file& file, const job_access& access) {
    if (!is_relayed(file)) return {access.all, access.all};
    const auto from = parse_location(file.source), to = parse_location(file.destination);
    if (!from || !to) return {access.all, access.all};
    return access_between(*access.all, access.between, *from, *to);
}

inline relay_credentials credentials_between(
    const job_settings& asked, const job_secrets& secrets) {
    return {
        credentials_of(asked, asked.source_user, {}, secrets, job_secret::source_password),
        credentials_of(
            asked, asked.destination_user, {}, secrets, job_secret::destination_password)};
}

inline result<job_access> access_of(const job_settings& asked, const job_secrets& secrets) {
    auto all = access_for(asked, secrets);
    if (!all) return std::move(all.error());
    return job_access{*std::move(all), credentials_between(asked, secrets)};
}

inline job_access access_of(const job_settings& asked) {
    return *access_of(asked, {});  // only logins could fail
}

/// The parts that are wanted of each file. Errors: as slices::add().
inline result<slices> slices_of(const std::vector<std::string>& ranges) {
    slices parts;
    for (const auto& one : ranges)
        if (auto good = parts.add(one); !good) return good.error();
    return parts;
}

}  // namespace ferry::detail
