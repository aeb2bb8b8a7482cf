#include "cli/options/options_job_access.hpp"

#include "cli/control/document.hpp"
#include "cli/options/option_words.hpp"
#include "cli/options/options_obeyed.hpp"
#include "cli/wrong.hpp"

#include <ferry/detail/json_text.hpp>
#include <ferry/detail/relay_access.hpp>

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>

namespace ferry::cli {
namespace {

namespace json = boost::json;

json::string text(std::string_view bytes) { return json::string(detail::escaped(bytes)); }

json::array texts(const std::vector<std::string>& all) {
    json::array out;
    for (const auto& one : all) out.push_back(text(one));
    return out;
}

json::value word(const credentials& who) {
    if (who.schemes.empty()) return nullptr;
    return json::string(word_for(who.schemes.front()));
}

/// A variable without who we are to the proxy: the last '@' ends that.
std::string without_login(const std::string& variable) {
    const auto scheme = variable.find("://");
    const auto begin = scheme == variable.npos ? 0 : scheme + 3;
    const auto at = variable.rfind('@');
    if (at == variable.npos || at < begin) return variable;
    return variable.substr(0, begin) + variable.substr(at + 1);
}

/// Of this environment; a path holds good in the daemon's folder as well.
std::string ticket_cache() {
    const auto* const value = std::getenv("KRB5CCNAME");
    const std::string name = value ? value : "";
    constexpr std::string_view file = "FILE:";
    if (name.starts_with(file)) return std::string(file) + absolute_path(name.substr(file.size()));
    return name.empty() || name.find(':') != name.npos ? name : absolute_path(name);
}

/// Puts what was read where a job has it.
class translation {
  public:
    translation(job_options& job, job_verb verb) : job_(job), verb_(verb) {}

    void put(const access_options& access) {
        if (has("authentication")) set("authentication", word(access.who));
        put_tickets(access.who);
        if (has("credential")) {
            set("user", text(access.who.user));
            keep(job_secret::password, access.who.password);
        }
        if (has("bearer-file")) keep(job_secret::bearer, some(access.who.bearer));
        if (has("netrc") || has("netrc-file"))
            keep(job_secret::logins, some(pack_logins(access.logins)));
        put_trust(access);
        put_proxies(access.proxy);
    }

    void put_between(const relay_credentials& who) {
        if (has("source-credential")) {
            set("source_user", text(who.source.user));
            keep(job_secret::source_password, who.source.password);
        }
        if (has("destination-credential")) {
            set("destination_user", text(who.destination.user));
            keep(job_secret::destination_password, who.destination.password);
        }
    }

    void put_content(const std::string& method) {
        if (has("http-method")) set("method", text(method));
        if (has("dynamic")) set("dynamic", asks("dynamic"));
        if (has("range")) set("ranges", texts(each("range")));
    }

  private:
    /// Of a job that there is: when it learns that they are wanted.
    void put_tickets(const credentials& who) {
        const auto cache = ticket_cache();
        const bool wanted =
            verb_ == job_verb::create
                ? !cache.empty()
                : has("authentication") && who.schemes == std::vector{auth_scheme::negotiate};
        if (wanted) set("ticket_cache", text(cache));
    }

    void put_trust(const access_options& access) {
        if (has("cert")) set("certificate", text(access.certificate));
        if (has("key")) set("key", text(access.key));
        if (has("crl-file")) set("crl_file", text(access.crl_file));
        if (has("pin")) set("pins", texts(access.pins));
        if (has("key-password-file")) keep(job_secret::key_password, some(access.key_password));
        if (!has("security-flags")) return;
        const auto flags = each("security-flags");
        set("security_flags", flags.empty() ? 0 : security_flags_in(flags.back()));
    }

    void put_proxies(const proxy_options& proxy) {
        if (has("proxy-usage")) set("proxy_usage", json::string(word_for(proxy.usage)));
        if (has("proxy-list")) set("proxy_list", texts(proxy.list));
        if (has("proxy-bypass")) set("proxy_bypass", texts(proxy.bypass));
        if (has("proxy-authentication")) set("proxy_authentication", word(proxy.who));
        if (has("proxy-credential")) {
            set("proxy_user", text(proxy.who.user));
            keep(job_secret::proxy_password, proxy.who.password);
        }
        if (!has("proxy-usage") && verb_ == job_verb::change) return;
        const bool heeded = proxy.usage == proxy_usage::system;
        const auto variables = heeded ? proxy.environment : proxy_environment();
        put_variable("http_proxy", variables.http);
        put_variable("https_proxy", variables.https);
        put_variable("all_proxy", variables.all);
        if (verb_ == job_verb::change || !variables.none.empty())
            set("no_proxy", text(variables.none));
    }

    /// The whole of a variable that names a user is a secret.
    void put_variable(std::string_view name, const std::string& value) {
        const auto shown = without_login(value);
        if (verb_ == job_verb::change || !value.empty()) set(name, text(shown));
        keep(name, shown == value ? std::nullopt : std::optional(secret(value)));
    }

    void set(std::string_view member, json::value value) {
        job_.settings[member] = std::move(value);
    }
    /// A new job has nothing to forget.
    void keep(std::string_view name, const std::optional<secret>& what) {
        if (what || verb_ == job_verb::change) job_.secrets[std::string(name)] = what;
    }
    static std::optional<secret> some(const secret& text) {
        return text.empty() ? std::nullopt : std::optional(text);
    }
    bool has(std::string_view option) const {
        return std::find(job_.named.begin(), job_.named.end(), option) != job_.named.end();
    }
    std::vector<std::string> each(std::string_view option) const {
        std::vector<std::string> values;
        for (const auto& [name, value] : job_.asked)
            if (name == option) values.push_back(value);
        return values;
    }
    bool asks(std::string_view option) const { return !each(option).empty(); }

    job_options& job_;
    job_verb verb_;
};

/// The daemon, which will read them, has no standard input.
result<void> check_files(const job_options& job) {
    for (const auto& [name, file] : job.asked) {
        if (name != "cert" && name != "key" && name != "crl-file") continue;
        if (file == "-") return wrong("--" + name + ": not from standard input (name a file)");
    }
    return {};
}

}  // namespace

result<void> obey(
    job_options& job, job_verb verb, const password_variables& known, access_options access) {
    if (auto good = check_files(job); !good) return good;
    transfer_options transfer;
    access.insecure |= flag_in(job.settings, "insecure");
    access.encrypt |= flag_in(job.settings, "smb_encrypt");
    const bool alone = verb == job_verb::create;
    if (auto good = obey(job.asked, known, access, job.between, transfer, alone); !good)
        return good;
    translation to(job, verb);
    to.put(access);
    to.put_between(job.between);
    to.put_content(access.method);
    if (!job.between.source.empty()) access.who = job.between.source;
    job.access = std::make_shared<const access_options>(std::move(access));
    return {};
}

folder_making making_for(const job_options& job) {
    if (!job.access) return {};
    const auto& who = job.between.destination;
    return {{detail::access_of_end(*job.access, who, false)}, job.create_directories};
}

}  // namespace ferry::cli
