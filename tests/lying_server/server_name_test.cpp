// What a server may call a file (RFC 6266), and what it may not.
#include "lie.hpp"

#include "cli/get/server_name.hpp"

namespace ferry::test::server_name_test {
namespace {

result<std::string> name_of(stage& on, const std::string& path = "/a/f") {
    const auto what = parse_url(on.server.url(path)).value();
    return on.on.run(cli::name_by_server(on.on.world, what, patient()));
}

struct suggestion {
    const char* name;
    std::string field;
    std::string wanted;
};

const suggestion suggestions[] = {
    {"server name: it is taken", "attachment; filename=\"report 1.pdf\"", "report 1.pdf"},
    {"server name: in UTF-8", "attachment; filename=x; filename*=UTF-8''na%C3%AFve.txt",
     "na\xc3\xafve.txt"},
    {"server name: not as a path", "attachment; filename=\"../../etc/passwd\"", "passwd"},
    {"server name: not as an encoded path", "attachment; filename*=UTF-8''..%2F..%2Fx", "x"},
    {"server name: not hidden", "attachment; filename=\".bashrc\"", "bashrc"},
    {"server name: none", "inline", "f"},
    {"server name: an empty one", "attachment; filename=\"\"", "f"},
};

void suggest(const suggestion& what) {
    stage on;
    on.server.otherwise.fields = {{"Content-Disposition", what.field}};
    const auto name = name_of(on);
    REQUIRE(name.has_value());
    CHECK(*name == what.wanted);
    CHECK(on.server.requests.size() == 1);
    CHECK(field(on.server.requests[0], "Range") == "bytes=0-0");
}
const cases<suggestions, suggest> suggested(__FILE__, __LINE__);

TEST_CASE("server name: where nobody suggests one, it is that of the last URL") {
    stage on;
    on.server.script = {{.status = "302 Found", .fields = {{"Location", "/b/g"}}}};
    CHECK(name_of(on).value() == "g");
}

TEST_CASE("server name: none at all is an error") {
    stage on;
    CHECK(name_of(on, "/").error().code == errc::bad_argument);
}

TEST_CASE("server name: a server that is busy is asked again") {
    stage on;
    on.server.script = {{.status = "503 Service Unavailable"}};
    CHECK(name_of(on).value() == "f");
    CHECK(on.server.requests.size() == 2);
}

TEST_CASE("server name: a server without ranges is asked all the same") {
    stage on;
    on.server.otherwise = {
        .fields = {{"Content-Disposition", "attachment; filename=g"}}, .ignore_range = true};
    CHECK(name_of(on).value() == "g");
}

TEST_CASE("reply headers: they are kept, but for those with secrets") {
    stage on;
    on.server.otherwise.fields = {{"X-Build", "42"}, {"Set-Cookie", "id=hunter2"}};
    const auto got = on.on.get(on.server.url("/f"), "f", patient());
    REQUIRE(got.ok());
    CHECK(got.status.object.headers.find("X-Build: 42\n") != std::string::npos);
    CHECK(got.status.object.headers.find("hunter2") == std::string::npos);
}

}  // namespace
}  // namespace ferry::test::server_name_test
