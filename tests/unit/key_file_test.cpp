#include <ferry/key_file.hpp>
#include <ferry/secret_box.hpp>

#include <doctest/doctest.h>
#include <support/files.hpp>

#include <sys/stat.h>

#include <filesystem>
#include <set>
#include <string>
#include <thread>
#include <vector>

namespace ferry::test::key_file_test {

namespace {

struct rig {
    test::temp_dir dir;
    std::string file = (dir / "key").string();

    mode_t mode() const {
        struct stat about {};
        REQUIRE(::stat(file.c_str(), &about) == 0);
        return about.st_mode & 07777;
    }
    std::size_t files() const {
        std::size_t count = 0;
        for ([[maybe_unused]] const auto& one : std::filesystem::directory_iterator(dir.path()))
            ++count;
        return count;
    }
    void write(std::string_view bytes, mode_t with = 0600) const {
        std::filesystem::remove(file);
        spill(file, bytes);
        REQUIRE(::chmod(file.c_str(), with) == 0);
    }
};

}  // namespace

TEST_CASE("key file: it is made when it is needed, for us alone, and read from then on") {
    const rig it;
    const auto none = read_key(it.file);
    REQUIRE_FALSE(none.has_value());
    CHECK(none.error().code == std::errc::no_such_file_or_directory);
    const auto made = read_or_make_key(it.file);
    REQUIRE_MESSAGE(made.has_value(), describe(made.error()));
    CHECK(made->reveal().size() == secret_box::key_size);
    CHECK(it.mode() == 0600);
    CHECK(it.files() == 1);
    CHECK(slurp(it.file) == made->reveal());
    CHECK(read_key(it.file).value() == *made);
    CHECK(read_or_make_key(it.file).value() == *made);
}

TEST_CASE("key file: no two are the same") {
    std::set<secret> all;
    for (int i = 0; i < 20; ++i) {
        const rig it;
        all.insert(read_or_make_key(it.file).value());
    }
    CHECK(all.size() == 20);
}

TEST_CASE("key file: those who make it at the same time get the same key") {
    const rig it;
    std::vector<result<secret>> got(8);
    std::vector<std::thread> makers;
    for (auto& one : got) makers.emplace_back([&one, &it] { one = read_or_make_key(it.file); });
    for (auto& one : makers) one.join();
    for (auto& one : got) CHECK(one.value() == got.front().value());
    CHECK(it.files() == 1);
}

TEST_CASE("key file: what holds no key, or is open to others, is refused and left alone") {
    const rig it;
    for (const std::size_t size : {0, 31, 33}) {
        it.write(std::string(size, 'k'));
        for (const auto& key : {read_key(it.file), read_or_make_key(it.file)}) {
            REQUIRE_FALSE(key.has_value());
            CHECK(key.error().code == errc::malformed);
        }
        CHECK(slurp(it.file) == std::string(size, 'k'));
    }
    for (const mode_t mode : {0640, 0604, 0620}) {
        it.write(std::string(32, 'k'), mode);
        const auto key = read_or_make_key(it.file);
        REQUIRE_FALSE(key.has_value());
        CHECK(key.error().code == std::errc::permission_denied);
        CHECK(read_key(it.file, key_guard::folder).value() == secret(std::string(32, 'k')));
    }
    it.write(std::string(32, 'k'));
    std::filesystem::create_symlink(it.file, it.dir / "link");
    CHECK_FALSE(read_key((it.dir / "link").string()).has_value());
    CHECK_FALSE(read_key(it.dir.path().string()).has_value());
    CHECK_FALSE(read_or_make_key((it.dir / "no" / "key").string()).has_value());
}

}  // namespace ferry::test::key_file_test
