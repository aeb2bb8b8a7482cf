#include "cli/daemon/control_methods.hpp"

#include "cli/daemon/job_reference.hpp"

#include <support/engine_rig.hpp>

#include <doctest/doctest.h>

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include <set>
#include <string>
#include <vector>

namespace ferry::test::cli_control_methods_test {

using namespace ferry::cli;
using namespace std::chrono_literals;
using namespace std::string_literals;
using enum ferry::job_state;
namespace json = boost::json;

namespace {

/// The methods over an engine, without a socket.
struct rig : test::engine_rig {
    std::vector<std::uint64_t> kept;
    result<void> keeping;
    control_methods methods{*engine, facts(), {rate, 0, keeper()}};
    method_table table = methods.table();
    event_feed events{loop.time, [] {}};

    static server_facts facts() {
        server_facts about;
        about.pid = 42;
        about.folder = "/state";
        about.owner = "me";
        return about;
    }
    std::function<awaitable<result<void>>(std::uint64_t)> keeper() {
        return [this](std::uint64_t limit) {
            kept.push_back(limit);
            return at_once(keeping);
        };
    }
    static awaitable<result<void>> at_once(result<void> outcome) { co_return outcome; }

    result<json::object> ask(const std::string& method, json::object parameters) {
        return run(table.at(method)(std::move(parameters), events));
    }
    result<json::object> ask(const std::string& method, const std::string& parameters = "{}") {
        return ask(method, json::parse(parameters).as_object());
    }
    /// A job that waits for its owner, unless `more` says something else.
    json::object creation(
        const std::string& name, const std::string& more = R"("suspended":true)") {
        auto parameters = json::parse("{" + more + "}").as_object();
        json::object one;
        one["source"] = "fake://host/" + name;
        one["destination"] = file(name);
        parameters["files"] = json::array{one};
        parameters["display_name"] = name;
        return parameters;
    }
    std::string create(const std::string& name, const std::string& more = R"("suspended":true)") {
        const auto made = ask("job.create", creation(name, more));
        REQUIRE_MESSAGE(made.has_value(), made.error().detail);
        return json::value_to<std::string>(made->at("job").at("id"));
    }
    result<json::object> about(const std::string& method, const std::string& reference) {
        json::object parameters;
        parameters["job"] = reference;
        return ask(method, std::move(parameters));
    }
    std::vector<std::string> told() {
        std::vector<std::string> all;
        while (const auto event = events.take())
            all.push_back(json::value_to<std::string>(event->at("event")));
        return all;
    }
};

job named(const std::string& id, const std::string& name) {
    job one;
    one.id = id;
    one.display_name = name;
    return one;
}

std::string detail_of(const result<json::object>& outcome) {
    return outcome ? "it succeeded" : outcome.error().detail;
}

}  // namespace

TEST_CASE("job reference: an id, the beginning of one, or a name that is unique") {
    const auto first = named("aaaabbbb-0000-4000-8000-000000000000", "one");
    const auto second = named("aaaacccc-0000-4000-8000-000000000000", "two");
    const auto third = named("dddd0000-0000-4000-8000-000000000000", "two");
    const auto fourth = named("eeee0000-0000-4000-8000-000000000000", "dddd");
    const auto fifth = named("ffff0000-0000-4000-8000-000000000000", "");
    const std::vector<const job*> all = {&first, &second, &third, &fourth, &fifth};
    const auto found = [&](std::string_view reference) {
        const auto id = find_job(all, reference);
        return id ? *id : describe(id.error());
    };
    CHECK(found(first.id) == first.id);
    CHECK(found("aaaab") == first.id);
    CHECK(found("eeee") == fourth.id);
    CHECK(found("one") == first.id);
    CHECK(found("two").starts_with("'two': 2 jobs are called that (use an id)"));
    CHECK(found("aaaa").starts_with("'aaaa': 2 jobs are"));
    CHECK(found("dddd").starts_with("'dddd': 2 jobs are"));
    CHECK(found("eee").starts_with("'eee': an id's beginning needs at least 4 characters"));
    CHECK(found("abc").starts_with("'abc': no such job (see 'ferry list')"));
    CHECK(found("").starts_with("'': no such job"));
    CHECK(found(first.id + "0").starts_with("'" + first.id + "0': no such job"));
    CHECK(find_job(all, "x").error().code == errc::no_such_job);
}

TEST_CASE("job reference: ids in any case and in braces; a name in any case, unless one is exact") {
    const auto first = named("aaaabbbb-0000-4000-8000-000000000000", "Backup");
    const auto second = named("bbbbcccc-0000-4000-8000-000000000000", "image");
    const auto third = named("ccccdddd-0000-4000-8000-000000000000", "Image");
    const std::vector<const job*> all = {&first, &second, &third};
    const auto found = [&](std::string_view reference) {
        const auto id = find_job(all, reference);
        return id ? *id : describe(id.error());
    };
    CHECK(found("AAAABBBB-0000-4000-8000-000000000000") == first.id);
    CHECK(found("{AAAABBBB-0000-4000-8000-000000000000}") == first.id);
    CHECK(found("AAAAB") == first.id);
    CHECK(found("BACKUP") == first.id);
    CHECK(found("image") == second.id);
    CHECK(found("Image") == third.id);
    CHECK(found("IMAGE").starts_with("'IMAGE': 2 jobs are called that (use an id)"));
    CHECK(found("{}").starts_with("'{}': no such job"));
}

TEST_CASE("control methods: a job from its creation to its end") {
    rig on;
    const auto made = on.ask("job.create", on.creation("a", R"("priority":"high")"));
    REQUIRE(made.has_value());
    const auto& document = made->at("job").as_object();
    CHECK(document.at("owner") == "me");
    CHECK(document.at("priority") == "high");
    CHECK(document.at("files").as_array().size() == 1);
    const auto id = json::value_to<std::string>(document.at("id"));
    REQUIRE(on.settle_until([&] { return on.engine->find(id)->state == transferred; }));
    const auto done = on.about("job.complete", "a");
    REQUIRE(done.has_value());
    CHECK(done->at("job").at("state") == "Acknowledged");
    CHECK(test::slurp(on.file("a")) == on.on.body);
    for (const auto& late : {id, "{" + id + "}", id.substr(0, 8), std::string("A")})
        CHECK(on.about("job.get", late)->at("job").at("state") == "Acknowledged");
    const auto next = on.create("a", R"("suspended":true)");
    CHECK(on.about("job.get", "a")->at("job").at("id") == json::string(next));
}

TEST_CASE("control methods: a suspended one is resumed, suspended and removed") {
    rig on;
    on.on.script = {{.silent = true}};
    const auto id = on.create("a");
    CHECK(on.about("job.explain", "a")->at("reason") == "suspended");
    CHECK(on.about("job.resume", id)->at("job").at("state") != "Suspended");
    CHECK(on.about("job.suspend", id.substr(0, 8))->at("job").at("state") == "Suspended");
    CHECK(on.about("job.remove", id)->at("job").at("state") == "Cancelled");
    CHECK(on.about("job.resume", id).error().code == errc::wrong_state);
}

TEST_CASE("control methods: files are added to the end") {
    rig on;
    on.create("a");
    auto more = on.creation("b", R"("job":"a")");
    more.erase("display_name");
    const auto changed = on.ask("job.add_files", more);
    REQUIRE_MESSAGE(changed.has_value(), detail_of(changed));
    CHECK(changed->at("job").at("files").as_array().size() == 2);
}

TEST_CASE("control methods: who wants it brief, gets a job without its files") {
    rig on;
    auto wanted = on.creation("a");
    wanted["brief"] = true;
    const auto made = on.ask("job.create", wanted);
    auto more = on.creation("b", R"("job":"a","brief":true)");
    more.erase("display_name");
    const auto filled = on.ask("job.add_files", more);
    const auto resumed = on.ask("job.resume", R"({"job":"a","brief":true})");
    for (const auto* reply : {&made, &filled, &resumed}) {
        REQUIRE_MESSAGE(reply->has_value(), detail_of(*reply));
        const auto& document = (*reply)->at("job").as_object();
        CHECK(document.at("display_name") == "a");
        CHECK(document.at("files_total") == (reply == &made ? 1 : 2));
        CHECK_FALSE(document.contains("files"));
    }
    REQUIRE(on.settle_until([&] { return on.engine->jobs().front()->state == transferred; }));
    REQUIRE(on.ask("events.subscribe", R"({"jobs":["a"],"brief":true})"));
    REQUIRE(on.about("job.complete", "a")->at("job").as_object().contains("files"));
    const auto over = on.events.take();
    REQUIRE(over.has_value());
    CHECK(over->at("event") == "job.finished");
    CHECK_FALSE(over->at("job").as_object().contains("files"));
}

TEST_CASE("control methods: settings are changed one by one, and shown without secrets") {
    rig on;
    on.create("a", R"("suspended":true,"settings":{"parallel":3,"headers":["Cookie: crumbs"]})");
    const auto set = on.ask(
        "job.set",
        R"({"job":"a","set":{"display_name":"z","priority":"low","settings":{"connections":5}}})");
    REQUIRE_MESSAGE(set.has_value(), detail_of(set));
    const auto shown = on.about("job.get", "z");
    REQUIRE(shown.has_value());
    CHECK(shown->at("job").at("priority") == "low");
    CHECK(shown->at("settings").at("parallel") == 3);
    CHECK(shown->at("settings").at("connections") == 5);
    CHECK(json::serialize(shown->at("settings").at("headers")) == "[\"Cookie: …\"]");
    CHECK(json::serialize(*shown).find("crumbs") == std::string::npos);
}

TEST_CASE("control methods: the list comes in pages, in order of arrival") {
    rig on;
    for (const auto* name : {"a", "b", "c", "d", "e"}) on.create(name);
    for (int limit = 1; limit <= 6; ++limit) {
        std::string names;
        json::object parameters;
        parameters["limit"] = limit;
        for (int pages = 0; pages < 10; ++pages) {
            const auto page = on.ask("job.list", parameters);
            REQUIRE(page.has_value());
            for (const auto& one : page->at("jobs").as_array()) {
                names += one.at("display_name").as_string();
                CHECK_FALSE(one.as_object().contains("files"));
            }
            parameters["after"] = page->at("next");
            if (page->at("next").is_null()) break;
        }
        CHECK(names == "abcde");
    }
    const auto all = on.ask("job.list");
    CHECK(all->at("jobs").as_array().size() == 5);
    CHECK(all->at("next").is_null());
    CHECK(on.ask("job.list", R"({"after":"x"})").error().code == errc::no_such_job);
    for (const auto* wrong : {"0", "1001", "-1", "\"1\""})
        CHECK(on.ask("job.list", R"({"limit":)"s + wrong + "}").error().code == errc::bad_argument);
}

TEST_CASE("control methods: a page that tells files ends early, but has a job at least") {
    rig on;
    const auto many = [&on](const std::string& name, int count) {
        auto parameters = on.creation(name);
        auto& files = parameters["files"].as_array();
        const auto first = files.front().as_object();
        for (int i = 1; i < count; ++i) {
            files.push_back(first);
            files.back().as_object()["destination"] = on.file(name + std::to_string(i));
        }
        REQUIRE(on.ask("job.create", std::move(parameters)).has_value());
    };
    for (const auto* name : {"a", "b", "d"}) many(name, 1'500);
    many("c", 4'500);
    std::string names;
    json::object parameters;
    parameters["files"] = true;
    do {
        const auto page = on.ask("job.list", parameters);
        REQUIRE(page.has_value());
        for (const auto& one : page->at("jobs").as_array()) {
            names += one.at("display_name").as_string();
            CHECK(one.at("files").as_array().size() >= 1'500);
        }
        names += ";";
        parameters["after"] = page->at("next");
    } while (!parameters["after"].is_null() && names.size() < 100);
    CHECK(names == "ab;d;c;");
}

TEST_CASE("control methods: pages go on behind a job that is gone meanwhile") {
    rig on;
    for (const auto* name : {"a", "b", "c"}) on.create(name);
    const auto first = on.ask("job.list", R"({"limit":2})");
    CHECK(on.about("job.remove", "b").has_value());
    json::object parameters;
    parameters["after"] = first->at("next");
    const auto second = on.ask("job.list", parameters);
    REQUIRE(second.has_value());
    CHECK(second->at("jobs").as_array().size() == 1);
    CHECK(second->at("jobs").at(0).at("display_name") == "c");
}

TEST_CASE("control methods: the daemon tells who it is") {
    rig on;
    on.create("a");
    CHECK(
        json::serialize(*on.ask("server.info")) ==
        R"({"version":")" FERRY_VERSION
        R"(","protocol":1,"brief":true,"pid":42,"home":"/state","started":"1970-01-01T00:00:00.000Z",)"
        R"("jobs":1,"active":0})");
}

TEST_CASE("control methods: the limit applies when it has been kept") {
    rig on;
    CHECK(on.ask("limit.get")->at("bytes_per_second").is_null());
    CHECK(on.ask("limit.set", R"({"bytes_per_second":1000})")->at("bytes_per_second") == 1000);
    CHECK_FALSE(on.rate.unlimited());
    CHECK(on.ask("limit.get")->at("bytes_per_second") == 1000);
    on.keeping = failure{std::make_error_code(std::errc::no_space_on_device)};
    CHECK_FALSE(on.ask("limit.set", R"({"bytes_per_second":null})").has_value());
    CHECK_FALSE(on.rate.unlimited());
    on.keeping = {};
    CHECK(on.ask("limit.set", R"({"bytes_per_second":null})")->at("bytes_per_second").is_null());
    CHECK(on.rate.unlimited());
    CHECK(on.kept == std::vector<std::uint64_t>{1000, 0, 0});
    for (const auto* wrong : {"{}", R"({"bytes_per_second":0})", R"({"bytes_per_second":-1})"})
        CHECK(on.ask("limit.set", wrong).error().code == errc::bad_argument);
}

TEST_CASE(
    "control methods: a late subscriber hears of what waits for its owner, or was asked for") {
    rig on;
    const auto arrived = on.create("a", R"("priority":"high")");
    REQUIRE(on.settle_until([&] { return on.engine->find(arrived)->state == transferred; }));
    const auto waiting = on.create("b");
    CHECK(on.ask("events.subscribe")->at("subscribed") == true);
    CHECK(on.told() == std::vector{"job.state"s});
    CHECK(on.about("job.remove", waiting).has_value());
    CHECK(on.told() == std::vector{"job.finished"s});
    json::object only;
    only["jobs"] = json::array{json::string(waiting), "a"};
    CHECK(on.ask("events.subscribe", only).has_value());
    const auto told = on.told();
    CHECK(
        std::multiset<std::string>(told.begin(), told.end()) ==
        std::multiset<std::string>{"job.finished", "job.state"});
    on.create("c");
    CHECK(on.told().empty());
}

TEST_CASE("control methods: what is missing, wrong or unknown is named, and changes nothing") {
    rig on;
    on.create("a");
    const struct {
        const char* method;
        const char* parameters;
        const char* detail;
    } rows[] = {
        {"server.info", R"({"x":1})", "unknown: 'x'"},
        {"job.create", "{}", "missing or wrong: 'files'"},
        {"job.create", R"({"files":{}})", "missing or wrong: 'files'"},
        {"job.create", R"({"files":[1]})", "no object: 'files[0]'"},
        {"job.create", R"({"files":[],"owner":"root"})", "unknown: 'owner'"},
        {"job.create", R"({"files":[],"type":"copy"})", "missing or wrong: 'type'"},
        {"job.create", R"({"files":[],"settings":1})", "missing or wrong: 'settings'"},
        {"job.create", R"({"files":[],"settings":{"x":1}})", "unknown: 'settings.x'"},
        {"job.add_files", R"({"job":"a"})", "missing or wrong: 'files'"},
        {"job.add_files", R"({"files":[]})", "missing or wrong: 'job'"},
        {"job.get", "{}", "missing or wrong: 'job'"},
        {"job.get", R"({"job":1})", "missing or wrong: 'job'"},
        {"job.get", R"({"job":"a","x":1})", "unknown: 'x'"},
        {"job.set", R"({"job":"a"})", "missing or wrong: 'set'"},
        {"job.set", R"({"job":"a","set":{"owner":"x"}})", "unknown: 'set.owner'"},
        {"job.set", R"({"job":"a","set":{"settings":{"x":1}}})", "unknown: 'settings.x'"},
        {"job.suspend", "{}", "missing or wrong: 'job'"},
        {"job.explain", "{}", "missing or wrong: 'job'"},
        {"limit.get", R"({"x":1})", "unknown: 'x'"},
        {"events.subscribe", R"({"jobs":"a"})", "missing or wrong: 'jobs'"},
        {"events.subscribe", R"({"jobs":[1]})", "missing or wrong: 'jobs'"},
    };
    const auto before = json::serialize(*on.ask("job.list"));
    for (const auto& [method, parameters, detail] : rows) {
        INFO(method << " " << parameters);
        const auto outcome = on.ask(method, parameters);
        REQUIRE_FALSE(outcome.has_value());
        CHECK(outcome.error().code == errc::bad_argument);
        CHECK(outcome.error().detail == detail);
    }
    CHECK(json::serialize(*on.ask("job.list")) == before);
    json::object many;
    many["jobs"] = json::array(1'001, "a");
    CHECK(on.ask("events.subscribe", many).error().code == errc::too_many);
}

TEST_CASE("control methods: every one that takes a job says which one there is not") {
    rig on;
    for (const auto* method :
         {"job.get", "job.suspend", "job.resume", "job.complete", "job.remove", "job.explain"}) {
        const auto outcome = on.about(method, "nobody");
        REQUIRE_FALSE(outcome.has_value());
        CHECK(outcome.error().code == errc::no_such_job);
        CHECK(outcome.error().detail == "'nobody': no such job (see 'ferry list')");
    }
}

TEST_CASE("control methods: secrets are taken, told by name alone, changed and forgotten") {
    rig it;
    it.hooks.key = [](bool) { return secret(std::string(32, 'k')); };
    it.restart();
    auto asked = it.creation("a");
    asked["secrets"] = json::parse(R"({"password":"hunter2","bearer":"hunter3"})");
    const auto made = it.ask("job.create", asked);
    REQUIRE_MESSAGE(made.has_value(), made.error().detail);
    const auto told = [&](const result<json::object>& reply) {
        REQUIRE_MESSAGE(reply.has_value(), reply.error().detail);
        CHECK(json::serialize(*reply).find("hunter") == std::string::npos);
        const auto about = it.about("job.get", "a");
        CHECK(json::serialize(*about).find("hunter") == std::string::npos);
        return json::serialize(about->at("settings").at("secrets"));
    };
    CHECK(told(made) == R"(["bearer","password"])");
    const auto change = [&](const std::string& secrets) {
        return it.ask("job.set", R"({"job":"a","set":{"secrets":)" + secrets + "}}");
    };
    CHECK(told(change(R"({"bearer":null})")) == R"(["password"])");
    CHECK(told(change(R"({"password":"hunter4"})")) == R"(["password"])");
    CHECK(told(change("{}")) == R"(["password"])");
    CHECK(told(change(R"({"password":null,"logins":null})")) == "[]");
}

TEST_CASE("control methods: what is no secret of a job is refused and not repeated") {
    rig it;
    it.create("a");
    for (const std::string secrets :
         {R"({"pin":"hunter2"})", R"({"password":7})", R"({"password":["hunter2"]})",
          R"({"password":""})", R"(["hunter2"])", R"("hunter2")"}) {
        CAPTURE(secrets);
        const auto refused = it.ask("job.set", R"({"job":"a","set":{"secrets":)" + secrets + "}}");
        REQUIRE_FALSE(refused.has_value());
        CHECK(refused.error().code == errc::bad_argument);
        CHECK(refused.error().detail.find("hunter") == std::string::npos);
    }
    const auto nobody =
        it.ask("job.set", R"({"job":"a","set":{"secrets":{"password":"hunter2"}}})");
    REQUIRE_FALSE(nobody.has_value());
    CHECK(nobody.error().code == errc::unsupported);
}

}  // namespace ferry::test::cli_control_methods_test
