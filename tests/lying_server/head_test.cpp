// Heads of replies as no sane server writes them (RFC 9112, sections 2 to 5).
#include "lie.hpp"

namespace ferry::test::head_test {
namespace {

const std::string ok = "HTTP/1.1 200 OK\r\n";
const std::string rest = "Content-Length: 5\r\n\r\nhello";

std::string many_fields(int count) {
    std::string lines;
    for (int i = 0; i < count; ++i) lines += "X-" + std::to_string(i) + ": y\r\n";
    return lines;
}

const lie lies[] = {
    // Status lines.
    {"status line: no reason phrase", {.raw = "HTTP/1.1 200\r\n" + rest}, {}, "hello"},
    {"status line: an empty reason phrase", {.raw = "HTTP/1.1 200 \r\n" + rest}, {}, "hello"},
    {"status line: ICY", {.raw = "ICY 200 OK\r\n" + rest}, {errc::malformed}},
    {"status line: HTTP/2.0", {.raw = "HTTP/2.0 200 OK\r\n" + rest}, {errc::malformed}},
    {"status line: HTTP/9.9", {.raw = "HTTP/9.9 200 OK\r\n" + rest}, {errc::malformed}},
    {"status line: HTTP in lower case", {.raw = "http/1.1 200 OK\r\n" + rest}, {errc::malformed}},
    {"status line: none, as in HTTP/0.9", {.raw = "hello, this is all you get"}, {errc::malformed}},
    {"status line: an SSH greeting", {.raw = "SSH-2.0-OpenSSH_9.2\r\n"}, {errc::malformed}},
    {"status line: status 99", {.raw = "HTTP/1.1 99 Low\r\n" + rest}, {errc::malformed}},
    {"status line: status 099", {.raw = "HTTP/1.1 099 Low\r\n" + rest}, {errc::malformed}},
    {"status line: status 1000", {.raw = "HTTP/1.1 1000 High\r\n" + rest}, {errc::malformed}},
    {"status line: status 600",
     {.raw = "HTTP/1.1 600 High\r\n" + rest},
     {errc::malformed, errc::refused}},
    {"status line: status is a word", {.raw = "HTTP/1.1 OK 200\r\n" + rest}, {errc::malformed}},
    {"status line: without end", {.raw = "HTTP/1.1 200 ", .forever = "OK"}, {errc::malformed}},
    {"status line: empty lines ahead without end",
     {.raw = "\r\n", .forever = "\r\n"},
     {errc::malformed}},
    {"status line: the reply's first byte is NUL",
     {.raw = std::string(1, '\0') + ok + rest},
     {errc::malformed}},

    // Field lines.
    {"fields: names in lower case", {.raw = ok + "content-length: 5\r\n\r\nhello"}, {}, "hello"},
    {"fields: names in mixed case, white space around the value",
     {.raw = ok + "cOnTeNt-LeNgTh:\t 5  \r\n\r\nhello and more"},
     {},
     "hello"},
    {"fields: a tab behind the length, which is right but rare",
     {.raw = ok + "Content-Length: 5\t\r\n\r\nhello and more"},
     {errc::malformed},
     "hello"},
    {"fields: a folded line",
     {.raw = ok + "X-Folded: a\r\n b\r\n" + rest},
     {errc::malformed},
     "hello"},
    {"fields: a folded length",
     {.raw = ok + "Content-Length: \r\n 5\r\n\r\nhello"},
     {errc::malformed},
     "hello"},
    {"fields: a space before the colon of the length",
     {.raw = ok + "Content-Length : 5\r\n\r\nhello"},
     {errc::malformed}},
    {"fields: a space before the colon of the coding",
     {.raw =
          ok + "Transfer-Encoding : chunked\r\nContent-Length: 5\r\n\r\n5\r\nhello\r\n0\r\n\r\n"},
     {errc::malformed}},
    {"fields: a space ahead of the first name",
     {.raw = ok + " X: y\r\n" + rest},
     {errc::malformed}},
    {"fields: no colon", {.raw = ok + "Nonsense\r\n" + rest}, {errc::malformed}},
    {"fields: an empty name", {.raw = ok + ": value\r\n" + rest}, {errc::malformed}},
    {"fields: NUL in a value",
     {.raw = ok + "X: a" + std::string(1, '\0') + "b\r\n" + rest},
     {errc::malformed}},
    {"fields: NUL in a name",
     {.raw = ok + "X" + std::string(1, '\0') + "Y: b\r\n" + rest},
     {errc::malformed}},
    {"fields: a bare CR in a value", {.raw = ok + "X: a\rY: b\r\n" + rest}, {errc::malformed}},
    {"fields: bare LF line ends", {.line_end = "\n"}, {errc::malformed}, std::nullopt, or_truth},
    {"fields: one without end", {.raw = ok + "X: ", .forever = "endless"}, {errc::malformed}},
    {"fields: a name without end", {.raw = ok + "X", .forever = "endless"}, {errc::malformed}},
    {"fields: without end", {.raw = ok, .forever = "X: y\r\n"}, {errc::malformed}},
    {"fields: one of 2 MiB",
     {.raw = ok + "X: " + std::string(2U << 20, 'x') + "\r\n" + rest},
     {errc::malformed}},
    {"fields: 20,000 small ones", {.raw = ok + many_fields(20'000) + rest}, {errc::malformed}},
    {"fields: 50, which is usual", {.raw = ok + many_fields(50) + rest}, {}, "hello"},
    {"fields: a cookie of 7 KiB, which is usual",
     {.raw = ok + "Set-Cookie: " + std::string(7'168, 'c') + "\r\n" + rest},
     {},
     "hello"},

    // Interim replies (RFC 9110, 15.2).
    {"interim: 100 Continue, then 200", {.before = "HTTP/1.1 100 Continue\r\n\r\n"}},
    {"interim: 103 with links, then 200",
     {.before = "HTTP/1.1 103 Early Hints\r\nLink: </style.css>\r\nETag: \"early\"\r\n\r\n"}},
    {"interim: 102 three times, then 200",
     {.before = "HTTP/1.1 102 Processing\r\n\r\nHTTP/1.1 102 Processing\r\n\r\n"
                "HTTP/1.1 102 Processing\r\n\r\n"}},
    {"interim: without end",
     {.raw = "HTTP/1.1 100 Continue\r\n\r\n", .forever = "HTTP/1.1 100 Continue\r\n\r\n"},
     {errc::malformed}},
    {"interim: nothing follows", {.raw = "HTTP/1.1 100 Continue\r\n\r\n"}, {errc::cut_short}},
    {"interim: 101, which nobody asked for",
     {.raw = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: h2c\r\nConnection: Upgrade\r\n\r\nPRI"},
     {errc::malformed, errc::refused}},

    // Content (RFC 9110, 8).
    {"content: none, length 0", {.raw = ok + "Content-Length: 0\r\n\r\n"}, {}, ""},
    {"content: gzip, though only identity was asked for",
     {.fields = {{"Content-Encoding", "gzip"}}},
     {errc::unsupported, errc::refused, errc::malformed},
     std::nullopt,
     or_truth},
};

const cases<lies, tell> registered(__FILE__, __LINE__);

}  // namespace
}  // namespace ferry::test::head_test
