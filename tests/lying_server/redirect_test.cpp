// Where a server may send a client, and where not (RFC 9110, 15.4; design: secrets and origins).
#include "lie.hpp"

namespace ferry::test::redirect_test {
namespace {

reply redirect_to(const std::string& where, const std::string& status = "302 Found") {
    return {.status = status, .fields = {{"Location", where}}};
}

std::shared_ptr<access_options> some_access() { return std::make_shared<access_options>(); }

// --- Followed -----------------------------------------------------------------------------------

struct way {
    const char* name;
    std::string status;
    std::string location;  ///< "ORIGIN" stands for the server's own
    std::string arrives;   ///< the target of the second request
};

const way ways[] = {
    {"redirect: 301 with a path", "301 Moved Permanently", "/g", "/g"},
    {"redirect: 302 with an absolute URL", "302 Found", "ORIGIN/g?a=b", "/g?a=b"},
    {"redirect: 303", "303 See Other", "/g", "/g"},
    {"redirect: 307", "307 Temporary Redirect", "/g", "/g"},
    {"redirect: 308", "308 Permanent Redirect", "/g", "/g"},
    {"redirect: to a sibling", "302 Found", "g", "/a/b/g"},
    {"redirect: to a parent's sibling", "302 Found", "../g", "/a/g"},
    {"redirect: above the root", "302 Found", "../../../../g", "/g"},
    {"redirect: to another query", "302 Found", "?v=2", "/a/b/f?v=2"},
    {"redirect: without scheme", "302 Found", "//HOST/g", "/g"},
    {"redirect: the fragment is not sent", "302 Found", "/g#part", "/g"},
    {"redirect: a space in it is encoded", "302 Found", "/g h", "/g%20h"},
};

std::string here(const lying_server& server, std::string text) {
    const auto origin = server.url("");
    for (const auto& [word, meaning] :
         {std::pair{std::string("ORIGIN"), origin},
          std::pair{std::string("HOST"), origin.substr(7)}})
        if (const auto at = text.find(word); at != text.npos)
            text.replace(at, word.size(), meaning);
    return text;
}

void follow(const way& what) {
    stage on;
    on.server.script = {redirect_to(here(on.server, what.location), what.status)};
    const auto got = on.on.get(on.server.url("/a/b/f"), "f", patient());
    CHECK_MESSAGE(got.ok(), got.why());
    CHECK(on.off() == "");
    REQUIRE(on.server.requests.size() == 2);
    CHECK(on.server.requests[1].target == what.arrives);
    CHECK(on.server.requests[1].method == "GET");
    CHECK(on.server.connections == 1);  // the redirect's own text was read, the connection kept
}
const cases<ways, follow> followed(__FILE__, __LINE__);

TEST_CASE("redirect: 20 in a row are followed, 21 are not") {
    for (const int count : {20, 21}) {
        CAPTURE(count);
        stage on;
        for (int i = 0; i < count; ++i)
            on.server.script.push_back(redirect_to("/" + std::to_string(i)));
        const auto got = on.get(patient());
        if (count == 20) {
            CHECK_MESSAGE(got.ok(), got.why());
            CHECK(on.off() == "");
        } else {
            CHECK_MESSAGE(got.code() == errc::redirect_refused, got.why());
            CHECK(on.server.requests.size() == 21);
            check_safe(on, on.truth);
        }
    }
}

TEST_CASE("redirect: a resume through a redirect carries its range to the end of the way") {
    stage on;
    on.server.script = {redirect_to("/g"), {.cut_body = 4'096}, redirect_to("/g"), {}};
    const auto got = on.get(patient());
    CHECK_MESSAGE(got.ok(), got.why());
    CHECK(on.off() == "");
    CHECK(on.server.requests.back().target == "/g");
    CHECK(field(on.server.requests.back(), "Range") == "bytes=4096-");
}

TEST_CASE("redirect: a resume that now leads to another object does not splice") {
    stage on;
    on.keep(4'096);
    on.server.object = other_version(on.truth);
    on.server.script = {redirect_to("/elsewhere")};
    const auto got = on.get(patient());
    CHECK_MESSAGE(got.ok(), got.why());
    CHECK(on.off(on.server.object.body) == "");
}

TEST_CASE("redirect: the text of a redirect without end is not read to its end") {
    stage on;
    on.server.script = {
        {.raw = "HTTP/1.1 302 Found\r\nLocation: /g\r\nTransfer-Encoding: chunked\r\n\r\n",
         .forever = "5\r\nsorry\r\n"}};
    const auto got = on.get(patient());
    CHECK_MESSAGE(got.ok(), got.why());
    CHECK_FALSE(on.server.flooded);
    CHECK(on.off() == "");
}

TEST_CASE("redirect: its text is never taken for the file") {
    stage on;
    on.server.script = {
        {.status = "302 Found", .fields = {{"Location", "/g"}}, .body = "you are here"}};
    const auto got = on.get(patient());
    CHECK_MESSAGE(got.ok(), got.why());
    CHECK(on.off() == "");
}

TEST_CASE("redirect: another origin sees neither the custom headers nor the password") {
    stage on;
    lying_server other(on.on.io, on.truth);
    auto access = some_access();
    access->headers = {"X-Secret: s3cret", "Authorization: Bearer s3cret", "Cookie: id=s3cret"};
    auto options = patient();
    options.access = access;
    on.server.script = {redirect_to("/here"), redirect_to(other.url("/there"))};
    other.script = {redirect_to(on.server.url("/back"))};
    const auto got = on.get(options);
    CHECK_MESSAGE(got.ok(), got.why());
    REQUIRE(on.server.requests.size() == 3);
    REQUIRE(other.requests.size() == 1);
    for (const auto name : {"X-Secret", "Authorization", "Cookie"}) {
        CAPTURE(name);
        CHECK(on.asked(0, name) != "");
        CHECK(on.asked(1, name) != "");  // the same origin still
        CHECK(field(other.requests[0], name) == "");
        // Whoever stands between could have chosen this request: nothing says that it is ours.
        CHECK((on.asked(2, name) == "" || on.asked(2, name) == on.asked(0, name)));
    }
    for (const auto& [name, value] : other.requests[0].fields)
        CHECK(value.find("s3cret") == std::string::npos);
}

TEST_CASE("redirect: another name of the same machine is another origin") {
    stage on;
    auto access = some_access();
    access->headers = {"X-Secret: 42"};
    auto options = patient();
    options.access = access;
    on.server.script = {redirect_to(on.server.url("/g", "localhost"))};
    const auto got = on.get(options);
    CHECK_MESSAGE(got.ok(), got.why());
    CHECK(on.asked(0, "X-Secret") == "42");
    CHECK(on.asked(1, "X-Secret") == "");
}

// --- Not followed -------------------------------------------------------------------------------

struct dead_end {
    const char* name;
    std::string location;
    std::string status = "302 Found";
    bool also_malformed = false;
};

const dead_end dead_ends[] = {
    {"redirect: to itself", "/f"},
    {"redirect: to itself with another fragment", "/f#again"},
    {"redirect: to a file", "file:///etc/passwd"},
    {"redirect: to a file on another host", "file://localhost/etc/passwd"},
    {"redirect: to ftp", "ftp://127.0.0.1/f"},
    {"redirect: to smb", "smb://127.0.0.1/share/f"},
    {"redirect: to a script", "javascript:alert(1)"},
    {"redirect: to data", "data:text/plain,hello"},
    {"redirect: to mem, which no plug-in speaks", "mem:x"},
    {"redirect: to a bad port", "http://127.0.0.1:99999/f", "302 Found", true},
    {"redirect: to an empty host", "http:///f", "302 Found", true},
    {"redirect: to a host with a space", "http://a b/f", "302 Found", true},
    {"redirect: without Location", "", "302 Found", true},
    {"redirect: 300 without Location", "", "300 Multiple Choices", true},
};

void refuse(const dead_end& what) {
    stage on;
    on.server.otherwise = redirect_to(what.location, what.status);
    const auto got = on.get(patient());
    INFO("it ended so: ", got.why());
    CHECK(
        (got.code() == errc::redirect_refused ||
         (what.also_malformed && (got.code() == errc::malformed || got.code() == errc::refused))));
    CHECK(on.server.requests.size() <= 21);
    check_safe(on, on.truth);
}
const cases<dead_ends, refuse> refused(__FILE__, __LINE__);

TEST_CASE("redirect: two that lead to each other end") {
    stage on;
    on.server.decide = [](const request& asked) {
        return redirect_to(asked.target == "/f" ? "/g" : "/f");
    };
    const auto got = on.get(patient());
    CHECK_MESSAGE(got.code() == errc::redirect_refused, got.why());
    CHECK(on.server.requests.size() <= 21);
    check_safe(on, on.truth);
}

TEST_CASE("redirect: none is followed if the user forbids it") {
    stage on;
    auto access = some_access();
    access->redirects = redirect_policy::forbid;
    auto options = patient();
    options.access = access;
    on.server.script = {redirect_to("/g")};
    const auto got = on.get(options);
    CHECK_MESSAGE(got.code() == errc::redirect_refused, got.why());
    CHECK(on.server.requests.size() == 1);
    check_safe(on, on.truth);
}

TEST_CASE("redirect: no more are followed than the user allows") {
    for (const unsigned allowed : {0U, 1U, 2U}) {
        CAPTURE(allowed);
        stage on;
        auto access = some_access();
        access->max_redirects = allowed;
        auto options = patient();
        options.access = access;
        on.server.script = {redirect_to("/1"), redirect_to("/2")};
        const auto got = on.get(options);
        CHECK(on.server.requests.size() == allowed + 1);
        if (allowed == 2) {
            CHECK_MESSAGE(got.ok(), got.why());
        } else {
            CHECK_MESSAGE(got.code() == errc::redirect_refused, got.why());
        }
    }
}

TEST_CASE("redirect: a transient error at the end of the way starts again at its beginning") {
    stage on;
    on.server.script = {
        redirect_to("/g"), {.status = "503 Service Unavailable"}, redirect_to("/h"), {}};
    const auto got = on.get(patient());
    CHECK_MESSAGE(got.ok(), got.why());
    CHECK(on.server.requests[2].target == "/f");
    CHECK(on.server.requests[3].target == "/h");
}

}  // namespace
}  // namespace ferry::test::redirect_test
