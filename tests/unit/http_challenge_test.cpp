#include <ferry/http/auth/challenge.hpp>

#include <doctest/doctest.h>

#include <string>
#include <vector>

namespace ferry::test::http_challenge_test {

namespace http = ferry::http;
using http::challenge;
using http::parse_challenges;

namespace {

using list = std::vector<challenge>;

std::vector<std::string> schemes(std::string_view value) {
    std::vector<std::string> names;
    for (const auto& one : parse_challenges(value)) names.push_back(one.scheme);
    return names;
}

}  // namespace

TEST_CASE("http challenge: a scheme alone, with a token, with parameters") {
    CHECK(parse_challenges("Negotiate") == list{{"Negotiate", {}, {}}});
    CHECK(parse_challenges("NTLM TlRMTVNTUAACAAA=") == list{{"NTLM", "TlRMTVNTUAACAAA=", {}}});
    CHECK(parse_challenges("Negotiate a==") == list{{"Negotiate", "a==", {}}});
    CHECK(parse_challenges("Basic realm=\"a b\"") == list{{"Basic", {}, {{"realm", "a b"}}}});
    CHECK(
        parse_challenges("Digest realm = x ,\tnonce= \"n\"") ==
        list{{"Digest", {}, {{"realm", "x"}, {"nonce", "n"}}}});
}

TEST_CASE("http challenge: commas separate challenges as well as parameters (RFC 9110, 11.6.1)") {
    CHECK(
        parse_challenges("Newauth realm=\"apps\", type=1, title=\"Login to \\\"apps\\\"\", "
                         "Basic realm=\"simple\"") ==
        list{
            {"Newauth", {}, {{"realm", "apps"}, {"type", "1"}, {"title", "Login to \"apps\""}}},
            {"Basic", {}, {{"realm", "simple"}}}});
    CHECK(
        schemes("Negotiate, NTLM, Basic realm=x") ==
        std::vector<std::string>{"Negotiate", "NTLM", "Basic"});
    CHECK(
        schemes("Negotiate abc=, Basic realm=x") == std::vector<std::string>{"Negotiate", "Basic"});
    CHECK(
        schemes(" , ,Basic realm=\"a, Digest nonce=b\" ,, NTLM,") ==
        std::vector<std::string>{"Basic", "NTLM"});
}

TEST_CASE("http challenge: names compare without case, the first of equal parameters counts") {
    const auto found = parse_challenges("bAsIc REALM=one, realm=two");
    REQUIRE(found.size() == 1);
    CHECK(found[0].is("Basic"));
    CHECK(found[0].find("Realm") == "one");
    CHECK_FALSE(found[0].find("nonce"));
}

TEST_CASE("http challenge: what breaks the grammar counts as far as it was understood") {
    CHECK(parse_challenges("").empty());
    CHECK(parse_challenges(", ,\t").empty());
    CHECK(parse_challenges("=").empty());
    CHECK(parse_challenges("\"Basic\"").empty());
    CHECK(parse_challenges("Basic/realm").empty());
    CHECK(parse_challenges("Basic realm=\"never ends") == list{{"Basic", {}, {}}});
    CHECK(parse_challenges("Basic realm=\"ends in \\") == list{{"Basic", {}, {}}});
    CHECK(
        parse_challenges("Basic realm=, NTLM") == list{{"Basic", "realm=", {}}, {"NTLM", {}, {}}});
    CHECK(parse_challenges("Basic a=1, =2, NTLM") == list{{"Basic", {}, {{"a", "1"}}}});
    CHECK(schemes("NTLM, Basic \x01") == std::vector<std::string>{"NTLM", "Basic"});
}

TEST_CASE("http challenge: there is a limit to what one field may make us remember") {
    std::string many;
    for (int i = 0; i < 10'000; ++i) many += "A,";
    CHECK(parse_challenges(many).size() == 32);
    std::string parameters = "Digest ";
    for (int i = 0; i < 10'000; ++i) parameters += "a=b,";
    const auto found = parse_challenges(parameters);
    REQUIRE(found.size() == 1);
    CHECK(found[0].parameters.size() == 32);
}

TEST_CASE("http challenge: the fields of the one who asks, all of them, in order") {
    http::response_head reply;
    const auto add = [&](std::string_view name, std::string_view value) {
        reply.fields.begin();
        reply.fields.append_name(name);
        reply.fields.append_value(value);
    };
    add("WWW-Authenticate", "Negotiate");
    add("Proxy-Authenticate", "NTLM");
    add("www-authenticate", "Basic realm=x");
    CHECK(challenges_of(reply, http::asker::server).size() == 2);
    CHECK(challenges_of(reply, http::asker::server)[1].is("Basic"));
    REQUIRE(challenges_of(reply, http::asker::proxy).size() == 1);
    CHECK(challenges_of(reply, http::asker::proxy)[0].is("NTLM"));
}

}  // namespace ferry::test::http_challenge_test
