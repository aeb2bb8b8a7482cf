#include <ferry/url.hpp>

#include <doctest/doctest.h>

#include <string>
#include <utility>
#include <vector>

namespace ferry::test::url_test {
namespace {

std::string parsed(std::string_view text) {
    const auto got = parse_url(text);
    return got ? to_string(*got) : "error";
}

std::string resolved(std::string_view base, std::string_view reference) {
    const auto got = resolve(parse_url(base).value(), reference);
    return got ? to_string(*got) + got->fragment : "error";
}

bool is_bad(std::string_view text) {
    const auto got = parse_url(text);
    return !got && got.error().code == errc::bad_argument;
}

}  // namespace

TEST_CASE("url: parsing takes all parts apart") {
    const auto got = parse_url("HTTPS://User:P%40ss@Example.COM:8443/a/b?c=d#e").value();
    CHECK(got.scheme == "https");
    CHECK(got.user_info == "User:P%40ss");
    CHECK(got.host == "example.com");
    CHECK(got.port == 8443);
    CHECK(got.path == "/a/b");
    CHECK(got.query == "?c=d");
    CHECK(got.fragment == "#e");
    CHECK(got.effective_port() == 8443);
    CHECK(got.authority() == "example.com:8443");
    CHECK(got.origin() == "https://example.com:8443");
    CHECK(got.target() == "/a/b?c=d");
}

TEST_CASE("url: text for logs has neither user information nor fragment") {
    CHECK(parsed("http://user:secret@h/p?q#f") == "http://h/p?q");
}

TEST_CASE("url: an empty path becomes a slash, the scheme's own port goes without saying") {
    CHECK(parsed("http://h") == "http://h/");
    CHECK(parsed("http://h?q") == "http://h/?q");
    CHECK(parsed("http://h:80/") == "http://h/");
    CHECK(parsed("https://h:443/") == "https://h/");
    CHECK(parsed("https://h:80/") == "https://h:80/");
    CHECK(parsed("http://h:/") == "http://h/");
    CHECK(parse_url("http://h/").value().effective_port() == 80);
    CHECK(parse_url("https://h/").value().effective_port() == 443);
    CHECK(parse_url("smb://h/s").value().effective_port() == 445);
    CHECK(parse_url("http://h:80/").value().origin() == parse_url("http://h/").value().origin());
}

TEST_CASE("url: IPv6 literals lose their brackets and get them back on the wire") {
    const auto got = parse_url("http://[2001:DB8::1]:8080/x").value();
    CHECK(got.host == "2001:db8::1");
    CHECK(got.port == 8080);
    CHECK(got.authority() == "[2001:db8::1]:8080");
    CHECK(parsed("http://[::1]/") == "http://[::1]/");
    for (const auto* bad :
         {"http://[::1/", "http://[]/", "http://[", "http://[:::1]/", "http://[1.2.3.4]/",
          "http://::1/", "http://[::1]x/", "http://x[::1]/"})
        CHECK_MESSAGE(is_bad(bad), bad);
}

TEST_CASE("url: what must not stand in a URL is percent-encoded, what may is left alone") {
    CHECK(parsed("http://h/a b\"<>\\^`{|}") == "http://h/a%20b%22%3C%3E%5C%5E%60%7B%7C%7D");
    CHECK(parsed("http://h/\xC3\xBC?\xE2\x82\xAC") == "http://h/%C3%BC?%E2%82%AC");
    CHECK(parsed("http://h/a%20b%2Fc?x=%26[1]&y='z'") == "http://h/a%20b%2Fc?x=%26[1]&y='z'");
    CHECK(parsed("http://h/100%?%zz") == "http://h/100%?%zz");
    CHECK(parsed("  http://h/a  ") == "http://h/a");
}

TEST_CASE("url: control characters, bad hosts and bad ports are refused") {
    using namespace std::string_view_literals;
    for (const auto bad :
         {"http://h/a\nb"sv,
          "http://h/\x7f"sv,
          "http://h/\0"sv,
          "http://h\r\n/"sv,
          "http:///p"sv,
          "http://"sv,
          "https:?q"sv,
          "http://:80/"sv,
          "http://user@/"sv,
          "http://\xC3\xBC.example/"sv,
          "http://a b/"sv,
          "http://a%62/"sv,
          "http://a\\b/"sv,
          "http://h:0/"sv,
          "http://h:65536/"sv,
          "http://h:-1/"sv,
          "http://h:8x/"sv,
          "http://h: 80/"sv,
          "http://a:b:1/"sv,
          "h/p"sv,
          ""sv,
          "//h/p"sv,
          "1http://h/"sv,
          ":x"sv,
          "file:p"sv,
          "file://"sv})
        CHECK_MESSAGE(is_bad(bad), bad);
    CHECK(parse_url("http://h:65535/").value().port == 65535);
}

TEST_CASE("url: the host is what stands after the last @ and before a backslash") {
    const auto got = parse_url("http://good.example@evil@real.example/").value();
    CHECK(got.host == "real.example");
    CHECK(got.user_info == "good.example%40evil");
    CHECK(is_bad("http://good.example\\@evil.example/"));
}

TEST_CASE("url: errors do not repeat a password") {
    const auto got = parse_url("http://user:secret@h:0/");
    REQUIRE_FALSE(got.has_value());
    CHECK(describe(got.error()).find("secret") == std::string::npos);
}

TEST_CASE("url: dot segments are resolved, never above the root") {
    CHECK(parsed("http://h/a/./b/../c") == "http://h/a/c");
    CHECK(parsed("http://h/../../a") == "http://h/a");
    CHECK(parsed("http://h/a/..") == "http://h/");
    CHECK(parsed("http://h/a//../b") == "http://h/a/b");
    CHECK(parsed("mem:x/y/../z") == "mem:x/z");
}

TEST_CASE("url: references resolve as RFC 3986, 5.4.1 says") {
    const std::vector<std::pair<const char*, const char*>> normal = {
        {"g:h", "g:h"},
        {"g", "http://a/b/c/g"},
        {"./g", "http://a/b/c/g"},
        {"g/", "http://a/b/c/g/"},
        {"/g", "http://a/g"},
        {"//g", "http://g/"},
        {"?y", "http://a/b/c/d;p?y"},
        {"g?y", "http://a/b/c/g?y"},
        {"#s", "http://a/b/c/d;p?q#s"},
        {"g#s", "http://a/b/c/g#s"},
        {"g?y#s", "http://a/b/c/g?y#s"},
        {";x", "http://a/b/c/;x"},
        {"g;x", "http://a/b/c/g;x"},
        {"g;x?y#s", "http://a/b/c/g;x?y#s"},
        {"", "http://a/b/c/d;p?q"},
        {".", "http://a/b/c/"},
        {"./", "http://a/b/c/"},
        {"..", "http://a/b/"},
        {"../", "http://a/b/"},
        {"../g", "http://a/b/g"},
        {"../..", "http://a/"},
        {"../../", "http://a/"},
        {"../../g", "http://a/g"},
    };
    for (const auto& [reference, wanted] : normal)
        CHECK_MESSAGE(resolved("http://a/b/c/d;p?q", reference) == wanted, reference);
}

TEST_CASE("url: references resolve as RFC 3986, 5.4.2 says, the abnormal ones too") {
    const std::vector<std::pair<const char*, const char*>> abnormal = {
        {"../../../g", "http://a/g"},
        {"../../../../g", "http://a/g"},
        {"/./g", "http://a/g"},
        {"/../g", "http://a/g"},
        {"g.", "http://a/b/c/g."},
        {".g", "http://a/b/c/.g"},
        {"g..", "http://a/b/c/g.."},
        {"..g", "http://a/b/c/..g"},
        {"./../g", "http://a/b/g"},
        {"./g/.", "http://a/b/c/g/"},
        {"g/./h", "http://a/b/c/g/h"},
        {"g/../h", "http://a/b/c/h"},
        {"g;x=1/./y", "http://a/b/c/g;x=1/y"},
        {"g;x=1/../y", "http://a/b/c/y"},
        {"g?y/./x", "http://a/b/c/g?y/./x"},
        {"g?y/../x", "http://a/b/c/g?y/../x"},
        {"g#s/./x", "http://a/b/c/g#s/./x"},
        {"g#s/../x", "http://a/b/c/g#s/../x"},
        {"http:g", "http://a/b/c/g"},  // as browsers do: "for backward compatibility"
    };
    for (const auto& [reference, wanted] : abnormal)
        CHECK_MESSAGE(resolved("http://a/b/c/d;p?q", reference) == wanted, reference);
}

TEST_CASE("url: a reference keeps the user information only if it names no host") {
    const auto base = parse_url("http://user:pw@h:8080/a").value();
    CHECK(resolve(base, "/b").value().user_info == "user:pw");
    CHECK(resolve(base, "/b").value().port == 8080);
    CHECK(resolve(base, "//other/b").value().user_info.empty());
    CHECK(resolve(base, "//other/b").value().port == 0);
    CHECK(resolve(base, "https://h/b").value().user_info.empty());
}

TEST_CASE("url: a Location as servers send it is repaired or refused") {
    CHECK(resolved("http://h/a", " /b c ") == "http://h/b%20c");
    CHECK(resolved("http://h/a", "https://x/\xC3\xBC") == "https://x/%C3%BC");
    CHECK(resolved("http://h/a", "http://") == "error");
    CHECK(resolved("http://h/a", "//") == "error");
    CHECK(resolved("http://h/a", "/b\r\nX: y") == "error");
    CHECK(resolved("http://h", "b") == "http://h/b");
}

TEST_CASE("url: a scheme that we know nothing of may do without a host") {
    CHECK(parsed("mem:object") == "mem:object");
    CHECK(parsed("mem:///object") == "mem:///object");
    CHECK(parsed("mem://shelf/object") == "mem://shelf/object");
}

TEST_CASE("url: a location without // is a local path, made absolute") {
    const auto here = std::filesystem::current_path();
    const auto path_of = [](std::string_view text) {
        return to_path(parse_location(text).value()).value();
    };
    CHECK(path_of("a.txt") == here / "a.txt");
    CHECK(path_of("/etc/a b%20#?") == "/etc/a b%20#?");
    CHECK(path_of("C:x") == here / "C:x");
    CHECK(path_of("C:/x") == here / "C:/x");
    CHECK(path_of("notes:1.txt") == here / "notes:1.txt");
    CHECK(path_of("file:") == here / "file:");
    CHECK(path_of(" x") == here / " x");
    CHECK(path_of("a\nb") == here / "a\nb");
    CHECK(parse_location("http://h/x").value().host == "h");
    CHECK(parse_location("x-y+z.1://h/x").value().scheme == "x-y+z.1");
}

TEST_CASE("url: a path of another machine is a URL of scheme smb") {
    const auto read = [](std::string_view text) { return to_string(parse_location(text).value()); };
    CHECK(read("\\\\Host\\share\\a b\\c#1%.txt") == "smb://host/share/a%20b/c%231%25.txt");
    CHECK(read("\\\\host\\share/d\\..\\f") == "smb://host/share/f");
    CHECK(read("//host/share/f") == "smb://host/share/f");
    CHECK(read("//host/share/d\\f") == "smb://host/share/d%5Cf");
    CHECK(read("\\\\host\\share") == "smb://host/share");
    for (const auto local : {"//tmp/x", "//tmp", "//", "///a/b/c", "//tmp/x/", "//a//b"})
        CHECK(parse_location(local).value().scheme == "file");
    for (const auto bad :
         {"\\\\", "\\\\\\share\\f", "\\\\h o\\s\\f", "\\\\?\\c:\\f", "\\\\h:445\\s\\f",
          "\\\\me@h\\s\\f"})
        CHECK(parse_location(bad).error().code == errc::bad_argument);
}

TEST_CASE("url: a location that is nothing is refused") {
    CHECK(parse_location("").error().code == errc::bad_argument);
    CHECK(parse_location(std::string_view("a\0b", 3)).error().code == errc::bad_argument);
}

TEST_CASE("url: file URLs name local paths, those of this host alone") {
    const auto path_of = [](std::string_view text) {
        return to_path(parse_url(text).value()).value();
    };
    CHECK(path_of("file:///a%20b/%C3%BC") == "/a b/\xC3\xBC");
    CHECK(path_of("file://localhost/p") == "/p");
    CHECK(path_of("FILE:/p") == "/p");
    CHECK(to_path(parse_url("file://other/p").value()).error().code == errc::bad_argument);
    CHECK(to_path(parse_url("file:///a%00b").value()).error().code == errc::bad_argument);
    CHECK(to_path(parse_url("http://h/p").value()).error().code == errc::bad_argument);
}

TEST_CASE("url: every path survives the way to a URL and back") {
    std::string all = "/";
    for (int byte = 1; byte < 256; ++byte) all += static_cast<char>(byte);
    for (const auto& path :
         {all, std::string("/a/../b/./c"), std::string("/%41"), std::string("//x")})
        CHECK(to_path(from_path(path)).value().native() == path);
    CHECK(to_string(from_path("/a b")) == "file:///a%20b");
    CHECK(parse_url(to_string(from_path(all))).value() == from_path(all));
}

TEST_CASE("url: percent-decoding leaves alone what is no escape") {
    CHECK(percent_decode("%41%6a%2F") == "Aj/");
    CHECK(percent_decode("100%") == "100%");
    CHECK(percent_decode("%4") == "%4");
    CHECK(percent_decode("%4g%%41") == "%4g%A");
    CHECK(percent_decode("").empty());
}

TEST_CASE("url: a suggested file name becomes one safe component") {
    CHECK(safe_file_name("a.txt") == "a.txt");
    const std::string longest(255, 'n');
    CHECK(safe_file_name(longest) == longest);
    CHECK(safe_file_name(longest + "n.txt") == std::string(251, 'n') + ".txt");
    CHECK(safe_file_name("../../etc/passwd") == "passwd");
    CHECK(safe_file_name("C:\\temp\\x.exe") == "x.exe");
    CHECK(safe_file_name(".bashrc") == "bashrc");
    CHECK(safe_file_name("...") == "");
    CHECK(safe_file_name("..") == "");
    CHECK(safe_file_name("dir/") == "");
    CHECK(safe_file_name(" . .x ") == "x");
    CHECK(safe_file_name("a\x1b[31mb\n\x7f.txt") == "a[31mb.txt");
    CHECK(
        safe_file_name("a\xC2\x9b"
                       "b\xC2") == "ab\xC2");
    CHECK(safe_file_name(std::string_view("a\0b", 3)) == "ab");
    CHECK(safe_file_name("photo\u202egpj.exe") == "photogpj.exe");
    CHECK(safe_file_name("\u2066a\u2069\ufeff\u2028\u200f\u061c.txt") == "a.txt");
    CHECK(safe_file_name("ä€\u2019\u2030😀.txt") == "ä€\u2019\u2030😀.txt");
}

TEST_CASE("url: a long file name is cut between characters and keeps its extension") {
    std::string umlauts;
    for (int i = 0; i < 300; ++i) umlauts += "\xC3\xBC";
    const auto cut = safe_file_name("x" + umlauts + ".tar");
    CHECK(cut.size() <= 255);
    CHECK(cut.size() > 200);
    CHECK(cut.ends_with("\xC3\xBC.tar"));
    CHECK(safe_file_name(std::string(300, 'a')).size() <= 255);
    CHECK(safe_file_name("a." + std::string(300, 'b')).size() <= 255);
    CHECK(safe_file_name(std::string(300, '\x80')).size() <= 255);
    CHECK(safe_file_name(std::string(300, '\x80') + ".x").front() == '\x80');
}

TEST_CASE("url: the file name is the last segment, decoded and made safe") {
    const auto name = [](std::string_view text) { return file_name_of(parse_url(text).value()); };
    CHECK(name("http://h/a/b%20c.txt?x=/y#z") == "b c.txt");
    CHECK(name("http://h/a%2F..%2Fb") == "b");
    CHECK(name("http://h/%2e%2e") == "");
    CHECK(name("http://h/") == "");
    CHECK(name("http://h/a/") == "");
    CHECK(name("mem:object") == "object");
}

}  // namespace ferry::test::url_test
