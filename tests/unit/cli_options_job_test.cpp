#include "cli/options/options_start.hpp"

#include <ferry/job_json.hpp>

#include <doctest/doctest.h>
#include <boost/json/serialize.hpp>

#include <filesystem>
#include <sstream>
#include <string>
#include <vector>

namespace ferry::test::cli_options_job_test {

using namespace ferry::cli;

namespace {

using words = std::vector<std::string>;

start_options parsed(words arguments) {
    arguments.push_back("http://h/f");
    auto options = parse_start_options(std::move(arguments));
    if (!options) FAIL(options.error().detail);
    return *std::move(options);
}

std::string settings(words arguments) {
    return boost::json::serialize(parsed(std::move(arguments)).how.job.settings);
}

option_values unsupported(words arguments) {
    return parsed(std::move(arguments)).how.job.unsupported;
}

template <class Parse>
std::string error_of(Parse parse, words arguments) {
    const auto options = parse(std::move(arguments));
    REQUIRE_FALSE(options);
    CHECK(options.error().code == ferry::errc::bad_argument);
    return options.error().detail;
}

std::string error(words arguments) {
    arguments.push_back("http://h/f");
    return error_of(parse_start_options, std::move(arguments));
}
std::string set_error(words arguments) { return error_of(parse_set_options, arguments); }
std::string add_error(words arguments) { return error_of(parse_add_options, arguments); }

std::string here(const std::string& name) {
    return (std::filesystem::current_path() / name).native();
}

}  // namespace

TEST_CASE("cli: without options, a job has the defaults of the daemon") {
    const auto options = parsed({});
    CHECK(options.files.sources == words{"http://h/f"});
    CHECK(options.files.destinations.empty());
    CHECK(options.how.job.settings.empty());
    CHECK(options.how.job.unsupported.empty());
    CHECK_FALSE(options.how.job.priority);
    CHECK_FALSE(options.how.in_background());
}

TEST_CASE("cli: each property option becomes a member of the settings, and no other does") {
    CHECK(settings({"--retry-interval", "60"}) == R"({"retry_interval":60})");
    CHECK(settings({"--retry-timeout", "600"}) == R"({"retry_timeout":600})");
    CHECK(settings({"--retry-timeout", "0"}) == R"({"retry_timeout":0})");
    CHECK(settings({"--max-download-time", "5"}) == R"({"max_download_time":5})");
    CHECK(settings({"-j", "3"}) == R"({"parallel":3})");
    CHECK(settings({"-c4"}) == R"({"connections":4})");
    CHECK(settings({"--auto-complete"}) == R"({"auto_complete":true})");
    CHECK(settings({"--create-dirs"}) == R"({"create_directories":true})");
    CHECK(settings({"--acl-flags", "dog"}) == R"({"acl_flags":"ogd"})");
    CHECK(settings({"--smb-encrypt"}) == R"({"smb_encrypt":true})");
    CHECK(settings({"--no-mtime"}) == R"({"keep_mtime":false})");
    CHECK(settings({"--sync", "never"}) == R"({"durable":false})");
    CHECK(settings({"--existing", "skip"}) == R"({"existing":"skip"})");
    CHECK(settings({"--limit-rate", "1.5K"}) == R"({"bytes_per_second":1536})");
    CHECK(settings({"--low-speed-limit", "1K"}) == R"({"low_speed_limit":1024})");
    CHECK(settings({"--low-speed-time", "7"}) == R"({"low_speed_time":7})");
    CHECK(settings({"--connect-timeout", "9"}) == R"({"connect_timeout":9})");
    CHECK(settings({"--redirect", "forbid"}) == R"({"redirect":"forbid"})");
    CHECK(settings({"--max-redirects", "0"}) == R"({"max_redirects":0})");
    CHECK(settings({"-H", "A: b", "-H", "C: d"}) == R"({"headers":["A: b","C: d"]})");
    CHECK(settings({"--custom-headers-write-only"}) == R"({"headers_write_only":true})");
    CHECK(settings({"--user-agent", "me"}) == R"({"user_agent":"me"})");
    CHECK(settings({"--ca-path", "."}) == R"({"ca_path":")" + here(".") + "\"}");
    CHECK(settings({"--insecure"}) == R"({"insecure":true})");
    CHECK(settings({"--notify-flags", "7"}) == R"({"notify_flags":7})");
}

