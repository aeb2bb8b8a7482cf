#include "cli/get/job_report.hpp"
#include "cli/get/json_events.hpp"
#include "cli/identity.hpp"

#include <ferry/job_json.hpp>

#include <doctest/doctest.h>
#include <support/manual_clock.hpp>

#include <boost/json/parse.hpp>

#include <set>
#include <string>
#include <vector>

namespace ferry::test::cli_json_test {

using namespace std::chrono_literals;
namespace json = boost::json;

namespace {

std::vector<std::string> keys(const json::object& object) {
    std::vector<std::string> names;
    for (const auto& member : object) names.emplace_back(member.key());
    return names;
}

using names = std::vector<std::string>;

const names file_keys = {"source",          "destination",       "state",
                         "bytes_total",     "bytes_transferred", "bytes_resumed",
                         "bytes_discarded", "http_status",       "validator",
                         "checksum",        "response_headers"};

/// Two files and what is told about them.
struct events_fixture {
    test::manual_clock time;
    std::vector<cli::transfer_item> items{
        {parse_url("http://user:secret@h/a").value(), "a"},
        {parse_url("http://h/b").value(), "dir/b\xff"}};
    std::vector<json::object> told;
    cli::json_events events{
        time, items, job_type::download, "the-id", "me", [this](std::string_view line) {
            CHECK(line.ends_with("}\n"));
            CHECK(line.find('\n') == line.size() - 1);
            told.push_back(json::parse(line).as_object());
        }};
    cli::running_file first{0, items[0], {}, time.now()};
    cli::running_file second{1, items[1], {}, time.now()};

