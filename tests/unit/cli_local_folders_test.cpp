#include "cli/sources/local_folders.hpp"

#include <support/files.hpp>

#include <doctest/doctest.h>

#include <sys/stat.h>

#include <filesystem>

namespace ferry::test::cli_local_folders_test {

using namespace ferry::cli;

namespace {

namespace fs = std::filesystem;

unsigned mode_of(const fs::path& folder) {
    struct stat about {};
    REQUIRE(::lstat(folder.c_str(), &about) == 0);
    return about.st_mode & 07777;
}

}  // namespace

TEST_CASE("cli: folders are open while files come, and have their permissions in the end") {
    temp_dir dir;
    for (const unsigned mode : {0777U, 0750U, 0700U, 0555U, 0500U, 0575U, 0070U}) {
        CAPTURE(mode);
        const auto outer = dir / ("d" + std::to_string(mode)), inner = outer / "inner";
        const std::vector<local_folder> both = {{outer, mode}, {inner, mode}};
        for (int run = 0; run < 2; ++run) {
            REQUIRE(make_folders(both));
            CHECK(mode_of(outer) == (mode | 0700));
            CHECK(mode_of(inner) == (mode | 0700));
            close_folders(both);
            CHECK(mode_of(outer) == (mode | 0500));
            CHECK(mode_of(inner) == (mode | 0500));
        }
        REQUIRE(make_folders(both));  // so that they can be removed
    }
}

TEST_CASE("cli: a folder with permissions of its own keeps them, and links are not followed") {
    temp_dir dir;
    const std::vector<local_folder> one = {{dir / "d", 0555}};
    fs::create_directory(dir / "d");
    for (const mode_t own : {0700U, 0511U}) {
        REQUIRE(::chmod((dir / "d").c_str(), own) == 0);
        REQUIRE(make_folders(one));
        CHECK(mode_of(dir / "d") == own);
        close_folders(one);
        CHECK(mode_of(dir / "d") == own);
    }
    fs::rename(dir / "d", dir / "e");
    REQUIRE(::chmod((dir / "e").c_str(), 0755) == 0);
    fs::create_directory_symlink(dir / "e", dir / "d");
    CHECK_FALSE(make_folders(one));
    close_folders(one);
    CHECK(mode_of(dir / "e") == 0755);
}

TEST_CASE("cli: folders without permissions to keep get those of new ones") {
    temp_dir dir;
    fs::create_directory(dir / "usual");
    const std::vector<local_folder> one = {{dir / "d"}};
    REQUIRE(make_folders(one));
    close_folders(one);
    CHECK(mode_of(dir / "d") == mode_of(dir / "usual"));
}

}  // namespace ferry::test::cli_local_folders_test
