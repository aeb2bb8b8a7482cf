#include <support/job_states.hpp>

#include <doctest/doctest.h>

namespace ferry::test::engine_test {

using namespace std::chrono_literals;
using enum ferry::job_state;

namespace {

/// Only these files are in the rig's folder, besides the jobs.
bool holds_only(const engine_rig& it, std::vector<std::string> names) {
    std::vector<std::string> there;
    for (const auto& entry : std::filesystem::directory_iterator(it.dir.path()))
        if (entry.path().filename() != "jobs") there.push_back(entry.path().filename());
    std::sort(there.begin(), there.end());
    std::sort(names.begin(), names.end());
    return there == names;
}

}  // namespace

TEST_CASE("engine: a job is transferred, and its file appears when it is completed") {
    engine_rig it;
    const auto one = it.create("a");
    REQUIRE(it.reaches(one, transferred));
    CHECK_FALSE(std::filesystem::exists(it.file("a")));
    const auto done = it.run(it.engine->complete(one.id));
    REQUIRE(done.has_value());
    CHECK(done->state == acknowledged);
    CHECK(slurp(it.file("a")) == it.on.body);
    CHECK(holds_only(it, {"a"}));
    CHECK(it.engine->jobs().empty());
}

TEST_CASE("engine: a job that completes itself needs nobody") {
    engine_rig it;
    auto what = it.wanted({"a", "b", "c"});
    what.settings.auto_complete = true;
    const auto one = it.create(std::move(what));
    REQUIRE(it.reaches(one, acknowledged));
    CHECK(holds_only(it, {"a", "b", "c"}));
    const auto waited = it.run(it.engine->wait(one.id));
    REQUIRE(waited.has_value());
    CHECK(waited->files_transferred() == 3);
}

TEST_CASE("engine: a removed job leaves nothing, whatever state it is in") {
    engine_rig it;
    SUBCASE("transferred") {
        const auto one = it.create("a");
        REQUIRE(it.reaches(one, transferred));
        REQUIRE(it.run(it.engine->remove(one.id)).has_value());
    }
    SUBCASE("in the middle of a file") {
        it.on.script = {{.cut_after = 50'000}, {.silent = true}};
        const auto one = it.create("a");
        REQUIRE(it.reaches(one, transferring));
        REQUIRE(it.run(it.engine->remove(one.id)).has_value());
        CHECK(it.state(one) == cancelled);
    }
    CHECK(holds_only(it, {}));
    CHECK(it.engine->jobs().empty());
}

TEST_CASE("engine: a suspended job keeps its bytes and goes on from them") {
    engine_rig it;
    const auto one = test::brought_to_a_third(it);
    it.advance(1s);  // the retry, which then hangs
    REQUIRE(it.run(it.engine->suspend(one.id)).has_value());
    CHECK(it.state(one) == suspended);
    REQUIRE(it.run(it.engine->resume(one.id)).has_value());
    REQUIRE(it.reaches(one, transferred));
    CHECK(it.at(one).files.front().bytes_resumed == 1'000'000);
    CHECK(it.on.requests.back().range.first == 1'000'000);
}

}  // namespace ferry::test::engine_test
