#include "cli/cmdlet.hpp"
#include "cli/options/bits_words.hpp"
#include "cli/text/terminal_text.hpp"

#include <ferry/detail/ascii.hpp>

#include <algorithm>
#include <array>
#include <cstdint>
#include <limits>
#include <optional>

namespace ferry::cli {
namespace {

using enum parameter_shape;

using word = bits_word;

constexpr std::array transfer_types = {
    word{"Download", "download", 0},
    word{"Upload", "upload", 1},
    word{"UploadReply", "upload-reply", 2},
};
constexpr std::array priorities = {
    word{"Foreground", "foreground", 0},
    word{"High", "high", 1},
    word{"Normal", "normal", 2},
    word{"Low", "low", 3},
};
constexpr std::array schemes = {
    word{"Basic", "basic", 1},         word{"Digest", "digest", 2}, word{"Ntlm", "ntlm", 3},
    word{"Negotiate", "negotiate", 4}, word{"Passport", "", 5},
};
constexpr std::array proxy_usages = {
    word{"SystemDefault", "system", 0},
    word{"NoProxy", "none", 1},
    word{"AutoDetect", "auto", 3},
    word{"Override", "override", 2},
};
constexpr std::array stored_credentials = {
    // BITS, too, refuses Server when a job uses it
    word{"None", "none", 0},
    word{"Proxy", "proxy", 2},
    word{"Server", "", 1},
};
constexpr std::array stores = {
    word{"CURRENT_USER", "current-user", 0},
    word{"LOCAL_MACHINE", "local-machine", 1},
    word{"CURRENT_SERVICE", "current-service", 2},
    word{"SERVICES", "services", 3},
    word{"USERS", "users", 4},
    word{"CURRENT_USER_GROUP_POLICY", "current-user-group-policy", 5},
    word{"LOCAL_MACHINE_GROUP_POLICY", "local-machine-group-policy", 6},
    word{"LOCAL_MACHINE_ENTERPRISE", "local-machine-enterprise", 7},
};
constexpr std::array store_names = {
    word{"CA", "ca"}, word{"MY", "my"}, word{"ROOT", "root"}, word{"SPC", "spc"}};

failure wrong_argument(std::string_view value, const std::string& why) {
    return {errc::bad_argument, "'" + printable(value) + "' is " + why};
}

std::string names_of(std::span<const word> words) {
    std::string names;
    for (const auto& one : words)
        if (!one.ours.empty()) names += (names.empty() ? "" : ", ") + std::string(one.theirs);
    return names;
}

result<std::string> translate(std::span<const word> words, const std::string& value) {
    const auto number = read_number<std::uint32_t>(value);
    const auto means = [&](const word& one) {
        return (number && *number == one.number) ||
               detail::to_lower(one.theirs) == detail::to_lower(value);
    };
    const auto found = std::find_if(words.begin(), words.end(), means);
    if (found == words.end()) return wrong_argument(value, "not one of " + names_of(words));
    if (found->ours.empty())
        return wrong_argument(value, "not supported (use " + names_of(words) + ")");
    return std::string(found->ours);
}

template <const auto& words>
result<arguments> one_of(arguments values) {
    auto ours = translate(words, values.front());
    if (!ours) return ours.error();
    return arguments{*std::move(ours)};
}

result<arguments> scheme(arguments values) {
    auto ours = one_of<schemes>(values);
    const auto word = detail::to_lower(values.front());
    if (ours || (word != "passport" && word != "5")) return ours;
    return failure{
        errc::bad_argument,
        "Passport was a service of Microsoft that has ended; no server asks for it (use " +
            names_of(schemes) + ")"};
}

/// Names and numbers of network costs, as one value.
result<arguments> policy(arguments values) {
    std::string all;
    for (const auto& value : values) {
        auto one = translate(cost_states, value);
        if (const auto bits = read_number<std::uint32_t>(value);
            bits && !one && (*bits & ~known_costs) == 0)
            one = std::to_string(*bits);
        if (!one) return one.error();
        all += (all.empty() ? "" : ",") + *one;
    }
    return arguments{all};
}

template <std::uint32_t known>
result<arguments> bits(arguments values) {
    const auto number = read_number<std::uint32_t>(values.front());
    if (number && (*number & ~known) == 0) return arguments{std::to_string(*number)};
    std::string sum;
    for (std::uint32_t bit = 1; bit <= known; bit <<= 1)
        if (known & bit) sum += (sum.empty() ? "" : ", ") + std::to_string(bit);
    return wrong_argument(values.front(), "not a sum of " + sum);
}

template <std::uint32_t least>
result<arguments> seconds(arguments values) {
    constexpr std::uint32_t most = std::numeric_limits<std::int32_t>::max();
    const auto number = read_number<std::uint32_t>(values.front());
    if (number && *number >= least && *number <= most) return arguments{std::to_string(*number)};
    return wrong_argument(
        values.front(),
        "not a number of seconds from " + std::to_string(least) + " to " + std::to_string(most));
}

/// "o,g" or "og", as one value.
result<arguments> acl_letters(arguments values) {
    constexpr std::string_view known = "ogds";
    std::string letters;
    for (const auto& value : values) {
        const auto lower = detail::to_lower(value);
        if (lower.find_first_not_of(known) != lower.npos)
            return wrong_argument(value, "not made of o (owner), g (group), d (DACL), s (SACL)");
        for (const char c : lower)
            if (letters.find(c) == letters.npos) letters += c;
    }
    return arguments{letters};
}

/// 20 bytes, or their 40 digits, as one value.
result<arguments> thumbprint(arguments values) {
    constexpr std::string_view digits = "0123456789abcdef";
    std::string hex;
    for (const auto& value : values) {
        if (values.size() == 1 && value.size() == 40) {
            hex = detail::to_lower(value);
            break;
        }
        const auto byte = read_number<std::uint32_t>(value);
        if (!byte || *byte > 0xff) return wrong_argument(value, "not a byte, 0 to 255");
        hex += {digits[*byte >> 4], digits[*byte & 15]};
    }
    if (hex.size() == 40 && hex.find_first_not_of(digits) == hex.npos) return arguments{hex};
    return failure{errc::bad_argument, "not a SHA-1 thumbprint (20 bytes, or 40 digits)"};
}

/// A header may be a secret: it is not repeated.
result<arguments> headers(arguments values) {
    for (const auto& value : values)
        if (value.find(':') == value.npos)
            return failure{
                errc::bad_argument,
                "a header without a colon (quotes keep a comma: '\"Accept: a, b\"')"};
    return values;
}

/// Variables and buffers are those of PowerShell's own process.
result<arguments> of_powershell(arguments) {
    return failure{errc::bad_argument, "has no meaning outside PowerShell (leave it out)"};
}

constexpr std::array actions = {
    word{"SilentlyContinue", "silent", 0},
    word{"Stop", "stop", 1},
    word{"Continue", "continue", 2},
    word{"Inquire", "", 3},
    word{"Ignore", "silent", 4},
    word{"Suspend", "", 5},
    word{"Break", "", 6},
};

/// Only silence is another thing than what ferry does anyway.
result<arguments> action(arguments values) {
    const auto what = translate(actions, values.front());
    if (!what) return what.error();
    return *what == "silent" ? arguments{*what} : arguments{};
}
result<arguments> progress_action(arguments values) {
    auto what = action(std::move(values));
    if (what && !what->empty()) what->front() = "none";
    return what;
}

template <std::size_t... sizes>
constexpr auto joined(const std::array<cmdlet_parameter, sizes>&... parts) {
    std::array<cmdlet_parameter, (sizes + ...)> all{};
    auto next = all.begin();
    ((next = std::copy(parts.begin(), parts.end(), next)), ...);
    return all;
}

template <std::size_t size>
constexpr auto without_aliases(std::array<cmdlet_parameter, size> all) {
    for (auto& one : all) one.alias = {};
    return all;
}

constexpr auto job =
    std::to_array<cmdlet_parameter>({{"BitsJob", "b", "", array, nullptr, true, true}});
constexpr auto files = std::to_array<cmdlet_parameter>({
    {"Source", "", "--source", array, nullptr, true, true},
    {"Destination", "", "--destination", array, nullptr, true},
});
constexpr auto asynchronous =
    std::to_array<cmdlet_parameter>({{"Asynchronous", "as", "--asynchronous", flag}});
constexpr auto creating = std::to_array<cmdlet_parameter>({
    {"Suspended", "", "--suspended", flag},
    {"TransferType", "", "--transfer-type", text, one_of<transfer_types>},
});
constexpr auto properties = std::to_array<cmdlet_parameter>({
    {"Priority", "p", "--priority", text, one_of<priorities>},
    {"DisplayName", "dn", "--display-name", text},
    {"Description", "d", "--description", text},
    {"Authentication", "au", "--authentication", text, scheme},
    {"Credential", "cred", "--credential", text},
    {"ProxyUsage", "pu", "--proxy-usage", text, one_of<proxy_usages>},
    {"ProxyList", "pl", "--proxy-list", array},
    {"ProxyBypass", "pb", "--proxy-bypass", array},
    {"ProxyAuthentication", "pa", "--proxy-authentication", text, scheme},
    {"ProxyCredential", "pc", "--proxy-credential", text},
    {"UseStoredCredential", "", "--use-stored-credential", text, one_of<stored_credentials>},
    {"RetryInterval", "", "--retry-interval", text, seconds<60>},
    {"RetryTimeout", "", "--retry-timeout", text, seconds<0>},
    {"MaxDownloadTime", "", "--max-download-time", text, seconds<0>},
    {"TransferPolicy", "", "--transfer-policy", array, policy},
    {"SecurityFlags", "", "--security-flags", text, bits<0xf1f>},
    {"ACLFlags", "", "--acl-flags", array, acl_letters},
    {"CustomHeaders", "", "--custom-header", array, headers},
    {"CustomHeadersWriteOnly", "", "--custom-headers-write-only", flag},
    {"HttpMethod", "hm", "--http-method", text},
    {"Dynamic", "", "--dynamic", flag},
    {"NotifyFlags", "", "--notify-flags", text, bits<7>},
    {"NotifyCmdLine", "", "--notify-command", array},
    {"CertStoreLocation", "", "--cert-store-location", text, one_of<stores>},
    {"CertStoreName", "", "--cert-store-name", text, one_of<store_names>},
    {"CertHash", "", "--cert-hash", array, thumbprint},
});
constexpr auto ownership = std::to_array<cmdlet_parameter>({
    {"SetOwnerToCurrentUser", "so", "--set-owner-to-current-user", flag},
});
constexpr auto common = std::to_array<cmdlet_parameter>({
    {"Verbose", "vb", "--verbose", flag},
    {"Debug", "db", "--verbose", flag},
    {"ErrorAction", "ea", "", text, action, false, false, "SilentlyContinue, Ignore: say nothing"},
    {"ErrorVariable", "ev", "", text, of_powershell},
    {"WarningAction", "wa", "", text, action, false, false, "understood; nothing to do"},
    {"WarningVariable", "wv", "", text, of_powershell},
    {"InformationAction", "infa", "", text, action, false, false, "understood; nothing to do"},
    {"InformationVariable", "iv", "", text, of_powershell},
    {"ProgressAction", "proga", "--progress", text, progress_action},
    {"OutVariable", "ov", "", text, of_powershell},
    {"OutBuffer", "ob", "", text, of_powershell},
    {"PipelineVariable", "pv", "", text, of_powershell},
});
constexpr auto careful = std::to_array<cmdlet_parameter>({
    {"WhatIf", "wi", "", flag, nullptr, false, false, "tell what would be done, and do nothing"},
    {"Confirm", "cf", "", flag, nullptr, false, false, "ask on the terminal before"},
});

// Start- documents no aliases. Add-BitsFile none either, but -b is a unique prefix there.
constexpr auto start = without_aliases(joined(files, creating, asynchronous, properties));
constexpr auto add = joined(job, files);
constexpr auto get = std::to_array<cmdlet_parameter>({
    {"Name", "n", "", array, nullptr, true},
    {"AllUsers", "all", "--all-users", flag},
    {"JobId", "id", "--id", array},
});
constexpr auto set = joined(job, properties, ownership);
constexpr auto resume = joined(job, asynchronous);
constexpr auto acting = joined(common, careful);

constexpr std::array table = {
    cmdlet{"Start-BitsTransfer", "start", start, acting},
    cmdlet{"Add-BitsFile", "add", add, acting},
    cmdlet{"Get-BitsTransfer", "list", get, common},
    cmdlet{"Set-BitsTransfer", "set", set, acting},
    cmdlet{"Suspend-BitsTransfer", "suspend", job, acting},
    cmdlet{"Resume-BitsTransfer", "resume", resume, acting},
    cmdlet{"Complete-BitsTransfer", "complete", job, acting},
    cmdlet{"Remove-BitsTransfer", "remove", job, acting},
};

}  // namespace

std::span<const cmdlet> cmdlets() { return table; }

}  // namespace ferry::cli
