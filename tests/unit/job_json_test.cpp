#include <ferry/job_json.hpp>

#include <doctest/doctest.h>

#include <boost/json/array.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include <algorithm>
#include <limits>
#include <string>
#include <vector>

namespace ferry::test::job_json_test {

using namespace std::chrono_literals;
using namespace std::string_literals;
namespace json = boost::json;

namespace {

using names = std::vector<std::string>;

const names summary_keys = {"id",          "display_name",      "description", "type",
                            "state",       "priority",          "owner",       "created",
                            "modified",    "completed",         "bytes_total", "bytes_transferred",
                            "files_total", "files_transferred", "error"};
const names file_keys = {"source",          "destination",       "state",
                         "bytes_total",     "bytes_transferred", "bytes_resumed",
                         "bytes_discarded", "http_status",       "validator",
                         "checksum",        "response_headers"};

names keys(const json::value& object) {
    names all;
    for (const auto& member : object.as_object()) all.emplace_back(member.key());
    return all;
}

job::time at(std::chrono::milliseconds since_1970) { return job::time(since_1970); }

/// No member has its default value.
job_settings every_setting() {
    job_settings all;
    all.retry_interval = 61s;
    all.retry_timeout = 62s;
    all.max_download_time = 63s;
    all.parallel = 2;
    all.connections = 3;
    all.auto_complete = all.create_directories = true;
    all.umask = 027;
    all.keep_mtime = all.durable = false;
    all.acl_flags = "gd";
    all.smb_encrypt = true;
    all.existing = "skip";
    all.low_speed_limit = std::numeric_limits<std::uint64_t>::max();
    all.low_speed_time = 31s;
    all.connect_timeout = 32s;
    all.max_redirects = 4;
    all.headers = {"Cookie: crumbs", "X: \"\n"};
    all.headers_write_only = true;
    all.user_agent = "agent";
    all.ca_file = "/ca\xff";
    all.ca_path = "/cas";
    all.upload_protocol = "tus";
    all.reply_file = "/d/reply";
    all.insecure = true;
    all.security_flags = 6;
    all.crl_file = "/crl";
    all.pins = {"sha256//x"};
    all.certificate = "/c";
    all.key = "/k";
    all.user = "ann";
    all.authentication = auth_scheme::digest;
    all.proxy = proxy_usage::automatic;
    all.proxy_variables = {"p:1", "p:2", "p:3", "h"};
    all.proxy_list = {"q:1"};
    all.proxy_bypass = {"*.corp"};
    all.proxy_user = "bob";
    all.proxy_authentication = auth_scheme::ntlm;
    all.method = "POST";
    all.dynamic = true;
    all.ranges = {"0-9", "20-"};
    all.notify_flags = 7;
    all.notify_command = {"/bin/echo", "", "two words"};
    all.unsupported = {{"proxy-list", "a b"}, {"dynamic", ""}};
    return all;
}

job full() {
    job one;
    one.id = "123e4567-e89b-42d3-a456-426614174000";
    one.display_name = "na\"me \\ \xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80";
    one.description = "NUL \0 and \x1b"s;
    one.type = job_type::upload_reply;
    one.priority = job_priority::low;
    one.state = job_state::transient_error;
    one.owner = "me";
    one.created = at(1'709'208'000'500ms);
    one.modified = at(1'709'208'001'000ms);
    one.completed = at(-1ms);
    one.error = job_error{
        {errc::overloaded, "GET http://h/f: status 503", error_context::remote_file, 503, 1'500ms},
        1,
        at(1'709'208'600'000ms)};
    one.order = 42;
    one.active_time = 12'345ms;
    one.settings = every_setting();
    one.secrets = {{"password", "0123"}, {"bearer", "4567"}};
    one.files = {
        {"http://user:secret@h/f?q#part", "/d/f", job_state::acknowledged, 10, 10, 4, 3, 206,
         "W/\"v\"", "sha256:ab", "sha256:ab", "", "Server: s\n"},
        {"/caf\xe9", "/d/\xff\xc0\xaf", job_state::queued, {}, 5, 0, 0, 0, "", "", ""}};
    return one;
}

result<job> changed(const std::string& from, const std::string& to) {
    auto text = to_json(full());
    const auto place = text.find(from);
    REQUIRE_MESSAGE(place != text.npos, from);
    return parse_job(text.replace(place, from.size(), to));
}

void check_refused(const result<job>& parsed) {
    REQUIRE_FALSE(parsed.has_value());
    CHECK(parsed.error().code == errc::malformed);
    CHECK(parsed.error().detail.starts_with("job: "));
}

}  // namespace

TEST_CASE("job json: the public document has the keys of the contract, in their order") {
    auto all = summary_keys;
    CHECK(keys(summarize(full())) == all);
    all.push_back("files");
    for (const auto& one : {full(), job()}) CHECK(keys(describe(one)) == all);
    const auto told = describe(full());
    for (const auto& file : told.at("files").as_array()) CHECK(keys(file) == file_keys);
    CHECK(
        keys(told.at("error")) ==
        names{"class", "code", "message", "http_status", "context", "file", "next_try"});
}

TEST_CASE("job json: the public document of a job") {
    const auto told = describe(full());
    CHECK(told.at("id") == "123e4567-e89b-42d3-a456-426614174000");
    CHECK(told.at("type") == "upload-reply");
    CHECK(told.at("state") == "TransientError");
    CHECK(told.at("priority") == "low");
    CHECK(told.at("created") == "2024-02-29T12:00:00.500Z");
    CHECK(told.at("completed") == "1969-12-31T23:59:59.999Z");
    CHECK(told.at("bytes_total").is_null());
    CHECK(told.at("bytes_transferred") == 15);
    CHECK(told.at("files_total") == 2);
    CHECK(told.at("files_transferred") == 1);
    const auto& error = told.at("error");
    CHECK(error.at("class") == "transient");
    CHECK(error.at("code") == "http.status");
    CHECK(error.at("message") == "GET http://h/f: status 503: the server cannot answer now");
    CHECK(error.at("http_status") == 503);
    CHECK(error.at("context") == "remote_file");
    CHECK(error.at("file") == 1);
    CHECK(error.at("next_try") == "2024-02-29T12:10:00.000Z");
    const auto& file = told.at("files").at(0);
    CHECK(file.at("destination") == "/d/f");
    CHECK(file.at("state") == "Acknowledged");
    CHECK(file.at("bytes_total") == 10);
    CHECK(file.at("bytes_resumed") == 4);
    CHECK(file.at("bytes_discarded") == 3);
    CHECK(file.at("http_status") == 206);
    CHECK(file.at("validator") == "W/\"v\"");
    CHECK(file.at("checksum") == "sha256:ab");
}

TEST_CASE("job json: what is not known is null") {
    job one;
    one.files.resize(1);
    one.error.emplace();
    const auto told = describe(one);
    for (const auto* key : {"completed", "bytes_total"}) CHECK(told.at(key).is_null());
    for (const auto* key : {"http_status", "next_try"}) CHECK(told.at("error").at(key).is_null());
    for (const auto* key : {"bytes_total", "http_status", "validator", "checksum"})
        CHECK(told.at("files").at(0).at(key).is_null());
    CHECK(describe(job()).at("error").is_null());
    CHECK(describe(job()).at("bytes_total") == 0);
}

TEST_CASE("job json: an error's class tells who has to do something") {
    CHECK(error_class({errc::timed_out}) == "transient");
    CHECK(error_class(file_failure(ECONNRESET, "")) == "transient");
    CHECK(error_class({errc::unauthorized}) == "action");
    CHECK(error_class({errc::not_trusted}) == "action");
    CHECK(error_class(file_failure(ENOSPC, "")) == "action");
    CHECK(error_class({errc::not_found}) == "fatal");
    CHECK(error_class(file_failure(EACCES, "")) == "fatal");
}

TEST_CASE("job json: the public document tells no secrets, and nothing that is no UTF-8") {
    for (const bool write_only : {true, false}) {
        auto one = full();
        one.settings.headers_write_only = write_only;
        const auto text = json::serialize(describe(one));
        CHECK(text.find("secret") == text.npos);
        CHECK(text.find("crumbs") == text.npos);
        CHECK(describe(one).at("files").at(0).at("source") == "http://h/f?q");
    }
    const auto file = describe(full()).at("files").at(1);
    CHECK(file.at("source") == "/caf\xef\xbf\xbd");
    CHECK(file.at("destination") == "/d/\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd");
}

TEST_CASE("job json: what is stored is what is read") {
    const auto wanted = full();
    const auto read = parse_job(to_json(wanted));
    REQUIRE_MESSAGE(read.has_value(), read.error().detail);
    CHECK(read->id == wanted.id);
    CHECK(read->display_name == wanted.display_name);
    CHECK(read->description == wanted.description);
    CHECK(read->type == wanted.type);
    CHECK(read->priority == wanted.priority);
    CHECK(read->state == wanted.state);
    CHECK(read->owner == wanted.owner);
    CHECK(read->created == wanted.created);
    CHECK(read->modified == wanted.modified);
    CHECK(read->completed == wanted.completed);
    CHECK(read->order == wanted.order);
    CHECK(read->active_time == wanted.active_time);
    CHECK(read->settings == wanted.settings);
    CHECK(read->files == wanted.files);
    REQUIRE(read->error.has_value());
    CHECK(read->error->why.code == wanted.error->why.code);
    CHECK(read->error->why.detail == wanted.error->why.detail);
    CHECK(read->error->why.context == wanted.error->why.context);
    CHECK(read->error->why.http_status == wanted.error->why.http_status);
    CHECK(read->error->why.retry_after == wanted.error->why.retry_after);
    CHECK(read->error->file == wanted.error->file);
    CHECK(read->error->next_try == wanted.error->next_try);
    CHECK(to_json(*read) == to_json(wanted));
}

TEST_CASE("job json: a job of which little is known is read as such") {
    job least;
    least.id = full().id;
    const auto read = parse_job(to_json(least));
    REQUIRE(read.has_value());
    CHECK(read->settings == least.settings);
    CHECK(read->files.empty());
    CHECK_FALSE(read->error.has_value());
    CHECK_FALSE(read->completed.has_value());
}

TEST_CASE("job json: error codes come back as the same ones, foreign ones as their equals") {
    struct foreign final : std::error_category {
        const char* name() const noexcept override { return "foreign"; }
        std::string message(int) const override { return "?"; }
        std::error_condition default_error_condition(int value) const noexcept override {
            return value == 1 ? std::errc::timed_out : std::error_condition(value, *this);
        }
    } const others;
    const auto kept = [](const std::error_code& code) {
        auto one = full();
        one.error->why.code = code;
        return parse_job(to_json(one)).value().error->why.code;
    };
    for (int number = 0; number < 200; ++number)
        for (const auto* category :
             {&ferry_category(), &std::generic_category(), &std::system_category()})
            CHECK(kept({number, *category}) == std::error_code(number, *category));
    CHECK(kept({1, others}) == std::errc::timed_out);
    CHECK(kept({2, others}) == std::errc::io_error);
}

TEST_CASE("job json: any bytes survive in a path") {
    std::string every;
    for (int c = 0; c < 256; ++c) every += static_cast<char>(c);
    names paths = {every, "\xed\xa0\x80", "\xf4\x90\x80\x80", "\xe0\x9f\xbf", "\xc3",
                   "a\0", "\0ff"s,        "\xf0\x9f\x98",     "\xef\xbf\xbd", "%ff\\xff"};
    for (const auto& path : paths) {
        auto one = full();
        one.files[0].destination = path;
        const auto read = parse_job(to_json(one));
        REQUIRE(read.has_value());
        CHECK(read->files[0].destination == path);
        const auto shown = json::serialize(describe(one));
        json::error_code error;
        static_cast<void>(json::parse(shown, error));  // which refuses what is no UTF-8
        CHECK_FALSE(error);
    }
}

TEST_CASE("job json: every prefix is refused, and every changed byte is survived") {
    const auto whole = to_json(full());
    for (std::size_t n = 0; n < whole.size(); ++n)
        check_refused(parse_job(std::string_view(whole).substr(0, n)));
    for (std::size_t n = 0; n < whole.size(); ++n)
        for (const int bits : {0x01, 0x15, 0x80}) {
            auto other = whole;
            other[n] = static_cast<char>(other[n] ^ bits);
            const auto read = parse_job(other);
            if (read) CHECK(parse_job(to_json(*read)).has_value());
        }
}

TEST_CASE("job json: what cannot have been written is refused, and the detail says where") {
    const auto detail_of = [](const result<job>& parsed) {
        check_refused(parsed);
        return parsed.error().detail;
    };
    CHECK(detail_of(changed("\"v\":1", "\"v\":2")) == "job: unknown version 2");
    CHECK(detail_of(changed("\"v\":1", "\"v\":\"1\"")) == "job: missing or wrong: .v");
    CHECK(detail_of(changed("\"v\":1,", "")) == "job: missing or wrong: .v");
    CHECK(detail_of(changed("\"Queued\"", "\"Napping\"")).ends_with(": .files[1].state"));
    CHECK(detail_of(changed("\"two words\"", "2")).ends_with(": .settings.notify_command[2]"));
    CHECK(detail_of(changed("[\"dynamic\",\"\"]", "[\"\"]")).ends_with(".unsupported[1]"));
}

TEST_CASE("job json: a wrong type or value of each kind is refused") {
    const struct {
        const char* from;
        std::vector<const char*> bad;
    } rows[] = {
        {"\"123e4567-e89b-42d3-a456-426614174000\"",
         {"null", "\"\"", "\"../../etc/passwd\"", "\"123E4567-e89b-42d3-a456-426614174000\"",
          "\"123e4567-e89b-12d3-a456-426614174000\"", "\"123e4567-e89b-42d3-c456-426614174000\"",
          "\"123e4567-e89b-42d3-a456-4266141740000\"", "\"123e4567_e89b-42d3-a456-426614174000\""}},
        {"\"upload-reply\"", {"\"Upload\"", "0", "null"}},
        {"\"low\"", {"\"lowest\"", "3"}},
        {"\"2024-02-29T12:00:00.500Z\"",
         {"null", "0", "\"\"", "\"2023-02-29T12:00:00.500Z\"", "\"2024-13-29T12:00:00.500Z\"",
          "\"2024-02-29T24:00:00.500Z\"", "\"2024-02-29T12:60:00.500Z\"",
          "\"2024-02-29T12:00:00Z\"", "\"2024-02-29T12:00:00.500+01:00\"",
          "\"2024-02-29 12:00:00.500Z\"", "\"2024-02-29T12:00:00.500Z \"",
          "\"9999-02-28T12:00:00.500Z\"", "\"0001-02-28T12:00:00.500Z\"",
          "\"-024-02-29T12:00:00.500Z\"", "\"2024--2-29T12:00:00.500Z\""}},
        {"[\"ferry\",6]",
         {"6", "[]", "[\"ferry\"]", "[\"ferry\",6,6]", "[\"other\",6]", "[6,\"ferry\"]"}},
        {"\"order\":42",
         {"\"order\":-1", "\"order\":42.0", "\"order\":4e1", "\"order\":\"42\"",
          "\"order\":18446744073709551616", "\"order\":true", "\"order\":null", "\"disorder\":42"}},
        {"\"parallel\":2", {"\"parallel\":4294967296", "\"parallel\":-2"}},
        {"\"insecure\":true", {"\"insecure\":1", "\"insecure\":\"true\"", "\"insecure\":null"}},
        {"\"retry_interval\":61", {"\"retry_interval\":61.5", "\"retry_interval\":\"61\""}},
        {"\"validator\":null", {"\"validator\":\"\"", "\"validator\":0"}},
        {"\"http_status\":null", {"\"http_status\":0", "\"http_status\":2147483648"}},
        {"\"context\":\"remote_file\"", {"\"context\":\"remote\"", "\"context\":2"}},
        {"caf\\u0000e9", {"caf\\u0000E9", "caf\\u0000e", "caf\\u0000", "caf\\u000061", "caf\xe9"}},
        {"\"/bin/echo\"", {"null", "[\"/bin/echo\"]"}},
    };
    for (const auto& row : rows)
        for (const auto* bad : row.bad) {
            INFO(row.from << " -> " << bad);
            check_refused(changed(row.from, bad));
        }
    for (const auto* bad : {"", "null", "[]", "{}", "{\"v\":1}", "\xff\xfe", "{\"v\":1} {}"})
        check_refused(parse_job(bad));
}

TEST_CASE("job json: keys of a later version are ignored, and derived ones are not believed") {
    const auto more = changed("\"owner\":", "\"colour\":{\"deep\":[1]},\"owner\":");
    REQUIRE(more.has_value());
    CHECK(to_json(*more) == to_json(full()));
    const auto lying = changed("\"files_total\":2", "\"files_total\":\"many\"");
    REQUIRE(lying.has_value());
    CHECK(lying->files.size() == 2);
}

TEST_CASE("job json: what an older version did not write keeps its default") {
    const auto all = json::parse(to_json(full())).as_object();
    const auto without = [&](const char* part, const char* key) {
        auto less = all;
        (*part == '\0' ? less : less[part].as_object()).erase(key);
        return parse_job(json::serialize(less));
    };
    const names needed = {"v", "id", "state", "files", "order"};
    for (const auto& key : keys(all)) {
        INFO(key);
        const bool is_needed = std::find(needed.begin(), needed.end(), key) != needed.end();
        CHECK(without("", key.c_str()).has_value() == !is_needed);
    }
    for (const auto& key : keys(all.at("settings")))
        CHECK(without("settings", key.c_str()).has_value());
    for (const auto& key : keys(all.at("error"))) CHECK(without("error", key.c_str()).has_value());
    const auto plain = without("settings", "parallel");
    REQUIRE(plain.has_value());
    CHECK(plain->settings.parallel == job_settings().parallel);
    CHECK(plain->settings.connections == full().settings.connections);
    CHECK(without("", "settings").value().settings == job_settings());
}

TEST_CASE("job json: a file without a source, a destination or a state is none") {
    for (const auto& key : file_keys) {
        INFO(key);
        auto less = json::parse(to_json(full())).as_object();
        less["files"].as_array()[1].as_object().erase(key);
        const bool is_needed = key == "source" || key == "destination" || key == "state";
        CHECK(parse_job(json::serialize(less)).has_value() == !is_needed);
    }
}

TEST_CASE("job json: the clock's first and last moments do not break a time") {
    for (const auto time : {job::time::min() + 1s, job::time(), job::time::max()}) {
        auto one = full();
        one.created = time;
        const auto read = parse_job(to_json(one));
        REQUIRE(read.has_value());
        CHECK(read->created == std::chrono::floor<std::chrono::milliseconds>(time));
    }
}

}  // namespace ferry::test::job_json_test
