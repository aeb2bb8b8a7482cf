#include <ferry/smb/login.hpp>

#include <doctest/doctest.h>

#include <string>
#include <string_view>

namespace ferry::test::smb_login_test {
namespace {

access_options as(std::string user, std::string_view password = {}) {
    access_options access;
    access.who.user = std::move(user);
    if (!password.empty()) access.who.password = secret(std::string(password));
    return access;
}

result<smb::login> login_at(const access_options& access, std::string_view where = "smb://h/s/f") {
    return smb::login_for(smb::place_of(parse_url(where).value()).value(), access);
}

}  // namespace

TEST_CASE("smb: a user may be written with his domain or realm") {
    const auto plain = login_at(as("ann", "p")).value();
    CHECK(plain.user == "ann");
    CHECK(plain.password.reveal() == "p");
    CHECK_FALSE(plain.ticket);
    CHECK_FALSE(plain.guest);
    const auto domain = login_at(as("CORP\\ann", "p")).value();
    CHECK(domain.domain == "CORP");
    CHECK(domain.user == "ann");
    CHECK(login_at(as("ann@CORP.TEST", "p")).value().user == "ann@CORP.TEST");
}

TEST_CASE("smb: the options win over the URL, and it over a netrc file") {
    auto access = as("ann", "p");
    CHECK(login_at(access, "smb://X;bob@h/s/f").value().user == "ann");
    CHECK(login_at(access, "smb://X;bob@h/s/f").value().domain.empty());
    access = {};
    access.logins = {
        {"other", "eve", secret("e")}, {"H", "ann", secret("a")}, {"", "any", secret("x")}};
    CHECK(login_at(access).value().user == "ann");
    CHECK(login_at(access, "smb://any@h/s/f").value().password.reveal() == "x");
    CHECK(login_at(access, "smb://bob@h/s/f").error().code == errc::unauthorized);
    CHECK(login_at(access, "smb://third/s/f").value().user == "any");
}

TEST_CASE("smb: who says nothing goes by his ticket, and is never a guest") {
    CHECK(login_at({}).value().ticket);
    CHECK_FALSE(login_at({}).value().guest);
    auto access = as("ann");
    CHECK(login_at(access).error().code == errc::unauthorized);
    access.who.schemes = {auth_scheme::negotiate};
    CHECK(login_at(access).value().ticket);
    CHECK(login_at(access).value().user == "ann");
    access.who.schemes = {auth_scheme::basic};
    CHECK(login_at(access).error().code == errc::unsupported);
}

TEST_CASE("smb: a guest is who says so") {
    CHECK(login_at(as("guest")).value().guest);
    CHECK(login_at(as("Guest")).value().guest);
    CHECK(login_at({}, "smb://guest@h/s/f").value().guest);
    CHECK_FALSE(login_at(as("guest", "p")).value().guest);
}

TEST_CASE("smb: what would be cut off on its way is refused") {
    CHECK(login_at(as(std::string(255, 'a'), "p")).has_value());
    CHECK(login_at(as(std::string(256, 'a'), "p")).error().code == errc::bad_argument);
    CHECK(login_at(as("a", std::string(256, 'p'))).error().code == errc::bad_argument);
    CHECK(login_at(as("a", std::string_view("a\0b", 3))).error().code == errc::bad_argument);
}

}  // namespace ferry::test::smb_login_test
