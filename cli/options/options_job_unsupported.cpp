#include "cli/options/options_job_unsupported.hpp"

#include "cli/options/option_words.hpp"
#include "cli/options/options.hpp"

#include <array>

namespace ferry::cli {
namespace {

enum class occurs { once, often };

struct valued_option {
    const char* name;
    const char* placeholder;
    result<std::string> (*read)(std::string_view);
    const char* help;
    occurs how = occurs::once;
};

constexpr auto valued = std::to_array<valued_option>({
    {"authentication", "SCHEME", read_scheme, "for the server: basic, digest, …"},
    {"credential", "USER", read_user, "who we are to the server"},
    {"password-file", "FILE", read_secret_file, "holds the password"},
    {"bearer-file", "FILE", read_secret_file, "holds the token for 'bearer'"},
    {"netrc-file", "FILE", read_secret_file, "names and passwords by host"},
    {"use-stored-credential", "FOR", read_stored_credential, "none or proxy"},
    {"proxy-usage", "HOW", read_proxy_usage, "system, none, auto or override"},
    {"proxy-list", "PROXY", read_proxy, "with override; repeatable", occurs::often},
    {"proxy-bypass", "HOST", read_bypass, "with override; repeatable", occurs::often},
    {"proxy-authentication", "SCHEME", read_scheme, "for the proxy"},
    {"proxy-credential", "USER", read_user, "who we are to the proxy"},
    {"proxy-password-file", "FILE", read_secret_file, "holds its password"},
    {"http-method", "METHOD", read_method, "other than GET"},
    {"range", "A-B", read_range, "only these bytes; repeatable", occurs::often},
    {"mirror", "URL", read_mirror, "has the same file; repeatable", occurs::often},
    {"upload-protocol", "HOW", read_upload, "auto, put, tus or bits"},
    {"cert", "FILE", read_file_name, "our certificate (PEM)"},
    {"key", "FILE", read_file_name, "and its key"},
    {"cert-store-location", "STORE", read_cert_store, "of our certificate (BITS)"},
    {"cert-store-name", "NAME", read_cert_store_name, "ca, my, root or spc"},
    {"cert-hash", "HEX", read_thumbprint, "thumbprint of our certificate"},
    {"pin", "sha256//B64", read_pin, "the server's key must have this digest"},
    {"security-flags", "FLAGS", read_security, "revocation, cn, date, ca, usage, …"},
    {"acl-flags", "ogds", read_acl, "what to copy of a file's ACL (SMB)"},
    {"transfer-policy", "COSTS", read_cost, "on which networks: always, standard, …"},
});

struct flag_option {
    const char* name;
    const char* help;
};

constexpr auto flags = std::to_array<flag_option>({
    {"netrc", "take name and password from ~/.netrc"},
    {"dynamic", "content without a size, which cannot be resumed"},
});

std::string dashed(const char* name) { return std::string("--") + name; }

failure wrong(std::string why) { return {errc::bad_argument, std::move(why)}; }

}  // namespace

void unsupported_options::add_to(option_set& app, shown how) {
    option_group group(
        app, how == shown::no ? "" : "Not yet supported (only kept, by a job that is suspended)");
    for (const auto& one : valued) {
        const auto take = [this, &one](const std::string& text) -> result<void> {
            auto value = one.read(text);
            if (!value) return value.error();
            auto& values = given_[one.name];
            if (one.how == occurs::once) values.clear();
            if (!value->empty()) values.push_back(*std::move(value));
            return {};
        };
        group.repeated_secret(dashed(one.name), one.placeholder, take, one.help);
    }
    for (const auto& one : flags)
        group.toggle(
            dashed(one.name), [this, &one](bool on) { flags_[one.name] = on; }, one.help);
}

std::vector<std::string> unsupported_options::given() const {
    std::vector<std::string> names;
    for (const auto& [name, values] : given_) names.push_back(name);
    for (const auto& [name, set] : flags_) names.push_back(name);
    return names;
}

std::string unsupported_options::first() const {
    for (const auto& [name, values] : given_)
        if (!values.empty()) return "--" + name;
    for (const auto& [name, set] : flags_)
        if (set) return "--" + name;
    return {};
}

bool unsupported_options::has(const std::string& name) const {
    const auto found = given_.find(name);
    return found != given_.end() && !found->second.empty();
}

option_values unsupported_options::values() const {
    const auto set = [this](const char* name) { return flags_.contains(name) && flags_.at(name); };
    // how to prove who we are matters to those who do
    const bool to_server = has("credential") || has("password-file") || has("bearer-file") ||
                           has("netrc-file") || set("netrc");
    const bool to_proxy = has("proxy-credential") || has("proxy-password-file");
    option_values all;
    for (const auto& [name, values] : given_) {
        if (name == "authentication" && !to_server) continue;
        if (name == "proxy-authentication" && !to_proxy) continue;
        for (const auto& value : values) all.emplace_back(name, value);
    }
    for (const auto& one : flags)
        if (set(one.name)) all.emplace_back(one.name, "true");
    return all;
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
