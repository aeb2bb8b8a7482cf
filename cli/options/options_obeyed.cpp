#include "cli/options/options_obeyed.hpp"

#include "cli/options/bits_words.hpp"
#include "cli/options/option_words.hpp"
#include "cli/options/options_job_access.hpp"
#include "cli/secrets/netrc.hpp"
#include "cli/secrets/proxy_variables.hpp"
#include "cli/wrong.hpp"

#include <ferry/detail/ascii.hpp>
#include <ferry/detail/relay_access.hpp>
#include <ferry/http/tls_trust.hpp>
#include <ferry/security_flags.hpp>

#include <algorithm>
#include <array>
#include <cstdlib>

namespace ferry::cli {
namespace {

/// The values by their options' names.
class answers {
  public:
    explicit answers(const option_values& all) : all_(all) {}

    std::vector<std::string> each(std::string_view name) const {
        std::vector<std::string> values;
        for (const auto& [option, value] : all_)
            if (option == name) values.push_back(value);
        return values;
    }
    std::string last(std::string_view name) const {
        auto values = each(name);
        return values.empty() ? std::string() : std::move(values.back());
    }
    bool has(std::string_view name) const { return !each(name).empty(); }

  private:
    const option_values& all_;
};

/// The options by which one side is told who we are.
struct side {
    const char* scheme;
    const char* user;
    const char* password;
    const char* bearer;  ///< empty: it takes none
    const char* whose;
    const char* variable;
};
constexpr side server_side{"authentication", "credential", "password-file",
                           "bearer-file",    "server",     "FERRY_PASSWORD"};
constexpr side source_side{"",       "source-credential",    "source-password-file", "",
                           "source", "FERRY_SOURCE_PASSWORD"};
constexpr side destination_side{
    "",
    "destination-credential",
    "destination-password-file",
    "",
    "destination",
    "FERRY_DESTINATION_PASSWORD"};
constexpr side proxy_side{
    "proxy-authentication", "proxy-credential", "proxy-password-file", "", "proxy",
    "FERRY_PROXY_PASSWORD"};

std::string option(std::string_view name) { return "--" + std::string(name); }

/// Kerberos and NTLM can go by who runs this; the others need to be told.
bool proves_itself(const std::optional<auth_scheme>& scheme) {
    return scheme == auth_scheme::negotiate || scheme == auth_scheme::ntlm;
}

result<void> check_side(
    const answers& given, const side& of, std::optional<auth_scheme> scheme, bool alone) {
    const bool user = given.has(of.user);
    if (given.has(of.password) && !user)
        return wrong(option(of.password) + ": whose is it? (add " + option(of.user) + " USER)");
    if (!alone) return {};
    if (scheme == auth_scheme::bearer) {
        if (given.has(of.bearer)) return {};
        return wrong(
            option(of.scheme) + " bearer: there is no token" +
            (*of.bearer ? " (add --bearer-file FILE)" : " for a proxy (take another scheme)"));
    }
    const bool other = given.has("netrc") || given.has("netrc-file");
    if (scheme && !user && !proves_itself(scheme) && !(other && &of == &server_side))
        return wrong(option(of.scheme) + ": for whom? (add " + option(of.user) + " USER)");
    return {};
}

/// Shares let them in without a password.
bool is_guest(const credentials& who) { return detail::to_lower(who.user) == "guest"; }

result<credentials> identity(
    const answers& given, const side& of, const password_variables& known, bool alone) {
    credentials who;
    const auto scheme = parse_auth_scheme(given.last(of.scheme));
    if (auto good = check_side(given, of, scheme, alone); !good) return good.error();
    if (scheme) who.schemes = {*scheme};
    if (*of.bearer && given.has(of.bearer)) {
        auto token = read_secret_file(given.last(of.bearer));
        if (!token) return wrong(option(of.bearer) + ": " + token.error().detail);
        who.bearer = *std::move(token);
    }
    who.user = given.last(of.user);
    const auto file = given.last(of.password);
    const bool by_ticket = scheme == auth_scheme::negotiate && file.empty();
    if (who.user.empty() || by_ticket) return who;
    const auto from = option(of.password);
    auto password = read_password({who.user, of.whose, file, of.variable, from.c_str()}, known);
    if (!password && is_guest(who) && file.empty()) return who;
    if (!password) return password.error();
    who.password = *std::move(password);
    return who;
}

result<std::vector<host_login>> logins(const answers& given) {
    if (given.has("netrc-file")) {
        const auto file = given.last("netrc-file");
        if (!names_a_file(file))
            return wrong("--netrc-file: not from standard input (name a file)");
        return read_netrc(file, true);
    }
    if (!given.has("netrc")) return std::vector<host_login>();
    const auto* home = std::getenv("HOME");
    if (!home || !*home) return wrong("--netrc: HOME is not set (name the file: --netrc-file)");
    return read_netrc(std::string(home) + "/.netrc", true);
}

result<void> obey_identity(
    const answers& given, const password_variables& known, access_options& access, bool alone) {
    auto who = identity(given, server_side, known, alone);
    if (!who) return who.error();
    access.who = *std::move(who);
    auto by_host = logins(given);
    if (!by_host) return by_host.error();
    access.logins = *std::move(by_host);
    return {};
}

result<void> obey_relay(
    const answers& given, const password_variables& known, relay_credentials& between, bool alone) {
    auto source = identity(given, source_side, known, alone);
    if (!source) return source.error();
    auto destination = identity(given, destination_side, known, alone);
    if (!destination) return destination.error();
    between = {*std::move(source), *std::move(destination)};
    return {};
}

result<void> obey_proxies(
    const answers& given, const password_variables& known, proxy_options& proxy, bool alone) {
    if (const auto usage = parse_proxy_usage(given.last("proxy-usage"))) proxy.usage = *usage;
    proxy.environment = proxy_variables();
    proxy.list = given.each("proxy-list");
    proxy.bypass = given.each("proxy-bypass");
    if (alone && proxy.usage == proxy_usage::listed && proxy.list.empty())
        return wrong("--proxy-usage override: by which proxy? (add --proxy-list HOST:PORT)");
    auto who = identity(given, proxy_side, known, alone);
    if (!who) return who.error();
    proxy.who = *std::move(who);
    return {};
}

/// When a server is reached, it is too late to learn that they cannot be read.
result<void> check_files_of_trust(const answers& given) {
    for (const char* const name : {"cert", "key", "crl-file"}) {
        const auto file = given.last(name);
        if (!file.empty() && file != "-" && ::access(file.c_str(), R_OK) != 0)
            return wrong("--" + std::string(name) + ": " + describe(file_failure(errno, file)));
    }
    return {};
}

result<void> obey_trust(const answers& given, access_options& access, bool alone) {
    if (auto good = check_files_of_trust(given); !good) return good;
    access.certificate = given.last("cert");
    access.key = given.last("key");
    access.pins = given.each("pin");
    access.crl_file = given.last("crl-file");
    obey_security_flags(security_flags_in(given.last("security-flags")), access);
    if (alone && !access.key.empty() && access.certificate.empty())
        return wrong("--key: of which certificate? (add --cert FILE)");
    if (alone && given.has("key-password-file") && access.certificate.empty())
        return wrong("--key-password-file: of which certificate's key? (add --cert FILE)");
    for (const auto& pin : access.pins)
        if (auto good = http::parse_pin(pin); !good) return wrong("--pin: " + good.error().detail);
    if (access.insecure && (access.check_revocation || !access.crl_file.empty()))
        return wrong("--insecure with a check of revocation: only one of them");
    if (!given.has("key-password-file")) return {};
    auto password = read_secret_file(given.last("key-password-file"));
    if (!password) return wrong("--key-password-file: " + password.error().detail);
    access.key_password = *std::move(password);
    return {};
}

result<void> obey_content(
    const answers& given, access_options& access, transfer_options& transfer) {
    access.method = given.last("http-method");
    for (const auto& range : given.each("range"))
        if (auto good = transfer.parts.add(range); !good)
            return wrong("--range: " + good.error().detail);
    // what another method brings is made for this request, and need not be the same again
    transfer.dynamic = given.has("dynamic") || !access.method.empty();
    if (transfer.dynamic && !transfer.parts.empty())
        return wrong("--range: not of content that is made anew (--dynamic, --http-method)");
    return {};
}

/// Standard input can be read once.
result<void> check_standard_input(const answers& given) {
    std::string first;
    for (const auto* name :
         {"password-file", "source-password-file", "destination-password-file", "bearer-file",
          "proxy-password-file", "key-password-file"}) {
        if (given.last(name) != "-") continue;
        if (!first.empty()) return wrong(option(name) + ": standard input is for " + first);
        first = option(name);
    }
    return {};
}

}  // namespace

std::uint32_t security_flags_in(std::string_view text) {
    namespace flag = security_flag;
    if (const auto number = read_number<std::uint32_t>(text)) return *number;
    constexpr auto words = std::to_array<std::pair<std::string_view, std::uint32_t>>(
        {{"revocation", flag::revocation},
         {"cn", flag::name},
         {"date", flag::date},
         {"ca", flag::authority},
         {"usage", flag::usage},
         {"redirects", flag::downgrade}});
    const auto all = "," + std::string(text) + ",";
    std::uint32_t sum = 0;
    for (const auto& [word, bit] : words)
        if (all.find("," + std::string(word) + ",") != all.npos) sum |= bit;
    return sum;
}

result<void> obey(
    const option_values& asked, const password_variables& known, access_options& access,
    relay_credentials& between, transfer_options& transfer, bool alone) {
    const answers given(asked);
    if (auto good = check_standard_input(given); !good) return good;
    if (auto good = obey_content(given, access, transfer); !good) return good;
    if (auto good = obey_trust(given, access, alone); !good) return good;
    if (auto good = obey_identity(given, known, access, alone); !good) return good;
    if (auto good = obey_relay(given, known, between, alone); !good) return good;
    return obey_proxies(given, known, access.proxy, alone);
}

result<void> obey(direct_options& options, const password_variables& known) {
    auto& transfer = options.transfer.options;
    auto access = *transfer.access;
    if (options.asynchronous) return obey(options.job, job_verb::create, known, std::move(access));
    if (auto good = obey(options.job.asked, known, access, options.job.between, transfer); !good)
        return good;
    transfer.access = std::make_shared<const access_options>(std::move(access));
    return {};
}

namespace {

const std::shared_ptr<const access_options>& access_in(const direct_options& options) {
    return options.asynchronous ? options.job.access : options.transfer.options.access;
}

}  // namespace

folder_asking asking_sources(const direct_options& options, shared_loop loop) {
    auto access = access_in(options);
    if (!options.job.between.source.empty()) {
        auto some = *access;
        some.who = options.job.between.source;
        access = std::make_shared<const access_options>(std::move(some));
    }
    return {
        std::move(access), options.transfer.options.retry, options.output.quiet, std::move(loop)};
}

folder_making making_for(
    const direct_options& options, const url& to, bool relayed, shared_loop loop) {
    const auto& all = access_in(options);
    const auto& who = options.job.between.destination;
    const auto access = relayed ? detail::access_of_end(*all, who, detail::speaks_http(to)) : all;
    return {
        {access, options.transfer.options.retry, options.output.quiet, std::move(loop)},
        options.transfer.options.create_directories};
}

}  // namespace ferry::cli
