// What each status code means for a download: at once, again later, or never.
#include "lie.hpp"

namespace ferry::test::status_test {
namespace {

// --- Asking again cannot help: exactly one request ----------------------------------------------

struct refusal {
    const char* name;
    std::string status;
    errc end;
};

const refusal refusals[] = {
    {"refused at once: 400", "400 Bad Request", errc::refused},
    {"refused at once: 401", "401 Unauthorized", errc::unauthorized},
    {"refused at once: 402", "402 Payment Required", errc::refused},
    {"refused at once: 403", "403 Forbidden", errc::unauthorized},
    {"refused at once: 404", "404 Not Found", errc::not_found},
    {"refused at once: 405", "405 Method Not Allowed", errc::refused},
    {"refused at once: 406", "406 Not Acceptable", errc::refused},
    {"refused at once: 407", "407 Proxy Authentication Required", errc::unauthorized},
    {"refused at once: 410", "410 Gone", errc::not_found},
    {"refused at once: 418", "418 I'm a teapot", errc::refused},
    {"refused at once: 451", "451 Unavailable For Legal Reasons", errc::refused},
    {"refused at once: 501", "501 Not Implemented", errc::refused},
    {"refused at once: 505", "505 HTTP Version Not Supported", errc::refused},
    {"refused at once: 304 to a request without condition", "304 Not Modified", errc::refused},
    {"refused at once: 305", "305 Use Proxy", errc::refused},
};

void refuse(const refusal& what) {
    for (const std::uint64_t kept : {0, 4'096}) {
        CAPTURE(kept);
        stage on;
        if (kept > 0) on.keep(kept);
        on.server.otherwise.status = what.status;
        const auto got = on.get(patient());
        CHECK_MESSAGE(got.code() == what.end, got.why());
        CHECK(on.server.requests.size() == 1);
        REQUIRE_FALSE(got.ok());
        CHECK(got.end.error().http_status == std::stoi(what.status));
        CHECK(got.why().find(what.status.substr(0, 3)) != std::string::npos);
        check_safe(on, on.truth);
        if (kept > 0) CHECK_FALSE(on.asked(1, "Range").empty());  // what was kept was not lost
    }
}
const cases<refusals, refuse> refused(__FILE__, __LINE__);

// --- Asking again may help ----------------------------------------------------------------------

struct excuse {
    const char* name;
    std::string status;
};

const excuse excuses[] = {
    {"tried again: 408", "408 Request Timeout"},
    {"tried again: 409", "409 Conflict"},
    {"tried again: 425", "425 Too Early"},
    {"tried again: 429", "429 Too Many Requests"},
    {"tried again: 500", "500 Internal Server Error"},
    {"tried again: 502", "502 Bad Gateway"},
    {"tried again: 503", "503 Service Unavailable"},
    {"tried again: 504", "504 Gateway Timeout"},
    {"tried again: 507", "507 Insufficient Storage"},
    {"tried again: 520, which nobody registered", "520 Web Server Returned an Unknown Error"},
    {"tried again: 599", "599 Network Connect Timeout"},
};

void try_again(const excuse& what) {
    {
        INFO("three times, then the truth");
        stage on;
        on.server.script = {
            {.status = what.status}, {.status = what.status}, {.status = what.status}};
        const auto got = on.get(patient());
        CHECK_MESSAGE(got.ok(), got.why());
        CHECK(on.off() == "");
        CHECK(on.server.requests.size() == 4);
    }
    {
        INFO("for ever");
        stage on;
        on.server.otherwise.status = what.status;
        const auto got = on.get(brief());
        CHECK_MESSAGE(got.code() == errc::overloaded, got.why());
        CHECK(on.server.requests.size() > 1);
        REQUIRE_FALSE(got.ok());
        CHECK(got.end.error().http_status == std::stoi(what.status));
        check_safe(on, on.truth);
    }
    {
        INFO("in the middle of a resume");
        stage on;
        on.keep(4'096);
        on.server.script = {{.status = what.status}};
        const auto got = on.get(patient());
        CHECK_MESSAGE(got.ok(), got.why());
        CHECK(on.off() == "");
        CHECK(on.asked(1, "Range") == "bytes=4096-");
    }
}
const cases<excuses, try_again> tried_again(__FILE__, __LINE__);

// --- Success, more or less ----------------------------------------------------------------------

TEST_CASE("status: 203 from a transforming proxy is a success") {
    stage on;
    on.server.otherwise.status = "203 Non-Authoritative Information";
    const auto got = on.get(patient());
    CHECK_MESSAGE(got.ok(), got.why());
    CHECK(on.off() == "");
}

TEST_CASE("status: 204 has no content, so no file is made of it") {
    stage on;
    on.server.otherwise.status = "204 No Content";
    const auto got = on.get(brief());
    CHECK_FALSE(got.ok());
    check_safe(on, on.truth);
}

TEST_CASE("status: 204 to a resume does not end the file") {
    stage on;
    on.keep(4'096);
    on.server.otherwise.status = "204 No Content";
    const auto got = on.get(brief());
    CHECK_FALSE(got.ok());
    check_safe(on, on.truth);
}

TEST_CASE("status: the text of an error never reaches the file, also without a length") {
    stage on;
    on.server.script = {
        {.status = "500 Internal Server Error", .framing = frame_by::until_close},
        {.status = "500 Internal Server Error", .framing = frame_by::chunked}};
    const auto got = on.get(patient());
    CHECK_MESSAGE(got.ok(), got.why());
    CHECK(on.off() == "");
}

TEST_CASE("status: an error with a body without end does not keep the client busy") {
    stage on;
    on.server.otherwise = {
        .raw = "HTTP/1.1 404 Not Found\r\nTransfer-Encoding: chunked\r\n\r\n",
        .forever = "5\r\nsorry\r\n"};
    const auto got = on.get(patient());
    CHECK_MESSAGE(got.code() == errc::not_found, got.why());
    CHECK_FALSE(on.server.flooded);
    check_safe(on, on.truth);
}

TEST_CASE("status: an error keeps what a server's words would do to a terminal out of its text") {
    stage on;
    on.server.otherwise.status = "404 \x1b[31mNot\x07 Found";
    const auto got = on.get(patient());
    CHECK_FALSE(got.ok());
    CHECK(got.why().find('\x1b') == std::string::npos);
}

}  // namespace
}  // namespace ferry::test::status_test
