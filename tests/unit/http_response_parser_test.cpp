#include <ferry/http/response_parser.hpp>

#include <doctest/doctest.h>

#include <string>
#include <string_view>

namespace ferry::test::http_response_parser_test {

namespace http = ferry::http;
using http::body_framing;

namespace {

struct parsed {
    std::error_code error;
    std::string why;
    int status = 0;
    std::string body;     // of a chunked reply
    std::string surplus;  // what the parser left alone
    bool complete = false;
};

parsed fail(const ferry::failure& why) { return {why.code, why.detail, 0, "", "", false}; }

/// Feeds `text` in pieces of `size` bytes: where it is cut must make no difference.
parsed parse(std::string text, std::size_t size, http::response_parser& parser) {
    parsed seen;
    const auto all = std::as_writable_bytes(std::span(text));
    std::size_t at = 0;
    while (at < all.size() && !parser.has_head()) {
        const auto used = parser.read_head(all.subspan(at, std::min(size, all.size() - at)));
        if (!used) return fail(used.error());
        at += *used;
    }
    if (!parser.has_head()) return seen;
    seen.status = parser.head().status;
    const bool chunked = parser.head().framing == body_framing::chunked;
    while (chunked && at < all.size() && !parser.body_complete()) {
        const auto got = parser.read_chunks(all.subspan(at, std::min(size, all.size() - at)));
        if (!got) return fail(got.error());
        seen.body.append(reinterpret_cast<const char*>(got->body.data()), got->body.size());
        at += got->consumed;
    }
    seen.surplus = text.substr(at);
    seen.complete = parser.body_complete();
    return seen;
}

parsed parse(std::string_view text, std::size_t size = 1 << 20) {
    http::response_parser parser;
    return parse(std::string(text), size, parser);
}

std::string chunked(std::string_view body) {
    return "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + std::string(body);
}

/// Both in one piece and byte by byte.
void check_refused(std::string_view text, errc code = errc::malformed) {
    CAPTURE(text);
    const auto whole = parse(text);
    CHECK(whole.error == code);
    CHECK_FALSE(whole.why.empty());
    CHECK(parse(text, 1).error == code);
}

}  // namespace

TEST_CASE("http parser: a head is understood wherever the network cuts it") {
    const std::string text =
        "HTTP/1.1 206 Partial Content\r\nContent-Length: 5\r\nETag: "
        "\"v1\"\r\nX-Empty:\r\n\r\nhello";
    for (std::size_t size = 1; size <= text.size(); ++size) {
        http::response_parser parser;
        const auto seen = parse(text, size, parser);
        CAPTURE(size);
        REQUIRE(seen.error == std::error_code());
        CHECK(seen.status == 206);
        CHECK(seen.surplus == "hello");
        const auto& head = parser.head();
        CHECK(head.reason == "Partial Content");
        CHECK(head.framing == body_framing::length);
        CHECK(head.length == 5);
        CHECK(head.keep_alive);
        CHECK(head.fields.size() == 3);
        CHECK(head.fields.find("etag") == "\"v1\"");
        CHECK(head.fields.find("x-empty") == "");
        CHECK_FALSE(head.fields.find("X-Missing"));
    }
}

TEST_CASE("http parser: the version and Connection decide whether the connection stays") {
    const auto stays = [](std::string_view start, std::string_view fields) {
        http::response_parser parser;
        parse(std::string(start).append(" 200 OK\r\n").append(fields).append("\r\n"), 99, parser);
        REQUIRE(parser.has_head());
        return parser.head().keep_alive;
    };
    CHECK(stays("HTTP/1.1", "Content-Length: 0\r\n"));
    CHECK_FALSE(stays("HTTP/1.1", "Content-Length: 0\r\nConnection: close\r\n"));
    CHECK_FALSE(stays("HTTP/1.1", "Content-Length: 0\r\nConnection: x, Close\r\n"));
    CHECK_FALSE(stays("HTTP/1.0", "Content-Length: 0\r\n"));
    CHECK(stays("HTTP/1.0", "Content-Length: 0\r\nConnection: keep-alive\r\n"));
    CHECK_FALSE(stays("HTTP/1.1", ""));
}

TEST_CASE("http parser: framing follows RFC 9112, 6.3") {
    const auto framing = [](std::string_view text, bool to_head = false) {
        http::response_parser parser(to_head);
        parse(std::string(text), 99, parser);
        REQUIRE(parser.has_head());
        return parser.head().framing;
    };
    CHECK(framing("HTTP/1.1 200 OK\r\n\r\n") == body_framing::until_close);
    CHECK(framing("HTTP/1.1 200\r\nContent-Length: 0\r\n\r\n") == body_framing::length);
    CHECK(
        framing("HTTP/1.1 200 OK\r\nTransfer-Encoding: Chunked\r\n\r\n") == body_framing::chunked);
    CHECK(framing("HTTP/1.1 204 No\r\nContent-Length: 5\r\n\r\n") == body_framing::none);
    CHECK(framing("HTTP/1.1 304 No\r\nContent-Length: 5\r\n\r\n") == body_framing::none);
    CHECK(framing("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n", true) == body_framing::none);
}

TEST_CASE("http parser: ambiguous or impossible framing is refused") {
    const std::string ok = "HTTP/1.1 200 OK\r\n";
    check_refused(ok + "Content-Length: 3\r\nContent-Length: 4\r\n\r\n");
    check_refused(ok + "Content-Length: 3\r\nContent-Length: 3\r\n\r\n");
    check_refused(ok + "Content-Length: 3, 3\r\n\r\n");
    check_refused(ok + "Content-Length: -1\r\n\r\n");
    check_refused(ok + "Content-Length: +1\r\n\r\n");
    check_refused(ok + "Content-Length: 0x10\r\n\r\n");
    check_refused(ok + "Content-Length: 1 2\r\n\r\n");
    check_refused(ok + "Content-Length:\r\n\r\n");
    check_refused(ok + "Content-Length: 9223372036854775808\r\n\r\n");
    check_refused(ok + "Content-Length: 18446744073709551616\r\n\r\n");
    check_refused(ok + "Content-Length: 99999999999999999999999999\r\n\r\n");
    check_refused(ok + "Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n");
    check_refused(ok + "Transfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\n");
    check_refused("HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
    check_refused(ok + "Transfer-Encoding: gzip, chunked\r\n\r\n", errc::unsupported);
    check_refused(ok + "Transfer-Encoding: chunked, chunked\r\n\r\n", errc::unsupported);
    check_refused(ok + "Transfer-Encoding: identity\r\n\r\n", errc::unsupported);
    check_refused(ok + "Transfer-Encoding: xchunked\r\n\r\n", errc::unsupported);
}

TEST_CASE("http parser: what is no head of HTTP/1 is refused") {
    check_refused("<html>hello</html>");
    check_refused("ICY 200 OK\r\n\r\n");
    check_refused("HTTP/0.9 200 OK\r\n\r\n");
    check_refused("HTTP/2.0 200 OK\r\n\r\n");
    check_refused("HTTP/1.2 200 OK\r\n\r\n");
    check_refused("HTTP/11 200 OK\r\n\r\n");
    check_refused("http/1.1 200 OK\r\n\r\n");
    check_refused("HTTP/1.1 20 OK\r\n\r\n");
    check_refused("HTTP/1.1 2000 OK\r\n\r\n");
    check_refused("HTTP/1.1 099 OK\r\n\r\n");
    check_refused("HTTP/1.1 600 OK\r\n\r\n");
    check_refused("HTTP/1.1  200 OK\r\n\r\n");
    check_refused("HTTP/1.1 OK\r\n\r\n");
    check_refused("\r\nHTTP/1.1 200 OK\r\n\r\n");
    check_refused("HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n");
}

TEST_CASE("http parser: tricks with line breaks and field names are refused") {
    const std::string ok = "HTTP/1.1 200 OK\r\n";
    check_refused("HTTP/1.1 200 OK\nContent-Length: 3\n\n");
    check_refused(ok + "A: b\n\r\n");
    check_refused(ok + "A: b\rContent-Length: 3\r\n\r\n");
    check_refused(ok + "A: b\r\n folded\r\n\r\n");
    check_refused(ok + "A: b\r\n\tfolded\r\n\r\n");
    check_refused(ok + " A: b\r\n\r\n");
    check_refused(ok + "A : b\r\n\r\n");
    check_refused(ok + "A b: c\r\n\r\n");
    check_refused(ok + ": b\r\n\r\n");
    check_refused(ok + "garbage\r\n\r\n");
    check_refused(ok + "A: b\x01\r\n\r\n");
    check_refused(ok + std::string("A: b\0c\r\n\r\n", 10));
}

TEST_CASE("http parser: interim replies are skipped, but not without end") {
    const std::string interim = "HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n";
    std::string text = "HTTP/1.1 100 Continue\r\n\r\n" + interim;
    text += "HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nx";
    for (std::size_t size : {1u, 7u, 1000u}) {
        http::response_parser parser;
        const auto seen = parse(text, size, parser);
        CHECK(seen.status == 200);
        CHECK(seen.surplus == "x");
        CHECK(parser.head().fields.size() == 1);
        CHECK(parser.head().reason == "OK");
    }
    std::string many;
    for (int i = 0; i < 16; ++i) many += interim;
    CHECK(parse(many + "HTTP/1.1 200 OK\r\n\r\n").status == 200);
    check_refused(many + interim);
}

TEST_CASE("http parser: a head has at most 64 KiB and 256 fields") {
    const std::string start = "HTTP/1.1 200 OK\r\n";
    std::string fields;
    for (int i = 0; i < 256; ++i) fields += "A: b\r\n";
    CHECK(parse(start + fields + "\r\n").status == 200);
    CHECK(parse(start + fields + "A: b\r\n\r\n").why.find("256") != std::string::npos);

    const std::string rest = "A: \r\n\r\n";
    const std::string fits(64 * 1024 - start.size() - rest.size(), 'x');
    CHECK(parse(start + "A: " + fits + "\r\n\r\n", 4096).status == 200);
    const auto larger = parse(start + "A: " + fits + "x\r\n\r\n", 4096);
    CHECK(larger.error == errc::malformed);
    CHECK(larger.why.find("64 KiB") != std::string::npos);
    check_refused("HTTP/1.1 200 " + std::string(70'000, 'x'));
}

TEST_CASE("http parser: chunks are joined wherever the network cuts them") {
    const auto text =
        chunked("5\r\nhello\r\n1;name=value\r\n,\r\n006\r\n world\r\n0\r\nT: 1\r\n\r\nnext");
    for (std::size_t size = 1; size <= text.size(); ++size) {
        const auto seen = parse(text, size);
        CAPTURE(size);
        CHECK(seen.error == std::error_code());
        CHECK(seen.complete);
        CHECK(seen.body == "hello, world");
        CHECK(seen.surplus == "next");
    }
    CHECK(parse(chunked("A\r\n0123456789\r\na\r\n0123456789\r\n0\r\n\r\n")).body.size() == 20);
    CHECK(parse(chunked("0\r\n\r\n")).complete);
}

TEST_CASE("http parser: a chunked body is complete only after its last chunk") {
    const auto text = chunked("5\r\nhello\r\n0\r\n\r\n");
    for (std::size_t size = 0; size < text.size(); ++size)
        CHECK_FALSE(parse(text.substr(0, size)).complete);
}

TEST_CASE("http parser: thousands of chunks of one byte are legal") {
    std::string body;
    for (int i = 0; i < 50'000; ++i) body += "1\r\nx\r\n";
    const auto seen = parse(chunked(body + "0\r\n\r\n"), 16'384);
    CHECK(seen.complete);
    CHECK(seen.body == std::string(50'000, 'x'));
}

TEST_CASE("http parser: broken chunks are refused") {
    check_refused(chunked("x\r\nhello\r\n"));
    check_refused(chunked("\r\nhello\r\n"));
    check_refused(chunked("-5\r\nhello\r\n"));
    check_refused(chunked("0x5\r\nhello\r\n"));
    check_refused(chunked("5 \r\nhello\r\n"));
    check_refused(chunked("5\nhello\r\n"));
    check_refused(chunked("10000000000000000\r\nhello\r\n"));
    check_refused(chunked("FFFFFFFFFFFFFFFFF\r\nhello\r\n"));
    check_refused(chunked("4\r\nhello\r\n0\r\n\r\n"));
    check_refused(chunked("6\r\nhello\r\n0\r\n\r\n"));
    check_refused(chunked("5\r\nhelloXX0\r\n\r\n"));
    check_refused(chunked("5\r\nhello\r\r0\r\n\r\n"));
    check_refused(chunked("0\r\ngarbage\r\n\r\n"));
}

TEST_CASE("http parser: framing without content has its limits") {
    check_refused(chunked(std::string(40'000, '0') + "5\r\nhello\r\n"));
    check_refused(chunked("5;" + std::string(17'000, 'x') + "\r\nhello\r\n"));
    std::string extended;
    for (int i = 0; i < 200; ++i) extended += "1;" + std::string(100, 'x') + "\r\nx\r\n";
    check_refused(chunked(extended));
    check_refused(chunked("0\r\nT: " + std::string(17'000, 'x') + "\r\n\r\n"));
    std::string trailers;
    for (int i = 0; i < 65; ++i) trailers += "T: 1\r\n";
    check_refused(chunked("0\r\n" + trailers + "\r\n"));
    CHECK(parse(chunked("0\r\n" + trailers.substr(6) + "\r\n")).complete);
}

}  // namespace ferry::test::http_response_parser_test
