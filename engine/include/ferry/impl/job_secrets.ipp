#pragma once

#include <ferry/secret_box.hpp>

#include <algorithm>
#include <array>
#include <utility>

namespace ferry {
namespace detail {

/// Secrets, and the options of `ferry set` that give them.
inline constexpr std::array<std::pair<std::string_view, std::string_view>, 11> job_secret_table = {{
    {job_secret::password, "--credential USER"},
    {job_secret::source_password, "--source-credential USER"},
    {job_secret::destination_password, "--destination-credential USER"},
    {job_secret::bearer, "--bearer-file FILE"},
    {job_secret::logins, "--netrc"},
    {job_secret::proxy_password, "--proxy-credential USER"},
    {job_secret::key_password, "--key-password-file FILE"},
    {job_secret::headers, "--custom-header 'NAME: VALUE'"},
    {job_secret::http_proxy, "--proxy-usage system"},
    {job_secret::https_proxy, "--proxy-usage system"},
    {job_secret::all_proxy, "--proxy-usage system"},
}};

inline const std::pair<std::string_view, std::string_view>* find_job_secret(
    std::string_view name) noexcept {
    const auto* const found = std::find_if(
        job_secret_table.begin(), job_secret_table.end(),
        [name](const auto& one) { return one.first == name; });
    return found == job_secret_table.end() ? nullptr : found;
}

/// One job's secret does not open as another's, nor as another secret of the same job.
inline std::string purpose_of(const std::string& job, std::string_view name) {
    return "ferry job " + job + " " + std::string(name);
}

inline result<secret_box> box_with(const key_source& key, bool make) {
    if (!key) return failure{errc::unsupported, "nobody is here to keep secrets"};
    auto known = key(make);
    if (!known) return std::move(known.error());
    return secret_box::with(*known);
}

inline failure cannot_open(std::string_view name, const failure& why) {
    const auto* const about = find_job_secret(name);
    const bool own_words = why.code == errc::malformed;
    return {
        errc::unauthorized,
        "the " + std::string(name) + " kept with this job cannot be read: " +
            (own_words ? why.detail : describe(why)) + " (give it anew with 'ferry set JOB " +
            std::string(about ? about->second : "--clear") + "')",
        error_context::local_file};
}

}  // namespace detail

inline bool is_job_secret(std::string_view name) noexcept {
    return detail::find_job_secret(name) != nullptr;
}

inline secret pack_logins(const std::vector<host_login>& all) {
    std::string packed;
    for (const auto& one : all)
        for (const std::string_view part :
             {std::string_view(one.host), std::string_view(one.user), one.password.reveal()})
            packed.append(part).push_back('\0');
    secret whole(packed);
    OPENSSL_cleanse(packed.data(), packed.size());
    return whole;
}

inline result<std::vector<host_login>> unpack_logins(const secret& packed) {
    std::vector<std::string_view> parts;
    for (auto rest = packed.reveal(); !rest.empty();) {
        const auto end = rest.find('\0');
        if (end == rest.npos) return failure{errc::malformed, "logins without an end"};
        parts.push_back(rest.substr(0, end));
        rest.remove_prefix(end + 1);
    }
    if (parts.size() % 3 != 0) return failure{errc::malformed, "logins without an end"};
    std::vector<host_login> all;
    for (std::size_t i = 0; i < parts.size(); i += 3)
        all.push_back(
            {std::string(parts[i]), std::string(parts[i + 1]), secret(std::string(parts[i + 2]))});
    return all;
}

inline secret pack_texts(const std::vector<std::string>& all) {
    std::string packed;
    for (const auto& one : all) packed.append(one).push_back('\0');
    secret whole(packed);
    OPENSSL_cleanse(packed.data(), packed.size());
    return whole;
}

inline std::vector<std::string> unpack_texts(const secret& packed) {
    std::vector<std::string> all;
    for (auto rest = packed.reveal(); !rest.empty();) {
        const auto end = std::min(rest.find('\0'), rest.size());
        all.emplace_back(rest.substr(0, end));
        rest.remove_prefix(std::min(end + 1, rest.size()));
    }
    return all;
}

inline result<sealed_secrets> seal_secrets(
    const key_source& key, const std::string& job, sealed_secrets before,
    const secret_changes& change) {
    std::optional<secret_box> box;
    for (const auto& [name, text] : change) {
        std::erase_if(before, [&name = name](const auto& one) { return one.first == name; });
        if (!text) continue;
        if (!box) {
            auto made = detail::box_with(key, true);
            if (!made) return std::move(made.error());
            box = *std::move(made);
        }
        auto sealed = box->seal(*text, detail::purpose_of(job, name));
        if (!sealed) return std::move(sealed.error());
        before.emplace_back(name, *std::move(sealed));
    }
    return before;
}

inline result<job_secrets> open_secrets(
    const key_source& key, const std::string& job, const sealed_secrets& sealed) {
    job_secrets all;
    if (sealed.empty()) return all;
    const auto box = detail::box_with(key, false);
    if (!box) return detail::cannot_open(sealed.front().first, box.error());
    for (const auto& [name, text] : sealed) {
        auto opened = box->open(text, detail::purpose_of(job, name));
        if (!opened) return detail::cannot_open(name, opened.error());
        all[name] = *opened;
    }
    return all;
}

}  // namespace ferry