TEST_CASE("cli: a limit is taken off by none or 0") {
    for (const auto* none : {"none", "0"}) {
        CHECK(settings({"--limit-rate", none}) == R"({"bytes_per_second":0})");
        CHECK(settings({"--low-speed-limit", none}) == R"({"low_speed_limit":0})");
    }
}

TEST_CASE("cli: what can be switched on can be switched off again; the last one counts") {
    CHECK(settings({"--no-auto-complete"}) == R"({"auto_complete":false})");
    CHECK(settings({"--no-create-dirs"}) == R"({"create_directories":false})");
    CHECK(settings({"--mtime"}) == R"({"keep_mtime":true})");
    CHECK(settings({"--no-insecure"}) == R"({"insecure":false})");
    CHECK(settings({"--insecure", "--no-insecure"}) == R"({"insecure":false})");
    CHECK(settings({"--no-mtime", "--no-mtime", "--mtime"}) == R"({"keep_mtime":true})");
    CHECK(settings({"--sync", "auto"}) == R"({"durable":true})");
    CHECK(parse_set_options({"j", "--no-auto-complete"}));
    CHECK(error({"--no-insecure=true"}).starts_with("--no-insecure: "));
}

TEST_CASE("cli: all settings are such as the daemon reads") {
    const auto options = parsed(
        {"--retry-interval", "60", "-H", "A: \xff", "--notify-command", "echo", "--redirect",
         "report", "--no-mtime"});
    ferry::job_settings read;
    REQUIRE(ferry::read_settings(options.how.job.settings, read));
    CHECK(read.retry_interval == std::chrono::seconds(60));
    CHECK(read.headers == words{"A: \xff"});
    CHECK(read.notify_command == words{"echo"});
    CHECK(read.redirect == "report");
    CHECK_FALSE(read.keep_mtime);
}

TEST_CASE("cli: fractions of seconds are rounded up: a job's second is never none") {
    CHECK(settings({"--retry-interval", "0.2"}) == R"({"retry_interval":1})");
    CHECK(settings({"--connect-timeout", "2.5"}) == R"({"connect_timeout":3})");
}

TEST_CASE("cli: a program and its arguments are given a word at a time") {
    const auto command = [](words arguments) { return settings(std::move(arguments)); };
    CHECK(
        command({"--notify-command", "mail", "--notify-command=-s", "--notify-command", "a b"}) ==
        R"({"notify_command":["mail","-s","a b"]})");
    CHECK(
        command({"--validate-command", "./check"}) ==
        R"({"validate_command":[")" + here("./check") + "\"]}");
    CHECK(command({"--notify-command", ""}) == R"({"notify_command":[]})");
}

TEST_CASE("cli: names are limited in characters, not bytes") {
    std::string name;
    for (int i = 0; i < 256; ++i) name += "\xc3\xa9";
    CHECK(parsed({"--display-name", name}).how.job.display_name == name);
    CHECK(error({"--display-name", name + "x"}).ends_with("x: longer than 256 characters"));
    CHECK(
        error({"--description", std::string(1025, 'x')}).ends_with("longer than 1024 characters"));
    CHECK(parsed({"--priority", "low"}).how.job.priority == ferry::job_priority::low);
    CHECK(parsed({"--transfer-type", "upload"}).how.type == ferry::job_type::upload);
}

