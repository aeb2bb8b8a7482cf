#include <support/job_states.hpp>
#include <support/upload_peer.hpp>

#include <doctest/doctest.h>

#include <filesystem>
#include <string>

namespace ferry::test::engine_uploads_test {

using namespace std::chrono_literals;
using enum ferry::job_state;

namespace {

/// An engine with a peer that takes uploads.
struct upload_engine : test::engine_rig {
    test::upload_store peer;
    std::string bytes = random_bytes(100'000);

    upload_engine() {
        protocols.add(std::make_unique<test::upload_peer>(peer));
        spill(file("a"), bytes);
    }
    ~upload_engine() { end(); }
    job wanted_upload(const std::string& to = "up://host/a", job_type type = job_type::upload) {
        job what;
        what.type = type;
        what.display_name = "a";
        what.state = queued;
        what.files.push_back({.source = file("a"), .destination = to});
        return what;
    }
    std::error_code refused(job what) {
        const auto got = run(engine->create(std::move(what)));
        return got ? std::error_code() : got.error().code;
    }
    bool arrived() const {
        const auto there = peer.objects.find("up://host/a");
        return there != peer.objects.end() && there->second == bytes;
    }
};

}  // namespace

TEST_CASE("upload job: it is Transferred when the server has all, and over when it is completed") {
    upload_engine it;
    const auto one = it.create(it.wanted_upload());
    CHECK(one.type == job_type::upload);
    REQUIRE(it.reaches(one, transferred));
    CHECK(it.arrived());
    CHECK(it.at(one).bytes_transferred() == 100'000);
    const auto done = it.run(it.engine->complete(one.id));
    REQUIRE(done.has_value());
    CHECK(done->state == acknowledged);
    CHECK(slurp(it.file("a")) == it.bytes);
}

TEST_CASE("upload job: it can complete itself") {
    upload_engine it;
    auto what = it.wanted_upload("up://host/");
    what.settings.auto_complete = true;
    const auto one = it.create(std::move(what));
    REQUIRE(it.reaches(one, acknowledged));
    CHECK(it.arrived());
}

TEST_CASE("upload job: it is completed only when it is Transferred (BITS)") {
    upload_engine it;
    auto what = it.wanted_upload();
    what.state = suspended;
    const auto one = it.create(std::move(what));
    CHECK(it.run(it.engine->complete(one.id)).error().code == errc::wrong_state);
    CHECK(it.state(one) == suspended);
}

TEST_CASE("upload job: it has one file, from here to elsewhere") {
    upload_engine it;
    auto two = it.wanted_upload();
    two.files.push_back({.source = it.file("a"), .destination = "up://host/b"});
    CHECK(it.refused(two) == errc::bad_argument);
    auto local = it.wanted_upload(it.file("b"));
    CHECK(it.refused(local) == errc::bad_argument);
    auto relative = it.wanted_upload();
    relative.files.front().source = "a";
    CHECK(it.refused(relative) == errc::bad_argument);
    CHECK(it.refused(it.wanted_upload("gopher://host/a")) == errc::unsupported);
    auto what = it.wanted_upload();
    what.state = suspended;
    const auto one = it.create(std::move(what));
    const std::vector<job_file> more = {{.source = it.file("a"), .destination = "up://host/b"}};
    CHECK(it.run(it.engine->add_files(one.id, more)).error().code == errc::bad_argument);
}

TEST_CASE("upload job: two to one place are one too many, two files into one folder are not") {
    upload_engine it;
    it.peer.script = {{.silent = true}, {.silent = true}, {.silent = true}};
    it.create(it.wanted_upload("up://host/"));
    CHECK(it.refused(it.wanted_upload("up://host/")) == errc::busy);
    CHECK(it.refused(it.wanted_upload("up://host/a")) == errc::busy);
    spill(it.file("b"), "other");
    auto other = it.wanted_upload("up://host/");
    other.files.front().source = it.file("b");
    CHECK_FALSE(it.refused(other));
}

TEST_CASE("upload job: a new engine goes on from the byte that the server has") {
    upload_engine it;
    it.peer.script = {{.cut_after = 40'000}};
    const auto one = it.create(it.wanted_upload());
    REQUIRE(it.settle_until([&] { return it.peer.requests.size() == 1; }));
    it.settle();
    it.peer.script.clear();
    it.restart();
    REQUIRE(it.reaches(one, transferred));
    CHECK(it.arrived());
    CHECK(it.at(one).files.front().bytes_resumed == 40'000);
}

TEST_CASE("upload job: when it is removed, the server need not keep what it has") {
    upload_engine it;
    it.peer.script = {{.cut_after = 40'000}, {.refuse = {errc::refused, "no"}}};
    const auto one = it.create(it.wanted_upload());
    REQUIRE(it.settle_until([&] { return it.peer.requests.size() == 1; }));
    it.advance(5s);
    REQUIRE(it.reaches(one, error));
    CHECK(it.peer.sessions.size() == 1);
    REQUIRE(it.run(it.engine->remove(one.id)).has_value());
    CHECK(it.peer.cancelled == 1);
    CHECK(it.peer.sessions.empty());
    CHECK(slurp(it.file("a")) == it.bytes);
}

TEST_CASE("upload job: what has arrived stays there when the job is removed") {
    upload_engine it;
    const auto one = it.create(it.wanted_upload());
    REQUIRE(it.reaches(one, transferred));
    REQUIRE(it.run(it.engine->remove(one.id)).has_value());
    CHECK(it.arrived());
    CHECK(it.peer.cancelled == 0);
}

TEST_CASE("upload-reply job: the answer gets its name when the job is completed") {
    for (const std::string name : {"", "elsewhere"}) {
        INFO(name);
        upload_engine it;
        it.peer.reply = parse_url("fake://host/answer").value();
        auto what = it.wanted_upload("up://host/a", job_type::upload_reply);
        if (!name.empty()) what.settings.reply_file = it.file(name);
        const auto place = name.empty() ? it.file("a.reply") : it.file(name);
        const auto one = it.create(std::move(what));
        REQUIRE(it.reaches(one, transferred));
        CHECK(it.arrived());
        CHECK_FALSE(std::filesystem::exists(place));
        REQUIRE(it.run(it.engine->complete(one.id)).has_value());
        CHECK(slurp(place) == it.on.body);
    }
}

TEST_CASE("upload-reply job: when it is removed, the answer is dropped") {
    upload_engine it;
    it.peer.reply = parse_url("fake://host/answer").value();
    const auto one = it.create(it.wanted_upload("up://host/a", job_type::upload_reply));
    REQUIRE(it.reaches(one, transferred));
    REQUIRE(it.run(it.engine->remove(one.id)).has_value());
    std::size_t files = 0;
    for (const auto& entry : std::filesystem::directory_iterator(it.dir.path()))
        files += entry.is_regular_file() ? 1 : 0;
    CHECK(files == 1);  // what was uploaded
    CHECK(it.arrived());
}

}  // namespace ferry::test::engine_uploads_test
