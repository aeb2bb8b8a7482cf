#include "cli/options/option_words.hpp"

#include "cli/options/bits_words.hpp"
#include "cli/wrong.hpp"

#include <ferry/detail/ascii.hpp>
#include <ferry/url.hpp>

#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>

namespace ferry::cli {
namespace {

failure not_one_of(std::span<const std::string_view> words) {
    std::string known;
    for (const auto word : words) known += (known.empty() ? "" : ", ") + std::string(word);
    return wrong("not one of " + known);
}

/// The first `neutral` words mean what ferry does anyway.
result<std::string> one_of(
    std::span<const std::string_view> words, std::string_view text, std::size_t neutral = 0) {
    const auto found = std::find(words.begin(), words.end(), text);
    if (found == words.end()) return not_one_of(words);
    const bool means = static_cast<std::size_t>(found - words.begin()) >= neutral;
    return means ? std::string(text) : std::string();
}

/// Calls `each` with what stands between commas until that is false.
template <class Each>
bool all_words(std::string_view text, Each each) {
    for (;;) {
        const auto comma = text.find(',');
        if (!each(text.substr(0, comma))) return false;
        if (comma == text.npos) return true;
        text.remove_prefix(comma + 1);
    }
}

std::optional<std::uint32_t> cost_bits(std::string_view word) {
    for (const auto& one : cost_states)
        if (one.ours == word) return static_cast<std::uint32_t>(one.number);
    const auto number = read_number<std::uint32_t>(word);
    return number && (*number & ~known_costs) == 0 ? number : std::nullopt;
}

result<std::string> some_text(std::string_view text) {
    if (text.empty()) return wrong("empty (leave the option out)");
    if (std::any_of(text.begin(), text.end(), detail::is_control))
        return wrong("contains control characters");
    return std::string(text);
}

bool holds_password(std::string_view location) { return location.find('@') != location.npos; }

}  // namespace

result<std::string> read_scheme(std::string_view text) {
    constexpr std::array<std::string_view, 5> words = {
        "basic", "digest", "ntlm", "negotiate", "bearer"};
    if (detail::to_lower(text) == "passport")
        return wrong(
            "Passport has ended, no server asks for it (basic, digest, ntlm, negotiate, bearer)");
    return one_of(words, text);
}

result<std::string> read_user(std::string_view text) {
    if (text.find(':') != text.npos)
        return wrong("a user's name has no ':' (passwords come by --password-file or a prompt)");
    return some_text(text);
}

result<std::string> read_file_name(std::string_view text) {
    if (text.empty()) return wrong("empty (leave the option out)");
    return text == "-" ? std::string(text) : absolute_path(text);
}

result<std::string> read_secret_file(std::string_view text) {
    if (!names_a_file(text)) return std::string(text);
    auto file = read_file_name(text);
    if (file && ::access(file->c_str(), R_OK) != 0)
        return wrong(describe(file_failure(errno, "no file that can be read: " + *file)));
    return file;
}

bool names_a_file(std::string_view text) { return text != "-" && !text.starts_with("fd:"); }

result<std::string> read_method(std::string_view text) {
    const auto is_letter = [](char c) { return detail::is_alpha(c) || c == '-' || c == '_'; };
    if (text.empty() || !std::all_of(text.begin(), text.end(), is_letter))
        return wrong("not a method (such as GET or POST)");
    return detail::to_lower(text) == "get" ? std::string() : std::string(text);
}

result<std::string> read_range(std::string_view text) {
    const auto dash = std::min(text.find('-'), text.size());
    const auto first = read_number<std::uint64_t>(text.substr(0, dash));
    const auto rest = text.substr(std::min(dash + 1, text.size()));
    const auto last = read_number<std::uint64_t>(rest);
    const bool open = dash < text.size() && rest.empty();
    if (!first || (!open && (!last || *last < *first)))
        return wrong("not a range (first and last byte, from 0: 0-99, or 100- to the end)");
    return std::string(text);
}

result<std::string> read_mirror(std::string_view text) {
    const auto location = parse_url(text);
    if (!location || (location->scheme != "http" && location->scheme != "https"))
        return wrong("not a URL of http or https");
    if (!location->user_info.empty())
        return wrong("a URL with a password (passwords come by --password-file or a prompt)");
    return to_string(*location);
}

result<std::string> read_pin(std::string_view text) {
    constexpr std::string_view kind = "sha256//";
    const auto is_base64 = [](char c) {
        return detail::is_alpha(c) || detail::is_digit(c) || c == '+' || c == '/';
    };
    const auto digest = text.substr(std::min(kind.size(), text.size()));
    if (!text.starts_with(kind) || digest.size() != 44 || digest.back() != '=' ||
        !std::all_of(digest.begin(), digest.end() - 1, is_base64))
        return wrong("not a pin (sha256// and 44 characters of Base64)");
    return std::string(text);
}

result<std::string> read_security(std::string_view text) {
    constexpr std::array<std::string_view, 6> words = {"revocation", "cn",    "date",
                                                       "ca",         "usage", "redirects"};
    constexpr std::uint64_t known = 0xf1f;
    if (const auto number = read_number<std::uint64_t>(text); number && (*number & ~known) == 0)
        return *number == 0 ? std::string() : std::to_string(*number);
    const bool good =
        all_words(text, [&](std::string_view word) { return one_of(words, word).has_value(); });
    if (!good)
        return wrong(
            "not a sum of flags (revocation 1, cn 2, date 4, ca 8, usage 16, redirects 2048), nor "
            "some of these words (a,b)");
    return std::string(text);
}

result<std::string> read_cost(std::string_view text) {
    std::uint32_t all = 0;
    const bool good = all_words(text, [&](std::string_view word) {
        const auto bits = cost_bits(word);
        all |= bits.value_or(0);
        return bits.has_value();
    });
    if (!good) {
        std::string known;
        for (const auto& one : cost_states) known += ", " + std::string(one.ours);
        return wrong("not among " + known.substr(2));
    }
    constexpr std::uint32_t every_network = 0xff;
    const bool neutral = all == 0 || (all & every_network) == every_network;
    return neutral ? std::string() : std::string(text);
}

result<std::string> read_proxy_usage(std::string_view text) {
    constexpr std::array<std::string_view, 4> words = {"system", "none", "auto", "override"};
    return one_of(words, text, 1);
}

result<std::string> read_proxy(std::string_view text) {
    if (holds_password(text))
        return wrong("a proxy with a password (it comes by --proxy-password-file)");
    return some_text(text);
}

result<std::string> read_bypass(std::string_view text) { return some_text(text); }

result<std::string> read_stored_credential(std::string_view text) {
    constexpr std::array<std::string_view, 2> words = {"none", "proxy"};
    return one_of(words, text, 1);
}

result<std::string> read_cert_store(std::string_view text) {
    constexpr std::array<std::string_view, 8> words = {
        "current-user",
        "local-machine",
        "current-service",
        "services",
        "users",
        "current-user-group-policy",
        "local-machine-group-policy",
        "local-machine-enterprise"};
    return one_of(words, text);
}

result<std::string> read_cert_store_name(std::string_view text) {
    constexpr std::array<std::string_view, 4> words = {"ca", "my", "root", "spc"};
    return one_of(words, text);
}

result<std::string> read_thumbprint(std::string_view text) {
    const auto is_hex = [](char c) { return detail::hex_value(c) >= 0; };
    if (text.size() != 40 || !std::all_of(text.begin(), text.end(), is_hex))
        return wrong("not a SHA-1 thumbprint (40 hexadecimal digits)");
    return detail::to_lower(text);
}

std::string absolute_path(std::string_view path) {
    std::error_code unknown;
    const auto absolute = std::filesystem::absolute(std::filesystem::path(path), unknown);
    return unknown ? std::string(path) : absolute.native();
}

}  // namespace ferry::cli