TEST_CASE("cli: what ferry cannot do yet is kept by name and value") {
    CHECK(
        unsupported(
            {"--mirror", "http://g/f", "--mirror", "http://i/f", "--transfer-policy", "capped"}) ==
        option_values{
            {"mirror", "http://g/f"}, {"mirror", "http://i/f"}, {"transfer-policy", "capped"}});
    CHECK(unsupported({"--transfer-policy", "capped,64"}).front().second == "capped,64");
}

TEST_CASE("cli: what is for obey() is kept apart, by name and value") {
    const auto asked = [](words arguments) { return parsed(std::move(arguments)).how.job.asked; };
    CHECK(
        asked({"--http-method", "POST", "--dynamic", "--range", "0-9", "--range", "20-"}) ==
        option_values{
            {"http-method", "POST"}, {"range", "0-9"}, {"range", "20-"}, {"dynamic", "true"}});
    CHECK(
        asked({"--authentication", "basic", "--credential", "DOM\\me"}) ==
        option_values{{"authentication", "basic"}, {"credential", "DOM\\me"}});
    CHECK(
        asked({"--proxy-usage", "override", "--proxy-list", "p:1", "--proxy-list", "q:2"}) ==
        option_values{{"proxy-list", "p:1"}, {"proxy-list", "q:2"}, {"proxy-usage", "override"}});
    CHECK(asked({"--cert", "c.pem"}) == option_values{{"cert", here("c.pem")}});
    CHECK(asked({"--security-flags", "0x3"}).front().second == "3");
    CHECK(asked({"--dynamic", "--no-dynamic"}).empty());
    CHECK(parsed({"--dynamic", "--no-dynamic"}).how.job.named == words{"dynamic"});
    CHECK(parsed({"--dynamic", "--mirror", "http://g/f"}).how.job.named == words{"dynamic"});
}

TEST_CASE("cli: what asks for nothing but the usual is not kept") {
    const std::vector<words> neutral = {
        {"--http-method", "GET"},
        {"--proxy-usage", "system"},
        {"--transfer-policy", "always"},
        {"--transfer-policy", "none"},
        {"--transfer-policy", "2147483903"},
        {"--security-flags", "0"},
        {"--use-stored-credential", "none"},
        {"--http-method", "POST", "--http-method", "GET"},
    };
    for (const auto& arguments : neutral) {
        CAPTURE(arguments.back());
        const auto job = parsed(arguments).how.job;
        CHECK(job.unsupported.empty());
        CHECK(job.asked.empty());
        CHECK(job.restated.size() + job.named.size() == 1);
    }
}

TEST_CASE("cli: a password does not belong on the command line, and is not repeated") {
    const std::vector<words> wrong = {
        {"--credential", "me:hunter2"},
        {"--proxy-credential", "me:hunter2"},
        {"--mirror", "http://me:hunter2@h/"},
        {"--proxy-usage", "override", "--proxy-list", "http://me:hunter2@h"},
        {"-H", "hunter2"},
        {"--pin", "hunter2"},
    };
    for (const auto& arguments : wrong)
        CHECK(error(arguments).find("hunter2") == std::string::npos);
    CHECK(
        error({"--credential", "me:x"}) ==
        "--credential: a user's name has no ':' (passwords come by --password-file or a prompt)");
}

TEST_CASE("cli: a secret comes from a file that is there") {
    for (const std::string option : {"--password-file", "--netrc-file", "--proxy-password-file"}) {
        CHECK(parsed({option, "-"}).how.job.named.size() == 1);
        CHECK(
            error({option, "/no/such", "--suspended"}) ==
            option + ": no file that can be read: /no/such: No such file or directory");
    }
}

TEST_CASE("cli: a job with what ferry cannot do yet is stored, but not to begin") {
    CHECK(check_start(parsed({"--mirror", "http://g/f", "--suspended"}).how));
    CHECK(check_start(parsed({"--http-method", "post"}).how));
    const auto refused = check_start(parsed({"--mirror", "http://g/f", "--asynchronous"}).how);
    REQUIRE_FALSE(refused);
    CHECK(refused.error().code == ferry::errc::bad_argument);
    CHECK(refused.error().detail == "--mirror: not yet supported (--suspended stores such a job)");
}

