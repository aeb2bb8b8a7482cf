#include "cli/daemon/event_feed.hpp"

#include <support/manual_clock.hpp>

#include <doctest/doctest.h>

#include <map>
#include <string>
#include <vector>

namespace ferry::test::cli_event_feed_test {

using namespace ferry::cli;
namespace json = boost::json;

namespace {

struct rig {
    test::manual_clock time;
    job_events news;
    std::map<std::string, job, std::less<>> jobs;
    int woken = 0;
    event_feed feed{time, [this] { ++woken; }};

    rig() {
        for (const auto* id : {"a", "b"}) {
            jobs[id].id = id;
            jobs[id].files.resize(1);
        }
        follow(std::nullopt);
    }
    void follow(std::optional<std::set<std::string, std::less<>>> only, bool brief = false) {
        const event_feed::subject about{news, [this](std::string_view id) -> const job* {
                                            const auto found = jobs.find(id);
                                            return found == jobs.end() ? nullptr : &found->second;
                                        }};
        feed.follow(about, std::move(only), brief);
    }
    void tell(const std::string& id, job_news what) { news.tell(jobs.at(id), what); }
    /// "job.state a", for each event that waits.
    std::vector<std::string> taken() {
        std::vector<std::string> all;
        while (const auto event = feed.take())
            all.emplace_back(
                std::string(event->at("event").as_string()) + " " +
                std::string(event->at("job").at("id").as_string()));
        return all;
    }
};

using lines = std::vector<std::string>;

}  // namespace

TEST_CASE("event feed: each news has its event, and the event the job as it is now") {
    rig on;
    const struct {
        job_news what;
        const char* event;
    } rows[] = {
        {job_news::created, "job.state"},     {job_news::state, "job.state"},
        {job_news::changed, "job.state"},     {job_news::progress, "job.progress"},
        {job_news::expiring, "job.expiring"},
    };
    for (const auto& [what, name] : rows) {
        on.tell("a", what);
        on.jobs["a"].display_name = name;
        const auto event = on.feed.take();
        REQUIRE(event.has_value());
        CHECK(event->at("v") == 1);
        CHECK(event->at("event") == name);
        CHECK(event->at("time") == "2026-01-01T00:00:00.000Z");
        CHECK(event->at("job").at("display_name") == name);
        CHECK_FALSE(event->at("job").as_object().contains("files"));
        CHECK_FALSE(on.feed.take().has_value());
    }
    CHECK(on.woken == 5);
}

TEST_CASE("event feed: a job that is over is told of as a whole, however it is told") {
    rig on;
    for (const auto state : {job_state::acknowledged, job_state::cancelled})
        for (const auto what : {job_news::state, job_news::progress, job_news::expiring}) {
            on.jobs["a"].state = state;
            on.tell("a", what);
            const auto event = on.feed.take();
            REQUIRE(event.has_value());
            CHECK(event->at("event") == "job.finished");
            CHECK(event->at("job").at("files").as_array().size() == 1);
        }
}

TEST_CASE("event feed: who wants it brief, is told of no files") {
    rig on;
    on.jobs["a"].state = job_state::acknowledged;
    on.jobs["a"].files[0].bytes_resumed = 7;
    on.follow(std::nullopt, true);
    on.tell("a", job_news::state);
    const auto event = on.feed.take();
    REQUIRE(event.has_value());
    CHECK(event->at("event") == "job.finished");
    CHECK(event->at("job").at("bytes_resumed") == 7);
    CHECK_FALSE(event->at("job").as_object().contains("files"));
}

TEST_CASE("event feed: news of one job are merged, those of several taken by age") {
    rig on;
    for (int i = 0; i < 3; ++i) {
        on.tell("b", job_news::progress);
        on.tell("a", job_news::progress);
    }
    CHECK(on.taken() == lines{"job.progress b", "job.progress a"});
    on.tell("a", job_news::progress);
    on.tell("b", job_news::state);
    on.tell("a", job_news::state);
    CHECK(on.taken() == lines{"job.state a", "job.state b"});
}

TEST_CASE("event feed: a warning is not lost among other news") {
    rig on;
    on.tell("a", job_news::expiring);
    on.tell("a", job_news::progress);
    CHECK(on.taken() == lines{"job.progress a", "job.expiring a"});
    on.tell("a", job_news::state);
    on.tell("a", job_news::expiring);
    on.tell("a", job_news::progress);
    CHECK(on.taken() == lines{"job.state a", "job.expiring a"});
}

TEST_CASE("event feed: a job that is forgotten is skipped") {
    rig on;
    on.tell("a", job_news::state);
    on.tell("b", job_news::state);
    on.jobs.erase("a");
    CHECK(on.taken() == lines{"job.state b"});
    on.jobs["a"].id = "a";
    on.tell("a", job_news::state);
    CHECK(on.taken() == lines{"job.state a"});
}

TEST_CASE("event feed: it follows the jobs that were asked for, and the last asking counts") {
    rig on;
    on.follow({{"a"}});
    on.tell("b", job_news::state);
    CHECK(on.taken().empty());
    on.tell("a", job_news::state);
    on.follow({{"b"}});
    on.tell("a", job_news::state);
    on.tell("b", job_news::state);
    CHECK(on.taken() == lines{"job.state b"});
}

TEST_CASE("event feed: who listens is told that the daemon ends, and nobody else") {
    rig on;
    const event_feed unused{on.time, [] {}};
    CHECK_FALSE(unused.farewell().has_value());
    const auto farewell = on.feed.farewell();
    REQUIRE(farewell.has_value());
    CHECK(farewell->at("event") == "daemon.stopping");
    CHECK(farewell->at("v") == 1);
    CHECK(farewell->contains("time"));
}

}  // namespace ferry::test::cli_event_feed_test
