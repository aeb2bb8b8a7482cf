// Files that are smaller than a journal is worth: their job alone remembers them.
#include <ferry/detail/held.hpp>
#include <ferry/partial.hpp>

#include <support/job_states.hpp>

#include <doctest/doctest.h>

#include <sys/stat.h>

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
    /// A job of two files, of which the second never comes. Waits for the first.
    job begun(job what) {
        on.script = {{}, {.silent = true}};
        const auto one = create(std::move(what));
        REQUIRE(settle_until(
            [&] { return at(one).files_transferred() == 1 && on.requests.size() == 2; }));
        return one;
    }
    /// What the store says of a job, changed while no engine runs.
    void rewrite(std::function<void(job&)> change) {
        stop();
        auto store = job_store::open(dir / "jobs").value();
        auto data = store.load().value().jobs.at(0);
        change(data);
        REQUIRE(store.commit(std::span(&data, 1)).has_value());
        start();
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
    const auto one = it.begun(it.wanted({"a", "b"}));
    it.advance(2s);
    const auto stored = job_store::open(it.dir / "jobs").value().load().value();
    CHECK(stored.jobs.at(0).files_transferred() == 1);
}

TEST_CASE("small files: they come without a sync, which is made up for before they are stored") {
    for (const bool durable : {true, false}) {
        INFO(durable);
        small_rig it;
        auto what = it.wanted({"a", "b"});
        what.settings.durable = durable;
        const auto one = it.begun(std::move(what));
        CHECK(detail::was_made_now(it.at(one).files[0].mark));
        it.advance(2s);
        const auto stored = job_store::open(it.dir / "jobs").value().load().value();
        CHECK(detail::was_made_now(stored.jobs.at(0).files[0].mark) == !durable);
    }
}

TEST_CASE("small files: whoever completes what has come so far does not lose it") {
    small_rig it;
    const auto one = it.begun(it.wanted({"a", "b"}));
    REQUIRE(it.run(it.engine->complete(one.id)).has_value());
    CHECK(slurp(it.file("a")) == it.on.body);
    CHECK_FALSE(std::filesystem::exists(it.file("b")));
}

TEST_CASE("small files: one that a power cut took is fetched again") {
    small_rig it;
    const auto one = it.begun(it.wanted({"a", "b"}));
    it.rewrite([](job& data) {
        auto& mark = data.files[0].mark;
        mark = detail::with_boot(detail::without_boot(mark), "an earlier one");
    });
    REQUIRE(it.reaches(one, transferred));
    CHECK(it.on.requests.size() == 4);
    REQUIRE(it.run(it.engine->complete(one.id)).has_value());
    CHECK(slurp(it.file("a")) == it.on.body);
    CHECK(slurp(it.file("b")) == it.on.body);
}

TEST_CASE("small files: what a suspended job has come by survives a power cut") {
    small_rig it;
    const auto one = it.begun(it.wanted({"a", "b"}));
    REQUIRE(it.run(it.engine->suspend(one.id)).has_value());
    const auto stored = job_store::open(it.dir / "jobs").value().load().value();
    CHECK(detail::boot_of(stored.jobs.at(0).files[0].mark).empty());
}

TEST_CASE("small files: what an engine that ends has come by survives a power cut") {
    small_rig it;
    it.begun(it.wanted({"a", "b"}));
    it.rewrite([](const job& data) {
        CHECK(data.files_transferred() == 1);
        CHECK(detail::boot_of(data.files[0].mark).empty());
    });
}

TEST_CASE("small files: one that the disk has lost since it came ends the turn, and comes again") {
    small_rig it;
    const auto one = it.begun(it.wanted({"a", "b"}));
    const auto partial = partial_of(it.file("a")).data;
    it.rewrite([&](job& data) {  // what cannot be synced stands for what could not
        std::filesystem::remove(partial);
        REQUIRE(::mkfifo(partial.c_str(), 0600) == 0);
        data.files[0].mark = detail::with_boot(detail::mark_at(partial), boot_id());
    });
    REQUIRE(it.reaches(one, job_state::error));
    CHECK(it.at(one).files[0].state == job_state::error);
    CHECK(it.at(one).files[1].state == transferred);
    CHECK(it.at(one).error->why.code == std::errc::invalid_argument);
    std::filesystem::remove(partial);
    REQUIRE(it.run(it.engine->resume(one.id)).has_value());
    REQUIRE(it.reaches(one, transferred));
    REQUIRE(it.run(it.engine->complete(one.id)).has_value());
    CHECK(slurp(it.file("a")) == it.on.body);
    CHECK(slurp(it.file("b")) == it.on.body);
}

TEST_CASE("small files: a completion that a power cut ended before the sync begins anew") {
    small_rig it;
    auto what = it.wanted({"a", "b"});
    what.settings.auto_complete = true;
    const auto one = it.begun(std::move(what));
    it.rewrite([](job& data) {
        data.completing = true;
        data.state = transferring;
        data.files[1] = data.files[0];
        data.files[1].destination += "b";
        for (auto& file : data.files)
            file.mark = detail::with_boot(detail::without_boot(file.mark), "an earlier one");
    });
    REQUIRE(it.reaches(one, acknowledged));
    CHECK(it.on.requests.size() == 4);
    CHECK(slurp(it.file("a")) == it.on.body);
}

}  // namespace ferry::test::engine_small_files_test
