#include <ferry/http/auth/digest.hpp>

#include <doctest/doctest.h>

#include <string>

namespace ferry::test::http_digest_test {

namespace http = ferry::http;

namespace {

ferry::credentials named(std::string user, std::string password) {
    ferry::credentials who;
    who.user = std::move(user);
    who.password = ferry::secret(std::move(password));
    return who;
}

http::digest_session accepted(std::string_view field, std::string cnonce = "cn") {
    const auto offers = http::parse_challenges(field);
    REQUIRE(offers.size() == 1);
    return http::accept_digest(offers[0], std::move(cnonce)).value();
}

std::string answer(
    http::digest_session with, const ferry::credentials& who, std::string_view target) {
    return http::digest_answer(with, who, "GET", target).value();
}

bool has(const std::string& text, std::string_view part) {
    INFO(text);
    const bool found = text.find(part) != text.npos;
    CHECK_MESSAGE(found, part);
    return found;
}

int strength(std::string_view field) {
    return http::digest_strength(http::parse_challenges(field)[0]);
}

const ferry::credentials mufasa = named("Mufasa", "Circle of Life");
constexpr std::string_view rfc7616 =
    "Digest realm=\"http-auth@example.org\", qop=\"auth, auth-int\", algorithm=ALGORITHM, "
    "nonce=\"7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v\", "
    "opaque=\"FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS\"";
constexpr std::string_view rfc7616_cnonce = "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ";

std::string example(std::string_view algorithm) {
    std::string field(rfc7616);
    field.replace(field.find("ALGORITHM"), 9, algorithm);
    return answer(accepted(field, std::string(rfc7616_cnonce)), mufasa, "/dir/index.html");
}

}  // namespace

TEST_CASE("http digest: the examples of RFC 7616, 3.9.1") {
    const auto sha = example("SHA-256");
    has(sha, "response=\"753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1\"");
    has(sha, "Digest username=\"Mufasa\", realm=\"http-auth@example.org\", nonce=\"7ypf/");
    has(sha, ", uri=\"/dir/index.html\"");
    has(sha, ", algorithm=SHA-256");
    has(sha, ", qop=auth, nc=00000001");
    has(sha, ", cnonce=\"f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ\"");
    has(sha, ", opaque=\"FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS\"");
    has(example("MD5"), "response=\"8ca523f5e9506fed4657c9700eebdbec\"");
}

TEST_CASE(
    "http digest: a hashed name, SHA-512-256 (RFC 7616, 3.9.2, as erratum 4897 corrects it)") {
    const auto got = answer(
        accepted(
            "Digest realm=\"api@example.org\", qop=\"auth\", algorithm=SHA-512-256, "
            "nonce=\"5TsQWLVdgBdmrQ0XsxbDODV+57QdFR34I9HAbC/RVvkK\", "
            "opaque=\"HRPCssKJSGjCrkzDg8OhwpzCiGPChXYjwrI2QmXDnsOS\", charset=UTF-8, userhash=true",
            "NTg6RKcb9boFIAS3KrFK9BGeh+iDa/sm6jUMp2wds69v"),
        named("J\xc3\xa4s\xc3\xb8n Doe", "Secret, or not?"), "/doe.json");
    has(got, "username=\"793263caabb707a56211940d90411ea4a575adeccb7e360aeb624ed06ece9b0b\"");
    has(got, "userhash=true");
    has(got, "response=\"3798d4131c277846293534c3edc11bd8a5e4cdcbff78b05db9d95eeb1cec68a5\"");
}

TEST_CASE("http digest: servers of RFC 2069 and 2617 get what they know") {
    const auto old = answer(
        accepted("Digest realm=\"testrealm@host.com\", "
                 "nonce=\"dcd98b7102dd2f0e8b11d0f600bfb0c093\""),
        named("Mufasa", "CircleOfLife"), "/dir/index.html");
    has(old, "response=\"1949323746fe6a43ef61f9606e7febea\"");
    for (const auto* part : {"qop=", "nc=", "cnonce=", "algorithm=", "opaque="})
        CHECK(old.find(part) == old.npos);
    const auto newer = answer(
        accepted(
            "Digest realm=\"testrealm@host.com\", qop=auth, "
            "nonce=\"dcd98b7102dd2f0e8b11d0f600bfb0c093\"",
            "0a4f113b"),
        named("Mufasa", "Circle Of Life"), "/dir/index.html");
    has(newer, "response=\"6629fae49393a05397450978507c4ef1\"");
}

TEST_CASE("http digest: -sess hashes the first nonces into the key") {
    // python3: H(H(H("Mufasa:here:Circle of Life"):n:cn):n:00000001:cn:auth:H("GET:/f"))
    has(answer(accepted("Digest realm=here, nonce=n, qop=auth, algorithm=MD5-sess"), mufasa, "/f"),
        "response=\"efa1803fadf56a49446e011de7c53142\"");
    has(answer(
            accepted("Digest realm=here, nonce=n, qop=auth, algorithm=sha-256-SESS"), mufasa, "/f"),
        "response=\"2ed7a2067464290dc1012fd924e07d85a463c8ea9fbebb6640826a55d288040d\"");
}

TEST_CASE("http digest: every use of a nonce is counted") {
    auto with = accepted("Digest realm=here, nonce=n, qop=auth");
    for (const auto* count : {"nc=00000001", "nc=00000002", "nc=00000003"})
        has(http::digest_answer(with, mufasa, "GET", "/f").value(), count);
}

TEST_CASE("http digest: quotes and backslashes are escaped, foreign letters encoded if agreed") {
    const auto odd = named("a\"b\\c", "p");
    has(answer(accepted("Digest realm=\"r\\\"s\", nonce=n"), odd, "/f\"g"),
        R"(username="a\"b\\c", realm="r\"s", nonce="n", uri="/f\"g")");
    const auto jason = named("J\xc3\xa4son*", "p");
    has(answer(accepted("Digest realm=r, nonce=n, charset=utf-8"), jason, "/"),
        "username*=UTF-8''J%C3%A4son%2A,");
    has(answer(accepted("Digest realm=r, nonce=n"), jason, "/"), "username=\"J\xc3\xa4son*\"");
}

TEST_CASE("http digest: nothing that a user or server says can break out of the field") {
    auto with = accepted("Digest realm=r, nonce=n");
    CHECK_FALSE(http::digest_answer(with, named("a\r\nX: y", "p"), "GET", "/"));
    with.realm = "r\r\nX: y";
    CHECK_FALSE(http::digest_answer(with, mufasa, "GET", "/"));
}

TEST_CASE("http digest: what cannot be answered is refused, and says what it was") {
    const auto refusal = [](std::string_view field) {
        CHECK(strength(field) == 0);
        const auto got = http::accept_digest(http::parse_challenges(field)[0], "cn");
        REQUIRE_FALSE(got);
        CHECK(got.error().code == errc::unauthorized);
        return got.error().detail;
    };
    has(refusal("Digest realm=r, nonce=n, algorithm=SHA-1"), "SHA-1");
    has(refusal("Digest realm=r, nonce=n, qop=auth-int"), "auth-int");
    has(refusal("Digest realm=r"), "without a nonce");
    CHECK(strength("Digest nonce=n, algorithm=SHA-512-256") > strength("Digest nonce=n"));
    CHECK(strength("Digest nonce=n, qop=\"auth-int,auth\"") > 0);
}

TEST_CASE("http digest: each nonce of ours is another") {
    CHECK(http::random_cnonce().value().size() == 32);
    CHECK(http::random_cnonce().value() != http::random_cnonce().value());
}

}  // namespace ferry::test::http_digest_test
