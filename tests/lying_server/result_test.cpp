// What is left beside the bytes: dates, names, digests, and who may write.
#include "stage.hpp"

#include <sys/stat.h>

namespace ferry::test::result_test {
namespace {

std::time_t mtime_of(const std::filesystem::path& file) {
    struct stat about {};
    REQUIRE(::stat(file.c_str(), &about) == 0);
    return about.st_mtime;
}

std::vector<std::string> names_in(const std::filesystem::path& folder) {
    std::vector<std::string> names;
    for (const auto& one : std::filesystem::directory_iterator(folder))
        names.push_back(one.path().filename());
    std::sort(names.begin(), names.end());
    return names;
}

TEST_CASE("result: nothing but the file is left") {
    stage on;
    on.server.script = {{.cut_body = 5'000}};
    const auto got = on.get(patient());
    CHECK_MESSAGE(got.ok(), got.why());
    CHECK(names_in(on.on.dir) == std::vector<std::string>{"f"});
}

TEST_CASE("result: after a failure only hidden files are left") {
    stage on;
    on.keep(5'000);
    for (const auto& name : names_in(on.on.dir)) CHECK(name.starts_with(".f.ferry-part"));
}

TEST_CASE("result: the file has the date that the server says") {
    stage on;
    const auto got = on.get(patient());
    CHECK_MESSAGE(got.ok(), got.why());
    CHECK(mtime_of(on.on.dir / "f") == 1'767'607'200);  // Mon, 05 Jan 2026 10:00:00 GMT
}

TEST_CASE(
    "result: the file has today's date if the user wants it, or the server says none or nonsense") {
    const auto today = std::time(nullptr) - 60;
    for (const std::string date :
         {"Mon, 05 Jan 2026 10:00:00 GMT", "", "yesterday", "Mon, 35 Foo 2026 10:00:00 GMT"}) {
        CAPTURE(date);
        stage on({random_bytes(100), "\"v1\"", date});
        auto options = patient();
        options.keep_mtime = date.find("05 Jan") == date.npos;
        const auto got = on.get(options);
        CHECK_MESSAGE(got.ok(), got.why());
        CHECK(mtime_of(on.on.dir / "f") >= today);
    }
}

TEST_CASE("result: dates in the two old forms are understood (RFC 9110, 5.6.7)") {
    for (const std::string date : {"Monday, 05-Jan-26 10:00:00 GMT", "Mon Jan  5 10:00:00 2026"}) {
        CAPTURE(date);
        stage on({random_bytes(100), "\"v1\"", date});
        const auto got = on.get(patient());
        CHECK_MESSAGE(got.ok(), got.why());
        CHECK(mtime_of(on.on.dir / "f") == 1'767'607'200);
    }
}

TEST_CASE("result: a name that the server suggests is only reported") {
    stage on;
    on.server.otherwise.fields = {{"Content-Disposition", "attachment; filename=\"../../evil\""}};
    const auto got = on.get(patient());
    CHECK_MESSAGE(got.ok(), got.why());
    CHECK(names_in(on.on.dir) == std::vector<std::string>{"f"});
    CHECK(safe_file_name(got.status.object.suggested_name).find('/') == std::string::npos);
}

TEST_CASE("result: a right digest is confirmed, a wrong one leaves no file") {
    stage on({"hello"});
    auto options = patient();
    options.expected =
        parse_checksum("sha256:2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824")
            .value();
    const auto right = on.get(options);
    CHECK_MESSAGE(right.ok(), right.why());
    CHECK(right.status.checksum == to_string(*options.expected));
    std::filesystem::remove(on.on.dir / "f");

    on.server.object.body = "jello";
    const auto wrong = on.get(options);
    CHECK_MESSAGE(wrong.code() == errc::checksum_mismatch, wrong.why());
    CHECK_FALSE(on.has_file());
    CHECK(wrong.why().find("sha256") != std::string::npos);
}

TEST_CASE("result: a wrong digest after a resume is blamed on what was kept, and fetched anew") {
    stage on({"hello, world"});
    auto options = patient();
    options.expected =
        parse_checksum("sha256:09ca7e4eaa6e8ae9c7d261167129184883644d07dfba7cbfbc4c8a2e08360d5b")
            .value();
    on.server.object.body = "HELLO, WORLD";  // a part of this, under the same ETag
    on.server.script = {{.cut_body = 5}};
    const auto failed = on.get(once());
    REQUIRE_FALSE(failed.ok());
    on.server.object.body = "hello, world";
    const auto got = on.get(options);
    CHECK_MESSAGE(got.ok(), got.why());
    CHECK(on.off() == "");
}

TEST_CASE("result: a wrong digest does not harm the file that was there before") {
    stage on;
    spill(on.on.dir / "f", "the old one");
    auto options = patient();
    options.expected = parse_checksum("md5:00000000000000000000000000000000").value();
    const auto got = on.get(options);
    CHECK_MESSAGE(got.code() == errc::checksum_mismatch, got.why());
    CHECK(slurp(on.on.dir / "f") == "the old one");
}

TEST_CASE("result: no failure harms the file that was there before") {
    stage on;
    spill(on.on.dir / "f", "the old one");
    on.server.otherwise = {.ignore_range = true, .cut_body = 5'000};
    const auto got = on.get(brief());
    CHECK_FALSE(got.ok());
    CHECK(slurp(on.on.dir / "f") == "the old one");
    on.server.become_honest();
    const auto better = on.get(patient());
    CHECK_MESSAGE(better.ok(), better.why());
    CHECK(on.off() == "");
}

TEST_CASE("result: what exists is replaced, refused or left alone, as the user wishes") {
    stage on;
    spill(on.on.dir / "f", "the old one");
    auto options = patient();
    options.existing = existing_policy::fail;
    const auto failed = on.get(options);
    CHECK_MESSAGE(failed.code() == errc::exists, failed.why());
    options.existing = existing_policy::skip;
    const auto skipped = on.get(options);
    CHECK_MESSAGE(skipped.ok(), skipped.why());
    CHECK(skipped.status.skipped);
    CHECK(on.server.requests.empty());
    CHECK(slurp(on.on.dir / "f") == "the old one");
}

TEST_CASE("result: two downloads to one destination at once: the second one is refused") {
    stage on;
    on.server.script = {{.cut_body = 5'000, .end = ending::stall}};
    transfer_status status;
    const auto first = on.on.start(on.on.starting(on.server.url("/f"), "f", patient(), status));
    REQUIRE(on.on.pump_until([&] { return status.bytes_transferred == 5'000; }));
    const auto second = on.get(once());
    CHECK_MESSAGE(second.code() == errc::busy, second.why());
    first->stop.emit(asio::cancellation_type::terminal);
    REQUIRE(on.on.pump_until([&] { return is_ready(first); }));
    const auto third = on.get(patient());
    CHECK_MESSAGE(third.ok(), third.why());
    CHECK(third.status.bytes_resumed == 5'000);
    CHECK(on.off() == "");
}

TEST_CASE("result: a destination that cannot be is an error of the local file") {
    stage on;
    std::filesystem::create_directory(on.on.dir / "folder");
    for (const auto to : {"folder", "missing/f"}) {
        CAPTURE(to);
        const auto got = on.on.get(on.server.url("/f"), to, patient());
        REQUIRE_FALSE(got.ok());
        CHECK(got.end.error().context == error_context::local_file);
        CHECK(on.server.requests.empty());
    }
    auto options = patient();
    options.create_directories = true;
    const auto got = on.on.get(on.server.url("/f"), "missing/deeper/f", options);
    CHECK_MESSAGE(got.ok(), got.why());
    CHECK(difference(slurp(on.on.dir / "missing/deeper/f"), on.truth.body) == "");
}

}  // namespace
}  // namespace ferry::test::result_test
