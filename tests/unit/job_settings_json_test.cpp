#include <ferry/job_json.hpp>

#include <doctest/doctest.h>

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include <string>
#include <vector>

namespace ferry::test::job_settings_json_test {

using namespace std::chrono_literals;
using namespace std::string_literals;
namespace json = boost::json;

namespace {

json::object object(std::string_view text) {
    return json::parse({text.data(), text.size()}).as_object();
}

/// What is wrong with `text`; empty: nothing.
std::string complaint(std::string_view text) {
    job_settings into;
    into.user_agent = "before";
    const auto before = into;
    const auto read = read_settings(object(text), into);
    if (read) return {};
    CHECK(read.error().code == errc::bad_argument);
    CHECK(into == before);
    return read.error().detail;
}

std::string file_complaint(std::string_view text) {
    const auto read = read_files(json::parse({text.data(), text.size()}).as_array());
    if (read) return {};
    CHECK(read.error().code == errc::bad_argument);
    return read.error().detail;
}

}  // namespace

TEST_CASE("settings json: members that are there replace, the others stay") {
    job_settings settings;
    settings.parallel = 7;
    settings.headers = {"A: b"};
    const auto read = read_settings(
        object(R"({"connections":4,"retry_interval":1,"headers":["C: d"],"existing":"skip",
            "redirect":"forbid","unsupported":[["dynamic",""]],"ca_file":"/caf\u0000e9"})"),
        settings);
    REQUIRE_MESSAGE(read.has_value(), read.error().detail);
    CHECK(settings.parallel == 7);
    CHECK(settings.connections == 4);
    CHECK(settings.retry_interval == 1s);
    CHECK(settings.headers == std::vector{"C: d"s});
    CHECK(settings.existing == "skip");
    CHECK(settings.redirect == "forbid");
    CHECK(settings.unsupported.at(0).first == "dynamic");
    CHECK(settings.ca_file == "/caf\xe9");
    const auto before = settings;
    CHECK(read_settings({}, settings).has_value());
    CHECK(settings == before);
}

TEST_CASE("settings json: every setting that is stored can be given") {
    job one;
    one.id = "123e4567-e89b-42d3-a456-426614174000";
    const auto stored = object(to_json(one)).at("settings").as_object();
    CHECK(stored.size() > 20);
    for (const auto& [key, value] : stored) {
        job_settings settings;
        json::object only;
        only[key] = value;
        CHECK(read_settings(only, settings).has_value());
        only[key] = json::object();
        const auto refused = read_settings(only, settings);
        REQUIRE_FALSE(refused.has_value());
        CHECK(refused.error().detail == "missing or wrong: 'settings." + std::string(key) + "'");
    }
    job_settings settings;
    CHECK(read_settings(stored, settings).has_value());
    CHECK(settings == one.settings);
}

TEST_CASE("settings json: what is unknown, wrong or out of its range is named") {
    CHECK(complaint(R"({"retries":1})") == "unknown: 'settings.retries'");
    CHECK(complaint(R"({"user_agent":"x","":1})") == "unknown: 'settings.'");
    CHECK(complaint(R"({"headers":["a",1]})") == "missing or wrong: 'settings.headers[1]'");
    CHECK(complaint(R"({"user_agent":"x","parallel":0})").ends_with("'settings.parallel'"));
    CHECK(complaint(R"({"existing":"keep"})").ends_with("'settings.existing'"));
    CHECK(complaint(R"({"redirect":""})").ends_with("'settings.redirect'"));
    CHECK(complaint(R"({"authentication":"Basic"})").ends_with("'settings.authentication'"));
    CHECK(complaint(R"({"authentication":null,"proxy_usage":"auto"})") == "");
    CHECK(complaint(R"({"proxy_usage":"automatic"})").ends_with("'settings.proxy_usage'"));
    CHECK(complaint(R"({"ranges":["0-9","5"]})").starts_with("--range: "));
    CHECK(complaint(R"({"ranges":["0-9"],"method":"POST"})").starts_with("--range: not of"));
    const struct {
        const char* key;
        std::vector<const char*> good;
        std::vector<const char*> bad;
    } rows[] = {
        {"parallel", {"1", "64"}, {"0", "65", "-1", "4294967297", "1.0", "\"1\"", "null"}},
        {"connections", {"0", "64"}, {"-1", "65"}},
        {"retry_interval", {"1", "5", "4294967295"}, {"0", "-1", "4294967296", "1e9"}},
        {"retry_timeout", {"0", "1"}, {"-1", "9223372036854775807"}},
        {"max_download_time", {"0"}, {"-1", "9223372036854775807"}},
        {"low_speed_time", {"1"}, {"0", "-1"}},
        {"connect_timeout", {"1"}, {"0", "-1"}},
        {"notify_flags", {"0", "7"}, {"8", "-1"}},
        {"security_flags", {"0", "1", "3871"}, {"3872", "-1", "\"cn\""}},
        {"umask", {"0", "511", "null"}, {"512", "-1", "\"022\""}},
        {"bytes_per_second", {"0", "18446744073709551615"}, {"-1", "18446744073709551616"}},
    };
    for (const auto& [key, good, bad] : rows) {
        const auto with = [key = key](const std::string& value) {
            return "{\"" + std::string(key) + "\":" + value + "}";
        };
        for (const auto* value : good) CHECK(complaint(with(value)) == "");
        for (const auto* value : bad) {
            INFO(with(value));
            CHECK(complaint(with(value)).ends_with("'settings." + std::string(key) + "'"));
        }
    }
}

