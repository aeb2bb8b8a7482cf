// `ferry get`: who we are, by which proxy, and whom to trust. The real binary against real servers.
#include "command.hpp"

#include <support/guarded_server.hpp>
#include <support/programs.hpp>
#include <support/real_proxies.hpp>
#include <support/real_servers.hpp>
#include <support/strict_server.hpp>

#include <sys/stat.h>

#include <algorithm>

namespace ferry::test::identity_test {
namespace {

constexpr auto pass_phrase = "top secret";

/// A folder with secrets in files that only we can read.
struct private_workshop : workshop {
    std::string keep(const std::string& name, const std::string& text) const {
        const auto file = dir / name;
        spill(file, text + "\n");
        REQUIRE(::chmod(file.c_str(), 0600) == 0);
        return file.string();
    }
    static bool tells(const finished& run, const std::string& secret) {
        return (run.out + run.err).find(secret) != std::string::npos;
    }
};

TEST_CASE("get: a password proves who we are, from a file, a descriptor, the environment, netrc") {
    const guarded_server server;
    const auto bytes = random_bytes(100'000);
    server.publish("f", bytes);
    for (const std::string folder : {"/basic/f", "/digest/f"}) {
        CAPTURE(folder);
        const private_workshop at;
        const auto file = at.keep("password", pass_phrase);
        const auto netrc = at.keep("netrc", "machine localhost login ann password \"top secret\"");
        const std::vector<std::vector<std::string>> ways = {
            {"--credential", "ann", "--password-file", file},
            {"--credential", "ann", "--password-file", "-"},
            {"--credential", "ann"},
            {"--netrc-file", netrc},
        };
        for (const auto& way : ways) {
            CAPTURE(way.back());
            std::filesystem::remove(at.dir / "f");
            process_options options;
            options.input = std::string(pass_phrase) + "\n";
            if (way.size() == 2 && way.front() == "--credential")
                options.environment = {{"FERRY_PASSWORD", pass_phrase}};
            auto arguments = way;
            arguments.push_back(server.url(folder));
            arguments.push_back("--json");
            const auto run = at.get(arguments, options);
            CHECK_MESSAGE(run.exit_code == 0, run.err);
            CHECK(at.off("f", bytes) == "");
            CHECK_FALSE(at.tells(run, pass_phrase));
        }
    }
}

TEST_CASE("get: without a password, or with a wrong one, it says what the server wants") {
    const guarded_server server;
    server.publish("f", "content");
    const private_workshop at;
    const auto from = server.url("/basic/f");
    const auto none = at.get({from});
    CHECK(none.exit_code == 6);
    CHECK_MESSAGE(none.err.find("--credential") != std::string::npos, none.err);
    const auto wrong =
        at.get({from, "--credential", "ann", "--password-file", at.keep("p", "hunter2")});
    CHECK(wrong.exit_code == 6);
    CHECK_MESSAGE(wrong.err.find("wrong name or password") != std::string::npos, wrong.err);
    CHECK_FALSE(at.tells(wrong, "hunter2"));
    CHECK_FALSE(at.has("f"));
    const auto open = at.keep("open", pass_phrase);
    REQUIRE(::chmod(open.c_str(), 0644) == 0);
    const auto careless = at.get({from, "--credential", "ann", "--password-file", open});
    CHECK(careless.exit_code == 2);
    CHECK(careless.err.find("chmod 600") != std::string::npos);
}

TEST_CASE("get: goes by the proxy that it is told, and by the environment's") {
    if (!runs_here(proxy_software::squid)) return;
    const real_server server(software::nginx);
    const auto bytes = random_bytes(300'000);
    spill(server.root() / "f", bytes);
    const real_proxy squid({.asks = proxy_question::digest});
    const private_workshop at;
    const auto password = at.keep("password", "open sesame");
    using variable = std::pair<std::string, std::string>;
    const auto run = [&](std::vector<std::string> arguments, std::vector<variable> variables) {
        std::filesystem::remove(at.dir / "f");
        arguments.insert(arguments.end(), {"--ca-file", server.ca_file()});
        process_options options;
        options.environment = std::move(variables);
        return at.get(std::move(arguments), std::move(options));
    };
    const std::vector<std::string> user = {
        "--proxy-credential", "user", "--proxy-password-file", password};
    for (const auto& from : {server.url("/f"), server.https_url("/f")}) {
        CAPTURE(from);
        auto told = user;
        told.insert(told.end(), {from, "--proxy-usage", "override", "--proxy-list", squid.url()});
        const auto listed = run(told, {});
        CHECK_MESSAGE(listed.exit_code == 0, listed.err);
        CHECK(at.off("f", bytes) == "");

        auto asked = user;
        asked.push_back(from);
        const variable proxy = {from.substr(0, from.find(':')) + "_proxy", squid.url()};
        const auto found = run(asked, {proxy});
        CHECK_MESSAGE(found.exit_code == 0, found.err);
        CHECK(at.off("f", bytes) == "");

        const auto refused = run({from}, {proxy});
        CHECK_MESSAGE(refused.exit_code == 6, refused.err);
        CHECK_MESSAGE(refused.err.find("--proxy-credential") != std::string::npos, refused.err);

        const auto around = run({from, "--proxy-usage", "none"}, {{"all_proxy", "127.0.0.1:1"}});
        CHECK_MESSAGE(around.exit_code == 0, around.err);
        const auto excepted =
            run({from}, {{"all_proxy", "127.0.0.1:1"}, {"no_proxy", "localhost"}});
        CHECK_MESSAGE(excepted.exit_code == 0, excepted.err);
    }
    CHECK(squid.log().find("CONNECT") != std::string::npos);
    const auto bad = run({server.url("/f")}, {{"http_proxy", "gopher://x"}});
    CHECK(bad.exit_code != 0);
    CHECK_MESSAGE(bad.err.find("http_proxy") != std::string::npos, bad.err);
}

TEST_CASE("get: SOCKS proxies, with who resolves the name") {
    const real_server server(software::nginx);
    spill(server.root() / "f", "content");
    const real_proxy socks({.kind = proxy_software::microsocks});
    for (const std::string scheme : {"socks5", "socks5h"}) {
        const private_workshop at;
        const auto run = at.get(
            {server.url("/f"), "--proxy-usage", "override", "--proxy-list", socks.url("", scheme)});
        CHECK_MESSAGE(run.exit_code == 0, run.err);
        CHECK(at.off("f", "content") == "");
    }
}

TEST_CASE("get: a certificate of ours opens a server, and its lack is told") {
    for (const auto kind : {strict_software::nginx, strict_software::apache}) {
        const strict_server server(kind);
        spill(server.root() / "f", "content");
        const private_workshop at;
        const auto me = server.authority().issue("me");
        std::vector<std::string> arguments = {
            server.url("/f"), "--ca-file", server.authority().file().string()};
        const auto without = at.get(arguments);
        CHECK(without.exit_code != 0);
        arguments.insert(
            arguments.end(), {"--cert", me.certificate.string(), "--key", me.key.string()});
        const auto with = at.get(arguments);
        CHECK_MESSAGE(with.exit_code == 0, with.err);
        CHECK(at.off("f", "content") == "");
    }
}

TEST_CASE("get: one flaw of a certificate is excused by its flag, and a pin by nothing") {
    certificate_claims expired;
    expired.first_day = -3;
    expired.last_day = -1;
    const real_server server(software::nginx, expired);
    spill(server.root() / "f", "content");
    const private_workshop at;
    const auto get = [&](std::vector<std::string> more) {
        more.insert(more.end(), {server.https_url("/f"), "--ca-file", server.ca_file()});
        return at.get(std::move(more));
    };
    CHECK(get({}).exit_code == 8);
    CHECK(get({"--security-flags", "cn,ca,usage"}).exit_code == 8);
    const auto excused = get({"--security-flags", "date"});
    CHECK_MESSAGE(excused.exit_code == 0, excused.err);
    const auto pinned = get(
        {"--security-flags", "date", "--pin",
         "sha256//AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="});
    CHECK_MESSAGE(pinned.exit_code == 8, pinned.err);
}

TEST_CASE("get: parts of a file, one after the other") {
    const real_server server(software::apache);
    const auto bytes = random_bytes(100'000);
    publish(server.root() / "f", bytes);
    const workshop at;
    const auto run =
        at.get({server.url("/f"), "--range", "50000-59999", "--range", "0-9", "--range", "95000-"});
    CHECK_MESSAGE(run.exit_code == 0, run.err);
    CHECK(
        at.off("f", bytes.substr(50'000, 10'000) + bytes.substr(0, 10) + bytes.substr(95'000)) ==
        "");
    const auto beyond = at.get({server.url("/f"), "-o", "g", "--range", "99999-100000"});
    CHECK(beyond.exit_code == 1);
    CHECK_MESSAGE(beyond.err.find("has only 100000 bytes") != std::string::npos, beyond.err);
    CHECK(at.get({server.url("/f"), server.url("/g"), "--range", "0-1"}).exit_code == 2);
    const auto dynamic = at.get({server.url("/f"), "-o", "d", "--dynamic"});
    CHECK(dynamic.exit_code == 0);
    CHECK(at.off("d", bytes) == "");
}

}  // namespace
}  // namespace ferry::test::identity_test