    names kinds() const {
        names all;
        for (const auto& one : told) all.emplace_back(one.at("event").as_string());
        return all;
    }
};

}  // namespace

TEST_CASE("cli: a job in JSON has every key of the contract, also where nothing is known") {
    events_fixture on;
    on.events.end();
    const auto& object = on.told.at(0).at("job").as_object();
    CHECK(
        keys(object) == names{
                            "id", "display_name", "description", "type", "state", "priority",
                            "owner", "created", "modified", "completed", "bytes_total",
                            "bytes_transferred", "files_total", "files_transferred", "error",
                            "files"});
    CHECK(keys(object.at("files").at(0).as_object()) == file_keys);
    for (const auto* key : {"completed", "bytes_total", "error"}) CHECK(object.at(key).is_null());
    for (const auto* key : {"bytes_total", "http_status", "validator", "checksum"})
        CHECK(object.at("files").at(0).at(key).is_null());
    CHECK(object.at("type") == "download");
    CHECK(object.at("priority") == "foreground");
}

TEST_CASE("cli: an error in JSON has its class, its symbol and what it concerns") {
    const failure gone{errc::not_found, "GET http://h/f", error_context::remote_file, 404};
    const auto object = describe(job_error{gone, 3});
    CHECK(
        keys(object) ==
        names{"class", "code", "message", "http_status", "context", "file", "next_try"});
    CHECK(object.at("class") == "fatal");
    CHECK(object.at("code") == "http.status");
    CHECK(object.at("message") == "GET http://h/f: not found");
    CHECK(object.at("http_status") == 404);
    CHECK(object.at("context") == "remote_file");
    CHECK(object.at("file") == 3);
    CHECK(object.at("next_try").is_null());
    const auto class_of = [](failure why) { return describe(job_error{why}).at("class"); };
    CHECK(class_of({errc::timed_out}) == "transient");
    CHECK(class_of(file_failure(ENOSPC, "")) == "action");
    CHECK(class_of({errc::unauthorized}) == "action");
}

TEST_CASE("cli: the events of a job that goes well") {
    events_fixture on;
    on.events.begin();
    on.events.started(on.first);
    on.events.started(on.second);
    on.first.status.phase = transfer_phase::receiving;
    on.first.status.bytes_total = on.first.status.bytes_transferred = 10;
    on.first.status.object.http_status = 200;
    on.first.status.object.version = {"\"v\"", true, ""};
    on.events.tick();
    on.events.finished(on.first, {});
    on.second.status.bytes_total = on.second.status.bytes_transferred = 5;
    on.events.finished(on.second, {});
    on.events.end();
    CHECK(
        on.kinds() == names{
                          "job.started", "file.started", "file.started", "file.progress",
                          "file.progress", "file.finished", "file.finished", "job.finished"});
    for (const auto& one : on.told) {
        CHECK(one.at("v") == 1);
        CHECK(one.at("time").as_string().ends_with("Z"));
        CHECK(one.at("job_id") == "the-id");
    }
    const auto& begun = on.told.front().at("job").as_object();
    CHECK(begun.at("id") == "the-id");
    CHECK(begun.at("state") == "Transferring");
    CHECK_FALSE(begun.contains("files"));
    CHECK(on.told[3].at("bytes_transferred") == 10);
    CHECK(on.told[3].at("state") == "Transferring");
    const auto& job = on.told.back().at("job").as_object();
    CHECK(job.at("state") == "Acknowledged");
    CHECK(job.at("owner") == "me");
    CHECK(job.at("completed").is_string());
    CHECK(job.at("bytes_total") == 15);
    CHECK(job.at("bytes_transferred") == 15);
    CHECK(job.at("files_transferred") == 2);
    const auto& file = job.at("files").at(0).as_object();
    CHECK(file.at("state") == "Acknowledged");
    CHECK(file.at("http_status") == 200);
    CHECK(file.at("validator") == "W/\"v\"");
}

TEST_CASE("cli: JSON has no user information, and is UTF-8 whatever a file is called") {
    events_fixture on;
    on.events.started(on.first);
    on.events.started(on.second);
    CHECK(on.told[0].at("source") == "http://h/a");
    CHECK(on.told[1].at("destination") == "dir/b\ufffd");
}

TEST_CASE("cli: each retry is told once, with its error and the time of the next try") {
    events_fixture on;
    on.events.started(on.first);
    auto& status = on.first.status;
    status.phase = transfer_phase::retrying;
    status.last_error = failure{errc::overloaded, "GET", error_context::remote_file, 503};
    status.next_try = on.time.now() + 2s;
    on.events.changed(on.first);
    on.events.changed(on.first);
    status.next_try = on.time.now() + 4s;
    on.events.changed(on.first);
    CHECK(on.kinds() == names{"file.started", "file.retry", "file.retry"});
    const auto& error = on.told[1].at("error").as_object();
    CHECK(error.at("class") == "transient");
    CHECK(error.at("next_try").is_string());
}

TEST_CASE("cli: the state of a job is the worst of its files'") {
    events_fixture on;
    on.events.started(on.first);
    on.events.finished(on.first, failure{errc::not_found, "", error_context::remote_file, 404});
    on.events.started(on.second);
    on.events.finished(on.second, {});
    on.events.end();
    CHECK(on.told[1].at("event") == "file.error");
    CHECK(on.told[1].at("http_status") == 404);
    const auto& job = on.told.back().at("job").as_object();
    CHECK(job.at("state") == "Error");
    CHECK(job.at("completed").is_null());
    CHECK(job.at("error").at("file") == 0);
    CHECK(cli::state_of(result<void>(failure{errc::timed_out})) == job_state::transient_error);
}

TEST_CASE("cli: an interrupted job is suspended, and so are files that never began") {
    events_fixture on;
    on.events.started(on.first);
    on.events.finished(on.first, failure{errc::cancelled});
    on.events.end();
    const auto& job = on.told.back().at("job").as_object();
    CHECK(job.at("state") == "Suspended");
    CHECK(job.at("files").at(0).at("state") == "Suspended");
    CHECK(job.at("files").at(1).at("state") == "Suspended");
}

TEST_CASE("cli: a job's id is a random UUID of version 4") {
    std::set<std::string> seen;
    for (int i = 0; i < 100; ++i) {
        const auto id = cli::random_uuid();
        REQUIRE(id.size() == 36);
        CHECK(id[14] == '4');
        CHECK(std::string("89ab").find(id[19]) != std::string::npos);
        for (const auto dash : {8, 13, 18, 23}) CHECK(id[static_cast<std::size_t>(dash)] == '-');
        CHECK(seen.insert(id).second);
    }
}

TEST_CASE("cli: an upload in JSON goes from a file to a URL") {
    test::manual_clock time;
    const std::vector<cli::transfer_item> items{{parse_url("http://h/d/").value(), "dir/a"}};
    json::object last;
    const auto keep = [&last](std::string_view line) { last = json::parse(line).as_object(); };
    cli::json_events events{time, items, job_type::upload, "the-id", "me", keep};
    events.end();
    const auto& told = last.at("job").as_object();
    CHECK(told.at("type") == "upload");
    const auto& file = told.at("files").as_array().front().as_object();
    CHECK(file.at("source") == "dir/a");
    CHECK(file.at("destination") == "http://h/d/");
}

}  // namespace ferry::test::cli_json_test
