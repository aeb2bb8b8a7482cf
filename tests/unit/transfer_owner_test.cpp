#include <support/fixture.hpp>
#include <support/transfer_rig.hpp>

#include <doctest/doctest.h>

#include <sys/stat.h>

namespace ferry::test::transfer_owner_test {

namespace fs = std::filesystem;

namespace {

const std::string owner = "1a2b3c4d-e89b-42d3-a456-426614174000";

/// A rig in which a job was interrupted when it had 900'000 of 1'000'000 bytes.
struct kept_rig : rig {
    kept_rig() {
        on.body = random_bytes(1'000'000);
        options.owner = owner;
        interrupt_after(900'000);
        options.owner.clear();
    }
    result<void> get_other() {
        status = {};
        return finish(*loop.start(
            download(world, parse_url("fake://host/other").value(), file(), options, status)));
    }
};

unsigned mode_of(const fs::path& path) {
    struct stat about {};
    REQUIRE(::stat(path.c_str(), &about) == 0);
    return about.st_mode & 0777;
}

}  // namespace

TEST_CASE("download: what a job keeps of another URL is refused to whoever is no job") {
    kept_rig it;
    const auto before = slurp(it.record());
    const auto refused = it.get_other();
    REQUIRE_FALSE(refused.has_value());
    CHECK(refused.error().code == errc::busy);
    CHECK(
        refused.error().detail ==
        "job 1a2b3c4d keeps " + it.data().native() +
            " (complete or remove that job, or delete it if the job is no more)");
    CHECK(slurp(it.record()) == before);
    REQUIRE(it.get().has_value());
    CHECK(it.status.bytes_resumed == 900'000);
    CHECK(arrived(it));
}

TEST_CASE("download: who goes on with what a job keeps, keeps it for that job") {
    kept_rig it;
    it.interrupt_after(50'000);
    const auto record = read_journal(it.record()).value();
    CHECK(record.durable.total() == 950'000);
    CHECK(record.job == owner);
    CHECK_FALSE(it.get_other().has_value());
}

TEST_CASE("download: a job takes over what another one kept") {
    kept_rig it;
    it.options.owner = "another";
    it.on.version.tag = "\"v2\"";
    REQUIRE(it.get_other().has_value());
    CHECK(arrived(it));
}

TEST_CASE("download: new files and folders are as open as the umask says that they are to be") {
    rig it;
    it.on.body = random_bytes(1'000);
    it.options.umask = 027;
    it.options.create_directories = true;
    const auto before = ::umask(0);
    const auto to = it.dir / "a/b/f";
    const auto got = it.finish(*it.loop.start(
        download(it.world, parse_url("fake://host/f").value(), to, it.options, it.status)));
    ::umask(before);
    REQUIRE(got.has_value());
    CHECK(mode_of(to) == 0640);
    CHECK(mode_of(it.dir / "a") == 0750);
    CHECK(mode_of(it.dir / "a/b") == 0750);
}

TEST_CASE("download: a name that the file system cannot take is refused before a byte is fetched") {
    rig it;
    const auto to = it.dir / std::string(256, 'x');
    const auto got = it.finish(*it.loop.start(
        download(it.world, parse_url("fake://host/f").value(), to, it.options, it.status)));
    REQUIRE_FALSE(got.has_value());
    CHECK(got.error().code == std::errc::filename_too_long);
    CHECK(it.on.requests.empty());
}

TEST_CASE("download: a file is not copied onto itself, whatever it is called") {
    test::fixture on;
    const std::string file = on.dir / "f";
    test::spill(file, "bytes");
    fs::create_hard_link(file, on.dir / "hard");
    fs::create_symlink(file, on.dir / "soft");
    for (const std::string to : {"f", "hard", "soft"}) {
        CAPTURE(to);
        const auto got = on.get("file://" + file, to, {});
        CHECK(got.code() == errc::bad_argument);
        CHECK(got.end.error().detail.ends_with(": source and destination are the same file"));
    }
    CHECK(slurp(file) == "bytes");
    CHECK(on.get("file://" + file, "copy", {}).ok());
}

}  // namespace ferry::test::transfer_owner_test
