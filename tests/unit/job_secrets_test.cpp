#include <ferry/detail/job_access.hpp>
#include <ferry/job_json.hpp>
#include <ferry/job_secrets.hpp>

#include <doctest/doctest.h>

#include <string>

namespace ferry::test::job_secrets_test {
namespace {

constexpr auto mine = "123e4567-e89b-42d3-a456-426614174000";
constexpr auto other = "223e4567-e89b-42d3-a456-426614174000";

key_source key(char fill = 'k') {
    return [fill](bool) { return secret(std::string(32, fill)); };
}
key_source no_key() {
    return [](bool) { return file_failure(ENOENT, "open /state/key"); };
}

sealed_secrets sealed(const secret_changes& change, sealed_secrets before = {}) {
    return seal_secrets(key(), mine, std::move(before), change).value();
}

std::string why_not(const result<job_secrets>& opened) {
    REQUIRE_FALSE(opened.has_value());
    CHECK(opened.error().code == errc::unauthorized);
    CHECK(error_class(opened.error()) == "action");
    CHECK(symbol(opened.error()) == "secrets.sealed");
    return opened.error().detail;
}

}  // namespace

TEST_CASE("job secrets: they are set, replaced and forgotten by their names") {
    const auto first = sealed({{"password", secret("one")}, {"bearer", secret("two")}});
    CHECK(
        open_secrets(key(), mine, first).value() ==
        job_secrets{{"password", secret("one")}, {"bearer", secret("two")}});
    const auto second = sealed({{"password", secret("three")}, {"bearer", std::nullopt}}, first);
    CHECK(open_secrets(key(), mine, second).value() == job_secrets{{"password", secret("three")}});
    CHECK(sealed({{"password", std::nullopt}}, second).empty());
    CHECK(open_secrets({}, mine, {}).value().empty());
}

TEST_CASE("job secrets: to forget one needs no key, to set one does") {
    const auto some = sealed({{"password", secret("one")}});
    CHECK(seal_secrets({}, mine, some, {{"password", std::nullopt}}).value().empty());
    const auto refused = seal_secrets({}, mine, some, {{"bearer", secret("two")}});
    REQUIRE_FALSE(refused.has_value());
    CHECK(refused.error().code == errc::unsupported);
    const auto lost = seal_secrets(no_key(), mine, some, {{"bearer", secret("two")}});
    REQUIRE_FALSE(lost.has_value());
    CHECK(lost.error().code == std::errc::no_such_file_or_directory);
}

TEST_CASE("job secrets: one job's do not open for another, nor one secret as another") {
    auto some = sealed({{"password", secret("one")}});
    CHECK(why_not(open_secrets(key(), other, some)).find("another key") != std::string::npos);
    some.front().first = "bearer";
    why_not(open_secrets(key(), mine, some));
}

TEST_CASE("job secrets: a key that is lost or wrong is told, with what helps") {
    const auto some = sealed({{"proxy-password", secret("one")}});
    CHECK(
        why_not(open_secrets(no_key(), mine, some)) ==
        "the proxy-password kept with this job cannot be read: open /state/key: No such file or "
        "directory (give it anew with 'ferry set JOB --proxy-credential USER')");
    CHECK(
        why_not(open_secrets(key('j'), mine, some)) ==
        "the proxy-password kept with this job cannot be read: it was sealed with another key, or "
        "changed since (give it anew with 'ferry set JOB --proxy-credential USER')");
    why_not(open_secrets({}, mine, some));
}

TEST_CASE("job secrets: logins are one text, and come out as they were") {
    const std::vector<host_login> some = {
        {"h", "ann", secret("a:b \n")}, {"", "", secret()}, {"", "bob", secret("x")}};
    CHECK(unpack_logins(pack_logins(some)).value() == some);
    CHECK(unpack_logins(secret()).value().empty());
    const std::string packed(pack_logins(some).reveal());
    for (std::size_t size = 1; size < packed.size(); ++size) {
        const auto part = unpack_logins(secret(packed.substr(0, size)));
        if (part) CHECK(part->size() < some.size());
    }
}

TEST_CASE("job access: what a job asks for reaches its place") {
    job_settings asked;
    asked.headers = {"A: b"};
    asked.user = "ann";
    asked.authentication = auth_scheme::digest;
    asked.proxy_user = "bob";
    asked.proxy_authentication = auth_scheme::basic;
    asked.proxy = proxy_usage::listed;
    asked.proxy_list = {"p:1"};
    asked.proxy_bypass = {"h"};
    asked.certificate = "/c";
    asked.key = "/k";
    asked.crl_file = "/r";
    asked.pins = {"sha256//x"};
    asked.security_flags = 0x81e;
    asked.method = "POST";
    const job_secrets secrets = {
        {"password", secret("one")},
        {"bearer", secret("two")},
        {"proxy-password", secret("three")},
        {"key-password", secret("four")},
        {"logins", pack_logins({{"h", "eve", secret("five")}})}};
    const auto made = detail::access_for(asked, secrets).value();
    CHECK(made->headers == asked.headers);
    CHECK(made->who.user == "ann");
    CHECK(made->who.password == secret("one"));
    CHECK(made->who.bearer == secret("two"));
    CHECK(made->who.schemes == std::vector{auth_scheme::digest});
    CHECK(made->logins == std::vector<host_login>{{"h", "eve", secret("five")}});
    CHECK(made->proxy.usage == proxy_usage::listed);
    CHECK(made->proxy.list == asked.proxy_list);
    CHECK(made->proxy.bypass == asked.proxy_bypass);
    CHECK(made->proxy.who.user == "bob");
    CHECK(made->proxy.who.password == secret("three"));
    CHECK(made->proxy.who.schemes == std::vector{auth_scheme::basic});
    CHECK(made->certificate == "/c");
    CHECK(made->key == "/k");
    CHECK(made->key_password == secret("four"));
    CHECK(made->crl_file == "/r");
    CHECK(made->pins == asked.pins);
    CHECK(made->lenient == certificate_leniency{true, true, true, true});
    CHECK(made->allow_downgrade);
    CHECK_FALSE(made->check_revocation);
    CHECK(made->method == "POST");
    CHECK(*detail::access_of(job_settings()).all == access_options());
    const job_secrets broken = {{"logins", secret("x")}};
    CHECK_FALSE(detail::access_for(asked, broken).has_value());
}

TEST_CASE("job access: each security flag is obeyed, also those of redirects") {
    const auto flags = [](std::uint32_t sum) {
        job_settings asked;
        asked.security_flags = sum;
        return *detail::access_of(asked).all;
    };
    CHECK(flags(0) == access_options());
    CHECK(flags(0x1).check_revocation);
    CHECK(flags(0x2).lenient.name);
    CHECK(flags(0x100).redirects == redirect_policy::report);
    CHECK(flags(0x200).redirects == redirect_policy::forbid);
}

TEST_CASE("job access: a variable with a password is the secret one, and only for the system's") {
    job_settings asked;
    asked.proxy_variables = {"http://p:1", "q:2", "", "local"};
    const job_secrets secrets = {{"http_proxy", secret("http://me:pass@p:1")}};
    auto proxy = detail::access_for(asked, secrets).value()->proxy;
    CHECK(proxy.environment == proxy_environment{"http://me:pass@p:1", "q:2", "", "local"});
    asked.proxy = proxy_usage::none;
    proxy = detail::access_for(asked, secrets).value()->proxy;
    CHECK(proxy.usage == proxy_usage::none);
    CHECK(proxy.environment == proxy_environment());
}

TEST_CASE("job json: secrets are stored as they were sealed, and shown nowhere") {
    job one;
    one.id = mine;
    one.settings.user = "ann";
    one.secrets = sealed({{"password", secret("hunter2")}, {"logins", secret("hunter3")}});
    const auto stored = to_json(one);
    CHECK(stored.find("hunter") == std::string::npos);
    CHECK(parse_job(stored).value().secrets == one.secrets);
    for (const auto& shown : {describe(one), summarize(one)})
        CHECK_FALSE(shown.contains("secrets"));
    CHECK_FALSE(describe(one.settings).contains("secrets"));
    CHECK(describe(one.settings).at("user") == "ann");
}

}  // namespace ferry::test::job_secrets_test
