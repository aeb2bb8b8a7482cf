#include <ferry/http/auth/authenticator.hpp>

#include <support/loop.hpp>

#include <doctest/doctest.h>

#include <memory>
#include <string>

namespace ferry::test::http_authenticator_test {

namespace http = ferry::http;
using http::asker;

namespace {

ferry::credentials ann() {
    ferry::credentials who;
    who.user = "ann";
    who.password = ferry::secret("top secret");
    who.schemes = {auth_scheme::basic, auth_scheme::digest};
    return who;
}

struct world {
    ferry::test::loop on;
    ferry::disk_pool disk{1};
    std::shared_ptr<http::standing> known = std::make_shared<http::standing>();

    ferry::result<void> challenge(http::authenticator& who, std::string_view field) {
        http::response_head reply;
        reply.status = 401;
        reply.fields.begin();
        reply.fields.append_name("WWW-Authenticate");
        reply.fields.append_value(field);
        return on.run(who.challenged(reply));
    }
    std::string answer(http::authenticator& who) { return on.run(who.answer("GET", "/f")).value(); }
};

bool has(const std::string& text, std::string_view part) { return text.find(part) != text.npos; }

}  // namespace

TEST_CASE("http authenticator: says nothing until it is asked, then what the server wants") {
    world in;
    http::authenticator me(asker::server, "h", ann(), in.disk);
    CHECK(in.answer(me) == "");
    CHECK(in.challenge(me, "Basic realm=x"));
    CHECK(in.answer(me) == "Basic YW5uOnRvcCBzZWNyZXQ=");
    CHECK_FALSE(me.bound_to_connection());
}

TEST_CASE("http authenticator: the same question after an answer is a refusal") {
    for (const auto* field : {"Basic realm=\"the files\"", "Digest realm=\"the files\", nonce=n"}) {
        world in;
        http::authenticator me(asker::server, "h", ann(), in.disk);
        CHECK(in.challenge(me, field));
        CHECK(in.answer(me) != "");
        const auto end = in.challenge(me, field);
        REQUIRE_FALSE(end);
        CHECK(end.error().code == errc::unauthorized);
        CHECK(end.error().http_status == 401);
        CHECK(has(end.error().detail, "wrong name or password for realm \"the files\""));
        CHECK_FALSE(has(end.error().detail, "top secret"));
        CHECK(in.answer(me) == "");  // not again what has just been refused
    }
}

TEST_CASE("http authenticator: an old nonce is no refusal, but not for ever") {
    world in;
    http::authenticator me(asker::server, "h", ann(), in.disk);
    CHECK(in.challenge(me, "Digest realm=x, nonce=n1"));
    CHECK(has(in.answer(me), "nonce=\"n1\""));
    CHECK(in.challenge(me, "Digest realm=x, nonce=n2, stale=TRUE"));
    CHECK(has(in.answer(me), "nonce=\"n2\""));
    for (int i = 0; i < 5; ++i) {
        const auto next = in.challenge(me, "Digest realm=x, nonce=n3, stale=true");
        if (!next) return;
        in.answer(me);
    }
    FAIL("it goes on for ever");
}

TEST_CASE("http authenticator: who shares a standing need not be asked") {
    world in;
    http::authenticator first(asker::server, "h", ann(), in.disk, in.known);
    CHECK(in.challenge(first, "Digest realm=x, nonce=n, qop=auth"));
    CHECK(has(in.answer(first), "nc=00000001"));
    http::authenticator second(asker::server, "h", ann(), in.disk, in.known);
    CHECK(has(in.answer(second), "nc=00000002"));
    // The server has forgotten its nonce: that is no refusal yet.
    CHECK(in.challenge(second, "Digest realm=x, nonce=m, qop=auth"));
    CHECK(has(in.answer(second), "nc=00000001"));
    CHECK_FALSE(in.challenge(second, "Digest realm=x, nonce=o, qop=auth"));
    http::authenticator third(asker::server, "h", ann(), in.disk, in.known);
    CHECK(in.answer(third) == "");
}

TEST_CASE("http authenticator: two requests that are asked at the same time both answer") {
    world in;
    http::authenticator one(asker::server, "h", ann(), in.disk, in.known);
    http::authenticator two(asker::server, "h", ann(), in.disk, in.known);
    CHECK(in.answer(one) == "");
    CHECK(in.answer(two) == "");
    CHECK(in.challenge(one, "Basic realm=x"));
    CHECK(in.answer(one) != "");
    CHECK(in.challenge(two, "Basic realm=x"));
    CHECK(in.answer(two) != "");
}

TEST_CASE("http authenticator: what we cannot say gives way to what we can") {
    world in;
    auto who = ann();
    http::authenticator me(asker::server, "h", who, in.disk);
    CHECK(in.challenge(me, "Digest realm=x, nonce=n, algorithm=NEW, Basic realm=x"));
    CHECK(has(in.answer(me), "Basic "));
    who.user = "a:b";
    http::authenticator odd(asker::server, "h", who, in.disk);
    const auto end = in.challenge(odd, "Digest realm=x, nonce=n, qop=auth-int, Basic realm=x");
    REQUIRE_FALSE(end);
    CHECK(has(end.error().detail, "auth-int"));
    CHECK(has(end.error().detail, "colon"));
}

TEST_CASE("http authenticator: without credentials a challenge ends the matter") {
    world in;
    http::authenticator nobody(asker::server, "h", {}, in.disk);
    const auto end = in.challenge(nobody, "Basic realm=x");
    REQUIRE_FALSE(end);
    CHECK(end.error().code == errc::unauthorized);
    CHECK(has(end.error().detail, "give --credential USER"));
}

TEST_CASE("http authenticator: a token is also the answer to a 401 that names no scheme") {
    world in;
    ferry::credentials who;
    who.bearer = ferry::secret("t");
    http::authenticator me(asker::server, "h", who, in.disk);
    CHECK(in.challenge(me, ""));
    CHECK(in.answer(me) == "Bearer t");
    CHECK_FALSE(in.challenge(me, ""));
}

}  // namespace ferry::test::http_authenticator_test