TEST_CASE("cli: a path with a drive letter is none here") {
    for (const words& arguments : {words{"c:\\dir\\f"}, {"http://h/f", "C:\\dir\\f"}})
        CHECK(
            error_of(parse_start_options, arguments) ==
            arguments.back() + ": there are no drives here (write a path like /dir/file.txt)");
    CHECK(error_of(parse_add_options, {"j", "c:\\f"}).find("no drives") != std::string::npos);
    CHECK(parse_start_options({"http://h/f", "./c:\\dir\\f"}));
    CHECK(parse_start_options({"http://h/f", "a\\b"}));
}

TEST_CASE("cli: set forgets texts that were set") {
    const auto job =
        parse_set_options({"j", "--clear", "description,user-agent,custom-headers"}).value().job;
    CHECK(job.description == "");
    CHECK(boost::json::serialize(job.settings) == R"({"user_agent":"","headers":[]})");
    CHECK(set_error({"j", "--clear", "ca-file,x"}).starts_with("--clear: not one of the names"));
    CHECK(
        set_error({"j", "--clear", "ca-path", "--ca-path", "."}) ==
        "--clear ca-path: it is also set");
}

TEST_CASE("cli: wrong properties of jobs say what, why and what to do") {
    CHECK(error({"--retry-interval", "0"}).starts_with("--retry-interval 0: not a time"));
    CHECK(error({"-j", "65"}) == "--parallel 65: not a number from 1 to 64");
    CHECK(error({"--notify-flags", "8"}) == "--notify-flags 8: not a number from 0 to 7");
    CHECK(
        error({"--priority", "urgent"}) ==
        "--priority urgent: not one of foreground, high, normal, low");
    CHECK(
        error({"--range", "9-1"}) ==
        "--range: not a range (first and last byte, from 0: 0-99, or 100- to the end)");
    for (const std::string range : {"", "-", "5", "-5", "a-b", "1-2-3"})
        CHECK(error({"--range=" + range + "!"}).starts_with("--range: not a range"));
    CHECK(error({"--proxy-list", "p"}) == "--proxy-list: only with --proxy-usage override");
    CHECK(error({"--security-flags", "0x20"}).starts_with("--security-flags: not a sum"));
    CHECK(error({"--transfer-policy", "cheap"}).starts_with("--transfer-policy: not among none, "));
    CHECK(error({"--acl-flags", "x"}).starts_with("--acl-flags x: not made of o (owner)"));
    CHECK(error({"--acl-flags", "ogds"}).ends_with("(leave out the s)"));
    CHECK(error({"--cert-hash", "12"}).starts_with("--cert-hash: not a SHA-1 thumbprint"));
    CHECK(error({"--nope"}) == "--nope: unknown option (see 'ferry start --help')");
}

TEST_CASE("cli: sources are operands or options, not both") {
    const auto files = [](words arguments) { return parse_start_options(arguments).value().files; };
    CHECK(files({"a", "b"}).destinations == words{"b"});
    CHECK(files({"a", "--destination", "b"}).destinations == words{"b"});
    CHECK(files({"--source", "a", "--source", "b"}).sources == words{"a", "b"});
    CHECK(files({"--suspended"}).sources.empty());
    const auto wrong = [](words arguments) { return error_of(parse_start_options, arguments); };
    CHECK(wrong({}) == "start: no source (write 'ferry start SOURCE [DESTINATION]')");
    CHECK(wrong({"--suspended", "--destination", "d"}).starts_with("start: no source"));
    CHECK(
        wrong({"a", "b", "c"}) == "c: one operand too many (several files: --source A --source B)");
    CHECK(
        wrong({"--source", "a", "b"}) ==
        "b: beside --source, every file needs an option (--destination)");
    CHECK(
        wrong({"a", "b", "--destination", "c"}) ==
        "b: a second destination, beside --destination (once is enough)");
    CHECK(wrong({"--source="}).find("--source") != std::string::npos);
}

