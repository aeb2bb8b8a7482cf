#include "cli/jobs/created.hpp"
#include "cli/jobs/job_request.hpp"
#include "cli/jobs/job_submit.hpp"
#include "cli/options/options_get.hpp"
#include "cli/options/options_start.hpp"

#include <ferry/job_json.hpp>

#include <doctest/doctest.h>
#include <boost/json/serialize.hpp>

#include <sys/stat.h>

#include <filesystem>
#include <functional>
#include <map>
#include <string>
#include <vector>

namespace ferry::test::cli_job_request_test {

using namespace ferry::cli;

namespace {

namespace json = boost::json;
using words = std::vector<std::string>;

std::vector<job_file> numbered(std::size_t count) {
    std::vector<job_file> files;
    for (std::size_t i = 0; i < count; ++i)
        files.push_back({"http://h/" + std::to_string(i), "/d/" + std::to_string(i)});
    return files;
}

json::object reply_about(const std::string& id) { return {{"job", {{"id", id}}}}; }

/// A daemon that answers late and in any order, and fails at the wish of a test.
struct scripted_daemon {
    result<json::object> call(std::string_view method, json::object parameters) {
        calls.emplace_back(method);
        if (calls.size() == failing) return errc::too_many;
        if (parameters.contains("brief")) ++brief;
        if (const auto* files = array_in(parameters, "files")) sent += files->size();
        return reply_about("id");
    }
    result<std::uint64_t> send(std::string_view, json::object parameters) {
        if (waiting.size() + 1 > most) most = waiting.size() + 1;
        if (++requests == lost_at) return errc::not_running;
        waiting[requests] = std::move(parameters);
        return requests;
    }
    result<json::object> receive(std::uint64_t id) {
        REQUIRE(waiting.erase(id) == 1);
        if (id == lost_at) return errc::not_running;
        if (id == failing) return errc::busy;
        return reply_about(std::to_string(id));
    }

