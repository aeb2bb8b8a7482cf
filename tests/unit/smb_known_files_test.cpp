#include <ferry/smb/detail/known_files.hpp>

#include <doctest/doctest.h>

#include <string>

namespace ferry::test::smb_known_files_test {
namespace {

smb::detail::file_facts sized(std::uint64_t bytes) {
    smb::detail::file_facts facts;
    facts.size = bytes;
    facts.id = bytes + 1;
    return facts;
}

}  // namespace

TEST_CASE("smb known files: what was noted is told once") {
    smb::detail::known_files known;
    known.note("smb://host/share/a", sized(7));
    known.note("smb://host/share/b", sized(8));
    CHECK(known.take("smb://host/share/a") == sized(7));
    CHECK(known.take("smb://host/share/a").size == 0);
    CHECK(known.take("smb://host/share/b") == sized(8));
}

TEST_CASE("smb known files: the last listing counts") {
    smb::detail::known_files known;
    known.note("a", sized(7));
    known.note("a", sized(8));
    CHECK(known.take("a") == sized(8));
}

TEST_CASE("smb known files: only what one reply brings is worth it") {
    smb::detail::known_files known;
    known.note("empty", sized(0));
    known.note("small", sized(smb::detail::small_step));
    known.note("large", sized(smb::detail::small_step + 1));
    CHECK(known.take("empty").size == 0);
    CHECK(known.take("small").size == smb::detail::small_step);
    CHECK(known.take("large").size == 0);
}

TEST_CASE("smb known files: a share without end takes memory with an end") {
    smb::detail::known_files known;
    for (int i = 0; i < 30'000; ++i) known.note(std::to_string(i), sized(1));
    CHECK(known.take("0").size == 1);
    CHECK(known.take("29999").size == 0);
}

TEST_CASE("smb known files: all of them can be forgotten") {
    smb::detail::known_files known;
    known.note("a", sized(7));
    known.forget();
    CHECK(known.take("a").size == 0);
}

}  // namespace ferry::test::smb_known_files_test