TEST_CASE("cli: import takes one list, add and set take jobs") {
    CHECK(parse_import_options({"-", "--one-job"}).value().one_job);
    CHECK(error_of(parse_import_options, {}).starts_with("import: one list is wanted"));
    CHECK(error_of(parse_import_options, {"a", "b"}).starts_with("import: one list is wanted"));

    const auto one = parse_add_options({"job", "a", "b"}).value();
    CHECK(one.jobs == words{"job"});
    CHECK(one.files.sources == words{"a"});
    CHECK(one.files.destinations == words{"b"});
    CHECK(parse_add_options({"--source", "a", "j", "k"}).value().jobs == words{"j", "k"});
    CHECK(parse_add_options({"--csv", "l", "j", "k"}).value().jobs == words{"j", "k"});
    CHECK(add_error({}).starts_with("add: no job (write"));
    CHECK(add_error({"job"}) == "add: no source (write 'ferry add JOB SOURCE [DESTINATION]')");
    CHECK(add_error({"j", "--csv", "l", "--source", "a"}).starts_with("--csv with --source"));

    CHECK(parse_set_options({"j", "k", "--priority", "low"}).value().jobs == words{"j", "k"});
    CHECK(parse_set_options({"j", "--set-owner-to-current-user"}));
    CHECK(parse_set_options({"j", "--http-method", "GET"}));
    CHECK(set_error({"j"}) == "set: nothing to change (see 'ferry set --help')");
    CHECK(set_error({"--priority", "low"}).starts_with("set: no job"));
    CHECK(
        set_error({"j", "--checksum", "md5:x"}) ==
        "--checksum: unknown option (see 'ferry set --help')");
    CHECK(parse_set_options({"j", "--proxy-list", "p:1"}));
    CHECK(set_error({"j", "--proxy-list", "p:1", "--proxy-usage", "none"}).ends_with("override"));
}

TEST_CASE("cli: an unsupported option takes the place of its older value only") {
    const auto stored =
        boost::json::parse(R"([["mirror","http://g/f"],["cert-store-name","my"],["x",1]])");
    const auto change = [&](words arguments) {
        arguments.insert(arguments.begin(), "j");
        const auto options = parse_set_options(arguments).value();
        return boost::json::serialize(merged(stored.get_array(), options.job));
    };
    CHECK(
        change({"--cert-store-name", "ca"}) ==
        R"([["mirror","http://g/f"],["x",1],["cert-store-name","ca"]])");
    CHECK(
        change({"--transfer-policy", "always"}) ==
        R"([["mirror","http://g/f"],["cert-store-name","my"],["x",1]])");
    CHECK(change({"--dynamic"}) == R"([["mirror","http://g/f"],["cert-store-name","my"],["x",1]])");
}

TEST_CASE("cli: the help of set does not show what only new jobs get") {
    CHECK(
        start_help().find("wait after an error that may pass (default 600)\n") !=
        std::string::npos);
    const auto help = set_help();
    CHECK(help.find("(default") == std::string::npos);
    CHECK(help.find("wait after an error that may pass\n") != std::string::npos);
    CHECK(
        help.find("give up so long after the last progress (0: no retry)\n") != std::string::npos);
    CHECK(help.find("      --[no-]auto-complete ") != std::string::npos);
}

TEST_CASE("cli: the help of verbs that create jobs fits into 100 columns and has examples") {
    for (const auto& help : {start_help(), import_help(), add_help(), set_help()}) {
        std::istringstream lines(help);
        for (std::string line; std::getline(lines, line);) {
            CAPTURE(line);
            CHECK(line.size() <= 100);
        }
        CHECK(help.find("\nExamples:\n") != std::string::npos);
        CHECK(help.find("-h, --help") != std::string::npos);
    }
}

}  // namespace ferry::test::cli_options_job_test
