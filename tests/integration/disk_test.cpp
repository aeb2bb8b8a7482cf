// Disks that are full, too small or not to be written to.
#include <support/real_servers.hpp>

#include "command.hpp"
#include "small_disk.hpp"

namespace ferry::test::disk_test {
namespace {

constexpr std::size_t KiB = 1'024;

struct full_disk {
    small_disk disk{"4m"};
    real_server server{software::nginx};
    const std::string whole = random_bytes(3'000 * KiB);
    const std::filesystem::path file = disk.path() / "f";
    const std::filesystem::path ballast = disk.path() / "ballast";

    full_disk() { publish(server.root() / "file", whole); }
    finished get() const {
        return run_ferry({"get", server.url("/file"), "-o", file.string(), "--json"});
    }
};

void check_full(const finished& done) {
    CHECK(done.exit_code == 10);
    CHECK(done.err.find("space") != std::string::npos);
    const auto error = job_of(done.out).at("error").as_object();
    CHECK(error.at("code") == "file.no_space");
    CHECK(error.at("context") == "local_file");
}

TEST_CASE("disk full: known in advance, it ends before anything is written") {
    full_disk on;
    NEEDS_MOUNT(on.disk);
    spill(on.ballast, std::string(3'000 * KiB, 'x'));
    check_full(on.get());
    CHECK_FALSE(std::filesystem::exists(on.file));

    std::filesystem::remove(on.ballast);
    const auto done = on.get();
    CHECK_MESSAGE(done.exit_code == 0, done.err);
    CHECK(difference(slurp(on.file), on.whole) == "");
}

TEST_CASE("disk full: in the middle, what is kept is continued once there is room") {
    for (const std::string connections : {"1", "4"}) {
        CAPTURE(connections);
        full_disk on;
        NEEDS_MOUNT(on.disk);
        const auto running = std::make_unique<process>(std::vector<std::string>{
            ferry_binary(), "get", on.server.url("/file"), "-o", on.file.string(), "--json", "-c",
            connections, "--limit-rate", "1M"});
        const auto part = on.disk.path() / ".f.ferry-part";
        REQUIRE(eventually([&] {
            std::error_code none_yet;
            const auto size = std::filesystem::file_size(part, none_yet);
            return !none_yet && size > 500 * KiB;
        }));
        fill_disk(on.ballast);  // somebody else
        REQUIRE(running->wait(20s));
        check_full({running->exit_code(), running->out(), running->err()});
        CHECK_FALSE(std::filesystem::exists(on.file));
        CHECK(std::filesystem::exists(part));

        std::filesystem::remove(on.ballast);
        const auto done = on.get();
        CHECK_MESSAGE(done.exit_code == 0, done.err);
        CHECK(difference(slurp(on.file), on.whole) == "");
        CHECK(number(file_of(done.out), "bytes_resumed") > 0);
    }
}

TEST_CASE("disk full: at each of many sizes of what is left, nothing wrong gets the final name") {
    full_disk on;
    NEEDS_MOUNT(on.disk);
    for (std::size_t room = 4 * KiB; room < 400 * KiB; room += 28 * KiB) {
        CAPTURE(room);
        std::filesystem::remove(on.file);
        const auto whole = random_bytes(200 * KiB, room);
        publish(on.server.root() / "file", whole);
        spill(on.ballast, std::string(4 * 1'024 * KiB - room, 'x'));
        const auto done = on.get();
        if (done.exit_code == 0) {
            CHECK(difference(slurp(on.file), whole) == "");
        } else {
            check_full(done);
            CHECK_FALSE(std::filesystem::exists(on.file));
        }
        std::filesystem::remove(on.ballast);
        const auto again = on.get();
        CHECK_MESSAGE(again.exit_code == 0, again.err);
        CHECK(difference(slurp(on.file), whole) == "");
    }
}

TEST_CASE("disk: a limit on the size of files is an error of the local file") {
    real_server server(software::nginx);
    const workshop in;
    const auto whole = random_bytes(3'000 * KiB);
    publish(server.root() / "file", whole);
    const auto done =
        in.get({server.url("/file"), "-o", "f", "--json"}, {.largest_file = 1'000 * KiB});
    CHECK(done.exit_code == 10);
    CHECK_FALSE(in.has("f"));
    const auto again = in.get({server.url("/file"), "-o", "f"});
    CHECK_MESSAGE(again.exit_code == 0, again.err);
    CHECK(in.off("f", whole) == "");
}

TEST_CASE("disk: a folder that may not be written to is an error of the local file") {
    small_disk disk("1m");
    NEEDS_MOUNT(disk);
    real_server server(software::nginx);
    publish(server.root() / "file", "hello");
    REQUIRE(mount("", disk.path().c_str(), "", MS_REMOUNT | MS_RDONLY, "") == 0);
    const auto done = run_ferry({"get", server.url("/file"), "-o", (disk.path() / "f").string()});
    CHECK(done.exit_code == 10);
    CHECK(done.err.starts_with("ferry: "));
}

}  // namespace
}  // namespace ferry::test::disk_test
