// Servers that speak tus 1.0, and lie (https://tus.io/protocols/resumable-upload).
#include <support/upload_rig.hpp>

#include "lie.hpp"

namespace ferry::test::tus_test {
namespace {

constexpr std::size_t MiB = 1U << 20;
constexpr std::size_t size = 9 * MiB;  // worth continuing

using replies = std::deque<reply>;

reply status(const std::string& line) { return {.status = line}; }
reply says_offset(const std::string& value) {
    return {.status = "204 No Content", .fields = {{"Upload-Offset", value}}};
}

/// A tus server with one upload. It is honest but for what it is told to say, method by method.
struct tus_liar {
    lying_server server;
    std::string there = {};  ///< what has arrived
    replies options = {};
    replies posts = {};
    replies heads = {};
    replies patches = {};
    replies deletes = {};
    std::string location = "/files/1";
    std::string extensions = "creation,termination";
    std::string algorithms = {};

    explicit tus_liar(asio::io_context& io) : server(io, {}) {
        server.decide = [this](const request& asked) { return decide(asked); };
        server.received = [this](const request& asked) {
            if (asked.method == "PATCH" && takes_) there += asked.content;
        };
    }
    std::vector<request> asked(std::string_view method) const {
        std::vector<request> found;
        for (const auto& one : server.requests)
            if (one.method == method) found.push_back(one);
        return found;
    }

  private:
    reply decide(const request& asked) {
        auto& lies = asked.method == "OPTIONS"  ? options
                     : asked.method == "POST"   ? posts
                     : asked.method == "HEAD"   ? heads
                     : asked.method == "DELETE" ? deletes
                                                : patches;
        const auto offset = field(asked, "Upload-Offset");
        takes_ = asked.method == "PATCH" && offset == std::to_string(there.size());
        if (lies.empty()) return honest(asked, offset);
        auto lie = lies.front();
        if (lies.size() > 1 || !forever) lies.pop_front();
        return lie;
    }
    reply honest(const request& asked, const std::string& offset) const {
        if (asked.method == "OPTIONS")
            return {
                .status = "204 No Content",
                .fields = {
                    {"Tus-Version", "1.0.0"},
                    {"Tus-Extension", extensions},
                    {"Tus-Checksum-Algorithm", algorithms}}};
        if (asked.method == "POST")
            return {.status = "201 Created", .fields = {{"Location", location}}, .body = ""};
        if (asked.method == "HEAD")
            return {
                .status = "200 OK",
                .fields = {
                    {"Upload-Offset", std::to_string(there.size())},
                    {"Upload-Length", std::to_string(size)}}};
        if (asked.method == "DELETE") return status("204 No Content");
        if (!takes_) return status("409 Conflict");
        const auto length = std::stoull(field(asked, "Content-Length"));
        return says_offset(std::to_string(std::stoull(offset) + length));
    }

    bool takes_ = false;

  public:
    bool forever = false;  ///< the last lie of each kind is told again and again
};

struct tus_stage : uploader<ferry::system_clock> {
    const std::string bytes = random_bytes(size);
    tus_liar liar{on.io};
    made_content from{bytes};

