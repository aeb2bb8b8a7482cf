// Files that are smaller than a journal is worth: their job alone remembers them.
#include <ferry/partial.hpp>

#include <support/job_states.hpp>

#include <doctest/doctest.h>

#include <filesystem>
#include <string>

namespace ferry::test::engine_small_files_test {

using namespace std::chrono_literals;
using enum ferry::job_state;

namespace {

struct small_rig : engine_rig {
    small_rig() { on.body = test::random_bytes(1'000); }
    bool has_journal(const std::string& name) const {
        return std::filesystem::exists(partial_of(file(name)).journal);
    }
};

}  // namespace

TEST_CASE("small files: they arrive without a journal, and are not fetched again") {
    small_rig it;
    const auto one = it.create(it.wanted({"a", "b"}));
    REQUIRE(it.reaches(one, transferred));
    CHECK_FALSE(it.has_journal("a"));
    it.restart();
    CHECK(it.state(one) == transferred);
    REQUIRE(it.run(it.engine->complete(one.id)).has_value());
    CHECK(slurp(it.file("a")) == it.on.body);
    CHECK(slurp(it.file("b")) == it.on.body);
    CHECK(it.on.requests.size() == 2);
}

TEST_CASE("small files: one that may be lost with the power has a journal") {
    small_rig it;
    auto what = it.wanted({"a"});
    what.settings.durable = false;
    REQUIRE(it.reaches(it.create(std::move(what)), transferred));
    CHECK(it.has_journal("a"));
}

TEST_CASE("small files: what a killed engine had not stored for a second is all that it loses") {
    small_rig it;
    auto what = it.wanted({"a", "b"});
    it.on.script = {{}, {.silent = true}};
    const auto one = it.create(std::move(what));
    REQUIRE(it.settle_until([&] { return it.at(one).files_transferred() == 1; }));
    it.advance(2s);
    const auto stored = job_store::open(it.dir / "jobs").value().load().value();
    CHECK(stored.jobs.at(0).files_transferred() == 1);
}

}  // namespace ferry::test::engine_small_files_test
