#include "cli/options/share_user.hpp"

#include <doctest/doctest.h>

#include <string>
#include <utility>
#include <vector>

namespace ferry::test::cli_share_user_test {

using namespace ferry::cli;

namespace {

/// --credential, after what was typed was looked at; "" if there is none.
std::string user_of(const std::vector<std::string>& locations, option_values asked = {}) {
    job_options options;
    options.asked = std::move(asked);
    REQUIRE(take_share_users(locations, {}, options));
    for (const auto& [name, value] : options.asked)
        if (name == "credential") return value;
    return {};
}

}  // namespace

TEST_CASE("cli: the user whom a share's URL names is who we are") {
    CHECK(user_of({"smb://me@h/s/f"}) == "me");
    CHECK(user_of({"smb://CORP;me@h/s/f", "f"}) == "CORP\\me");
    CHECK(user_of({"smb://a%20b@h/s/f", "smb://a%20b@h/s/g"}) == "a b");
    job_options options;
    REQUIRE(take_share_users({"f"}, {"smb://me@h/s/"}, options));
    CHECK(options.named == std::vector<std::string>{"credential"});
    CHECK(options.asked == option_values{{"credential", "me"}});
}

TEST_CASE("cli: nobody is made of other URLs, of guests, or against an option") {
    for (const auto* one :
         {"smb://h/s/f", "smb://guest@h/s/f", "smb://me:secret@h/s/f", "f", "http://me@h/f",
          "\\\\h\\s\\f", ""})
        CHECK(user_of({one}) == "");
    CHECK(user_of({"smb://me@h/s/f"}, {{"credential", "you"}}) == "you");
    CHECK(user_of({"smb://me@h/s/f"}, {{"source-credential", "you"}}) == "");
    CHECK(user_of({"smb://me@h/s/f"}, {{"netrc", ""}}) == "");
    CHECK(user_of({"smb://me@h/s/f"}, {{"proxy-credential", "you"}}) == "me");
}

TEST_CASE("cli: several users in URLs cannot share a password") {
    job_options options;
    const auto both = take_share_users({"smb://me@h/s/f", "smb://you@h/s/f"}, {}, options);
    REQUIRE_FALSE(both);
    CHECK(both.error().code == errc::bad_argument);
    CHECK(both.error().detail.starts_with("several users in the URLs: me, you"));
}

TEST_CASE("cli: from server to server, the users of URLs are of the one end or the other") {
    const auto taken = [](std::vector<std::string> from, std::vector<std::string> to,
                          option_values asked = {}) {
        job_options options;
        options.asked = std::move(asked);
        REQUIRE(take_share_users(std::move(from), to, options));
        return options.asked;
    };
    CHECK(taken({"smb://me@h/s/f"}, {"http://h/f"}) == option_values{{"source-credential", "me"}});
    CHECK(
        taken({"http://h/f"}, {"smb://me@h/s/f"}) ==
        option_values{{"destination-credential", "me"}});
    CHECK(
        taken({"smb://me@h/s/f"}, {"smb://you@h/s/f"}) ==
        option_values{{"source-credential", "me"}, {"destination-credential", "you"}});
    CHECK(
        taken({"smb://me@h/s/f"}, {"smb://you@h/s/f"}, {{"source-credential", "she"}}) ==
        option_values{{"source-credential", "she"}, {"destination-credential", "you"}});
}

}  // namespace ferry::test::cli_share_user_test
