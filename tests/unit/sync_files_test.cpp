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
        std::vector<std::string> files = {dir / "gone", dir / "no/such/folder"};
        for (std::size_t i = 0; i < count; ++i) {
            files.push_back(dir / ((i % 2 == 0 ? "" : "in/") + std::to_string(i)));
            spill(files.back(), "x");
        }
        CHECK(detail::sync_files(files).has_value());
    }
}

TEST_CASE("sync files: what is no file that can be synced, is said") {
    temp_dir dir;
    std::filesystem::create_symlink("/etc/hostname", dir / "link");
    const auto refused = detail::sync_files({dir / "link"});
    REQUIRE_FALSE(refused.has_value());
    CHECK(refused.error().code == std::errc::too_many_symbolic_link_levels);
}

}  // namespace ferry::test::sync_files_test
