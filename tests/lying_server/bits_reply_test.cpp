// Upload-reply: what the server's application answers.
#include "bits_stage.hpp"

#include <ferry/detail/access_elsewhere.hpp>

#include <string>

namespace ferry::test::bits_reply_test {
namespace {

struct reply_stage : bits_stage {
    const std::string reply = random_bytes(5'000, 7);

    reply_stage() {
        server.site.reply_url = "/replies/1";
        server.site.served["/replies/1"] = reply;
    }
    upload_request with_reply(std::string token = {}) {
        auto what = again(token);
        what.how = upload_protocol::automatic;
        what.wants_reply = true;
        return what;
    }
    /// Sends everything and says where the reply is.
    url answered() {
        const auto one = session(with_reply());
        const auto sent = send(*one);
        CHECK_MESSAGE(sent.has_value(), why(sent));
        return one->reply();
    }
};

TEST_CASE("bits: the reply is where the server says, and is fetched before the session is closed") {
    for (const bool absolute : {true, false}) {
        reply_stage on;
        if (absolute) on.server.site.reply_url = on.server.url("/replies/1");
        const auto one = on.session(on.with_reply());
        CHECK(one->reply().scheme == "");
        REQUIRE(on.send(*one));
        CHECK(to_string(one->reply()) == on.server.url("/replies/1"));
        transfer_options options;
        const auto got = on.on.get(to_string(one->reply()), "reply", options);
        CHECK_MESSAGE(got.ok(), got.why());
        CHECK(difference(slurp(on.on.dir / "reply"), on.reply) == "");
        CHECK(on.finish(*one));
        CHECK(on.server.story() == "create-session fragment GET close-session");
        CHECK(on.off() == "");
        CHECK(on.offences() == "");
    }
}

TEST_CASE("bits: a reply relative to the folder is beside the object") {
    reply_stage on;
    on.server.site.reply_url = "f.reply?x=1";
    CHECK(to_string(on.answered()) == on.server.url("/in/f.reply?x=1"));
}

TEST_CASE("bits: without a wish for a reply there is none") {
    reply_stage on;
    const auto one = on.session();
    CHECK(on.send(*one));
    CHECK(one->reply() == url());
}

TEST_CASE("bits: a server that has no reply breaks its promise") {
    reply_stage on;
    on.server.site.reply_url.reset();
    const auto one = on.session(on.with_reply());
    const auto got = on.send(*one);
    CHECK(on.code(got) == errc::malformed);
    CHECK(on.why(got).find("BITS-Reply-URL") != std::string::npos);
}

TEST_CASE("bits: a reply that is not at a web server is none") {
    for (const auto* where : {"file:///etc/passwd", "smb://h/f", "http://", "http://h:0x/"}) {
        reply_stage on;
        on.server.site.reply_url = where;
        CHECK(on.code(on.send(*on.session(on.with_reply()))) == errc::malformed);
    }
}

TEST_CASE("bits: a server does not choose who we are when the reply is fetched") {
    reply_stage on;
    on.server.site.reply_url = "http://ann:pw@h/r";
    CHECK(on.answered() == parse_url("http://h/r").value());
}

TEST_CASE("bits: only the BITS protocol brings a reply") {
    reply_stage on;
    for (const auto how : {upload_protocol::put, upload_protocol::tus}) {
        auto what = on.with_reply();
        what.how = how;
        CHECK(on.code(on.begin(what)) == errc::unsupported);
    }
    CHECK(on.server.requests.empty());
}

TEST_CASE("bits: a reply elsewhere learns nothing that was meant for the upload's server") {
    reply_stage on;
    bits_server elsewhere(on.on.io);
    elsewhere.site.served["/r"] = on.reply;
    elsewhere.instead = [](const bits_request& asked) -> std::optional<bits_answer> {
        if (asked.has("Authorization")) return std::nullopt;
        return bits_answer{401, {{"WWW-Authenticate", "Basic realm=\"r\""}}, ""};
    };
    on.server.site.reply_url = elsewhere.url("/r");
    on.access.headers = {"X-Key: secret"};
    on.access.who.user = "ann";
    on.access.who.password = secret("pw");
    const auto where = on.answered();
    open_request asked;
    asked.what = where;
    asked.access = detail::access_elsewhere(
        std::make_shared<const access_options>(on.access), on.request().what, where);
    const auto got = on.on.run(on.http().open(asked));
    CHECK(on.code(got) == errc::unauthorized);
    REQUIRE(elsewhere.requests.size() == 1);
    CHECK_FALSE(elsewhere.requests.at(0).has("X-Key"));
    CHECK_FALSE(elsewhere.requests.at(0).has("Authorization"));
}

TEST_CASE("bits: a reply whose place got lost on the way is asked for again") {
    reply_stage on;
    const auto one = on.session(on.with_reply());
    REQUIRE(on.send(*one));  // and then this process ends
    const auto found = on.session(on.with_reply(one->token()));
    CHECK(found->offset() == on.bytes.size());
    CHECK(on.send(*found));
    CHECK(to_string(found->reply()) == on.server.url("/replies/1"));
    CHECK(on.server.requests.back().field("Content-Range") == "bytes 19999-19999/20000");
    CHECK(on.finish(*found));
    CHECK(on.off() == "");
    CHECK(on.offences() == "");
}

TEST_CASE("bits: a reply that the server no longer knows is made anew") {
    reply_stage on;
    on.server.site.takes_overlap = false;  // it says 416 without a URL
    const auto one = on.session(on.with_reply());
    CHECK(on.send(*one));
    const auto found = on.session(on.with_reply(one->token()));
    CHECK(on.code(on.send(*found)) == errc::session_lost);
}

}  // namespace
}  // namespace ferry::test::bits_reply_test
