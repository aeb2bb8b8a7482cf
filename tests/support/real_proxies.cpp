#include <support/real_proxies.hpp>

#include <support/ports.hpp>

#include <doctest/doctest.h>

#include <filesystem>
#include <stdexcept>
#include <string_view>

namespace ferry::test {
namespace {

constexpr std::string_view user = "user";
constexpr std::string_view password = "open sesame";

/// Squid with a /dev/shm of its own, where that may be had: it wants shared memory, always under
/// the same names, and leaves it behind when it is killed.
constexpr const char* in_own_memory =
    "own='mount -t tmpfs none /dev/shm && exec \"$@\"'\n"
    "unshare -m sh -c \"$own\" sh true 2>/dev/null && exec unshare -m sh -c \"$own\" sh \"$@\"\n"
    "exec \"$@\"";

std::vector<std::string> squid_command(const std::string& configuration) {
    return {"sh", "-c", in_own_memory, "sh", "/usr/sbin/squid", "-N", "-f", configuration};
}

/// What squid needs to ask with `scheme`.
std::string squid_question(
    const std::string& folder, const std::string& scheme, const std::string& helper) {
    const auto set = "auth_param " + scheme + " ";
    return set + "program /usr/lib/squid/" + helper + " " + folder + "/passwords\n" + set +
           "children 1 startup=1\n" + set + "realm here\nacl known proxy_auth REQUIRED\n" +
           "http_access allow known\nhttp_access deny all\n";
}

std::string squid_configuration(
    const proxy_setup& how, const std::string& folder, std::uint16_t port,
    const tls_identity& identity) {
    const auto address = "127.0.0.1:" + std::to_string(port);
    auto text = how.secure
                    ? "https_port " + address + " tls-cert=" + identity.certificate.string() +
                          " tls-key=" + identity.key.string() + "\n"
                    : "http_port " + address + "\n";
    text += "pid_filename " + folder + "/pid\ncache_log " + folder +
            "/cache.log\naccess_log stdio:" + folder +
            "/access.log\nbuffered_logs off\ncache deny all\ncoredump_dir none\n" +
            "netdb_filename none\npinger_enable off\nmemory_cache_shared off\n" +
            "shutdown_lifetime 0 seconds\nvisible_hostname proxy\n";
    if (how.asks == proxy_question::basic)
        return text + squid_question(folder, "basic", "basic_ncsa_auth");
    if (how.asks == proxy_question::digest)
        return text + squid_question(folder, "digest", "digest_file_auth");
    return text + "http_access allow all\n";
}

std::string tinyproxy_configuration(
    const proxy_setup& how, const std::string& folder, std::uint16_t port) {
    auto text = "Port " + std::to_string(port) + "\nListen 127.0.0.1\nTimeout 60\nMaxClients 50\n" +
                "LogFile \"" + folder + "/tinyproxy.log\"\nPidFile \"" + folder + "/pid\"\n";
    if (how.asks == proxy_question::basic)
        text += "BasicAuth " + std::string(user) + " sesame\n";  // it knows no spaces
    return text;
}

/// Empty, or why squid ends as soon as it starts.
std::string squid_trouble() {
    const temp_dir folder(public_temp_folder());
    std::filesystem::permissions(folder, std::filesystem::perms(0777));
    const auto port = free_port();
    spill(folder / "configuration", squid_configuration({}, folder.path().string(), port, {}));
    process squid(squid_command(folder / "configuration"));
    if (comes_up(squid, {port})) return {};
    const auto log = folder / "cache.log";
    return "it ends: " + squid.out() + squid.err() + (exists(log) ? slurp(log) : "");
}

}  // namespace

bool runs_here(proxy_software kind) {
    if (kind != proxy_software::squid) return true;
    static const auto trouble = squid_trouble();
    if (!trouble.empty()) MESSAGE("skipped: squid does not run on this machine: ", trouble);
    return trouble.empty();
}

real_proxy::real_proxy(proxy_setup how) : how_(how), authority_(folder_) {
    // squid, started as root, works as somebody else
    std::filesystem::permissions(folder_, std::filesystem::perms(0777));
    write_passwords();
    start();
}

void real_proxy::write_passwords() const {
    const auto file = folder_ / "passwords";
    std::string line(password);
    if (how_.asks == proxy_question::basic) {
        const auto made = run({"openssl", "passwd", "-apr1", std::string(password)});
        line = made.out.substr(0, made.out.find('\n'));
    }
    spill(file, std::string(user) + ":" + line + "\n");
    std::filesystem::permissions(file, std::filesystem::perms(0644));
}

std::string real_proxy::configuration(const tls_identity& identity) const {
    const auto folder = folder_.path().string();
    return how_.kind == proxy_software::squid ? squid_configuration(how_, folder, port_, identity)
                                              : tinyproxy_configuration(how_, folder, port_);
}

std::vector<std::string> real_proxy::command() const {
    const auto file = folder_ / "configuration";
    if (how_.kind == proxy_software::squid) return squid_command(file);
    if (how_.kind == proxy_software::tinyproxy) return {"/usr/bin/tinyproxy", "-d", "-c", file};
    std::vector<std::string> all = {
        "/usr/bin/microsocks", "-i", "127.0.0.1", "-p", std::to_string(port_)};
    if (how_.asks != proxy_question::none)
        all.insert(all.end(), {"-u", std::string(user), "-P", std::string(password)});
    return all;
}

void real_proxy::start() {
    const auto identity = authority_.issue("proxy");
    std::filesystem::permissions(identity.key, std::filesystem::perms(0644));
    constexpr int most = 3;  // somebody else may take a port before the proxy does
    for (int i = 0; i < most; ++i) {
        port_ = free_port();
        spill(folder_ / "configuration", configuration(identity));
        running_ = std::make_unique<process>(command());
        if (comes_up(*running_, {port_})) return;
    }
    const auto log = folder_ / "cache.log";
    throw std::runtime_error(
        "a proxy does not start: " + running_->out() + running_->err() +
        (exists(log) ? slurp(log) : ""));
}

std::string real_proxy::url(const std::string& user_info, std::string scheme) const {
    if (scheme.empty()) scheme = how_.secure ? "https" : "http";
    return scheme + "://" + (user_info.empty() ? "" : user_info + "@") +
           "localhost:" + std::to_string(port_);
}

std::string real_proxy::log() const { return slurp(folder_ / "access.log"); }

}  // namespace ferry::test
