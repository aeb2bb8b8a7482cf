#include <support/kerberos.hpp>

#include <support/ports.hpp>

#include <cstdlib>
#include <stdexcept>

namespace ferry::test {
namespace {

void succeed(const std::vector<std::string>& command, const process_options& options) {
    const auto done = run(command, options);
    if (done.exit_code != 0)
        throw std::runtime_error(command[0] + " failed: " + done.out + done.err);
}

}  // namespace

kerberos_realm::kerberos_realm() {
    std::filesystem::permissions(folder_, std::filesystem::perms(0755));  // for Apache's user
    constexpr int most = 3;  // somebody else may take the port before the KDC does
    for (int i = 0; i < most && !kdc_; ++i) {
        port_ = free_port();
        configure();
        if (i == 0) succeed({"/usr/sbin/kdb5_util", "create", "-s", "-P", "master"}, environment());
        start();
    }
    if (!kdc_)
        throw std::runtime_error("krb5kdc does not start: see " + (folder_ / "log").string());
}

void kerberos_realm::configure() {
    const auto folder = folder_.path().string();
    const auto address = "127.0.0.1:" + std::to_string(port_);
    spill(
        folder_ / "krb5.conf",
        "[libdefaults]\n default_realm = FERRY.TEST\n dns_lookup_kdc = false\n"
        " dns_lookup_realm = false\n dns_canonicalize_hostname = false\n rdns = false\n"
        " udp_preference_limit = 1\n"
        "[realms]\n FERRY.TEST = {\n  kdc = " +
            address +
            "\n }\n"
            "[domain_realm]\n localhost = FERRY.TEST\n");
    spill(
        folder_ / "kdc.conf", "[kdcdefaults]\n kdc_listen = \"\"\n kdc_tcp_listen = " + address +
                                  "\n"
                                  "[realms]\n FERRY.TEST = {\n  database_name = " +
                                  folder +
                                  "/principals\n"
                                  "  key_stash_file = " +
                                  folder + "/stash\n  acl_file = " + folder +
                                  "/acl\n"
                                  "  supported_enctypes = aes256-cts:normal\n }\n"
                                  "[logging]\n kdc = FILE:" +
                                  folder + "/log\n");
    for (const auto& [name, value] : environment().environment)
        ::setenv(name.c_str(), value.c_str(), 1);
}

process_options kerberos_realm::environment() const {
    process_options options;
    options.environment = {
        {"KRB5_CONFIG", folder_ / "krb5.conf"},
        {"KRB5_KDC_PROFILE", folder_ / "kdc.conf"},
        {"KRB5CCNAME", "FILE:" + (folder_ / "tickets").string()},
        {"KRB5RCACHENAME", "none:"}};
    return options;
}

void kerberos_realm::start() {
    kdc_ = std::make_unique<process>(
        std::vector<std::string>{"/usr/sbin/krb5kdc", "-n"}, environment());
    if (!comes_up(*kdc_, {port_})) kdc_.reset();
}

void kerberos_realm::administer(const std::string& command) const {
    succeed({"/usr/sbin/kadmin.local", "-r", "FERRY.TEST", "-q", command}, environment());
}

void kerberos_realm::add_user(const std::string& name, const std::string& password) {
    administer("addprinc -pw \"" + password + "\" " + name);
}

std::filesystem::path kerberos_realm::add_service(const std::string& name) {
    auto keys = folder_ / "keys";
    administer("addprinc -randkey " + name);
    administer("ktadd -k " + keys.string() + " " + name);
    std::filesystem::permissions(keys, std::filesystem::perms(0644));
    return keys;
}

void kerberos_realm::log_in(const std::string& name, const std::string& password) {
    auto options = environment();
    options.input = password + "\n";
    succeed({"/usr/bin/kinit", name}, options);
}

void kerberos_realm::log_out() { std::filesystem::remove(folder_ / "tickets"); }

void kerberos_realm::spoil_tickets() { spill(folder_ / "tickets", "no tickets"); }

void kerberos_realm::close() { kdc_.reset(); }

}  // namespace ferry::test
