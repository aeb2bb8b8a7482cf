#include <ferry/http/response_parser.hpp>
#include <ferry/http/upload/tus.hpp>

#include <doctest/doctest.h>
#include <support/loop.hpp>
#include <support/made_content.hpp>

#include <memory>
#include <span>
#include <string>
#include <utility>

namespace ferry::test::http_tus_test {

namespace http = ferry::http;
using http::tus_verdict;

namespace {

http::response_head head_of(const std::string& text) {
    http::response_parser parser(true);
    const auto whole = "HTTP/1.1 " + text + "\r\n\r\n";
    REQUIRE(parser.read_head(std::as_bytes(std::span(whole))).has_value());
    return parser.head();
}

http::answer reply_to(std::string_view method, const std::string& where, const std::string& text) {
    http::answer got;
    got.asked.method = method;
    got.asked.what = ferry::parse_url(where).value();
    got.asked.access = std::make_shared<const ferry::access_options>();
    got.head = head_of(text);
    return got;
}

/// Where a POST to `asked` says that the upload is; "" if that is an error.
std::string place(const std::string& asked, const std::string& location) {
    const auto found = http::tus_place(reply_to("POST", asked, "201 Created\r\n" + location));
    return found ? ferry::to_string(*found) : std::string();
}

tus_verdict judged(const std::string& reply, std::uint64_t end = 100) {
    return http::judge_patch(head_of(reply), end);
}

ferry::result<std::uint64_t> offset_in(const std::string& reply, std::uint64_t size = 100) {
    return http::tus_offset(reply_to("HEAD", "http://h/u", reply), size, http::wall_time());
}

ferry::failure refusal(const std::string& reply) {
    return http::tus_refusal(reply_to("POST", "http://h/files", reply), http::wall_time());
}

}  // namespace

// --- What a server can do -----------------------------------------------------------------------

TEST_CASE("tus: a server that speaks 1.0.0 and makes uploads is one") {
    const auto all = http::abilities_of(
        head_of("204 No Content\r\nTus-Version: 1.0.0,0.2.2\r\nTus-Max-Size: 1073741824\r\n"
                "Tus-Extension: creation,expiration, termination"));
    CHECK(all.tus);
    CHECK_FALSE(all.tus_only_continues);
    CHECK(all.tus_deletes);
    CHECK(all.tus_checksum == "");
    CHECK(all.tus_max_size == 1073741824);
}

TEST_CASE("tus: a server of another version is none") {
    CHECK_FALSE(http::abilities_of(head_of("200 OK\r\nTus-Version: 0.2.2,2.0.0")).tus);
    CHECK_FALSE(http::abilities_of(head_of("200 OK\r\nTus-Extension: creation")).tus);
}

TEST_CASE("tus: a server that makes no uploads is not chosen for one") {
    ferry::upload_request what;
    const auto chosen = [&](const std::string& extensions) {
        const auto head = head_of("200 OK\r\nTus-Version: 1.0.0\r\n" + extensions);
        return http::choose_upload(http::abilities_of(head), what);
    };
    using ferry::upload_protocol;
    CHECK(chosen("Tus-Extension: termination, creation") == upload_protocol::tus);
    CHECK(chosen("Tus-Extension: creation-with-upload") == upload_protocol::put);
    CHECK(chosen("X: y") == upload_protocol::put);
}

TEST_CASE("tus: of the digests that a server knows, SHA-256 is preferred to SHA-1") {
    const auto checksum = [](const std::string& fields) {
        return http::abilities_of(head_of("200 OK\r\n" + fields)).tus_checksum;
    };
    const std::string verifies = "Tus-Extension: creation,checksum\r\nTus-Checksum-Algorithm: ";
    CHECK(checksum(verifies + "md5,sha1,crc32") == "sha1");
    CHECK(checksum(verifies + "sha1,sha256") == "sha256");
    CHECK(checksum(verifies + "md5") == "");
    CHECK(checksum("Tus-Checksum-Algorithm: sha1") == "");  // says that it knows, not that it does
}

TEST_CASE("tus: a size that is no number is none") {
    const auto all = http::abilities_of(head_of("200 OK\r\nTus-Max-Size: lots"));
    CHECK(all.tus_max_size == std::nullopt);
}

// --- Where an upload is -------------------------------------------------------------------------

TEST_CASE("tus: the place of an upload is taken from Location, absolute or relative") {
    CHECK(place("http://h/files/", "Location: http://h/files/1") == "http://h/files/1");
    CHECK(place("http://h/files", "Location: /files/1") == "http://h/files/1");
    CHECK(place("http://h/files/", "Location: 1?a=b") == "http://h/files/1?a=b");
    CHECK(place("http://h/files", "Location: //g/1") == "http://g/1");
    CHECK(place("http://h/files/", "Location: http://a:b@h/files/1#x") == "http://h/files/1");
}

TEST_CASE("tus: without a Location, or with two, or with nonsense in it there is no upload") {
    for (const std::string location :
         {"X: y", "Location:", "Location: http://:80/", "Location: /a\r\nLocation: /b"}) {
        CAPTURE(location);
        const auto got =
            http::tus_place(reply_to("POST", "http://h/files", "201 Created\r\n" + location));
        REQUIRE_FALSE(got);
        CHECK(got.error().code == errc::malformed);
        CHECK(got.error().http_status == 201);
    }
}

TEST_CASE("tus: an upload may not be where no redirect may lead") {
    for (const std::string location : {"ftp://h/1", "file:///etc/passwd", "http://h/1"}) {
        CAPTURE(location);
        auto made = reply_to("POST", "https://h/files", "201 Created\r\nLocation: " + location);
        auto got = http::tus_place(made);
        REQUIRE_FALSE(got);
        CHECK(got.error().code == errc::redirect_refused);
    }
    ferry::access_options access;
    access.allow_downgrade = true;
    auto made = reply_to("POST", "https://h/files", "201 Created\r\nLocation: http://h/1");
    made.asked.access = std::make_shared<const ferry::access_options>(access);
    CHECK(http::tus_place(made).has_value());
}

TEST_CASE("tus: where redirects are forbidden an upload must be at its maker's origin") {
    ferry::access_options access;
    access.redirects = ferry::redirect_policy::forbid;
    const auto at = [&](const std::string& location) {
        auto made = reply_to("POST", "http://h/files", "201 Created\r\nLocation: " + location);
        made.asked.access = std::make_shared<const ferry::access_options>(access);
        return http::tus_place(made);
    };
    CHECK(at("/files/1").has_value());
    REQUIRE_FALSE(at("http://g/1").has_value());
    CHECK(at("http://g/1").error().code == errc::redirect_refused);
}

// --- What has arrived ---------------------------------------------------------------------------

TEST_CASE("tus: bytes are believed to be there only if the server names their very end") {
    CHECK(judged("204 No Content\r\nUpload-Offset: 100") == tus_verdict::taken);
    CHECK(judged("200 OK\r\nUpload-Offset: 100") == tus_verdict::taken);
    for (const std::string said : {"99", "101", "0100x", "", "-100", "18446744073709551716"}) {
        CAPTURE(said);
        CHECK(judged("204 No Content\r\nUpload-Offset: " + said) == tus_verdict::doubtful);
    }
    CHECK(judged("204 No Content\r\nX: y") == tus_verdict::doubtful);
    CHECK(
        judged("204 No Content\r\nUpload-Offset: 100\r\nUpload-Offset: 7") ==
        tus_verdict::doubtful);
}

TEST_CASE("tus: a reply that is no success tells what is to be done") {
    CHECK(judged("409 Conflict\r\nUpload-Offset: 100") == tus_verdict::doubtful);
    CHECK(judged("460 Checksum Mismatch\r\nX: y") == tus_verdict::doubtful);
    CHECK(judged("413 Payload Too Large\r\nX: y") == tus_verdict::too_many);
    CHECK(judged("404 Not Found\r\nX: y") == tus_verdict::lost);
    CHECK(judged("410 Gone\r\nX: y") == tus_verdict::lost);
    CHECK(judged("403 Forbidden\r\nX: y") == tus_verdict::refused);
    CHECK(judged("500 Oh\r\nUpload-Offset: 100") == tus_verdict::refused);
    CHECK(judged("304 Not Modified\r\nUpload-Offset: 100") == tus_verdict::refused);
}

TEST_CASE("tus: HEAD tells how much is there") {
    CHECK(*offset_in("200 OK\r\nUpload-Offset: 70\r\nUpload-Length: 100") == 70);
    CHECK(*offset_in("204 No Content\r\nUpload-Offset: 0") == 0);
    CHECK(*offset_in("200 OK\r\nUpload-Offset: 100\r\nUpload-Length: 100") == 100);
}

TEST_CASE("tus: an upload that is not there, or is another one, is lost") {
    for (const std::string reply :
         {"404 Not Found\r\nUpload-Offset: 70", "410 Gone\r\nX: y", "403 Forbidden\r\nX: y",
          "200 OK\r\nUpload-Offset: 101", "200 OK\r\nUpload-Offset: 70\r\nUpload-Length: 99",
          "200 OK\r\nUpload-Offset: 70\r\nUpload-Length: many"}) {
        CAPTURE(reply);
        const auto got = offset_in(reply);
        REQUIRE_FALSE(got);
        CHECK(got.error().code == errc::session_lost);
    }
}

TEST_CASE("tus: a server that does not say how much is there is not understood") {
    for (const std::string offset : {"X: y", "Upload-Offset: x", "Upload-Offset: -1"}) {
        CAPTURE(offset);
        const auto got = offset_in("200 OK\r\n" + offset);
        REQUIRE_FALSE(got);
        CHECK(got.error().code == errc::malformed);
    }
    CHECK(offset_in("503 Later\r\nRetry-After: 7").error().code == errc::overloaded);
}

// --- Failures -----------------------------------------------------------------------------------

TEST_CASE("tus: failures say what a status means here") {
    CHECK(refusal("412 No\r\nTus-Version: 2.0.0").code == errc::unsupported);
    CHECK(refusal("412 No\r\nTus-Version: 2.0.0").detail.find("\"2.0.0\"") != std::string::npos);
    CHECK(refusal("413 No\r\nTus-Max-Size: 77").code == errc::refused);
    CHECK(refusal("413 No\r\nTus-Max-Size: 77").detail.find("77 bytes") != std::string::npos);
    CHECK(refusal("423 Locked\r\nX: y").code == errc::overloaded);
    CHECK(refusal("460 No\r\nX: y").code == errc::checksum_mismatch);
    CHECK(refusal("404 No\r\nX: y").code == errc::not_found);
    CHECK(refusal("401 Who\r\nX: y").code == errc::unauthorized);
    CHECK(refusal("503 Later\r\nRetry-After: 7").retry_after == std::chrono::seconds(7));
    CHECK(refusal("503 Later\r\nX: y").http_status == 503);
    CHECK(refusal("413 No\r\nTus-Max-Size: 7\xc3\xa9").detail.find('\xc3') == std::string::npos);
}

TEST_CASE("tus: a reply to PATCH that was not believed is quoted") {
    const auto got = reply_to("PATCH", "http://h/u", "204 No Content\r\nUpload-Offset: 7");
    const auto why = http::patch_refusal(got, 100, http::wall_time());
    CHECK(why.code == errc::malformed);
    CHECK(why.detail == "PATCH http://h/u: 204 No Content: Upload-Offset \"7\" instead of 100");
    const auto gone = reply_to("PATCH", "http://h/u", "410 Gone\r\nX: y");
    CHECK(http::patch_refusal(gone, 100, http::wall_time()).code == errc::session_lost);
}

TEST_CASE("tus: a token names the place, without whoever may go there, and is told from others") {
    const auto token = http::tus_token(ferry::parse_url("https://a:b@h:8443/u?q=1#x").value());
    CHECK(token == "tus https://h:8443/u?q=1");
    CHECK(http::is_tus_token(token));
    CHECK_FALSE(http::is_tus_token("put https://h/u"));
    CHECK_FALSE(http::is_put_token(token));
    CHECK_FALSE(http::is_tus_token(""));
}

// --- The content --------------------------------------------------------------------------------

TEST_CASE("tus: the digest of a part is that of its bytes alone, in base64") {
    ferry::test::loop on;
    ferry::disk_pool disk(1);
    made_content from("xxabcxx");
    const auto digest = [&](std::string algorithm, ferry::byte_range part) {
        return on.run(http::digest_of_part(from, part, std::move(algorithm), disk)).value();
    };
    CHECK(digest("sha1", {2, 5}) == "qZk+NkcGgWq6PiVxeFDCbJzQ2J0=");
    CHECK(digest("sha256", {2, 5}) == "ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0=");
    CHECK(digest("sha1", {3, 3}) == "2jmj7l5rSw0yVb/vlWAYkK/YBwk=");
    const auto unknown = on.run(http::digest_of_part(from, {0, 7}, "sha0", disk));
    CHECK(unknown.error().code == errc::unsupported);
}

TEST_CASE("tus: a part of several buffers is digested whole") {
    ferry::test::loop on;
    ferry::disk_pool disk(1);
    made_content from(std::string(3'000'000, 'a'));
    auto got = on.run(http::digest_of_part(from, {0, 3'000'000}, "sha256", disk));
    CHECK(got.value() == "KhUsiUOYcZwFcPg/rDSsA6D26OR0uZXCQDqlQ097ndQ=");
}

TEST_CASE("tus: the last byte goes alone, once the content was found unchanged") {
    ferry::test::loop on;
    made_content from("abcdef");
    http::watched_content watched(from, 2);
    CHECK(on.run(watched.reserve(2)).value() == 2);
    watched.sent(4);
    CHECK(on.run(watched.reserve(2)).value() == 1);
    CHECK(from.asked_unchanged == 0);
    watched.sent(5);
    CHECK(on.run(watched.reserve(1)).value() == 1);
    CHECK(from.asked_unchanged == 1);
    from.changed = true;
    CHECK(on.run(watched.reserve(1)).error().code == errc::source_changed);
    CHECK(watched.reached() == 5);
}

TEST_CASE("tus: content that is sent once more is still asked at its end") {
    ferry::test::loop on;
    made_content from("abcdef");
    http::watched_content watched(from, 0);
    watched.sent(5);
    CHECK(on.run(watched.reserve(4)).value() == 3);  // it begins again, and does not say so
    watched.sent(3);
    CHECK(watched.reached() == 5);
    CHECK(on.run(watched.reserve(2)).value() == 2);
    watched.sent(5);
    from.changed = true;
    CHECK(on.run(watched.reserve(1)).error().code == errc::source_changed);
}

}  // namespace ferry::test::http_tus_test
