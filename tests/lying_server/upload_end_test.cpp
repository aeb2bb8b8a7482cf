// Uploads by PUT that are refused, asked who they are, cut, kept waiting or given up.
#include "upload_stage.hpp"

namespace ferry::test::upload_end_test {
namespace {

constexpr std::size_t much = 8'300'000;  // more than sockets hold, too little to be continued
const std::string& content_bytes() {     // made only where it is needed
    static const auto all = random_bytes(much);
    return all;
}

// --- Refused on the way -------------------------------------------------------------------------

struct no {
    const char* name;
    const char* status;
    errc code;
};

const no noes[] = {
    {"put: 401 is heard while content is sent", "401 Unauthorized", errc::unauthorized},
    {"put: 403 is heard while content is sent", "403 Forbidden", errc::unauthorized},
    {"put: 404 is heard while content is sent", "404 Not Found", errc::not_found},
    {"put: 409 is heard while content is sent", "409 Conflict", errc::refused},
    {"put: 413 is heard while content is sent", "413 Content Too Large", errc::refused},
    {"put: 415 is heard while content is sent", "415 Unsupported Media Type", errc::refused},
    {"put: 503 is heard while content is sent", "503 Service Unavailable", errc::overloaded},
    {"put: 507 is heard while content is sent", "507 Insufficient Storage", errc::overloaded},
};

template <class Stage>
void refuse_early(const no& what, std::size_t after, ending end, std::size_t size) {
    CAPTURE(after);
    CAPTURE(static_cast<int>(end));
    CAPTURE(size);
    Stage on;
    on.server.receive_window = 65'536;
    auto refusal = upload_stage::refusing(what.status);
    refusal.takes = after;
    refusal.end = end;
    on.server.script = {refusal};
    auto content = made(content_bytes().substr(0, size), both_ways[0]);
    const auto got = on.put(on.server.url("/f", "localhost"), content);
    CHECK_MESSAGE(got.code() == what.code, got.why());
    CHECK(got.status() == std::stoi(what.status));
    const auto is_put = [](const request& one) { return one.method == "PUT"; };
    const auto& all = on.server.requests;  // perhaps it is asked why
    REQUIRE(std::count_if(all.begin(), all.end(), is_put) == 1);
    CHECK(all.front().content.size() < size);

    auto other = made("hello", both_ways[0]);
    const auto next = on.put(on.server.url("/g", "localhost"), other);
    CHECK_MESSAGE(next.ok(), next.why());
    CHECK(on.server.connections == 2);  // the first one is in the middle of something
}

void hear_refusal(const no& what) {
    for (const auto end : {ending::keep_alive, ending::close, ending::deaf, ending::stall}) {
        refuse_early<upload_stage>(what, 0, end, much);  // instead of 100
        refuse_early<upload_stage>(what, 1, end, much);
        refuse_early<secure_upload_stage>(what, 300'000, end, much);
    }
    refuse_early<upload_stage>(what, 1, ending::reset, much);
}
const cases<noes, hear_refusal> heard(__FILE__, __LINE__);

TEST_CASE("put: a refusal is heard also by whom the network keeps from sending more") {
    // too little for an Expect, but more than the network takes while the server is deaf
    upload_stage on;
    on.server.receive_window = 4'096;
    on.server.otherwise = {
        .status = "413 Content Too Large",
        .body = "no",
        .think = 100ms,
        .takes = 1,
        .end = ending::deaf};
    auto content = made(content_bytes().substr(0, 1'000'000), both_ways[0]);
    const auto got = on.put_to("/f", content);  // no time passes
    CHECK_MESSAGE(got.status() == 413, got.why());
}

TEST_CASE("put: what the user can do about a refusal is said") {
    for (const auto& [status, hint] : {
             std::pair("404 Not Found", "--create-dirs"),
             {"409 Conflict", "--create-dirs"},
             {"405 Method Not Allowed", "--upload-protocol"},
             {"413 Content Too Large", "no file of that size"},
             {"507 Insufficient Storage", "no room left"},
         }) {
        upload_stage on;
        on.server.otherwise = upload_stage::refusing(status);
        auto content = made("hello", both_ways[0]);
        const auto got = on.put_to("/f", content);
        CHECK_MESSAGE(got.why().find(hint) != std::string::npos, got.why());
    }
}

TEST_CASE("put: a server that says it has all before it can have is not believed") {
    for (const auto* status : {"200 OK", "201 Created", "204 No Content", "303 See Other"}) {
        for (const std::size_t after : {0, 1, 1'000'000}) {
            CAPTURE(status);
            CAPTURE(after);
            upload_stage on;
            on.server.receive_window = 65'536;
            on.server.otherwise = {
                .status = status, .fields = {{"Location", "/"}}, .body = "", .takes = after};
            auto content = made(content_bytes(), both_ways[0]);
            const auto got = on.put_to("/f", content);
            CHECK_MESSAGE(got.code() == errc::malformed, got.why());
            CHECK(on.server.requests.size() == 1);
        }
    }
}

// --- Asked who we are ---------------------------------------------------------------------------

const std::string ann = "Basic YW5uOnRvcCBzZWNyZXQ=";

void be_ann(access_options& access) {
    access.who.user = "ann";
    access.who.password = secret("top secret");
    access.who.schemes = {auth_scheme::basic, auth_scheme::digest};
}

std::function<reply(const request&)> guarded(std::optional<std::size_t> takes = {}) {
    return [takes](const request& asked) {
        if (!field(asked, "Authorization").empty()) return upload_stage::stored();
        auto refusal = upload_stage::refusing("401 Unauthorized");
        refusal.fields = {{"WWW-Authenticate", "Basic realm=\"here\""}};
        refusal.takes = takes;
        return refusal;
    };
}

TEST_CASE("put: asked who we are, we say so and send the content again") {
    for (const std::size_t size : {0, 10'000, 3'000'000}) {
        for (const bool early : {false, true}) {
            CAPTURE(size);
            CAPTURE(early);
            upload_stage on;
            be_ann(*on.access);
            on.server.decide = guarded(early ? std::optional<std::size_t>(0) : std::nullopt);
            const auto bytes = content_bytes().substr(0, size);
            auto content = made(bytes, both_ways[0]);
            const auto got = on.put_to("/f", content);
            CHECK_MESSAGE(got.ok(), got.why());
            REQUIRE(on.server.requests.size() == 2);
            CHECK(on.asked(0, "Authorization") == "");
            CHECK(on.asked(1, "Authorization") == ann);
            CHECK(difference(on.got(1), bytes) == "");
            on.server.requests.clear();
            CHECK(on.put_to("/g", content).ok());
            CHECK(on.server.requests.size() == 1);  // known by now
        }
    }
}

TEST_CASE("put: whoever says that we are wrong is not asked for ever") {
    upload_stage on;
    be_ann(*on.access);
    on.server.otherwise = upload_stage::refusing("401 Unauthorized");
    on.server.otherwise.fields = {{"WWW-Authenticate", "Basic realm=\"here\""}};
    auto content = made("hello", both_ways[0]);
    const auto got = on.put_to("/f", content);
    CHECK(got.code() == errc::unauthorized);
    CHECK(on.server.requests.size() == 2);
}

TEST_CASE("put: who we are is told only to the server that was named") {
    upload_stage on;
    be_ann(*on.access);
    on.access->headers = {"X-Token: secret"};
    lying_server other(on.on.io, {});
    other.decide = guarded();
    on.server.otherwise = {
        .status = "307 Temporarily", .fields = {{"Location", other.url("/f")}}, .body = ""};
    auto content = made("hello", both_ways[0]);
    const auto got = on.put_to("/f", content);
    CHECK(got.code() == errc::unauthorized);
    REQUIRE(other.requests.size() == 1);
    CHECK(field(other.requests[0], "Authorization") == "");
    CHECK(field(other.requests[0], "X-Token") == "");
    CHECK(on.asked(0, "X-Token") == "secret");
}

TEST_CASE("put: a proxy that asks who we are is told, and gets the content again") {
    upload_stage on;
    on.access->proxy.usage = proxy_usage::listed;
    on.access->proxy.list = {"http://127.0.0.1:" + std::to_string(on.server.port())};
    on.access->proxy.who.user = "ann";
    on.access->proxy.who.password = secret("top secret");
    on.server.decide = [](const request& asked) {
        if (!field(asked, "Proxy-Authorization").empty()) return upload_stage::stored();
        auto refusal = upload_stage::refusing("407 Proxy Authentication Required");
        refusal.fields = {{"Proxy-Authenticate", "Basic realm=\"here\""}};
        refusal.takes = 0;
        return refusal;
    };
    for (const std::size_t size : {10'000, 3'000'000}) {
        on.server.requests.clear();
        const auto bytes = content_bytes().substr(0, size);
        auto content = made(bytes, both_ways[0]);
        const auto got = on.put("http://server.invalid/f", content);
        CHECK_MESSAGE(got.ok(), got.why());
        CHECK(on.server.requests.back().target == "http://server.invalid/f");
        CHECK(difference(on.server.requests.back().content, bytes) == "");
    }
}

TEST_CASE("put: who has refused content may still wait for its end, and is not asked again there") {
    upload_stage on;
    be_ann(*on.access);
    on.server.decide = [&](const request& asked) {
        auto how = guarded()(asked);
        if (asked.connection == 1) how.end = ending::deaf;
        return how;
    };
    auto content = made("hello", both_ways[0]);
    const auto got = on.put_to("/f", content);
    CHECK_MESSAGE(got.ok(), got.why());
    CHECK(on.server.connections == 2);
}

TEST_CASE("put: a password that is refused when we ask how, is not tried again with the content") {
    upload_stage on;
    be_ann(*on.access);
    on.server.otherwise = upload_stage::refusing("401 Unauthorized");
    on.server.otherwise.fields = {{"WWW-Authenticate", "Basic realm=\"here\""}};
    auto content = made("hello", both_ways[0]);
    auto what = on.to(on.server.url("/f"), content);
    what.how = upload_protocol::automatic;
    CHECK(on.put(std::move(what), content).code() == errc::unauthorized);
    REQUIRE(on.server.requests.size() == 2);
    CHECK(on.server.requests[1].method == "OPTIONS");
}

// --- Cut ----------------------------------------------------------------------------------------

TEST_CASE("put: a connection that ends, at whichever byte of the content, is a transient error") {
    for (const auto end : {ending::close, ending::reset}) {
        for (const std::size_t after : {0, 1, 65'536, 1'000'000, 8'000'000}) {
            CAPTURE(static_cast<int>(end));
            CAPTURE(after);
            upload_stage on;
            on.server.receive_window = 65'536;
            on.server.otherwise = {.cut = 0, .takes = after, .end = end};
            auto content = made(content_bytes(), both_ways[0]);
            check_transient(on.put_to("/f", content));
            CHECK(on.server.requests.size() == 1);
        }
    }
}

TEST_CASE("put: a connection that ends, at whichever byte of the reply, is a transient error") {
    const auto whole = to_wire({}, {.method = "PUT"}, upload_stage::stored());
    for (std::size_t after = 0; after < whole.head.size(); ++after) {
        CAPTURE(after);
        upload_stage on;
        on.server.otherwise.cut = after;
        auto content = made("hello", both_ways[0]);
        check_transient(on.put_to("/f", content));
    }
}

TEST_CASE("put: a kept connection that the server has closed meanwhile is replaced, once") {
    for (const std::size_t size : {0, 10'000, 3'000'000}) {
        CAPTURE(size);
        upload_stage on;
        const auto bytes = content_bytes().substr(0, size);
        auto content = made(bytes, both_ways[0]);
        CHECK(on.put_to("/f", content).ok());
        on.server.requests.clear();
        on.server.script = {{.cut = 0, .takes = 0}};
        const auto got = on.put_to("/f", content);
        CHECK_MESSAGE(got.ok(), got.why());
        REQUIRE(on.server.requests.size() == 2);
        CHECK(difference(on.got(1), bytes) == "");

        on.server.requests.clear();
        on.server.script = {{.cut = 0, .takes = 0}, {.cut = 0, .takes = 0}};
        check_transient(on.put_to("/f", content));
        CHECK(on.server.requests.size() == 2);
    }
}

TEST_CASE("put: a connection that has begun to answer is not replaced") {
    upload_stage on;
    auto content = made("hello", both_ways[0]);
    CHECK(on.put_to("/f", content).ok());
    on.server.requests.clear();
    on.server.script = {{.cut = 5}};
    check_transient(on.put_to("/f", content));
    CHECK(on.server.requests.size() == 1);
}

// --- Kept waiting -------------------------------------------------------------------------------

template <class Stage>
void stall() {
    Stage on;
    on.server.receive_window = 65'536;
    on.server.otherwise = {.cut = 0, .takes = 1, .end = ending::deaf};
    auto content = made(content_bytes(), both_ways[0]);
    auto what = on.to(on.server.url("/f", "localhost"), content);
    what.stall_timeout = 7s;
    upload_outcome seen;
    const auto going = on.on.start(uploading(on.http(), std::move(what), content, seen));
    REQUIRE(on.on.pump_until([&] { return !on.server.requests.empty(); }));
    on.on.pump_until([] { return false; }, 300ms);  // the network fills up
    on.on.advance(6'999ms);
    CHECK_FALSE(is_ready(going));
    // the network may have filled up only meanwhile
    for (int i = 0; i < 100 && !is_ready(going); ++i) on.on.advance(7s);
    REQUIRE(is_ready(going));
    REQUIRE_FALSE(going->value->has_value());
    CHECK(going->value->error().code == errc::timed_out);
    CHECK(content.reached < content.size());
}

TEST_CASE("put: a server that takes nothing more is given up after the stall timeout") {
    stall<upload_stage>();
}

TEST_CASE("put: a server that takes nothing more is given up over TLS, too") {
    stall<secure_upload_stage>();
}

TEST_CASE("put: a server that does not answer is given up after the reply timeout") {
    upload_stage on;
    on.access->reply_timeout = 5s;
    on.server.otherwise = {.cut = 0, .end = ending::stall};
    auto content = made("hello", both_ways[0]);
    const auto going = on.begin(content);
    on.on.advance(4'999ms);
    CHECK_FALSE(is_ready(going));
    on.on.advance(1ms);
    REQUIRE(is_ready(going));
    REQUIRE_FALSE(going->value->has_value());
    CHECK(going->value->error().code == errc::timed_out);
}

TEST_CASE("put: cancelling ends it at once, wherever it is, and leaves no connection behind") {
    for (const auto& how : {
             reply{.permits = false},                           // waits for permission
             reply{.cut = 0, .takes = 1, .end = ending::deaf},  // waits for room
             reply{.cut = 0, .end = ending::stall},             // waits for the reply
         }) {
        upload_stage on;
        on.server.receive_window = 65'536;
        on.server.script = {how};
        auto content = made(content_bytes(), both_ways[0]);
        const auto going = on.begin(content);
        on.on.pump_until([] { return false; }, 100ms);
        CHECK_FALSE(is_ready(going));
        going->stop.emit(asio::cancellation_type::terminal);
        REQUIRE(on.on.pump_until([&] { return is_ready(going); }));
        REQUIRE_FALSE(going->value->has_value());
        CHECK(going->value->error().code == errc::cancelled);
        auto other = made("hello", both_ways[0]);
        CHECK(on.put_to("/g", other).ok());
        CHECK(on.server.connections == 2);
    }
}

// --- Folders ------------------------------------------------------------------------------------

/// A server with folders, to which the root belongs.
struct folders {
    std::vector<std::string> made = {"/"};
    std::vector<std::string> asked = {};

    bool has(const std::string& path) const {
        return std::find(made.begin(), made.end(), path) != made.end();
    }
    static std::string above(std::string path) {
        if (path.ends_with('/')) path.pop_back();
        return path.substr(0, path.rfind('/') + 1);
    }
    std::string lacking = "409 Conflict";  ///< what PUT hears where the folder is missing
    reply operator()(const request& what) {
        asked.push_back(what.method + " " + what.target);
        const auto path = what.target.substr(0, what.target.find('?'));
        if (!has(above(path)))
            return upload_stage::refusing(what.method == "PUT" ? lacking : "409 Conflict");
        if (what.method != "MKCOL") return upload_stage::stored();
        if (has(path)) return upload_stage::refusing("405 Method Not Allowed");
        made.push_back(path);
        return upload_stage::stored();
    }
};

TEST_CASE("put: missing folders are made, however many, and only if that is wanted") {
    folders there;
    upload_stage on;
    on.server.decide = [&](const request& what) { return there(what); };
    auto content = made("hello", both_ways[0]);
    auto what = on.to(on.server.url("/a/b%20c/d/e/f?x"), content);
    CHECK(on.put(what, content).status() == 409);
    CHECK(there.asked.front() == "PUT /a/b%20c/d/e/f?x");
    CHECK(there.made == std::vector<std::string>{"/"});
    what.make_folders = true;
    const auto got = on.put(what, content);
    CHECK_MESSAGE(got.ok(), got.why());
    CHECK(
        there.made ==
        std::vector<std::string>{"/", "/a/", "/a/b%20c/", "/a/b%20c/d/", "/a/b%20c/d/e/"});
    there.asked.clear();
    CHECK(on.put(what, content).ok());
    CHECK(there.asked.size() == 1);  // nothing to be made
}

TEST_CASE("put: missing folders are made whatever the server says about them") {
    for (const auto* status : {"404 Not Found", "409 Conflict", "500 Internal Server Error"}) {
        CAPTURE(status);
        folders there;
        there.lacking = status;
        upload_stage on;
        on.server.decide = [&](const request& what) { return there(what); };
        auto content = made("hello", both_ways[0]);
        auto what = on.to(on.server.url("/a/f"), content);
        what.make_folders = true;
        const auto got = on.put(what, content);
        CHECK_MESSAGE(got.ok(), got.why());
    }
}

TEST_CASE("put: a server that makes no folders ends the attempt") {
    for (const auto* status : {"403 Forbidden", "409 Conflict", "405 Method Not Allowed"}) {
        CAPTURE(status);
        upload_stage on;
        on.server.decide = [&](const request& what) {
            return upload_stage::refusing(what.method == "MKCOL" ? status : "409 Conflict");
        };
        auto content = made("hello", both_ways[0]);
        auto what = on.to(on.server.url("/a/b/f"), content);
        what.make_folders = true;
        const auto got = on.put(what, content);
        CHECK_FALSE(got.ok());
        CHECK(on.server.requests.size() < 6);
    }
}

}  // namespace
}  // namespace ferry::test::upload_end_test
