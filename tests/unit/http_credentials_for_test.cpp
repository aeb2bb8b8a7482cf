#include <ferry/http/auth/credentials_for.hpp>

#include <doctest/doctest.h>

#include <memory>
#include <string>

namespace ferry::test::http_credentials_for_test {

namespace http = ferry::http;

namespace {

struct place {
    std::string url = "http://first/";
    bool own_origin = true;
    bool downgraded = false;
};

std::string user_at(const ferry::access_options& access, const place& where) {
    http::request asked;
    asked.what = ferry::parse_url(where.url).value();
    asked.own_origin = where.own_origin;
    asked.downgraded = where.downgraded;
    asked.access = std::make_shared<const ferry::access_options>(access);
    return http::credentials_for(asked).user;
}

ferry::access_options options() {
    ferry::access_options access;
    access.who.user = "own";
    access.logins = {
        {"", "anybody", ferry::secret("p")},
        {"first", "first's", ferry::secret("p")},
        {"Other", "other's", ferry::secret("p")}};
    return access;
}

const place redirected{"http://third/", false};

}  // namespace

TEST_CASE("http credentials: those of the options are for the first URL's origin alone") {
    CHECK(user_at(options(), {}) == "own");
    CHECK(user_at(options(), {"http://other/", false}) == "other's");
    CHECK(user_at(options(), {"http://first:81/", false}) == "first's");
    CHECK(user_at(options(), redirected) == "");
}

TEST_CASE("http credentials: a login is for its host, the default one never after a redirect") {
    auto access = options();
    access.who = {};
    CHECK(user_at(access, {}) == "first's");
    CHECK(user_at(access, {"http://unknown/"}) == "anybody");
    CHECK(user_at(access, redirected) == "");
}

TEST_CASE("http credentials: nobody's once https was left, or beside a custom Authorization") {
    CHECK(user_at(options(), {"http://other/", false, true}) == "");
    CHECK(user_at(options(), {"http://first/", true, true}) == "");
    auto access = options();
    access.headers = {"authorization: Custom x"};
    CHECK(user_at(access, {}) == "");
    CHECK(user_at(access, {"http://other/", false}) == "other's");
}

}  // namespace ferry::test::http_credentials_for_test
