#include "cli/options/options_job_unsupported.hpp"

#include "cli/options/option_words.hpp"
#include "cli/options/options.hpp"
#include "cli/wrong.hpp"

#include <algorithm>
#include <array>
#include <string_view>

namespace ferry::cli {
namespace {

enum class occurs { once, often };

/// What an option is about; all but the last are obeyed.
enum class about { identity, proxies, trust, content, later };

constexpr std::array<const char*, 5> titles = {
    "Identity (passwords: a file, else FERRY_PASSWORD, else a prompt)", "Proxies", "Trust (https)",
    "Content", ""};

struct valued_option {
    const char* name;
    about what;
    const char* placeholder;
    result<std::string> (*read)(std::string_view);
    const char* help;
    occurs how = occurs::once;
};

constexpr auto valued = std::to_array<valued_option>({
    {"authentication", about::identity, "SCHEME", read_scheme,
     "basic, digest, ntlm, negotiate, bearer (else the strongest offered)"},
    {"credential", about::identity, "USER", read_user, "who we are to the URL's own origin"},
    {"password-file", about::identity, "FILE", read_secret_file,
     "its first line is the password; -: stdin, fd:N: a descriptor"},
    {"source-credential", about::identity, "USER", read_user,
     "from server to server: who we are to the source"},
    {"source-password-file", about::identity, "FILE", read_secret_file,
     "as --password-file (else FERRY_SOURCE_PASSWORD)"},
    {"destination-credential", about::identity, "USER", read_user,
     "from server to server: who we are to the destination"},
    {"destination-password-file", about::identity, "FILE", read_secret_file,
     "as --password-file (else FERRY_DESTINATION_PASSWORD)"},
    {"bearer-file", about::identity, "FILE", read_secret_file, "its first line is the token"},
    {"netrc-file", about::identity, "FILE", read_secret_file, "names and passwords by host"},
    {"proxy-usage", about::proxies, "HOW", read_proxy_usage,
     "system (http_proxy, …; default), none, auto (WPAD) or override"},
    {"proxy-list", about::proxies, "PROXY", read_proxy,
     "[http|https|socks5|socks5h://]host[:port], with override; repeatable", occurs::often},
    {"proxy-bypass", about::proxies, "HOST", read_bypass,
     "h, *.corp, <local>, 10.0.0.0/8 go direct, with override; repeatable", occurs::often},
    {"proxy-authentication", about::proxies, "SCHEME", read_scheme, "as --authentication"},
    {"proxy-credential", about::proxies, "USER", read_user, "who we are to the proxy"},
    {"proxy-password-file", about::proxies, "FILE", read_secret_file,
     "as --password-file (else FERRY_PROXY_PASSWORD)"},
    {"cert", about::trust, "FILE", read_file_name, "our certificate (PEM or PKCS#12)"},
    {"key", about::trust, "FILE", read_file_name, "its private key (PEM), if in another file"},
    {"key-password-file", about::trust, "FILE", read_secret_file, "opens the key"},
    {"pin", about::trust, "sha256//B64", read_pin,
     "the server's public key must be one of these; repeatable", occurs::often},
    {"crl-file", about::trust, "FILE", read_file_name,
     "revocation lists (PEM): a certificate must be known not to be revoked"},
    {"security-flags", about::trust, "FLAGS", read_security,
     "check revocation; do not check cn, date, ca, usage; redirects to http"},
    {"http-method", about::content, "METHOD", read_method, "other than GET"},
    {"range", about::content, "A-B", read_range,
     "only these bytes, from 0, in order; A-: to the end; repeatable", occurs::often},
    {"use-stored-credential", about::later, "FOR", read_stored_credential, "none or proxy"},
    {"mirror", about::later, "URL", read_mirror, "has the same file; repeatable", occurs::often},
    {"cert-store-location", about::later, "STORE", read_cert_store, "of our certificate (BITS)"},
    {"cert-store-name", about::later, "NAME", read_cert_store_name, "ca, my, root or spc"},
    {"cert-hash", about::later, "HEX", read_thumbprint, "thumbprint of our certificate"},
    {"transfer-policy", about::later, "COSTS", read_cost, "on which networks: always, standard, …"},
});

struct flag_option {
    const char* name;
    about what;
    const char* help;
};

constexpr auto flags = std::to_array<flag_option>({
    {"netrc", about::identity, "names and passwords by host from ~/.netrc"},
    {"dynamic", about::content, "each reply may differ: always from the start, no resuming"},
});

bool is_later(std::string_view name) {
    return std::any_of(valued.begin(), valued.end(), [name](const valued_option& one) {
        return one.name == name && one.what == about::later;
    });
}

std::string dashed(const char* name) { return std::string("--") + name; }

}  // namespace

void unsupported_options::add_to(option_set& app, verb whose) {
    const auto title = [whose](about what) {
        if (what == about::later && whose == verb::job)
            return "Not yet supported (only kept, by a job that is suspended)";
        return titles[static_cast<std::size_t>(what)];
    };
    for (const auto& one : valued) {
        const auto take = [this, &one](const std::string& text) -> result<void> {
            auto value = one.read(text);
            if (!value) return value.error();
            auto& values = given_[one.name];
            if (one.how == occurs::once) values.clear();
            if (!value->empty()) values.push_back(*std::move(value));
            return {};
        };
        option_group(app, title(one.what))
            .repeated_secret(dashed(one.name), one.placeholder, take, one.help);
    }
    for (const auto& one : flags)
        option_group(app, title(one.what))
            .toggle(
                dashed(one.name), [this, &one](bool on) { flags_[one.name] = on; }, one.help);
}

std::vector<std::string> unsupported_options::named() const {
    std::vector<std::string> names;
    for (const auto& [name, values] : given_)
        if (!is_later(name)) names.push_back(name);
    for (const auto& [name, set] : flags_) names.push_back(name);
    return names;
}

option_values unsupported_options::asked() const {
    option_values all;
    for (const auto& [name, values] : given_)
        if (!is_later(name))
            for (const auto& value : values) all.emplace_back(name, value);
    for (const auto& [name, set] : flags_)
        if (set) all.emplace_back(name, "true");
    return all;
}

std::vector<std::string> unsupported_options::given() const {
    std::vector<std::string> names;
    for (const auto& [name, values] : given_)
        if (is_later(name)) names.push_back(name);
    return names;
}

option_values unsupported_options::values() const {
    option_values all;
    for (const auto& [name, values] : given_)
        if (is_later(name))
            for (const auto& value : values) all.emplace_back(name, value);
    return all;
}

std::string unsupported_options::first_refused() const {
    for (const auto& one : valued)
        if (one.what == about::later && has(one.name)) return dashed(one.name);
    return {};
}

bool unsupported_options::has(const std::string& name) const {
    const auto found = given_.find(name);
    return found != given_.end() && !found->second.empty();
}

result<void> unsupported_options::check(bool alone) const {
    const auto usage = given_.find("proxy-usage");
    const bool unknown = usage == given_.end() && !alone;
    const bool override_ =
        usage != given_.end() && usage->second == std::vector<std::string>{"override"};
    for (const auto* name : {"proxy-list", "proxy-bypass"})
        if (given_.contains(name) && !override_ && !unknown)
            return wrong(dashed(name) + ": only with --proxy-usage override");
    return {};
}

}  // namespace ferry::cli
