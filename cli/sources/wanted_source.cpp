#include "cli/sources/wanted_source.hpp"

#include "cli/sources/name_pattern.hpp"
#include "cli/wrong.hpp"

#include <ferry/detail/ascii.hpp>

#include <algorithm>
#include <system_error>

namespace ferry::cli {
namespace {

namespace fs = std::filesystem;

enum class form { local, share_url, share_path, other };

form form_of(std::string_view source) noexcept {
    if (detail::looks_like_unc(source)) return form::share_path;
    if (!detail::looks_like_url(source)) return form::local;
    constexpr std::string_view smb = "smb://";
    const bool share = detail::to_lower(source.substr(0, smb.size())) == smb;
    return share ? form::share_url : form::other;
}

/// A source, cut before its first name with a wildcard.
struct split_source {
    std::string_view literal;
    std::vector<std::string_view> steps = {};
};

split_source split_at_wildcard(std::string_view text, std::string_view slashes, std::size_t from) {
    const auto wildcard = text.find_first_of("*?[", from);
    if (wildcard == text.npos) return {text};
    const auto slash = text.find_last_of(slashes, wildcard);
    const auto begin = slash == text.npos ? 0 : slash + 1;
    split_source parts{text.substr(0, begin)};
    auto rest = text.substr(begin);
    while (!rest.empty()) {
        const auto end = std::min(rest.find_first_of(slashes), rest.size());
        const auto step = rest.substr(0, end);
        rest.remove_prefix(std::min(end + 1, rest.size()));
        if (!step.empty() && step != ".") parts.steps.push_back(step);
    }
    return parts;
}

/// What is percent-encoded in a URL is meant as it is.
std::string pattern_in_url(std::string_view step) {
    std::string pattern;
    while (!step.empty()) {
        const bool encoded = step.size() > 2 && step[0] == '%' && detail::hex_value(step[1]) >= 0 &&
                             detail::hex_value(step[2]) >= 0;
        const auto one = encoded ? percent_decode(step.substr(0, 3)) : std::string(1, step[0]);
        if (encoded && one.find_first_of("*?[]\\") != one.npos) pattern += '\\';
        pattern += one;
        step.remove_prefix(encoded ? 3 : 1);
    }
    return pattern;
}

/// Without the '/' at its end, unless there is nothing else.
url folder_url(url what) {
    while (what.path.size() > 1 && what.path.ends_with('/')) what.path.pop_back();
    return what;
}

result<url> local_root(std::string_view path, const fs::path& here) {
    auto place = placed(here, path);
    if (!place.has_filename() && place.has_relative_path()) place = place.parent_path();
    return from_path(place);
}

/// Then it is no pattern: a shell may have made it of one.
bool is_there(const fs::path& place) {
    std::error_code unknown;
    return fs::exists(fs::symlink_status(place, unknown));
}

/// @param authority  Of a URL, and what comes behind it.
bool is_ipv6(std::string_view authority) {
    authority = authority.substr(0, authority.find('/'));
    const auto at = authority.find('@');
    return authority.substr(at == authority.npos ? 0 : at + 1).starts_with('[');
}

result<void> check_share(std::string_view literal, std::size_t host, std::string_view slashes) {
    const auto share = literal.find_first_of(slashes, host);
    const auto end = share == literal.npos ? share : literal.find_first_of(slashes, share + 1);
    if (end != literal.npos && end > share + 1) return {};
    return wrong("no wildcards in the names of servers and shares (write smb://HOST/SHARE/*.txt)");
}

}  // namespace

bool may_be_many(std::string_view source, const find_options& how) noexcept {
    return form_of(source) != form::other && !source.empty() &&
           (how.recursive || has_wildcard(source));
}

bool asks_server(std::string_view source, const find_options& how) noexcept {
    return may_be_many(source, how) && form_of(source) != form::local;
}

bool asks_server(const std::vector<std::string>& sources, const find_options& how) noexcept {
    return std::any_of(sources.begin(), sources.end(), [&how](const auto& one) {
        return asks_server(std::string_view(one), how);
    });
}

result<wanted_source> read_wanted(std::string_view source, const fs::path& here) {
    const auto kind = form_of(source);
    const auto host = kind == form::share_url ? source.find("://") + 3 : std::size_t(2);
    const bool windows = kind == form::share_path && source.starts_with('\\');
    const std::string_view slashes = windows ? "\\/" : "/";
    auto parts = split_at_wildcard(source, slashes, kind == form::local ? 0 : host);
    if (kind == form::local && is_there(placed(here, source))) parts = {source};
    wanted_source wanted;
    wanted.any_case = kind != form::local;
    for (const auto step : parts.steps) {
        if (step == "..") return wrong("no '..' behind a wildcard (name the folder)");
        const bool decoded = kind == form::share_url;
        const std::string plain(step);
        wanted.steps.push_back(
            decoded ? wanted_name{pattern_in_url(step), percent_decode(step)}
                    : wanted_name{plain, plain});
    }
    if (kind != form::local && is_ipv6(source.substr(host)))
        return wrong(
            "an IPv6 address, which shares cannot be reached by (write the server's name)");
    if (kind != form::local && !parts.steps.empty())
        if (const auto good = check_share(parts.literal, host, slashes); !good) return good.error();
    auto root = kind == form::local ? local_root(parts.literal, here)
                : kind == form::share_path
                    ? parse_location("\\\\" + std::string(parts.literal.substr(2)))
                    : parse_location(parts.literal);
    if (!root) return root.error();
    wanted.root = folder_url(*std::move(root));
    return wanted;
}

fs::path placed(const fs::path& here, std::string_view path) {
    const auto whole = here / path;
    const bool climbs = std::find(whole.begin(), whole.end(), "..") != whole.end();
    if (!climbs) return whole.lexically_normal();
    std::error_code unknown;
    const auto real = fs::weakly_canonical(whole, unknown);
    return unknown ? whole.lexically_normal() : real;
}

}  // namespace ferry::cli