    std::size_t failing = 0;
    std::uint64_t lost_at = 0;
    words calls = {};
    std::size_t sent = 0;
    std::size_t brief = 0;
    std::uint64_t requests = 0;
    std::size_t most = 0;
    std::map<std::uint64_t, json::object> waiting = {};
};

/// But for the caller's umask, which a test of its own looks at.
json::object without_umask(json::object create) {
    CHECK(create.at("settings").as_object().erase("umask") == 1);
    return create;
}

std::vector<job_request> single_jobs(std::size_t count) {
    std::vector<job_request> all;
    for (auto& file : numbered(count)) all.push_back(make_request({}, {}, {file}));
    return all;
}

}  // namespace

TEST_CASE("cli: a request is for the foreground, and starts") {
    const auto request = make_request({}, {}, {{"http://h/a", "/d/b"}});
    CHECK(
        json::serialize(without_umask(request.create)) ==
        R"({"type":"download","priority":"foreground","suspended":false,)"
        R"("settings":{},"files":[{"source":"http://h/a","destination":"/d/b"}]})");
    CHECK(request.start);
    CHECK(request.more.empty());
}

TEST_CASE("cli: what options say reaches the request") {
    const auto options = parse_start_options({"http://h/a", "--display-name", "n", "--description",
                                              "d", "--priority", "low", "--checksum",
                                              "md5:d41d8cd98f00b204e9800998ecf8427e",
                                              "--cert-store-name", "my", "-j", "2"})
                             .value();
    const auto request =
        make_request({ferry::job_type::download, true}, options.how.job, {{"http://h/a", "/d/b"}});
    CHECK(
        json::serialize(without_umask(request.create)) ==
        R"({"display_name":"n","description":"d","type":"download","priority":"low",)"
        R"("suspended":true,"settings":{"parallel":2,"unsupported":[["cert-store-name","my"]]},)"
        R"("files":[{"source":"http://h/a","destination":"/d/b",)"
        R"("expected":"md5:d41d8cd98f00b204e9800998ecf8427e"}]})");
    CHECK_FALSE(request.start);
}

TEST_CASE("cli: the files of a job are to be as open as if its caller made them") {
    const auto before = ::umask(027);
    const auto request = make_request({}, {}, {{"http://h/a", "/d/b"}});
    CHECK(::umask(before) == 027);
    CHECK(request.create.at("settings").at("umask") == 027);
}

TEST_CASE("cli: any bytes of a path survive the way to the daemon") {
    const auto request = make_request({}, {}, {{"/s/\xff", "/d/\xe9"}});
    const auto files = ferry::read_files(request.create.at("files").as_array()).value();
    CHECK(files.front().source == "/s/\xff");
    CHECK(files.front().destination == "/d/\xe9");
}

TEST_CASE("cli: an empty job has no name and no files") {
    const auto request = make_request({ferry::job_type::download, true}, {}, {});
    CHECK_FALSE(request.create.contains("display_name"));
    CHECK(request.create.at("files").as_array().empty());
}

TEST_CASE("cli: many files go in parts of a thousand, and the job begins when all are there") {
    const auto request = make_request({}, {}, numbered(2'001));
    CHECK(request.create.at("suspended") == true);
    CHECK(request.create.at("files").as_array().size() == 1'000);
    REQUIRE(request.more.size() == 2);
    CHECK(request.more.back().size() == 1);
    CHECK(request.more.back()[0].at("destination") == "/d/2000");
    CHECK(request.start);
    CHECK(make_request({}, {}, numbered(1'000)).more.empty());
}

TEST_CASE("cli: parts of long names fit into a line even if every byte is escaped") {
    std::vector<job_file> files(1'000, {"/" + std::string(4'000, '\xff'), "/d"});
    std::size_t count = 0;
    for (const auto& part : in_parts(files)) {
        CHECK(json::serialize(part).size() < 8'000'000);
        count += part.size();
    }
    CHECK(count == 1'000);
    CHECK(in_parts({{std::string(1 << 20, 'x'), "/d"}}).size() == 1);
}

TEST_CASE("cli: get becomes a job that completes itself, as patient as jobs are") {
    const auto request_for = [](const words& arguments) {
        const auto options = parse_get_options(arguments).value();
        return request_of(
                   options, ferry::job_type::download,
                   {{ferry::parse_url("http://u@h/a").value(), "x"}})
            .value();
    };
    const auto plain = without_umask(request_for({"http://h/a"}).create);
    CHECK(json::serialize(plain.at("settings")) == R"({"parallel":8,"auto_complete":true})");
    CHECK(plain.at("priority") == "foreground");
    const auto& file = plain.at("files").at(0);
    CHECK(file.at("source") == "http://u@h/a");
    const std::string destination(file.at("destination").as_string());
    CHECK(destination == (std::filesystem::current_path() / "x").native());
    // also where it is what get has by itself
    const auto patient = request_for({"http://h/a", "--retry-timeout", "600"}).create;
    CHECK(patient.at("settings").at("retry_timeout") == 600);
    const auto tuned = request_for(
        {"http://h/a", "-j", "1000", "--retry-interval", "0.1", "--retry-timeout", "1.5",
         "--redirect", "forbid", "--sync", "never", "-H", "A: b"});
    CHECK(
        json::serialize(without_umask(tuned.create).at("settings")) ==
        R"({"retry_interval":1,"retry_timeout":2,"parallel":64,"auto_complete":true,)"
        R"("durable":false,"redirect":"forbid","headers":["A: b"]})");
}

TEST_CASE("cli: a change holds what was asked for and nothing else") {
    const auto change = [](words arguments) {
        arguments.insert(arguments.begin(), "job");
        return json::serialize(change_of(parse_set_options(arguments).value().job));
    };
    CHECK(change({"--priority", "low"}) == R"({"priority":"low"})");
    CHECK(
        change({"--display-name", "n", "--description", "d", "--insecure"}) ==
        R"({"display_name":"n","description":"d","settings":{"insecure":true}})");
    CHECK(change({"--transfer-policy", "always"}) == "{}");
}

TEST_CASE("cli: secrets go with the creation or the change, each by its name") {
    job_options options;
    options.secrets = {{"password", ferry::secret("a\xff")}, {"bearer", std::nullopt}};
    const std::string told = R"({"bearer":null,"password":"a\u0000ff"})";
    const auto created = make_request({}, options, {{"http://h/a", "/d/b"}}).create;
    CHECK(json::serialize(created.at("secrets")) == told);
    CHECK(json::serialize(change_of(options)) == R"({"secrets":)" + told + "}");
    CHECK_FALSE(make_request({}, {}, {{"http://h/a", "/d/b"}}).create.contains("secrets"));
}

TEST_CASE("cli: a job in parts is created, filled and started, or removed if any of it fails") {
    const words all = {"job.create", "job.add_files", "job.add_files", "job.resume"};
    scripted_daemon good;
    REQUIRE(submit(good, make_request({}, {}, numbered(2'500))));
    CHECK(good.calls == all);
    CHECK(good.sent == 2'500);
    scripted_daemon suspended;
    REQUIRE(
        submit(suspended, make_request({ferry::job_type::download, true}, {}, numbered(1'001))));
    CHECK(suspended.calls == words{"job.create", "job.add_files"});
    for (std::size_t n = 1; n <= all.size(); ++n) {
        scripted_daemon bad;
        bad.failing = n;
        const auto outcome = submit(bad, make_request({}, {}, numbered(2'500)));
        REQUIRE_FALSE(outcome);
        CHECK(outcome.error().code == errc::too_many);
        CHECK(bad.calls.size() == (n == 1 ? 1 : n + 1));
        CHECK((bad.calls.back() == "job.remove") == (n > 1));
    }
}

TEST_CASE("cli: of many files, nobody but who prints it all asks for what the job became") {
    const auto asked_of = [](std::size_t files, words arguments) {
        auto options = parse_start_options(std::move(arguments)).value();
        scripted_daemon daemon;
        REQUIRE(
            submit(daemon, make_request({}, {}, numbered(files)), detail_for(options.how, files)));
        return std::pair(daemon.brief, following(options.how, files).name);
    };
    using outcome = std::pair<std::size_t, std::string>;
    const words plain = {"http://h/a"};
    CHECK(asked_of(1, plain) == outcome(0, ""));
    CHECK(asked_of(2, plain) == outcome(1, "2 files"));
    CHECK(asked_of(2'500, plain) == outcome(4, "2500 files"));
    CHECK(asked_of(2, {"http://h/a", "--display-name", "n\xff"}) == outcome(1, "n\uFFFD"));
    CHECK(asked_of(2, {"http://h/a", "--json"}) == outcome(0, ""));
    CHECK(asked_of(2, {"http://h/a", "--asynchronous"}) == outcome(0, ""));
}

TEST_CASE("cli: many jobs are created with many requests on their way, and told in order") {
    scripted_daemon daemon;
    daemon.failing = 500;
    std::size_t next = 0, failed = 0;
    const auto each = [&](std::size_t index, const result<json::object>& job) {
        CHECK(index == next++);
        if (!job) failed += job.error().code == errc::busy && index == 499 ? 1 : 100;
    };
    CHECK(submit_all(daemon, single_jobs(1'000), each));
    CHECK(next == 1'000);
    CHECK(failed == 1);
    CHECK(daemon.most == 200);
}

TEST_CASE("cli: a big job among many goes its own way, in its turn") {
    scripted_daemon daemon;
    auto requests = single_jobs(3);
    requests.insert(requests.begin() + 1, make_request({}, {}, numbered(1'001)));
    std::vector<std::size_t> told;
    CHECK(submit_all(daemon, std::move(requests), [&](std::size_t index, const auto& job) {
        CHECK(job);
        told.push_back(index);
    }));
    CHECK(told == std::vector<std::size_t>{0, 1, 2, 3});
    CHECK(daemon.calls == words{"job.create", "job.add_files", "job.resume"});
}

TEST_CASE("cli: a lost connection ends the creation, whenever it is lost") {
    for (std::uint64_t n = 1; n <= 10; ++n) {
        scripted_daemon daemon;
        daemon.lost_at = n;
        std::size_t told = 0;
        const auto each = [&](std::size_t, const auto&) { ++told; };
        const auto outcome = submit_all(daemon, single_jobs(10), each);
        REQUIRE_FALSE(outcome);
        CHECK(outcome.error().code == errc::not_running);
        CHECK(told < 10);
    }
}

TEST_CASE("cli: a reply without a job is no success") {
    CHECK(job_in(json::object()).error().code == errc::malformed);
    CHECK(job_in(failure{errc::busy}).error().code == errc::busy);
}

TEST_CASE("cli: a new job is told in a line, with what to do next, or as an event") {
    json::object job{
        {"id", "3f2a91c4-e89b-42d3-a456-426614174000"},
        {"display_name", "a\x1b"},
        {"state", "Queued"}};
    CHECK(created_line(job) == "a\\x1b (3f2a91c4): queued");
    CHECK(
        created_hint(job, false) ==
        "'ferry wait 3f2a91c4' waits for it, then 'ferry complete 3f2a91c4' gives its files their "
        "names");
    CHECK(created_hint(job, true) == "'ferry wait 3f2a91c4' waits for it");
    job["state"] = "TransientError";
    CHECK(created_line(job) == "a\\x1b (3f2a91c4): queued, waits for the network");
    job["state"] = "Suspended";
    CHECK(created_hint(job, false) == "'ferry resume 3f2a91c4' starts it");
    CHECK(
        created_hint(job, false, {{"mirror", "a"}, {"mirror", "b"}, {"cert-hash", "1"}}) ==
        "--mirror, --cert-hash: not yet supported; the job is kept, but cannot start");
    job["files_total"] = 0;
    CHECK(created_hint(job, false) == "'ferry add 3f2a91c4' gives it files");
    const auto event = created_event(job, {});
    CHECK(event.at("v") == 1);
    CHECK(event.at("event") == "job.created");
    CHECK(event.at("time") == "1970-01-01T00:00:00.000Z");
    CHECK(event.at("job") == json::value(job));
}

}  // namespace ferry::test::cli_job_request_test
