#include <ferry/detail/sync_files.hpp>

#include <support/files.hpp>

#include <doctest/doctest.h>

#include <filesystem>
#include <string>
#include <vector>

namespace ferry::test::sync_files_test {

TEST_CASE("sync files: a few or many, in one folder or several, with some of them gone") {
    for (const std::size_t count : {0, 1, 7, 8, 20}) {
        INFO(count);
        temp_dir dir;
        std::filesystem::create_directory(dir / "in");
        std::vector<detail::unsynced_file> files = {
            {dir / "gone", "1-1-1.1"}, {dir / "no/such/folder", "1-1-1.1"}};
        for (std::size_t i = 0; i < count; ++i) {
            const auto path = dir / ((i % 2 == 0 ? "" : "in/") + std::to_string(i));
            spill(path, "x");
            files.push_back({path, detail::mark_at(path)});
        }
        detail::sync_files(files);
        for (std::size_t i = 0; i < files.size(); ++i)
            CHECK(files[i].outcome.has_value() == (i > 1));
        CHECK(files[0].outcome.error().code == errc::not_found);
        CHECK(files[1].outcome.error().code == errc::not_found);
    }
}

TEST_CASE("sync files: only the file that had this mark, and never what a link leads to") {
    temp_dir dir;
    spill(dir / "a", "1");
    std::filesystem::create_symlink(dir / "a", dir / "link");
    const auto mark = detail::mark_at(dir / "a");
    std::vector<detail::unsynced_file> files = {{dir / "a", mark + "0"}, {dir / "link", mark}};
    detail::sync_files(files);
    for (const auto& one : files) CHECK(one.outcome.error().code == errc::not_found);
}

TEST_CASE("sync files: one that cannot be synced does not spoil the others") {
    for (const std::size_t others : {1, 20}) {
        INFO(others);
        temp_dir dir;
        std::vector<detail::unsynced_file> files = {{"/dev/null", detail::mark_at("/dev/null")}};
        for (std::size_t i = 0; i < others; ++i) {
            const auto path = dir / std::to_string(i);
            spill(path, "x");
            files.push_back({path, detail::mark_at(path)});
        }
        detail::sync_files(files);
        CHECK(files[0].outcome.error().code == std::errc::invalid_argument);
        for (std::size_t i = 1; i < files.size(); ++i) CHECK(files[i].outcome.has_value());
    }
}

}  // namespace ferry::test::sync_files_test
