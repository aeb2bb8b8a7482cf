#include <ferry/http/auth/basic.hpp>
#include <ferry/http/auth/choice.hpp>

#include <doctest/doctest.h>

#include <string>
#include <vector>

namespace ferry::test::http_choice_test {

namespace http = ferry::http;
using http::asker;

namespace {

ferry::credentials named(std::vector<auth_scheme> schemes = {}) {
    ferry::credentials who;
    who.user = "ann";
    who.password = ferry::secret("top secret");
    who.schemes = std::move(schemes);
    return who;
}

ferry::credentials token(std::string text) {
    ferry::credentials who;
    who.bearer = ferry::secret(std::move(text));
    return who;
}

std::vector<auth_scheme> order(std::string_view field, const ferry::credentials& who) {
    std::vector<auth_scheme> found;
    for (const auto& way : http::ways(http::parse_challenges(field), who))
        found.push_back(way.scheme);
    return found;
}

std::string no_way(
    std::string_view field, const ferry::credentials& who, asker by = asker::server) {
    return http::explain_no_way(by, http::parse_challenges(field), who);
}

constexpr std::string_view all =
    "Basic realm=x, Bearer, Digest realm=x nonce=n, NTLM, Negotiate, Hoba a=b";
using schemes = std::vector<auth_scheme>;

}  // namespace

TEST_CASE("http choice: the strongest scheme that the credentials suffice for comes first") {
    const auto all = "Basic realm=x, Bearer, Digest realm=x, NTLM, Negotiate, Hoba a=b";
    CHECK(order(all, {}).empty());
    CHECK(
        order(all, named()) ==
        schemes{
            auth_scheme::negotiate, auth_scheme::ntlm, auth_scheme::digest, auth_scheme::basic});
    CHECK(order(all, token("t")) == schemes{auth_scheme::bearer});
    CHECK(order("Basic", token("t")).empty());
}

TEST_CASE("http choice: only allowed schemes are used; who runs us, only if asked for by name") {
    CHECK(order(all, named({auth_scheme::basic})) == schemes{auth_scheme::basic});
    ferry::credentials runner;
    runner.user = "ann";
    CHECK(order(all, runner).empty());
    runner.schemes = {auth_scheme::negotiate, auth_scheme::basic};
    CHECK(order(all, runner) == schemes{auth_scheme::negotiate});
    runner.user.clear();
    CHECK(order(all, runner) == schemes{auth_scheme::negotiate});
}

TEST_CASE("http choice: of several Digests the best hash wins, else the server's order") {
    const auto offers = http::parse_challenges(
        "Digest nonce=a, Digest nonce=b, algorithm=SHA-256, Digest nonce=c, algorithm=SHA-512-256, "
        "Digest nonce=d, qop=auth-int");
    const auto found = http::ways(offers, named());
    REQUIRE(found.size() == 4);
    CHECK(found[0].offer == 1);
    CHECK(found[1].offer == 2);
    CHECK(found[2].offer == 0);
    CHECK(found[3].offer == 3);
}

TEST_CASE("http choice: who is not told who we are says what he wants and what would help") {
    CHECK(
        no_way("Basic realm=\"the files\"", {}) ==
        "the server wants Basic for realm \"the files\"; give --credential USER");
    CHECK(
        no_way("Digest realm=x, Basic realm=x", {}, asker::proxy) ==
        "the proxy wants Digest for realm \"x\", Basic for realm \"x\"; give --proxy-credential "
        "USER");
    CHECK(no_way("Bearer", named()) == "the server wants Bearer; give a token with --bearer-file");
    CHECK(
        no_way("Basic", named({auth_scheme::digest})) ==
        "the server wants Basic; allow it with --authentication");
    CHECK(no_way("Hoba", named()) == "the server wants Hoba, which ferry does not know");
    CHECK(no_way("", {}) == "the server asks who we are without saying how to answer");
    auto no_password = named();
    no_password.password.reset();
    CHECK(no_way("Basic", no_password) == "the server wants Basic; give the password of ann");
}

TEST_CASE("http choice: what a server says is made fit for a line before it is shown") {
    const auto text = no_way("Basic realm=\"\x1b[31m" + std::string(1'000, 'a') + "\"", {});
    CHECK(text.find('\x1b') == text.npos);
    CHECK(text.size() < 200);
    std::string many;
    for (int i = 0; i < 32; ++i) many += "Scheme" + std::to_string(i) + ",";
    CHECK(no_way(many, {}).size() < 200);
}

TEST_CASE("http choice: a refusal names the realm and never a secret") {
    const auto offers = http::parse_challenges(
        "Digest realm=here, Bearer error=\"invalid_token\", error_description=\"too old\"");
    const auto digest = http::explain_refusal(asker::server, auth_scheme::digest, offers, named());
    CHECK(
        digest ==
        "the server refused our Digest answer: wrong name or password for realm \"here\"");
    const auto bearer =
        http::explain_refusal(asker::proxy, auth_scheme::bearer, offers, token("secret"));
    CHECK(bearer == "the proxy refused our Bearer answer: the token is not valid here (too old)");
}

TEST_CASE("http basic: name and password in base64") {
    auto who = named();
    who.user = "Aladdin";
    who.password = ferry::secret("open sesame");
    CHECK(http::basic_answer(who).value() == "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==");
    who.user = "test";
    who.password = ferry::secret("123\xc2\xa3");
    CHECK(http::basic_answer(who).value() == "Basic dGVzdDoxMjPCow==");  // RFC 7617, 2.1
    who.password = ferry::secret(std::string(300, 'x'));
    CHECK(http::basic_answer(who).value().find('\n') == std::string::npos);
}

TEST_CASE("http basic: what the scheme cannot express is refused") {
    for (const auto* user : {"a:b", "a\nb", "a\x7f"}) {
        auto who = named();
        who.user = user;
        CHECK(http::basic_answer(who).error().code == errc::unauthorized);
    }
    auto who = named();
    who.password = ferry::secret("top\r\nX: secret");
    const auto got = http::basic_answer(who);
    REQUIRE_FALSE(got);
    CHECK(got.error().detail.find("secret") == std::string::npos);
}

TEST_CASE("http bearer: a token goes out as it is, and only if it is one") {
    CHECK(http::bearer_answer(token("mF_9.B5f-4.1JqM=")).value() == "Bearer mF_9.B5f-4.1JqM=");
    for (const auto* text : {"", "a b", "a\n", "\"a\"", "a\r\nX: y"}) {
        const auto got = http::bearer_answer(token(text));
        REQUIRE_FALSE(got);
        CHECK(got.error().code == errc::unauthorized);
    }
}

TEST_CASE("http base64: there and back, and nothing else back") {
    for (std::size_t size = 0; size < 70; ++size) {
        const std::string bytes(size, '\xfe');
        CHECK(http::from_base64(http::to_base64(bytes)) == bytes);
    }
    for (const auto* text : {"a", "ab", "abc", "====", "a===", "ab=c", "ab!d", "abc\n", "=abc"})
        CHECK_FALSE(http::from_base64(text));
}

}  // namespace ferry::test::http_choice_test
