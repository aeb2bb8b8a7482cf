#include <ferry/partial.hpp>
#include <ferry/publisher.hpp>

#include <support/files.hpp>
#include <support/loop.hpp>

#include <doctest/doctest.h>

#include <sys/stat.h>

#include <unistd.h>

#include <array>
#include <functional>
#include <map>
#include <memory>
#include <vector>

namespace ferry::test::publisher_test {
namespace {

struct rig {
    test::loop loop;
    test::temp_dir dir;
    disk_pool disk{2};
    publisher publishing{loop.io.get_executor(), disk};

    /// A finished partial of `name`, and what is to become of it.
    publication finished(const partial& file, const std::string& name, std::string_view bytes) {
        REQUIRE(file.write(std::as_bytes(std::span(bytes)), 0).has_value());
        publication one;
        one.descriptor = file.descriptor();
        one.size = bytes.size();
        one.partial = file.paths().data;
        one.destination = dir / name;
        return one;
    }
    /// The same, to be held.
    publication to_hold(const partial& file, const std::string& name, std::string_view bytes) {
        auto one = finished(file, name, bytes);
        one.journal = file.paths().journal;
        one.proof.emplace();
        one.proof->url = name;
        one.proof->verified = true;
        return one;
    }
    result<void> publish(publication one) { return loop.run(publishing.publish(std::move(one))); }
    result<std::string> hold(publication one) { return loop.run(publishing.hold(std::move(one))); }
};

}  // namespace

TEST_CASE("publisher: a finished partial gets its name, time, permissions, and no journal") {
    rig it;
    const auto file = partial::create(partial_of(it.dir / "f"));
    test::spill(file->paths().journal, "{}");
    auto one = it.finished(*file, "f", "bytes");
    one.journal = file->paths().journal;
    one.modified = std::chrono::system_clock::from_time_t(1'000'000'000);
    one.mode = 0751;
    REQUIRE(it.publish(one).has_value());
    CHECK(test::slurp(it.dir / "f") == "bytes");
    CHECK_FALSE(std::filesystem::exists(file->paths().data));
    CHECK_FALSE(std::filesystem::exists(file->paths().journal));
    struct stat about {};
    REQUIRE(::stat((it.dir / "f").c_str(), &about) == 0);
    CHECK(about.st_mtime == 1'000'000'000);
    CHECK((about.st_mode & 07777) == 0751);
}

TEST_CASE("publisher: a file without attributes has no name where they cannot be set") {
    rig it;
    const auto file = partial::create(partial_of(it.dir / "f"));
    auto one = it.finished(*file, "f", "bytes");
    file_rights rights;
    rights.attributes["user."] = "without a name, no file system has it";
    one.rights = std::make_shared<const file_rights>(rights);
    const auto published = it.publish(one);
    REQUIRE_FALSE(published);
    CHECK(published.error().context == error_context::local_file);
    CHECK(published.error().detail.find("set the attribute user.") != std::string::npos);
    CHECK_FALSE(std::filesystem::exists(it.dir / "f"));
    CHECK(std::filesystem::exists(file->paths().data));
}

TEST_CASE("publisher: bytes that are only in memory are written first") {
    rig it;
    const auto file = partial::create(partial_of(it.dir / "f"));
    auto one = it.finished(*file, "f", "head");
    const std::string tail = "tail";
    const auto bytes = std::as_bytes(std::span(tail));
    one.unwritten.assign(bytes.begin(), bytes.end());
    one.size = 8;
    REQUIRE(it.publish(std::move(one)).has_value());
    CHECK(test::slurp(it.dir / "f") == "headtail");
}

TEST_CASE("publisher: the file gets exactly its size, longer or shorter than the partial was") {
    for (const std::uint64_t size : {3, 5, 9}) {
        rig it;
        const auto file = partial::create(partial_of(it.dir / "f"));
        auto one = it.finished(*file, "f", "bytes");
        one.size = size;
        REQUIRE(it.publish(std::move(one)).has_value());
        CHECK(std::filesystem::file_size(it.dir / "f") == size);
    }
}

TEST_CASE("publisher: a name that must not be replaced is not") {
    rig it;
    test::spill(it.dir / "f", "old");
    const auto file = partial::create(partial_of(it.dir / "f"));
    auto one = it.finished(*file, "f", "new");
    one.replace = false;
    const auto refused = it.publish(one);
    REQUIRE_FALSE(refused.has_value());
    CHECK(refused.error().code == errc::exists);
    CHECK(test::slurp(it.dir / "f") == "old");
    CHECK(std::filesystem::exists(file->paths().data));
}

TEST_CASE("publisher: many files end together, and one's failure is not the others'") {
    rig it;
    std::vector<partial> files;
    std::vector<std::shared_ptr<test::loop::pending<result<void>>>> going;
    for (int i = 0; i < 100; ++i) {
        const auto name = "f" + std::to_string(i);
        files.push_back(partial::create(partial_of(it.dir / name)).value());
        auto one = it.finished(files.back(), name, name);
        if (i == 50) one.destination = it.dir / "missing/f";
        one.durable = i % 2 == 0;
        going.push_back(it.loop.start(it.publishing.publish(std::move(one))));
    }
    for (int i = 0; i < 100; ++i) {
        while (!going[static_cast<std::size_t>(i)]->ready()) {
            it.loop.io.restart();
            it.loop.io.run_one_for(std::chrono::milliseconds(100));
        }
        const auto& ended = *going[static_cast<std::size_t>(i)]->value;
        CHECK(ended.has_value() == (i != 50));
        if (i != 50) CHECK(std::filesystem::exists(it.dir / ("f" + std::to_string(i))));
    }
}

TEST_CASE("publisher: a held file gets no name but a proof") {
    for (const bool durable : {true, false}) {
        rig it;
        const auto file = partial::create(partial_of(it.dir / "f"));
        auto one = it.to_hold(*file, "f", "bytes");
        one.durable = durable;
        REQUIRE(it.hold(one).has_value());
        CHECK_FALSE(std::filesystem::exists(it.dir / "f"));
        CHECK(test::slurp(file->paths().data) == "bytes");
        const auto proof = read_journal(file->paths().journal);
        REQUIRE(proof.has_value());
        CHECK(*proof == *one.proof);
        CHECK_FALSE(std::filesystem::exists(file->paths().journal + ".tmp"));
    }
}

TEST_CASE("publisher: without a journal, a held file gets its name as long as it has its mark") {
    const std::map<std::string, std::function<void(const std::string&)>> events = {
        {"nothing", [](const std::string&) {}},
        {"its mode changes", [](const std::string& path) { ::chmod(path.c_str(), 0600); }},
        {"other bytes", [](const std::string& path) { test::spill(path, "BYTES"); }},
        {"fewer bytes", [](const std::string& path) { std::filesystem::resize_file(path, 4); }},
        {"gone", [](const std::string& path) { std::filesystem::remove(path); }},
        {"another file", [](const std::string& path) {
             std::filesystem::copy(path, path + "2");
             std::filesystem::rename(path + "2", path);
         }}};
    for (const auto& [event, happen] : events) {
        CAPTURE(event);
        rig it;
        const auto file = partial::create(partial_of(it.dir / "f"));
        auto one = it.finished(*file, "f", "bytes");
        one.modified = std::chrono::system_clock::from_time_t(1'000'000'000);
        const auto mark = it.hold(one);
        REQUIRE(mark.has_value());
        CHECK_FALSE(std::filesystem::exists(it.dir / "f"));
        CHECK_FALSE(std::filesystem::exists(file->paths().journal));
        happen(file->paths().data);
        publication held;
        held.partial = one.partial;
        held.destination = one.destination;
        held.mark = *mark;
        const auto named = it.publish(held);
        const bool same = event == "nothing" || event == "its mode changes";
        CHECK(named.has_value() == same);
        CHECK((same || named.error().code == errc::not_found));
        CHECK(std::filesystem::exists(it.dir / "f") == same);
    }
}

TEST_CASE("publisher: many held files get their names by one call, each with its own outcome") {
    rig it;
    std::vector<publication> held;
    for (const std::string name : {"a", "b", "c"}) {
        const auto file = partial::create(partial_of(it.dir / name));
        auto one = it.finished(*file, name, name);
        const auto mark = it.hold(one);
        REQUIRE(mark.has_value());
        one.descriptor = -1;
        one.mark = *mark;
        held.push_back(std::move(one));
    }
    std::filesystem::remove(held[1].partial);
    const auto named = it.loop.run(it.publishing.publish(std::move(held)));
    REQUIRE(named.size() == 3);
    CHECK(named[0].has_value());
    CHECK(named[1].error().code == errc::not_found);
    CHECK(named[2].has_value());
    CHECK(test::slurp(it.dir / "a") == "a");
    CHECK_FALSE(std::filesystem::exists(it.dir / "b"));
    CHECK(test::slurp(it.dir / "c") == "c");
    CHECK(it.loop.run(it.publishing.publish(std::vector<publication>())).empty());
}

namespace {

/// A descriptor of something empty that cannot be synced.
struct pipe_end {
    std::array<int, 2> ends = {-1, -1};
    pipe_end() { REQUIRE(::pipe(ends.data()) == 0); }
    ~pipe_end() {
        for (const int fd : ends) ::close(fd);
    }
};

/// What keeps one of many files from being held, step by step in their order.
struct obstacle {
    std::string_view step;
    std::function<void(publication&)> put;
};

}  // namespace

TEST_CASE("publisher: a step that fails keeps a held file from its proof, and no other file") {
    const pipe_end unsyncable;
    const std::vector<obstacle> obstacles{
        {"write the bytes", [](auto& file) { file.size = std::uint64_t{1} << 63; }},
        {"write the proof",
         [](auto& file) { std::filesystem::create_directory(file.journal + ".tmp"); }},
        {"sync the bytes",
         [&](auto& file) {
             file.descriptor = unsyncable.ends[0];
             file.size = 0;
         }},
        {"name the proof", [](auto& file) { std::filesystem::create_directory(file.journal); }}};
    for (const int count : {1, 3, 20})
        for (const auto& in_the_way : obstacles) {
            if (count > 3 && in_the_way.step == "sync the bytes") continue;  // all by one call
            CAPTURE(count);
            CAPTURE(in_the_way.step);
            rig it;
            std::vector<partial> files;
            std::vector<std::shared_ptr<test::loop::pending<result<std::string>>>> going;
            // while somebody else is at work, the others come together
            files.push_back(partial::create(partial_of(it.dir / "first")).value());
            const auto first =
                it.loop.start(it.publishing.hold(it.to_hold(files[0], "first", "bytes")));
            for (int i = 0; i < count; ++i) {
                const auto name = "f" + std::to_string(i);
                files.push_back(partial::create(partial_of(it.dir / name)).value());
                auto one = it.to_hold(files.back(), name, name);
                if (i == count / 2) in_the_way.put(one);
                going.push_back(it.loop.start(it.publishing.hold(std::move(one))));
            }
            for (int i = 0; i < count; ++i) {
                const auto at = static_cast<std::size_t>(i);
                while (!going[at]->ready()) {
                    it.loop.io.restart();
                    it.loop.io.run_one_for(std::chrono::milliseconds(100));
                }
                const bool good = i != count / 2;
                const auto& paths = files[at + 1].paths();
                CHECK(going[at]->value->has_value() == good);
                CHECK(read_journal(paths.journal).has_value() == good);
                CHECK(std::filesystem::is_regular_file(paths.journal) == good);
                CHECK_FALSE(std::filesystem::is_regular_file(paths.journal + ".tmp"));
                CHECK(std::filesystem::exists(paths.data));
            }
            CHECK(first->value->has_value());
        }
}

}  // namespace ferry::test::publisher_test