TEST_CASE("settings json: a password of a proxy is none of them, and is not repeated") {
    for (const auto* text :
         {R"({"proxy_usage":"override","proxy_list":["http://me:crumbs@p:1"]})",
          R"({"proxy_usage":"override","proxy_list":["q:2","me:crumbs@p:1"]})",
          R"({"http_proxy":"http://me:crumbs@p:1"})", R"({"https_proxy":"crumbs@p"})",
          R"({"all_proxy":"me:crumbs@p"})"}) {
        CAPTURE(text);
        const auto why = complaint(text);
        CHECK(why.find("a secret of the job") != why.npos);
        CHECK(why.find("crumbs") == why.npos);
    }
    CHECK(complaint(R"({"proxy_usage":"override","proxy_list":["http://me@p:1"]})") == "");
    CHECK(complaint(R"({"proxy_usage":"override"})").find("--proxy-list") != std::string::npos);
}

TEST_CASE("settings json: shown, it has every setting and no secrets") {
    job one;
    job_settings settings;
    settings.headers = {"Cookie: crumbs", "crumbs", "caf\xe9: crumbs", ":crumbs"};
    settings.unsupported = {{"mirror", "https://me:crumbs@h/f"}, {"dynamic", ""}};
    const auto shown = describe(settings);
    CHECK(shown.size() == object(to_json(one)).at("settings").as_object().size());
    CHECK(
        json::serialize(shown.at("headers")) ==
        "[\"Cookie: …\",\"…\",\"caf\xef\xbf\xbd: …\",\": …\"]");
    CHECK(
        json::serialize(shown.at("unsupported")) == R"([["mirror","https://h/f"],["dynamic",""]])");
    CHECK(json::serialize(shown).find("crumbs") == std::string::npos);
    CHECK(shown.at("retry_interval") == 600);
    settings.headers_write_only = true;
    CHECK(describe(settings).at("headers").as_array().empty());
}

TEST_CASE("files json: a source, a destination, perhaps a checksum") {
    const auto files = read_files(json::parse(R"([
        {"source":"http://h/f","destination":"/d/caf\u0000e9"},
        {"destination":"/d/g","source":"/g","expected":"sha256:ab"},
        {"destination":"/d/h","source":"/h","expected":null}])")
                                      .as_array());
    REQUIRE(files.has_value());
    REQUIRE(files->size() == 3);
    CHECK(files->at(0) == job_file{"http://h/f", "/d/caf\xe9"});
    CHECK(files->at(1).expected == "sha256:ab");
    CHECK(files->at(2).expected == "");
    CHECK(read_files({})->empty());
}

TEST_CASE("files json: what is unknown or wrong is named") {
    CHECK(file_complaint("[1]") == "no object: 'files[0]'");
    CHECK(
        file_complaint(R"([{"source":"a","destination":"b"},{"source":"a"}])") ==
        "missing or wrong: 'files[1].destination'");
    CHECK(file_complaint("[{}]") == "missing or wrong: 'files[0].source'");
    CHECK(
        file_complaint(R"([{"source":"a","destination":1}])") ==
        "missing or wrong: 'files[0].destination'");
    CHECK(
        file_complaint(R"([{"source":"a","destination":"b","expected":""}])") ==
        "missing or wrong: 'files[0].expected'");
    CHECK(
        file_complaint(R"([{"source":"a","destination":"b","state":"Transferred"}])") ==
        "unknown: 'files[0].state'");
}

}  // namespace ferry::test::job_settings_json_test
