#include "cli/options/options_obeyed.hpp"

#include <doctest/doctest.h>

#include <sys/stat.h>

#include <cstdlib>
#include <fstream>

#include <support/files.hpp>

namespace ferry::test::cli_options_obeyed_test {

using namespace ferry::cli;

namespace {

struct obeyed {
    access_options access = {};
    relay_credentials between = {};
    transfer_options transfer = {};
};

result<obeyed> ask(const option_values& values) {
    ::setenv("FERRY_PASSWORD", "hunter2", 1);
    ::setenv("FERRY_PROXY_PASSWORD", "hunter3", 1);
    ::setenv("FERRY_SOURCE_PASSWORD", "hunter4", 1);
    ::setenv("FERRY_DESTINATION_PASSWORD", "hunter5", 1);
    const password_variables known;
    obeyed all;
    const auto good = obey(values, known, all.access, all.between, all.transfer);
    if (!good) return good.error();
    return all;
}

std::string refused(const option_values& values) {
    const auto all = ask(values);
    REQUIRE_FALSE(all);
    CHECK(all.error().code == errc::bad_argument);
    CHECK(all.error().detail.find("hunter") == std::string::npos);
    return all.error().detail;
}

}  // namespace

TEST_CASE("cli: who we are reaches the server's and the proxy's place, and no other") {
    const auto all = ask({{"credential", "me"}, {"proxy-credential", "you"}}).value();
    CHECK(all.access.who.user == "me");
    CHECK(all.access.who.password == secret("hunter2"));
    CHECK(all.access.who.schemes.empty());
    CHECK(all.access.proxy.who.user == "you");
    CHECK(all.access.proxy.who.password == secret("hunter3"));
    CHECK(ask({}).value().access.who.empty());
    CHECK(ask({}).value().access.proxy.who.empty());
}

TEST_CASE("cli: between two servers, each end has a user and a password of its own") {
    const auto all = ask({{"source-credential", "me"}, {"destination-credential", "you"}}).value();
    CHECK(all.access.who.empty());
    CHECK(all.between.source.user == "me");
    CHECK(all.between.source.password == secret("hunter4"));
    CHECK(all.between.destination.user == "you");
    CHECK(all.between.destination.password == secret("hunter5"));
    CHECK(ask({{"credential", "me"}}).value().between == relay_credentials());
}

TEST_CASE("cli: a scheme is for somebody, except those that know who runs this") {
    using schemes = std::vector<auth_scheme>;
    const auto digest = ask({{"authentication", "digest"}, {"credential", "me"}}).value();
    CHECK(digest.access.who.schemes == schemes{auth_scheme::digest});
    const auto ticket = ask({{"authentication", "negotiate"}}).value();
    CHECK(ticket.access.who.schemes == schemes{auth_scheme::negotiate});
    CHECK_FALSE(ticket.access.who.password.has_value());
    const auto own = ask({{"authentication", "negotiate"}, {"credential", "me"}}).value();
    CHECK_FALSE(own.access.who.password.has_value());
    CHECK(
        refused({{"authentication", "basic"}}) ==
        "--authentication: for whom? (add --credential USER)");
    CHECK(
        refused({{"authentication", "bearer"}}) ==
        "--authentication bearer: there is no token (add --bearer-file FILE)");
    CHECK(
        refused({{"password-file", "x"}}) ==
        "--password-file: whose is it? (add --credential USER)");
    CHECK(
        refused({{"proxy-password-file", "x"}}) ==
        "--proxy-password-file: whose is it? (add --proxy-credential USER)");
    CHECK(
        refused({{"password-file", "-"}, {"proxy-password-file", "-"}}) ==
        "--proxy-password-file: standard input is for --password-file");
}

TEST_CASE("cli: proxies reach their place") {
    const auto listed = ask({{"proxy-usage", "override"},
                             {"proxy-list", "a:1"},
                             {"proxy-list", "b:2"},
                             {"proxy-bypass", "<local>"}})
                            .value()
                            .access.proxy;
    CHECK(listed.usage == proxy_usage::listed);
    CHECK(listed.list == std::vector<std::string>{"a:1", "b:2"});
    CHECK(listed.bypass == std::vector<std::string>{"<local>"});
    CHECK(ask({{"proxy-usage", "none"}}).value().access.proxy.usage == proxy_usage::none);
    CHECK(ask({{"proxy-usage", "auto"}}).value().access.proxy.usage == proxy_usage::automatic);
    CHECK(ask({}).value().access.proxy.usage == proxy_usage::system);
    CHECK(
        refused({{"proxy-usage", "override"}}) ==
        "--proxy-usage override: by which proxy? (add --proxy-list HOST:PORT)");
    ::setenv("https_proxy", "p:3", 1);
    CHECK(ask({}).value().access.proxy.environment.https == "p:3");
    ::unsetenv("https_proxy");
}

TEST_CASE("cli: each security flag does one thing, by number and by name") {
    const auto flags = [](const char* text) {
        return ask({{"security-flags", text}}).value().access;
    };
    for (const auto* text : {"1", "0x1", "revocation"}) CHECK(flags(text).check_revocation);
    for (const auto* text : {"2", "cn"})
        CHECK(flags(text).lenient == certificate_leniency{true, false, false, false});
    for (const auto* text : {"4", "date"})
        CHECK(flags(text).lenient == certificate_leniency{false, true, false, false});
    for (const auto* text : {"8", "ca"})
        CHECK(flags(text).lenient == certificate_leniency{false, false, true, false});
    for (const auto* text : {"16", "usage"})
        CHECK(flags(text).lenient == certificate_leniency{false, false, false, true});
    for (const auto* text : {"0x800", "redirects"}) CHECK(flags(text).allow_downgrade);
    CHECK(flags("0x100").redirects == redirect_policy::report);
    CHECK(flags("0x200").redirects == redirect_policy::forbid);
    const auto two = flags("cn,date");
    CHECK(two.lenient == certificate_leniency{true, true, false, false});
    CHECK_FALSE(two.insecure);
    CHECK_FALSE(flags("2").check_revocation);
    CHECK_FALSE(flags("2").allow_downgrade);
}

TEST_CASE("cli: our certificate, pins and revocation lists reach their place") {
    const test::temp_dir dir;
    const auto password = (dir / "password").string();
    std::ofstream(password) << "hunter4\n";
    REQUIRE(::chmod(password.c_str(), 0600) == 0);
    const std::string pin = "sha256//AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";
    const auto made = [&](const char* name) {
        const auto path = (dir / name).string();
        std::ofstream(path) << name;
        return path;
    };
    const auto certificate = made("c"), key = made("k"), list = made("r");
    const auto all = ask({{"cert", certificate},
                          {"key", key},
                          {"key-password-file", password},
                          {"pin", pin},
                          {"crl-file", list}})
                         .value()
                         .access;
    CHECK(all.certificate == certificate);
    CHECK(all.key == key);
    CHECK(all.key_password == secret("hunter4"));
    CHECK(all.pins == std::vector<std::string>{pin});
    CHECK(all.crl_file == list);
    CHECK(refused({{"key", key}}) == "--key: of which certificate? (add --cert FILE)");
    for (const auto* name : {"cert", "key", "crl-file"})
        CHECK(
            refused({{name, "/none"}}) ==
            "--" + std::string(name) + ": /none: No such file or directory");
}

TEST_CASE("cli: ranges and dynamic content reach the transfer, but not both") {
    const auto some = ask({{"range", "0-9"}, {"range", "100-"}}).value().transfer;
    CHECK(some.parts.to_string() == "0-9,100-");
    CHECK_FALSE(some.dynamic);
    CHECK(ask({{"dynamic", "true"}}).value().transfer.dynamic);
    CHECK(refused({{"range", "5-"}, {"range", "0-1"}}).starts_with("--range: "));
    CHECK(
        refused({{"range", "0-1"}, {"dynamic", "true"}}) ==
        "--range: not of content that is made anew (--dynamic, --http-method)");
}

}  // namespace ferry::test::cli_options_obeyed_test
