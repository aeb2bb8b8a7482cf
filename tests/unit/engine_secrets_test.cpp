#include <support/job_states.hpp>

#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>
#include <iterator>

namespace ferry::test::engine_secrets_test {

using namespace std::chrono_literals;
using enum ferry::job_state;

namespace {

/// The scripted protocol by another name, with an eye on who asks.
class watched_protocol final : public protocol {
  public:
    watched_protocol(test::stage& on, std::vector<access_options>& seen)
        : inner_(on), seen_(seen) {}
    bool speaks(std::string_view scheme) const noexcept override { return scheme == "seen"; }
    awaitable<result<std::unique_ptr<source>>> open(open_request what) override {
        seen_.push_back(*what.access);
        return inner_.open(std::move(what));
    }

  private:
    test::scripted_protocol inner_;
    std::vector<access_options>& seen_;
};

struct rig : engine_rig {
    std::vector<access_options> seen;
    std::optional<std::string> key = std::string(32, 'k');  ///< none: it is lost
    std::size_t made = 0;

    rig() : engine_rig(false) {
        protocols.add(std::make_unique<watched_protocol>(on, seen));
        hooks.key = [this](bool make) -> result<secret> {
            if (!key && !make) return file_failure(ENOENT, "open KEY");
            if (!key) {
                ++made;
                key = std::string(32, static_cast<char>('0' + made));
            }
            return secret(*key);
        };
        start();
    }
    ~rig() { end(); }
    job with_password(const std::string& name, job_state state = queued) {
        auto what = wanted({name});
        what.state = state;
        what.files[0].source = "seen://host/" + name;
        what.settings.user = "ann";
        job_secrets secrets{{"password", secret("hunter2")}};
        auto creating = engine->create(std::move(what), std::move(secrets));
        auto created = run(std::move(creating));
        REQUIRE_MESSAGE(created.has_value(), created.error().detail);
        return *std::move(created);
    }
    result<job> set_password(const job& one, std::string text) {
        engine::change_request change;
        change.secrets = {{"password", secret(std::move(text))}};
        auto changing = engine->change(one.id, std::move(change));
        return run(std::move(changing));
    }
    /// All that is on the disk.
    std::string stored() const {
        std::string all;
        for (const auto& one : std::filesystem::directory_iterator(dir / "jobs")) {
            std::ifstream in(one.path(), std::ios::binary);  // gone: a commit under way renamed it
            all.append(std::istreambuf_iterator<char>(in), {});
        }
        return all;
    }
};

}  // namespace

TEST_CASE("engine secrets: a source is told them, and the disk is not") {
    rig it;
    const auto one = it.with_password("a");
    REQUIRE(it.reaches(one, transferred));
    REQUIRE(it.seen.size() == 1);
    CHECK(it.seen[0].who.user == "ann");
    CHECK(it.seen[0].who.password == secret("hunter2"));
    CHECK(it.at(one).secrets.size() == 1);
    CHECK(it.stored().find(it.at(one).secrets[0].second) != std::string::npos);
    CHECK(it.stored().find("hunter2") == std::string::npos);
}

TEST_CASE("engine secrets: what headers say is one, until others are set or none") {
    rig it;
    auto what = it.wanted({"a"});
    what.state = suspended;
    what.files[0].source = "seen://host/a";
    what.settings.headers = {"Cookie: crumbs", "X-Empty:"};
    const auto sent = what.settings.headers;
    const auto one = it.create(std::move(what));
    CHECK(it.at(one).settings.headers == std::vector<std::string>{"Cookie:", "X-Empty:"});
    CHECK(it.stored().find("crumbs") == std::string::npos);
    const auto sends = [&](const std::vector<std::string>& wanted) {
        it.restart();
        it.seen.clear();
        it.on.script = {{.refuse = {errc::refused, "no"}}};
        REQUIRE(it.run(it.engine->resume(one.id)).has_value());
        REQUIRE(it.reaches(one, error));
        CHECK(it.seen.at(0).headers == wanted);
    };
    sends(sent);

    engine::change_request change;
    change.settings = it.at(one).settings;
    change.settings->connections = 2;  // the names alone: they stay as they are
    REQUIRE(it.run(it.engine->change(one.id, change)).has_value());
    sends(sent);
    change.settings->headers = {"Cookie: dough"};
    REQUIRE(it.run(it.engine->change(one.id, change)).has_value());
    CHECK(it.stored().find("dough") == std::string::npos);
    sends({"Cookie: dough"});
    change.settings->headers.clear();
    REQUIRE(it.run(it.engine->change(one.id, change)).has_value());
    CHECK(it.at(one).secrets.empty());
    sends({});
}

TEST_CASE("engine secrets: the next engine knows them") {
    rig it;
    const auto one = it.with_password("a", suspended);
    it.restart();
    REQUIRE(it.run(it.engine->resume(one.id)).has_value());
    REQUIRE(it.reaches(one, transferred));
    CHECK(it.seen.at(0).who.password == secret("hunter2"));
}

TEST_CASE("engine secrets: a job that is over has none, but for as long as it is not") {
    for (const bool completed : {true, false}) {
        rig it;
        const auto one = it.with_password("a");
        REQUIRE(it.reaches(one, transferred));
        const auto sealed = it.at(one).secrets.at(0).second;
        auto ending = completed ? it.engine->complete(one.id) : it.engine->remove(one.id);
        REQUIRE(it.run(std::move(ending)).has_value());
        CHECK(it.at(one).secrets.empty());
        CHECK(it.stored().find(sealed) == std::string::npos);
    }
}

TEST_CASE("engine secrets: a key that is lost or wrong stops its jobs only; set heals them") {
    for (const bool lost : {true, false}) {
        CAPTURE(lost);
        rig it;
        const auto one = it.with_password("a", suspended);
        it.key = lost ? std::nullopt : std::optional(std::string(32, 'j'));
        it.restart();
        const auto other = it.create("b");
        REQUIRE(it.run(it.engine->resume(one.id)).has_value());
        REQUIRE(it.reaches(one, error));
        CHECK(it.reaches(other, transferred));
        CHECK(it.seen.empty());
        const auto& why = it.at(one).error->why;
        CHECK(why.code == errc::unauthorized);
        CHECK(why.detail.find("'ferry set JOB --credential USER'") != std::string::npos);
        CHECK(it.made == 0);

        REQUIRE(it.set_password(one, "hunter3").has_value());
        CHECK(it.made == (lost ? 1 : 0));
        REQUIRE(it.run(it.engine->resume(one.id)).has_value());
        REQUIRE(it.reaches(one, transferred));
        CHECK(it.seen.at(0).who.password == secret("hunter3"));
    }
}

TEST_CASE("engine secrets: a file that was tampered with is an Error of its job") {
    rig it;
    const auto one = it.with_password("a", suspended);
    it.stop();
    const auto file = it.dir / "jobs" / (one.id + ".json");
    auto text = test::slurp(file);
    const auto at = text.find(one.secrets.at(0).second);
    REQUIRE(at != text.npos);
    text[at + 40] = text[at + 40] == '0' ? '1' : '0';
    test::spill(file, text);
    it.start();
    REQUIRE(it.run(it.engine->resume(one.id)).has_value());
    CHECK(it.reaches(one, error));
    CHECK(it.seen.empty());
}

TEST_CASE("engine secrets: without anybody who keeps a key, such a job is refused") {
    rig it;
    it.stop();
    it.hooks.key = {};
    it.start();
    auto what = it.wanted({"a"});
    job_secrets secrets{{"password", secret("hunter2")}};
    auto creating = it.engine->create(what, std::move(secrets));
    const auto refused = it.run(std::move(creating));
    REQUIRE_FALSE(refused.has_value());
    CHECK(refused.error().code == errc::unsupported);
    CHECK(it.engine->jobs().empty());
    CHECK(it.run(it.engine->create(what)).has_value());  // the place is free
}

TEST_CASE("engine secrets: a running job uses new ones from its next try on") {
    rig it;
    it.on.script = {{.cut_after = 10}, {.silent = true}};
    auto what = it.wanted({"a", "b"});
    for (auto& file : what.files) file.source.replace(0, 4, "seen");
    what.settings.user = "ann";
    job_secrets secrets{{"password", secret("hunter2")}};
    auto creating = it.engine->create(std::move(what), std::move(secrets));
    const auto one = it.run(std::move(creating)).value();
    REQUIRE(it.settle_until([&] { return it.seen.size() == 1; }));
    REQUIRE(it.set_password(one, "hunter3").has_value());
    REQUIRE(it.run(it.engine->suspend(one.id)).has_value());
    it.on.script.clear();
    REQUIRE(it.run(it.engine->resume(one.id)).has_value());
    REQUIRE(it.reaches(one, transferred));
    CHECK(it.seen.front().who.password == secret("hunter2"));
    CHECK(it.seen.back().who.password == secret("hunter3"));
}

TEST_CASE("engine: only the wanted parts of a file are fetched, also after a restart") {
    engine_rig it;
    auto what = it.wanted({"a"});
    what.settings.ranges = {"100-199", "0-9"};
    const auto one = it.create(what);
    REQUIRE(it.reaches(one, transferred));
    it.restart();
    REQUIRE(it.run(it.engine->complete(one.id)).has_value());
    CHECK(test::slurp(it.file("a")) == it.on.body.substr(100, 100) + it.on.body.substr(0, 10));
    what.files[0].destination = it.file("b");
    what.files.push_back(it.wanted({"c"}).files[0]);
    CHECK(it.run(it.engine->create(what)).error().code == errc::bad_argument);
    what.files.pop_back();
    const auto two = it.create(what);
    const auto more = it.run(it.engine->add_files(two.id, it.wanted({"c"}).files));
    CHECK(more.error().code == errc::bad_argument);
}

TEST_CASE("engine: dynamic content is fetched from the start each time") {
    for (const std::string method : {"", "POST"}) {
        engine_rig it;
        it.on.body = test::random_bytes(3'000'000);
        it.on.script = {{.cut_after = 1'000'000}};
        auto what = it.wanted({"a"});
        what.settings.dynamic = method.empty();
        what.settings.method = method;
        const auto one = it.create(std::move(what));
        for (int i = 0; i < 50 && it.state(one) != transferred; ++i) it.advance(2s);
        REQUIRE(it.state(one) == transferred);
        REQUIRE(it.on.requests.size() == 2);
        CHECK(it.on.requests.back().range.first == 0);
        CHECK(it.at(one).files[0].bytes_discarded == 1'000'000);
    }
}

}  // namespace ferry::test::engine_secrets_test