    upload_request asking() {
        auto what = to(liar.server.url("/files"), from);
        what.how = upload_protocol::tus;
        return what;
    }
    upload_outcome upload() { return put(asking(), from); }
    upload_outcome resume(const std::string& token) {
        auto what = asking();
        what.token = token;
        return put(std::move(what), from);
    }
    std::string token() const { return "tus " + liar.server.url("/files/1"); }
    std::string off() const { return difference(liar.there, bytes); }
};

// --- What has arrived ---------------------------------------------------------------------------

struct claim {
    const char* name;
    reply how;
};

void doubt(const claim& what) {
    tus_stage at;
    at.liar.patches = {what.how};
    const auto got = at.upload();
    CHECK_MESSAGE(got.ok(), got.why());
    CHECK(at.off() == "");
    CHECK(at.liar.asked("HEAD").size() == 1);
    CHECK(at.liar.asked("PATCH").size() == 1);
}
const claim not_believed[] = {
    {"tus: an offset that is too small is asked about", says_offset("9437183")},
    {"tus: an offset that is too large is asked about", says_offset("9437185")},
    {"tus: an offset that is no number is asked about", says_offset("all of it")},
    {"tus: an offset that is not said is asked about", status("204 No Content")},
    {"tus: two offsets are asked about",
     {.status = "204 No Content", .lines = "Upload-Offset: 9437184\r\nUpload-Offset: 7\r\n"}},
    {"tus: a conflict is asked about", status("409 Conflict")},
};
const cases<not_believed, doubt> doubted(__FILE__, __LINE__);

TEST_CASE("tus: what was believed to be there, and is not, is sent after all") {
    tus_stage at;
    at.liar.patches = {says_offset("4194304")};
    at.liar.server.received = [&](const request& asked) {
        const auto kept = at.liar.there.empty() ? 4 * MiB : asked.content.size();
        at.liar.there += asked.content.substr(0, kept);
    };
    const auto got = at.upload();
    CHECK_MESSAGE(got.ok(), got.why());
    CHECK(at.off() == "");
    REQUIRE(at.liar.asked("PATCH").size() == 2);
    CHECK(field(at.liar.asked("PATCH")[1], "Upload-Offset") == "4194304");
}

TEST_CASE("tus: a server may take a part at a time, and say so before all of it is there") {
    tus_stage at;
    auto part = says_offset("4194304");
    part.takes = 4 * MiB;
    at.liar.patches = {part};
    const auto got = at.upload();
    CHECK_MESSAGE(got.ok(), got.why());
    CHECK(at.off() == "");
    REQUIRE(at.liar.asked("PATCH").size() == 2);
    CHECK(field(at.liar.asked("PATCH")[1], "Upload-Offset") == "4194304");
}

TEST_CASE("tus: a server that says it has all before it can have is not believed") {
    for (const auto* offset : {"9437184", "9000000"}) {
        tus_stage at;
        at.liar.server.receive_window = 65'536;
        auto all = says_offset(offset);
        all.takes = 100'000;
        at.liar.patches = {all};
        at.liar.heads = {{.fields = {{"Upload-Offset", offset}}}};
        const auto got = at.upload();
        CHECK_FALSE(got.ok());
        CHECK((got.code() == errc::malformed || got.code() == errc::session_lost));
        CHECK(at.liar.asked("PATCH").size() == 1);
    }
}

TEST_CASE("tus: a server that never says that it has it all is not believed, nor asked for ever") {
    tus_stage at;
    at.liar.forever = true;
    at.liar.patches = {says_offset("7")};
    at.liar.heads = {{.fields = {{"Upload-Offset", "0"}}}};
    const auto got = at.upload();
    CHECK_MESSAGE(got.code() == errc::malformed, got.why());
    CHECK(got.why().find("\"7\" instead of 9437184") != std::string::npos);
    CHECK(at.liar.asked("PATCH").size() == 3);
}

TEST_CASE("tus: a server that goes back and forth is not followed for ever") {
    tus_stage at;
    at.liar.forever = true;
    at.liar.extensions = "creation,checksum";
    at.liar.algorithms = "sha1";
    made_content large(random_bytes(20 * MiB));
    for (int i = 0; i < 10; ++i) {
        at.liar.patches.push_back(says_offset("16777216"));
        at.liar.patches.push_back(status("409 Conflict"));
    }
    at.liar.heads = {{.fields = {{"Upload-Offset", "0"}}}};
    auto what = at.to(at.liar.server.url("/files"), large);
    what.how = upload_protocol::tus;
    const auto got = at.put(std::move(what), large);
    CHECK_MESSAGE(got.code() == errc::overloaded, got.why());
    CHECK(at.liar.asked("HEAD").size() == 3);
}

TEST_CASE("tus: more than we have sent is somebody else's") {
    tus_stage at;
    auto conflict = status("409 Conflict");
    conflict.takes = 0;
    at.liar.patches = {conflict};
    at.liar.heads = {{.fields = {{"Upload-Offset", "5000"}}}};
    const auto got = at.upload();
    CHECK_MESSAGE(got.code() == errc::session_lost, got.why());
    CHECK(at.liar.asked("PATCH").size() == 1);
}

// --- Continued ----------------------------------------------------------------------------------

TEST_CASE("tus: an upload that is cut in the middle is continued there, by its token") {
    for (const std::size_t cut : {std::size_t(1), 5 * MiB, size - 1, size}) {
        CAPTURE(cut);
        tus_stage at;
        at.liar.patches = {{.cut = 0, .takes = cut}};
        const auto first = at.upload();
        CHECK_MESSAGE(is_transient(first.code()), first.why());
        CHECK(first.token == at.token());
        REQUIRE(at.liar.there.size() == cut);
        const auto second = at.resume(first.token);
        CHECK_MESSAGE(second.ok(), second.why());
        CHECK(second.offset == cut);
        CHECK(second.token == first.token);
        CHECK(at.off() == "");
        CHECK(at.liar.asked("POST").size() == 1);
    }
}

TEST_CASE("tus: bytes that come in late make no trouble") {
    tus_stage at;
    at.liar.there = at.bytes.substr(0, 6 * MiB);
    at.liar.heads = {{.fields = {{"Upload-Offset", "5242880"}}}};  // as it was a moment ago
    const auto got = at.resume(at.token());
    CHECK_MESSAGE(got.ok(), got.why());
    CHECK(got.offset == 5 * MiB);
    CHECK(at.off() == "");
}

TEST_CASE("tus: bytes that a server has lost again are sent again") {
    tus_stage at;
    at.liar.there = at.bytes.substr(0, 4 * MiB);
    at.liar.heads = {{.fields = {{"Upload-Offset", "5242880"}}}};
    const auto got = at.resume(at.token());
    CHECK_MESSAGE(got.ok(), got.why());
    CHECK(at.off() == "");
}

struct end_of_session {
    const char* name;
    reply how;
    errc code;
};

void lose(const end_of_session& what) {
    tus_stage at;
    at.liar.heads = {what.how};
    const auto got = at.resume(at.token());
    CHECK_MESSAGE(got.code() == what.code, got.why());
    CHECK(at.liar.asked("PATCH").empty());
    CHECK(at.liar.asked("POST").empty());
}
const end_of_session lost[] = {
    {"tus: an upload that is not found is lost", status("404 Not Found"), errc::session_lost},
    {"tus: an upload that is gone is lost", status("410 Gone"), errc::session_lost},
    {"tus: an upload that is forbidden is lost", status("403 Forbidden"), errc::session_lost},
    {"tus: an upload with more bytes than the content is another one",
     {.fields = {{"Upload-Offset", "9437185"}}},
     errc::session_lost},
    {"tus: an upload of another length is another one",
     {.fields = {{"Upload-Offset", "7"}, {"Upload-Length", "9437185"}}},
     errc::session_lost},
    {"tus: an upload of unknown progress is not continued", {}, errc::malformed},
    {"tus: an upload of a server that is overloaded is not lost", status("503 Service Unavailable"),
     errc::overloaded},
};
const cases<lost, lose> lost_all(__FILE__, __LINE__);

// --- Refused ------------------------------------------------------------------------------------

struct refusal_of_part {
    const char* name;
    std::string line;
    errc code;
    std::size_t patches;
};

void refuse(const refusal_of_part& what) {
    tus_stage at;
    at.liar.forever = true;
    at.liar.patches = {status(what.line)};
    at.liar.patches.front().takes = 0;
    const auto got = at.upload();
    CHECK_MESSAGE(got.code() == what.code, got.why());
    CHECK(got.why().find(what.line) != std::string::npos);
    CHECK(at.liar.asked("PATCH").size() == what.patches);
}
const refusal_of_part refusals[] = {
    {"tus: an endless conflict may be over some day", "409 Conflict", errc::overloaded, 3},
    {"tus: damage that never ends is reported", "460 Checksum Mismatch", errc::checksum_mismatch,
     3},
    {"tus: a server that takes no bytes at all refuses", "413 Payload Too Large", errc::refused, 7},
    {"tus: an upload that goes while it is sent is lost", "410 Gone", errc::session_lost, 1},
    {"tus: an upload that is not found while it is sent is lost", "404 Not Found",
     errc::session_lost, 1},
    {"tus: a lock is waited for", "423 Locked", errc::overloaded, 1},
    {"tus: an error of the server may be over some day", "500 Oh", errc::overloaded, 1},
    {"tus: a part that is forbidden is", "403 Forbidden", errc::unauthorized, 1},
    {"tus: a content that is not wanted is refused", "415 Unsupported Media Type", errc::refused,
     1},
    {"tus: another version while it is sent is another version", "412 Precondition Failed",
     errc::unsupported, 1},
};
const cases<refusals, refuse> refused(__FILE__, __LINE__);

TEST_CASE("tus: where something on the way takes little at a time, it is brought in parts") {
    for (const bool waits : {true, false}) {
        CAPTURE(waits);
        tus_stage at;
        for (int i = 0; i < 4; ++i) {
            at.liar.patches.push_back(status("413 Payload Too Large"));
            at.liar.patches.back().takes = waits ? 0 : 100'000;
            at.liar.patches.back().end = ending::close;
        }
        at.liar.server.received = [&](const request& asked) {
            const bool whole =
                std::to_string(asked.content.size()) == field(asked, "Content-Length");
            if (whole) at.liar.there += asked.content;
        };
        const auto got = at.upload();
        CHECK_MESSAGE(got.ok(), got.why());
        CHECK(at.off() == "");
        const auto parts = at.liar.asked("PATCH");
        REQUIRE(parts.size() == 4 + 16);
        CHECK(field(parts[4], "Content-Length") == std::to_string(size / 16));
    }
}

struct refusal_of_all {
    const char* name;
    reply how;
    errc code;
    std::string says;
};

void refuse_all(const refusal_of_all& what) {
    tus_stage at;
    at.liar.posts = {what.how};
    const auto got = at.upload();
    CHECK_MESSAGE(got.code() == what.code, got.why());
    CHECK_MESSAGE(got.why().find(what.says) != std::string::npos, got.why());
    CHECK(at.liar.server.requests.size() == 2);  // OPTIONS and POST
    CHECK(got.token == "");
}
const refusal_of_all refusals_of_all[] = {
    {"tus: without a Location there is no upload",
     {.status = "201 Created"},
     errc::malformed,
     "no Location"},
    {"tus: two Locations are one too many",
     {.status = "201 Created", .lines = "Location: /a\r\nLocation: /b\r\n"},
     errc::malformed,
     "several places"},
    {"tus: a Location that is no URL is none",
     {.status = "201 Created", .fields = {{"Location", "http://[/"}}},
     errc::malformed,
     "no URL"},
    {"tus: an upload is not made in a file",
     {.status = "201 Created", .fields = {{"Location", "file:///tmp/x"}}},
     errc::redirect_refused,
     "out of http"},
    {"tus: what is too large is refused", status("413 Payload Too Large"), errc::refused,
     "no file of that size"},
    {"tus: how large it may be is told",
     {.status = "413 Payload Too Large", .fields = {{"Tus-Max-Size", "1000"}}},
     errc::refused,
     "at most 1000 bytes"},
    {"tus: a server of another version is understood to be one",
     {.status = "412 Precondition Failed", .fields = {{"Tus-Version", "2.0.0"}}},
     errc::unsupported,
     "2.0.0"},
    {"tus: where no uploads are made it is said", status("404 Not Found"), errc::not_found,
     "no uploads by tus"},
};
const cases<refusals_of_all, refuse_all> refused_all(__FILE__, __LINE__);

TEST_CASE("tus: a server that does not answer what it can do may do it nevertheless") {
    for (const std::string line : {"404 Not Found", "405 Method Not Allowed", "200 OK"}) {
        CAPTURE(line);
        tus_stage at;
        at.liar.options = {status(line)};
        const auto got = at.upload();
        CHECK_MESSAGE(got.ok(), got.why());
        CHECK(at.off() == "");
        const auto part = at.liar.asked("PATCH").at(0);
        CHECK(field(part, "Upload-Checksum") == "");
        CHECK(field(part, "Tus-Resumable") == "1.0.0");
        CHECK(field(part, "Content-Type") == "application/offset+octet-stream");
        CHECK(field(part, "Expect") == "100-continue");
    }
}

TEST_CASE("tus: a server that only continues uploads is not asked to make one") {
    tus_stage at;
    at.liar.extensions = "termination";
    const auto got = at.upload();
    CHECK_MESSAGE(got.code() == errc::unsupported, got.why());
    CHECK(at.liar.server.requests.size() == 1);
}

// --- Given up -----------------------------------------------------------------------------------

TEST_CASE("tus: an upload that is given up is deleted where the server can do that") {
    for (const bool can : {true, false}) {
        for (const std::string line : {"204 No Content", "404 Not Found", "410 Gone"}) {
            CAPTURE(can);
            CAPTURE(line);
            tus_stage at;
            if (!can) at.liar.extensions = "creation";
            at.liar.deletes = {status(line)};
            auto what = at.asking();
            what.token = at.token();
            CHECK(at.on.run(giving_up(at.http(), what)).has_value());
            CHECK(at.liar.asked("DELETE").size() == (can ? 1 : 0));
        }
    }
    tus_stage at;
    at.liar.deletes = {status("500 Oh")};
    auto what = at.asking();
    what.token = at.token();
    const auto kept = at.on.run(giving_up(at.http(), what));
    REQUIRE_FALSE(kept.has_value());
    CHECK(kept.error().code == errc::overloaded);
}

// --- Secrets ------------------------------------------------------------------------------------

/// With secrets of every kind that are meant for the liar's origin.
struct secretive_stage : tus_stage {
    secretive_stage() {
        access->headers = {"X-Secret: s3cret", "Cookie: id=s3cret"};
        access->who.user = "ann";
        access->who.password = secret("s3cret");
        access->who.schemes = {auth_scheme::basic};
    }
};

constexpr const char* ann = "Basic YW5uOnMzY3JldA==";

bool told(const request& asked) {
    return field(asked, "X-Secret") != "" || field(asked, "Cookie") != "" ||
           field(asked, "Authorization") != "";
}

reply who_are_you() {
    reply question = status("401 Unauthorized");
    question.fields = {{"WWW-Authenticate", "Basic realm=\"here\""}};
    question.takes = 0;
    question.end = ending::close;
    return question;
}

TEST_CASE("tus: who asks, and has a right to, is told who we are, and gets all of the content") {
    secretive_stage at;
    at.liar.patches = {who_are_you()};
    at.liar.server.received = [&](const request& asked) {
        if (field(asked, "Authorization") == ann) at.liar.there += asked.content;
    };
    const auto got = at.upload();
    CHECK_MESSAGE(got.ok(), got.why());
    CHECK(at.off() == "");
    CHECK(field(at.liar.asked("PATCH").back(), "X-Secret") == "s3cret");
}

TEST_CASE("tus: an upload that is made at another origin hears no secrets, wherever it leads") {
    secretive_stage at;
    tus_liar other(at.on.io);
    at.liar.location = other.server.url("/files/1");
    auto onward = status("307 Temporary Redirect");
    onward.fields = {{"Location", other.server.url("/files/2")}};
    onward.takes = 0;
    onward.end = ending::close;
    other.patches = {onward};
    const auto got = at.upload();
    CHECK_MESSAGE(got.ok(), got.why());
    CHECK(difference(other.there, at.bytes) == "");
    CHECK(got.token == "");  // no file of ours shall lead there
    CHECK(told(at.liar.asked("POST").at(0)));
    CHECK(other.asked("PATCH").size() == 2);
    for (const auto& asked : other.server.requests) CHECK_FALSE(told(asked));

    other.there.clear();
    other.patches = {who_are_you()};
    const auto refused = at.upload();
    CHECK_MESSAGE(refused.code() == errc::unauthorized, refused.why());
    for (const auto& asked : other.server.requests) CHECK_FALSE(told(asked));
}

TEST_CASE("tus: another origin does not choose where our secrets go") {
    secretive_stage at;
    tus_liar other(at.on.io);
    auto elsewhere = status("307 Temporary Redirect");
    elsewhere.fields = {{"Location", other.server.url("/files")}};
    at.liar.posts = {elsewhere};
    other.location = at.liar.server.url("/account/delete");
    const auto got = at.upload();
    CHECK_MESSAGE(got.ok(), got.why());
    CHECK(got.token == "");
    for (const auto& asked : at.liar.asked("PATCH")) CHECK_FALSE(told(asked));
}

TEST_CASE("tus: with redirects forbidden an upload stays at its origin") {
    tus_stage at;
    lying_server other(at.on.io, {});
    at.access->redirects = redirect_policy::forbid;
    at.liar.location = other.url("/files/1");
    const auto got = at.upload();
    CHECK_MESSAGE(got.code() == errc::redirect_refused, got.why());
    CHECK(other.requests.empty());
}

TEST_CASE("tus: a token that leads elsewhere is not followed") {
    tus_stage at;
    lying_server other(at.on.io, {});
    const std::string places[] = {other.url("/files/1"), "file:///tmp/x", "http://", ""};
    for (const auto& where : places) {
        CAPTURE(where);
        const auto got = at.resume("tus " + where);
        CHECK_MESSAGE(got.code() == errc::session_lost, got.why());
    }
    CHECK(other.requests.empty());
    CHECK(at.liar.asked("HEAD").empty());
}

}  // namespace
}  // namespace ferry::test::tus_test
