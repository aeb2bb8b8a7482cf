#include <ferry/partial.hpp>

#include <support/job_states.hpp>

#include <doctest/doctest.h>

#include <filesystem>
#include <string>

namespace ferry::test::engine_completion_test {

using enum ferry::job_state;

TEST_CASE("completion: a held file that somebody has removed or changed is fetched again") {
    for (const std::size_t size : {1'000, 100'000})
        for (const bool changed : {false, true}) {
            INFO(size);
            INFO(changed);
            engine_rig it;
            it.on.body = test::random_bytes(size);
            const auto one = it.create(it.wanted({"a", "b"}));
            REQUIRE(it.reaches(one, transferred));
            const auto partial = partial_of(it.file("a")).data;
            std::filesystem::remove(partial);
            if (changed) test::spill(partial, "something else");
            const auto refused = it.run(it.engine->complete(one.id));
            CHECK(refused.error().code == errc::not_found);
            CHECK(it.state(one) == suspended);
            REQUIRE(it.run(it.engine->resume(one.id)).has_value());
            REQUIRE(it.reaches(one, transferred));
            REQUIRE(it.run(it.engine->complete(one.id)).has_value());
            CHECK(slurp(it.file("a")) == it.on.body);
            CHECK(slurp(it.file("b")) == it.on.body);
            CHECK(it.on.requests.size() == 3);
        }
}

TEST_CASE("completion: what came to the destination meanwhile is replaced, kept, or in the way") {
    for (const std::string existing : {"replace", "skip", "fail"}) {
        INFO(existing);
        engine_rig it;
        auto what = it.wanted({"a"});
        what.settings.existing = existing;
        const auto one = it.create(std::move(what));
        REQUIRE(it.reaches(one, transferred));
        test::spill(it.file("a"), "newer");
        const auto done = it.run(it.engine->complete(one.id));
        CHECK(done.has_value() == (existing != "fail"));
        CHECK(it.state(one) == (existing == "fail" ? transferred : acknowledged));
        CHECK(slurp(it.file("a")) == (existing == "replace" ? it.on.body : "newer"));
        CHECK(std::filesystem::exists(partial_of(it.file("a")).data) == (existing == "fail"));
    }
}

TEST_CASE("completion: what stands in another job's place is never taken for what it held") {
    engine_rig it;
    std::filesystem::create_directory(it.file("real"));
    std::filesystem::create_directory_symlink(it.file("real"), it.file("link"));
    const auto one = it.create(it.wanted({"real/a"}));
    REQUIRE(it.reaches(one, transferred));
    it.on.body = test::random_bytes(80'000, 2);
    const auto other = it.create(it.wanted({"link/a"}));
    REQUIRE(it.reaches(other, transferred));
    CHECK(it.run(it.engine->complete(one.id)).error().code == errc::not_found);
    CHECK_FALSE(std::filesystem::exists(it.file("real/a")));
    REQUIRE(it.run(it.engine->complete(other.id)).has_value());
    CHECK(slurp(it.file("real/a")) == it.on.body);
}

TEST_CASE("completion: after a restart, no other file of its size is taken for one that has come") {
    engine_rig it;
    const auto one = it.create("a");
    REQUIRE(it.reaches(one, transferred));
    it.restart();
    std::filesystem::remove(partial_of(it.file("a")).data);
    test::spill(it.file("a"), std::string(it.on.body.size(), 'x'));
    const auto refused = it.run(it.engine->complete(one.id));
    REQUIRE_FALSE(refused.has_value());
    CHECK(refused.error().code == errc::not_found);
    CHECK(it.state(one) == suspended);
}

TEST_CASE("completion: what was synced is whole, however its job is to sync from now on") {
    engine_rig it;
    const auto one = it.create("a");
    REQUIRE(it.reaches(one, transferred));
    engine::change_request change;
    change.settings = it.at(one).settings;
    change.settings->durable = false;
    REQUIRE(it.run(it.engine->change(one.id, change)).has_value());
    CHECK(it.run(it.engine->complete(one.id)).has_value());
}

TEST_CASE("completion: a job that is over remembers which headers it sent, not what they said") {
    for (const bool removed : {false, true}) {
        INFO(removed);
        engine_rig it;
        auto what = it.wanted({"a"});
        what.settings.headers = {"Cookie: crumbs", "X-Empty:"};
        const auto one = it.create(std::move(what));
        REQUIRE(it.reaches(one, transferred));
        auto ending = removed ? it.engine->remove(one.id) : it.engine->complete(one.id);
        REQUIRE(it.run(std::move(ending)).has_value());
        const auto stored = job_store::open(it.dir / "jobs").value().load().value();
        const std::vector<std::string> names = {"Cookie:", "X-Empty:"};
        CHECK(stored.jobs.at(0).settings.headers == names);
    }
}

}  // namespace ferry::test::engine_completion_test
