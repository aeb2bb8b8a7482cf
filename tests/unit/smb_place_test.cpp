#include <ferry/smb/place.hpp>

#include <doctest/doctest.h>

#include <string_view>

namespace ferry::test::smb_place_test {
namespace {

smb::place at(std::string_view text) { return smb::place_of(parse_url(text).value()).value(); }

std::error_code refusal(std::string_view text) {
    const auto found = smb::place_of(parse_url(text).value());
    return found ? std::error_code() : found.error().code;
}

}  // namespace

TEST_CASE("smb: a URL names host, port, share and path, decoded") {
    const auto found = at("smb://Host:1445/Share%20S/d/a%20b%23%25%C3%BC.txt");
    CHECK(found.host == "host");
    CHECK(found.port == 1445);
    CHECK(found.share == "Share S");
    CHECK(found.path == "d/a b#%\xC3\xBC.txt");
    CHECK_FALSE(found.folder);
    CHECK(at("smb://h/s").path.empty());
    CHECK(at("smb://h/s//d///f").path == "d/f");
    CHECK(at("smb://h/s/d/").folder);
    CHECK(at("smb://h/s/d/").path == "d");
}

TEST_CASE("smb: a URL may name a user and his domain, never a password") {
    CHECK(at("smb://ann@h/s/f").user == "ann");
    CHECK(at("smb://ann@h/s/f").domain.empty());
    CHECK(at("smb://CORP;ann%40x@h/s/f").user == "ann@x");
    CHECK(at("smb://CORP;ann@h/s/f").domain == "CORP");
    const auto secret = smb::place_of(parse_url("smb://ann:secret@h/s/f").value());
    REQUIRE_FALSE(secret);
    CHECK(secret.error().code == errc::bad_argument);
    CHECK(describe(secret.error()).find("secret") == std::string::npos);
}

TEST_CASE("smb: what a server could take for more than a name is refused") {
    for (const auto* text :
         {"smb://h", "smb://h/", "smb://h/s/a%2Fb", "smb://h/s/..%5Cf", "smb://h/s/%2E%2E/f",
          "smb://h/s%5Cd/f", "smb://h/s/a%00b", "smb://h/s/a%0Ab", "smb://h/s/f?x", "smb://h/s/f#x",
          "smb://h/s/a%3Fb", "smb://h/s/a:b/f", "smb://h/s/caf%E9"})
        CHECK_MESSAGE(refusal(text) == errc::bad_argument, text);
    CHECK(refusal("smb://[::1]/s/f") == errc::unsupported);
}

TEST_CASE("smb: a folder is no file") {
    const auto file = [](std::string_view text) {
        return smb::file_place_of(parse_url(text).value());
    };
    CHECK(file("smb://h/s/f"));
    CHECK(file("smb://h/s/d/").error().code == errc::unsupported);
    CHECK(file("smb://h/s").error().code == errc::unsupported);
}

}  // namespace ferry::test::smb_place_test
