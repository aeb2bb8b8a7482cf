#include <support/fixture.hpp>
#include <support/job_states.hpp>

#include <doctest/doctest.h>

#include <functional>
#include <vector>

namespace ferry::test::engine_requests_test {

using namespace std::chrono_literals;
using enum ferry::job_state;

namespace {

std::error_code refused(engine_rig& it, job what) {
    const auto created = it.run(it.engine->create(std::move(what)));
    CHECK(it.engine->jobs().size() == 0);
    return created ? std::error_code() : created.error().code;
}

}  // namespace

TEST_CASE("engine: a job without a name is called after its first file") {
    engine_rig it;
    auto two = it.wanted({"a", "b"});
    two.display_name.clear();
    CHECK(it.create(two).display_name == "a");
    auto empty = it.wanted({});
    empty.state = suspended;
    const auto later = it.create(empty);
    CHECK(later.display_name.empty());
    for (const auto* name : {"c", "d"})
        REQUIRE(it.run(it.engine->add_files(later.id, it.wanted({name}).files)).has_value());
    CHECK(it.at(later).display_name == "c");
    auto named = it.wanted({"e"});
    named.display_name = "mine";
    CHECK(it.create(named).display_name == "mine");
}

TEST_CASE("engine: what makes no sense is refused before anything is stored") {
    engine_rig it;
    const auto with = [&](auto spoil) {
        auto what = it.wanted({"a"});
        spoil(what);
        return refused(it, std::move(what));
    };
    using enum errc;
    CHECK(with([](job& it) { it.files.clear(); }) == bad_argument);
    CHECK(with([](job& it) { it.files[0].destination = "a"; }) == bad_argument);
    CHECK(with([](job& it) { it.files[0].destination = "/tmp/"; }) == bad_argument);
    CHECK(with([&](job& job) {
              job.files[0].destination = it.dir / std::string(256, 'x');
          }) == bad_argument);
    CHECK(with([](job& it) { it.files[0].source = "gopher://host/a"; }) == unsupported);
    CHECK(with([](job& it) { it.files[0].expected = "sha256:1"; }) == bad_argument);
    CHECK(with([](job& it) { it.files.push_back(it.files[0]); }) == bad_argument);
    CHECK(with([](job& it) { it.type = job_type::upload; }) == bad_argument);
    CHECK(with([](job& it) { it.display_name.assign(1'025, 'x'); }) == bad_argument);
    CHECK(with([](job& it) { it.description.assign(4'097, 'x'); }) == bad_argument);
    CHECK(with([](job& it) { it.settings.parallel = 0; }) == bad_argument);
    CHECK(with([](job& it) { it.settings.connections = 65; }) == bad_argument);
    CHECK(with([](job& it) { it.settings.existing = "perhaps"; }) == bad_argument);
    CHECK(with([](job& it) { it.settings.redirect = "perhaps"; }) == bad_argument);
    CHECK(with([](job& it) { it.settings.retry_interval = 0s; }) == bad_argument);
    CHECK(with([](job& it) { it.settings.low_speed_time = 0s; }) == bad_argument);
    CHECK(with([](job& it) { it.settings.retry_timeout = -1s; }) == bad_argument);
    CHECK(with([](job& it) {
              it.settings.retry_timeout = std::chrono::seconds::max();
          }) == bad_argument);
    CHECK(with([](job& it) {
              it.settings.max_download_time = std::chrono::seconds::max();
          }) == bad_argument);
    CHECK(with([](job& it) { it.settings.unsupported = {{"mirror", ""}}; }) == unsupported);
    CHECK(with([](job& it) { it.settings.ranges = {"9-1"}; }) == bad_argument);
    CHECK(with([](job& it) {
              it.settings.ranges = {"0-1"};
              it.settings.dynamic = true;
          }) == bad_argument);
    CHECK(with([](job& it) { it.settings.security_flags = 0x20; }) == bad_argument);
    CHECK(with([](job& it) { it.settings.proxy = proxy_usage::listed; }) == bad_argument);
    CHECK(with([](job& it) { it.settings.upload_protocol = "put"; }) == bad_argument);
    CHECK(with([](job& it) { it.settings.reply_file = "/f"; }) == bad_argument);
    for (const auto& meant_for_downloads : std::vector<std::function<void(job_settings&)>>{
             [](job_settings& asked) { asked.ranges = {"0-1"}; },
             [](job_settings& asked) { asked.dynamic = true; },
             [](job_settings& asked) { asked.method = "POST"; }})
        CHECK(with([&](job& it) {
                  it.type = job_type::upload;
                  std::swap(it.files[0].source, it.files[0].destination);
                  meant_for_downloads(it.settings);
              }) == bad_argument);
    CHECK(with([](job& it) {
              it.type = job_type::upload_reply;
              std::swap(it.files[0].source, it.files[0].destination);
              it.settings.upload_protocol = "put";
          }) == bad_argument);
    CHECK(std::filesystem::is_empty(it.dir / "jobs"));
}

TEST_CASE("engine: quotas hold for jobs, files and ranges") {
    engine_rig it(false);
    it.limits.jobs = 2;
    it.limits.files = 2;
    it.limits.ranges = 1;
    it.start();
    CHECK(refused(it, it.wanted({"a", "b", "c"})) == errc::too_many);
    auto ranged = it.wanted({"a"});
    ranged.state = suspended;
    ranged.settings.ranges = {"0-1", "2-3"};
    CHECK(refused(it, std::move(ranged)) == errc::too_many);
    const auto one = it.create(it.wanted({"a", "b"}));
    const auto added = it.run(it.engine->add_files(one.id, it.wanted({"c"}).files));
    CHECK(added.error().code == errc::too_many);
    it.create("d");
    CHECK(it.run(it.engine->create(it.wanted({"e"}))).error().code == errc::too_many);
    REQUIRE(it.run(it.engine->remove(one.id)).has_value());
    CHECK(it.run(it.engine->create(it.wanted({"e"}))).has_value());
}

TEST_CASE("engine: quotas hold for jobs that are created at the same time") {
    engine_rig it(false);
    it.limits.jobs = 3;
    it.start();
    using creation = std::shared_ptr<test::loop::pending<result<job>>>;
    std::vector<creation> all;
    for (int i = 0; i < 10; ++i)
        all.push_back(it.loop.start(it.engine->create(it.wanted({std::to_string(i)}))));
    const auto ready = [](const creation& one) { return one->ready(); };
    REQUIRE(it.settle_until([&] { return std::all_of(all.begin(), all.end(), ready); }));
    const auto there = [](const creation& one) { return one->value->has_value(); };
    CHECK(std::count_if(all.begin(), all.end(), there) == 3);
}

TEST_CASE("engine: a job that asks for what is not supported can be kept, not started") {
    engine_rig it;
    auto what = it.wanted({"a"});
    what.state = suspended;
    what.settings.unsupported = {{"dynamic", ""}};
    const auto one = it.create(std::move(what));
    CHECK(it.run(it.engine->resume(one.id)).error().code == errc::unsupported);
    engine::change_request without;
    without.settings = job_settings();
    REQUIRE(it.run(it.engine->change(one.id, std::move(without))).has_value());
    it.on.script = {{.silent = true}};
    REQUIRE(it.run(it.engine->resume(one.id)).has_value());
    engine::change_request again;
    again.settings = one.settings;
    const auto changed = it.run(it.engine->change(one.id, std::move(again)));
    REQUIRE_FALSE(changed.has_value());  // while it is at work
    CHECK(changed.error().code == errc::unsupported);
}

TEST_CASE("engine: a job without files can wait for some") {
    engine_rig it;
    auto what = it.wanted({});
    what.state = suspended;
    const auto one = it.create(std::move(what));
    CHECK(it.run(it.engine->resume(one.id)).error().code == errc::bad_argument);
    REQUIRE(it.run(it.engine->add_files(one.id, it.wanted({"a"}).files)).has_value());
    REQUIRE(it.run(it.engine->resume(one.id)).has_value());
    CHECK(it.reaches(one, transferred));
}

TEST_CASE("engine: a destination belongs to one job, however it is spelled, until that is over") {
    for (const auto how : {acknowledged, cancelled}) {
        engine_rig it;
        const auto one = brought_to(it, transferred);
        auto other = it.wanted({"a"});
        other.files[0].destination = it.dir / "x/.././/a";
        const auto at_once = it.run(it.engine->create(other));
        CHECK(at_once.error().code == errc::busy);
        const auto free = it.create("b");
        CHECK(it.run(it.engine->add_files(free.id, other.files)).error().code == errc::busy);
        auto ending = how == cancelled ? it.engine->remove(one.id) : it.engine->complete(one.id);
        REQUIRE(it.run(std::move(ending)).has_value());
        CHECK(it.run(it.engine->create(other)).has_value());
    }
}

TEST_CASE("engine: a job in Error gives its destinations to a job that wants them") {
    engine_rig it;
    const auto old = brought_to(it, error);
    it.on.script = {{.silent = true}};
    job heir;
    SUBCASE("a new one") { heir = it.create("a"); }
    SUBCASE("one that gets it as a further file") {
        heir = it.create("b");
        REQUIRE(it.run(it.engine->add_files(heir.id, it.wanted({"a"}).files)).has_value());
    }
    REQUIRE(it.settle_until([&] { return it.on.script.empty(); }));  // the heir has it
    for (const bool after_restart : {false, true}) {
        CAPTURE(after_restart);
        if (after_restart) it.restart();
        CHECK(it.run(it.engine->create(it.wanted({"a"}))).error().code == errc::busy);
        for (auto command : {&engine::resume, &engine::suspend}) {
            const auto refused = it.run(((*it.engine).*command)(old.id));
            REQUIRE_FALSE(refused.has_value());
            CHECK(refused.error().code == errc::busy);
            CHECK(refused.error().detail.find("job " + heir.id.substr(0, 8)) != std::string::npos);
        }
        CHECK(it.state(old) == error);
    }
    REQUIRE(it.run(it.engine->remove(heir.id)).has_value());
    REQUIRE(it.run(it.engine->resume(old.id)).has_value());
    CHECK(it.run(it.engine->create(it.wanted({"a"}))).error().code == errc::busy);
    CHECK(it.reaches(old, transferred));
}

TEST_CASE("engine: what a job in Error has lost, its end leaves alone") {
    for (const bool removed : {true, false}) {
        CAPTURE(removed);
        engine_rig it;
        it.on.script = {{}, {.refuse = test::refusal(errc::refused, 404)}};
        const auto old = it.create(it.wanted({"a", "b"}));
        REQUIRE(it.reaches(old, error));
        const auto heir = it.create("a");
        REQUIRE(it.reaches(heir, transferred));
        auto ending = removed ? it.engine->remove(old.id) : it.engine->complete(old.id);
        REQUIRE(it.run(std::move(ending)).has_value());
        CHECK_FALSE(std::filesystem::exists(it.file("a")));
        CHECK(it.run(it.engine->create(it.wanted({"a"}))).error().code == errc::busy);
        REQUIRE(it.run(it.engine->complete(heir.id)).has_value());
        CHECK(test::slurp(it.file("a")) == it.on.body);
    }
}

TEST_CASE("engine: a destination that is given twice is called so, and nobody is to be removed") {
    engine_rig it;
    const auto one = brought_to(it, suspended);
    const auto twice = it.run(it.engine->add_files(one.id, it.wanted({"a"}).files));
    REQUIRE_FALSE(twice.has_value());
    CHECK(twice.error().code == errc::bad_argument);
    CHECK(twice.error().detail == it.file("a") + ": this destination is given twice");
}

TEST_CASE("engine: a job in Error is not given twice what it has lost") {
    engine_rig it;
    const auto old = brought_to(it, error);
    REQUIRE(it.run(it.engine->remove(it.create("a").id)).has_value());
    const auto twice = it.run(it.engine->add_files(old.id, it.wanted({"a"}).files));
    REQUIRE_FALSE(twice.has_value());
    CHECK(twice.error().code == errc::bad_argument);
}

TEST_CASE("engine: what its protocol will never do is refused before anything is stored") {
    engine_rig it;
    test::add_protocols(it.protocols, it.loop.io.get_executor(), it.loop.time, it.disk);
    const auto with = [&](const std::string& source, std::vector<std::string> headers) {
        auto what = it.wanted({"a"});
        what.files[0].source = source;
        what.settings.headers = std::move(headers);
        return refused(it, std::move(what));
    };
    CHECK(with("http://user:secret@host/a", {}) == errc::unsupported);
    CHECK(with("https://host/a", {"host: other"}) == errc::bad_argument);
    CHECK(with("http://host/a", {"Range: bytes=0-1"}) == errc::bad_argument);
    CHECK(with("http://host/a", {"A: b", "Content-Length: 1"}) == errc::bad_argument);
    CHECK(with("file://host/a", {}) == errc::bad_argument);
    CHECK(with("gopher://host/a", {}) == errc::unsupported);
    CHECK(std::filesystem::is_empty(it.dir / "jobs"));

    auto what = it.wanted({"a"});
    what.state = suspended;
    what.files[0].source = "http://host/a";
    const auto one = it.create(std::move(what));
    engine::change_request change;
    change.settings = one.settings;
    change.settings->headers = {"TE: trailers"};
    CHECK(it.run(it.engine->change(one.id, change)).error().code == errc::bad_argument);
    CHECK(it.at(one).settings.headers.empty());
}

TEST_CASE("engine: a destination belongs to its job also after a restart") {
    engine_rig it;
    brought_to(it, suspended);
    it.restart();
    CHECK(it.run(it.engine->create(it.wanted({"a"}))).error().code == errc::busy);
}

TEST_CASE("engine: a file that is there already is replaced, kept, or a reason to stop") {
    for (const std::string existing : {"replace", "skip", "fail"}) {
        INFO(existing);
        engine_rig it;
        test::spill(it.file("a"), "old");
        auto what = it.wanted({"a", "b"});
        what.settings.existing = existing;
        what.settings.auto_complete = true;
        const auto one = it.create(std::move(what));
        REQUIRE(it.reaches(one, existing == "fail" ? error : acknowledged));
        CHECK(test::slurp(it.file("a")) == (existing == "replace" ? it.on.body : "old"));
        CHECK(std::filesystem::exists(it.file("b")) == (existing != "fail"));
    }
}

}  // namespace ferry::test::engine_requests_test
