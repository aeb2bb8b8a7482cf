#include <ferry/detail/relay_access.hpp>

#include <doctest/doctest.h>

namespace ferry::test::relay_access_test {
namespace {

credentials known_as(const std::string& user) {
    credentials who;
    who.user = user;
    who.password = secret("of " + user);
    return who;
}

/// Everything that could be told, and to whom it is told.
detail::relay_access divided(const std::string& from, const std::string& to) {
    access_options all;
    all.who = known_as("nobody");
    all.who.bearer = secret("token");
    all.who.schemes = {auth_scheme::bearer};
    all.headers = {"Cookie: a"};
    all.certificate = "/cert";
    all.key = "/key";
    all.key_password = secret("key");
    all.ca_file = "/ca";
    all.method = "POST";
    all.logins = {{"h", "ann", secret("one")}, {"", "bob", secret("two")}};
    return detail::access_between(
        all, {known_as("src"), known_as("dst")}, parse_url(from).value(), parse_url(to).value());
}

bool has_web_secrets(const access_options& access) {
    return !access.headers.empty() && access.certificate == "/cert" && access.key == "/key" &&
           !access.key_password.empty() && access.who.bearer == secret("token") &&
           access.who.schemes == std::vector{auth_scheme::bearer};
}
bool has_no_web_secret(const access_options& access) {
    return access.headers.empty() && access.certificate.empty() && access.key.empty() &&
           access.key_password.empty() && access.who.bearer.empty() && access.who.schemes.empty();
}

}  // namespace

TEST_CASE("relay access: each end learns who we are to it, and nothing else") {
    for (const auto* from : {"http://a/f", "smb://a/s/f"})
        for (const auto* to : {"https://b/f", "smb://b/s/f"}) {
            INFO(from << " " << to);
            const auto ends = divided(from, to);
            CHECK(ends.source->who.user == "src");
            CHECK(ends.source->who.password == secret("of src"));
            CHECK(ends.destination->who.user == "dst");
            CHECK(ends.destination->who.password == secret("of dst"));
            for (const auto& end : {ends.source, ends.destination}) {
                CHECK(end->ca_file == "/ca");
                CHECK(end->method.empty());
                REQUIRE(end->logins.size() == 1);  // for a host by name
                CHECK(end->logins.front().host == "h");
            }
        }
}

TEST_CASE("relay access: headers, token and certificate are for the end that speaks HTTP") {
    const auto up = divided("smb://a/s/f", "https://b/f");
    CHECK(has_web_secrets(*up.destination));
    CHECK(has_no_web_secret(*up.source));
    const auto down = divided("https://a/f", "smb://b/s/f");
    CHECK(has_web_secrets(*down.source));
    CHECK(has_no_web_secret(*down.destination));
    const auto web = divided("https://a/f", "https://b/f");
    CHECK(has_web_secrets(*web.destination));
    CHECK(has_no_web_secret(*web.source));
    const auto shares = divided("smb://a/s/f", "smb://b/s/f");
    CHECK(has_no_web_secret(*shares.source));
    CHECK(has_no_web_secret(*shares.destination));
}

}  // namespace ferry::test::relay_access_test
