#include <ferry/partial.hpp>

#include <support/files.hpp>

#include <doctest/doctest.h>

#include <sys/stat.h>
#include <unistd.h>

namespace ferry::test::partial_test {
namespace {

journal record_of(const partial& file, std::uint64_t bytes, std::string boot = {}) {
    journal record;
    record.durable.add({0, bytes});
    record.inode = file.inode();
    record.boot = std::move(boot);
    return record;
}

/// A partial with `bytes` bytes that its journal vouches for.
void leave_behind(const partial_paths& paths, std::uint64_t bytes, std::string boot = {}) {
    const auto file = partial::create(paths);
    REQUIRE(file.has_value());
    const std::string data(bytes, 'x');
    REQUIRE(file->write(std::as_bytes(std::span(data)), 0).has_value());
    REQUIRE(file->checkpoint(record_of(*file, bytes, std::move(boot))).has_value());
}

}  // namespace

TEST_CASE("partial: it is hidden beside the destination, under the documented names") {
    const auto paths = partial_of("/d/a.iso");
    CHECK(paths.data == "/d/.a.iso.ferry-part");
    CHECK(paths.journal == "/d/.a.iso.ferry-part.json");
}

TEST_CASE("partial: a new file has the mode that its umask leaves, whatever the process's") {
    test::temp_dir dir;
    for (const unsigned process : {0, 077})
        for (const unsigned umask : {0, 022, 077}) {
            const auto paths = partial_of(dir / std::to_string(process * 1'000 + umask));
            const auto before = ::umask(process);
            const auto made = partial::create(paths, umask);
            ::umask(before);
            struct stat about {};
            REQUIRE(made.has_value());
            REQUIRE(::fstat(made->descriptor(), &about) == 0);
            CHECK((about.st_mode & 0777) == (0666 & ~umask));
        }
}

TEST_CASE("partial: the longest names fit, and stay apart from each other") {
    const std::string a(250, 'a');
    const auto one = partial_of("/d/" + a + "1");
    const auto two = partial_of("/d/" + a + "2");
    CHECK(one.data != two.data);
    CHECK(detail::name_of(replacement_of("/d/" + a + "1").journal).size() + 4 <= 255);
}

TEST_CASE("partial: what the journal proves is found again") {
    test::temp_dir dir;
    const auto paths = partial_of(dir / "f");
    leave_behind(paths, 100);
    const auto again = partial::create(paths);
    REQUIRE(again.has_value());
    REQUIRE(again->record().has_value());
    CHECK(again->record()->durable.total() == 100);
}

TEST_CASE("partial: a journal is not believed about another file, or about missing bytes") {
    test::temp_dir dir;
    const auto paths = partial_of(dir / "f");
    SUBCASE("the file was replaced") {
        leave_behind(paths, 100);
        test::spill(dir / "other", std::string(100, 'y'));
        std::filesystem::rename(dir / "other", paths.data);
    }
    SUBCASE("the file was cut") {
        leave_behind(paths, 100);
        std::filesystem::resize_file(paths.data, 99);
    }
    SUBCASE("the bytes were never synced, and the machine started anew since") {
        leave_behind(paths, 100, "another boot");
    }
    SUBCASE("the journal is damaged") {
        leave_behind(paths, 100);
        std::filesystem::resize_file(paths.journal, 20);
    }
    const auto again = partial::create(paths);
    REQUIRE(again.has_value());
    CHECK_FALSE(again->record().has_value());
}

TEST_CASE("partial: unsynced bytes hold as long as the machine runs") {
    test::temp_dir dir;
    const auto paths = partial_of(dir / "f");
    leave_behind(paths, 100, boot_id());
    CHECK(partial::create(paths)->record().has_value());
}

TEST_CASE("partial: a journal without its file proves nothing about the next one") {
    test::temp_dir dir;
    const auto paths = partial_of(dir / "f");
    leave_behind(paths, 100);
    std::filesystem::remove(paths.data);
    const auto fresh = partial::create(paths);
    REQUIRE(fresh.has_value());
    CHECK_FALSE(fresh->record().has_value());
    CHECK_FALSE(std::filesystem::exists(paths.journal));
}

TEST_CASE("partial: two writers are never let at one") {
    test::temp_dir dir;
    const auto paths = partial_of(dir / "f");
    const auto first = partial::create(paths);
    REQUIRE(first.has_value());
    const auto second = partial::create(paths);
    REQUIRE_FALSE(second.has_value());
    CHECK(second.error().code == errc::busy);
}

TEST_CASE("partial: a link or a folder in its place is refused, not followed") {
    test::temp_dir dir;
    const auto paths = partial_of(dir / "f");
    SUBCASE("a link") {
        test::spill(dir / "precious", "bytes");
        std::filesystem::create_symlink(dir / "precious", paths.data);
    }
    SUBCASE("a folder") { std::filesystem::create_directory(paths.data); }
    CHECK_FALSE(partial::create(paths).has_value());
    if (std::filesystem::exists(dir / "precious")) CHECK(test::slurp(dir / "precious") == "bytes");
}

TEST_CASE("partial: kept bytes are compared exactly") {
    test::temp_dir dir;
    const auto file = partial::create(partial_of(dir / "f"));
    const auto data = test::random_bytes(700'000);
    const auto bytes = std::as_bytes(std::span(data));
    REQUIRE(file->write(bytes, 0).has_value());
    CHECK(*file->same(bytes.subspan(5), 5));
    auto wrong = data;
    wrong.back() ^= 1;
    CHECK_FALSE(*file->same(std::as_bytes(std::span(wrong)), 0));
    CHECK_FALSE(*file->same(bytes, 1));  // past the end
}

TEST_CASE("partial: moved over another one it takes its journal along") {
    test::temp_dir dir;
    const auto paths = partial_of(dir / "f");
    leave_behind(paths, 10);
    leave_behind(replacement_of(dir / "f"), 20);
    {
        auto newer = partial::create(replacement_of(dir / "f"));
        REQUIRE(newer->move_to(paths).has_value());
    }
    CHECK(partial::create(paths)->record()->durable.total() == 20);
    CHECK_FALSE(std::filesystem::exists(replacement_of(dir / "f").journal));
}

TEST_CASE("partial: killed between the two renames of a move, nothing is lost") {
    test::temp_dir dir;
    const auto paths = partial_of(dir / "f");
    leave_behind(paths, 10);
    leave_behind(replacement_of(dir / "f"), 20);
    std::filesystem::rename(replacement_of(dir / "f").data, paths.data);
    const auto found = partial::create(paths);
    REQUIRE(found->record().has_value());
    CHECK(found->record()->durable.total() == 20);
}

TEST_CASE("partial: one that others can write to is refused, and stays as it is") {
    test::temp_dir dir;
    const auto paths = partial_of(dir / "f");
    test::spill(paths.data, "theirs");
    SUBCASE("by another name") {
        std::filesystem::create_hard_link(paths.data, dir / "other");
        CHECK(partial::create(paths).error().code == std::errc::too_many_links);
    }
    SUBCASE("as another user") {
        constexpr uid_t nobody = 65534;
        if (::chown(paths.data.c_str(), nobody, nobody) != 0) return;  // only root can try that
        CHECK(partial::create(paths).error().code == std::errc::operation_not_permitted);
    }
    CHECK(test::slurp(paths.data) == "theirs");
}

TEST_CASE("partial: the journal of another user proves nothing") {
    test::temp_dir dir;
    const auto paths = partial_of(dir / "f");
    leave_behind(paths, 100);
    if (::chown(paths.journal.c_str(), 65534, 65534) != 0) return;  // only root can try that
    CHECK_FALSE(partial::create(paths)->record().has_value());
}

}  // namespace ferry::test::partial_test
