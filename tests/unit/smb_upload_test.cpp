#include <ferry/smb/protocol.hpp>

#include <doctest/doctest.h>
#include <support/loop.hpp>

#include <chrono>
#include <memory>
#include <string>

namespace ferry::test::smb_upload_test {

TEST_CASE("smb: a partial is hidden, is like no other, and fits beside the longest name") {
    const auto one = smb::partial_name("file.txt");
    CHECK(one.starts_with(".file.txt.ferry-part-"));
    CHECK(one != smb::partial_name("file.txt"));
    CHECK(smb::is_partial_of(one, "file.txt"));
    std::string longest;
    while (longest.size() < 254) longest += "\xC3\xBC";
    const auto other = smb::partial_name(longest);
    CHECK(other.size() <= 255);
    CHECK(smb::is_partial_of(other, longest));
}

TEST_CASE("smb: who sends the same once more, finds the partial that was left") {
    upload_request what;
    what.what = parse_url("smb://h/s/file.txt").value();
    what.source = "/d/file.txt";
    const auto one = smb::partial_name("file.txt", what);
    CHECK(smb::is_partial_of(one, "file.txt"));
    CHECK(one == smb::partial_name("file.txt", what));
    what.source = "/e/file.txt";
    CHECK(one != smb::partial_name("file.txt", what));
    what.source.clear();
    CHECK(smb::partial_name("file.txt", what) != smb::partial_name("file.txt", what));
}

TEST_CASE("smb: a token that leads elsewhere is none") {
    for (const auto* token :
         {"", "file.txt", ".file.txt.ferry-part-", ".file.txt.ferry-part-1234567",
          ".file.txt.ferry-part-../../a.", ".other.ferry-part-12345678",
          ".file.txt.ferry-part-123456789", "d/.file.txt.ferry-part-12345678"})
        CHECK_FALSE(smb::is_partial_of(token, "file.txt"));
}

TEST_CASE("smb: a step is what the server manages in about a second") {
    using namespace std::chrono_literals;
    auto step = smb::detail::first_step;
    for (int i = 0; i < 10; ++i) step = smb::detail::next_step(step, 1ms);
    CHECK(step == smb::detail::block_size);
    CHECK(smb::detail::next_step(step, 1s) == step);
    for (int i = 0; i < 10; ++i) step = smb::detail::next_step(step, 3s);
    CHECK(step == smb::detail::first_step);
}

TEST_CASE("smb: without its helper it says what is missing") {
    test::loop on;
    smb::protocol smb(on.io.get_executor(), on.time, "/nowhere/ferry-smb");
    open_request asked;
    asked.what = parse_url("smb://guest@h/s/f").value();
    asked.access = std::make_shared<const access_options>();
    const auto checked = smb.check(asked.what, *asked.access);
    REQUIRE_FALSE(checked);
    CHECK(checked.error().code == errc::unsupported);
    CHECK(describe(checked.error()).find("SMB is not installed") != std::string::npos);
    CHECK(on.run(smb.open(asked)).error().code == errc::unsupported);
}

}  // namespace ferry::test::smb_upload_test
