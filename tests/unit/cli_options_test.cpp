#include "cli/options/options_access.hpp"
#include "cli/options/options_demo.hpp"
#include "cli/options/options_get.hpp"

#include <support/files.hpp>

#include <doctest/doctest.h>

#include <sys/stat.h>

#include <sstream>
#include <string>
#include <vector>

namespace ferry::test::cli_options_test {

using namespace std::chrono_literals;
using namespace ferry::cli;

namespace {

get_options parsed(std::vector<std::string> arguments) {
    arguments.push_back("http://h/f");
    auto options = parse_get_options(std::move(arguments));
    if (!options) FAIL(options.error().detail);
    return *std::move(options);
}

std::string error(std::vector<std::string> arguments) {
    arguments.push_back("http://h/f");
    const auto options = parse_get_options(std::move(arguments));
    REQUIRE_FALSE(options);
    CHECK(options.error().code == ferry::errc::bad_argument);
    return options.error().detail;
}

}  // namespace

TEST_CASE("cli: without options, get has the defaults of the contract") {
    const auto options = parsed({});
    CHECK(options.sources == std::vector<std::string>{"http://h/f"});
    CHECK(options.parallel == 8);
    CHECK(options.transfer.bytes_per_second == 0);
    const auto& transfer = options.transfer.options;
    CHECK(transfer.connections == 0);
    CHECK(transfer.retry.first == 1s);
    CHECK(transfer.retry.longest == 60s);
    CHECK(transfer.retry.give_up == 10min);
    CHECK(transfer.keep_mtime);
    CHECK(transfer.access->redirects == ferry::redirect_policy::follow);
}

TEST_CASE("cli: each option of get reaches its place") {
    const auto options = parsed(
        {"-d",
         "dir",
         "-i",
         "-",
         "-j3",
         "-c",
         "4",
         "--limit-rate=1.5M",
         "--existing",
         "skip",
         "--create-dirs",
         "--sync",
         "never",
         "--no-mtime",
         "-H",
         "A: b",
         "--custom-header",
         "C: d e",
         "--user-agent",
         "me/1",
         "--redirect",
         "forbid",
         "--max-redirects",
         "5",
         "--insecure",
         "--connect-timeout",
         "2.5",
         "--low-speed-limit",
         "1K",
         "--low-speed-time",
         "7",
         "--max-download-time",
         "60",
         "--retry-timeout",
         "0",
         "--json",
         "-q",
         "-v",
         "--progress",
         "none"});
    CHECK(options.directory == "dir");
    CHECK(options.input_file == "-");
    CHECK(options.parallel == 3);
    CHECK(options.transfer.bytes_per_second == 3 << 19);
    const auto& transfer = options.transfer.options;
    CHECK(transfer.connections == 4);
    CHECK(transfer.existing == ferry::existing_policy::skip);
    CHECK(transfer.create_directories);
    CHECK(transfer.sync == ferry::sync_policy::never);
    CHECK_FALSE(transfer.keep_mtime);
    CHECK(transfer.low_speed_limit == 1024);
    CHECK(transfer.low_speed_time == 7s);
    CHECK(transfer.max_time == 60s);
    CHECK(transfer.retry.give_up == 0s);
    const auto& access = *transfer.access;
    CHECK(access.headers == std::vector<std::string>{"A: b", "C: d e"});
    CHECK(access.user_agent == "me/1");
    CHECK(access.redirects == ferry::redirect_policy::forbid);
    CHECK(access.max_redirects == 5);
    CHECK(access.insecure);
    CHECK(access.connect_timeout == 2500ms);
    CHECK(options.output.json);
    CHECK(options.output.quiet);
    CHECK(options.output.verbose);
    CHECK(options.output.progress == progress_mode::none);
}

TEST_CASE("cli: --retry-interval is a fixed wait without jitter") {
    const auto retry = parsed({"--retry-interval", "0.2"}).transfer.options.retry;
    CHECK(retry.first == 200ms);
    CHECK(retry.longest == 200ms);
    CHECK_FALSE(retry.jitter);
}

TEST_CASE("cli: the last value of an option counts") {
    CHECK(parsed({"-j", "4", "-j", "5"}).parallel == 5);
}

TEST_CASE("cli: options may stand behind the URLs, and '--' ends them") {
    const auto options = parse_get_options({"http://h/a", "-q", "http://h/b", "--", "-c"}).value();
    CHECK(options.sources == std::vector<std::string>{"http://h/a", "http://h/b", "-c"});
    CHECK(options.output.quiet);
}

TEST_CASE("cli: a path in brackets is one path") {
    CHECK(parse_get_options({"[a,b]"}).value().sources == std::vector<std::string>{"[a,b]"});
    CHECK(parsed({"-o", "[a,b]"}).file == "[a,b]");
}

TEST_CASE("cli: wrong options say what, why and what to do") {
    CHECK(
        error({"--limit-rate", "5x"}) ==
        "--limit-rate 5x: not a rate (bytes per second, such as 500K or 1.5M)");
    CHECK(error({"-c", "65"}) == "--connections 65: not a number from 1 to 64");
    CHECK(error({"-j", "0"}) == "--parallel 0: not a number from 1 to 1000");
    CHECK(
        error({"--existing", "maybe"}) ==
        "--existing maybe: not one of replace, update, fail, skip");
    CHECK(error({"--nope"}) == "--nope: unknown option (see 'ferry get --help')");
    CHECK(error({"-o", "a", "-o", "b"}) == "--output: given twice (once is enough)");
    CHECK(error({"-o", ""}) == "--output: empty (leave the option out)");
    CHECK(error({"-o", "a", "-d", "b"}).starts_with("--output with --directory: "));
    CHECK(error({"--checksum", "sha256:12"}).starts_with("--checksum sha256:12: sha256 takes 64"));
    CHECK(error({"--ca-file", "/no/such"}).starts_with("--ca-file /no/such: No such file"));
    CHECK(error({"--progress", "\x1b[2J"}).find('\x1b') == std::string::npos);
    CHECK(parse_get_options({}).error().detail.starts_with("get: no URL (write 'ferry get URL'"));
    CHECK(parse_get_options({"-j"}).error().detail.find('\n') == std::string::npos);
}

TEST_CASE("cli: an unknown option that is nearly one is suggested") {
    CHECK(
        error({"--asyncronous"}) == "--asyncronous: unknown option (did you mean --asynchronous?)");
    CHECK(error({"--prio"}) == "--prio: unknown option (did you mean --priority?)");
    CHECK(error({"--limt-rate=5"}) == "--limt-rate: unknown option (did you mean --limit-rate?)");
}

TEST_CASE("cli: a dash of typography does not begin an option") {
    CHECK(
        error({"\u2014asynchronous"}) ==
        "\u2014asynchronous: begins with U+2014, an em dash (options begin with --; what is none "
        "stands behind a --)");
    CHECK(parse_get_options({"--", "\u2013f"}).value().sources.front() == "\u2013f");
    CHECK(parsed({"--user-agent", "\u2013x"}).sources.size() == 1);
}

TEST_CASE("cli: an option does not swallow the next one for its value") {
    CHECK(
        error({"--custom-header", "--asynchronous"}) ==
        "--custom-header: a value is missing before --asynchronous (see 'ferry get --help')");
    CHECK(error({"-o", "--limit-rate=5"}).starts_with("-o: a value is missing before --limit-"));
    CHECK(parsed({"-o", "--x"}).file == "--x");
    CHECK(parsed({"--output=--json"}).file == "--json");
}

TEST_CASE("cli: the words of an option may be written in any case") {
    CHECK(parsed({"--existing", "SKIP"}).transfer.options.existing == ferry::existing_policy::skip);
}

TEST_CASE("cli: what get cannot do yet is not called unknown") {
    for (const std::string option : {"--mirror=http://h/", "--transfer-policy=standard"})
        CHECK(
            error({option}) ==
            option.substr(0, option.find('=')) + ": not yet supported (leave it out)");
    CHECK(get_help().find("--mirror") == std::string::npos);
}

TEST_CASE("cli: a get that is left to the daemon is a job with a name and a priority") {
    const auto job = parsed({"--asynchronous", "--display-name", "n", "--priority", "LOW"}).job;
    CHECK(job.display_name == "n");
    CHECK(job.priority == ferry::job_priority::low);
    CHECK(error({"--priority", "low"}).starts_with("get: only a job has a name"));
}

TEST_CASE("cli: a wrong header is refused without repeating it: it may hold a secret") {
    CHECK(error({"-H", "hunter2"}).find("hunter2") == std::string::npos);
    CHECK(error({"-H", "A b: hunter2"}).find("hunter2") == std::string::npos);
    CHECK(error({"-H", "A: hunter2\r\nB: c"}).find("hunter2") == std::string::npos);
    CHECK(check_header("A:"));
    CHECK(check_header("X-Y_z: \tw"));
    CHECK_FALSE(check_header(": w"));
    CHECK_FALSE(check_header("A : w"));
}

TEST_CASE("cli: headers may be in a file that is ours alone") {
    const temp_dir dir;
    const auto file = dir / "headers";
    const auto given = "@" + file.string();
    spill(file, "X-Token: hunter2\r\n\nCookie: a=b");
    ::chmod(file.c_str(), 0600);
    const std::vector<std::string> both = {"X-Token: hunter2", "Cookie: a=b"};
    CHECK(parsed({"-H", given}).transfer.options.access->headers == both);
    spill(file, "X-Token: hunter2\n\nhunter3\n");
    const auto why = error({"-H", given});
    CHECK(why.find("headers: line 3: a header without a colon") != std::string::npos);
    CHECK(why.find("hunter3") == std::string::npos);
    spill(file, "\n");
    CHECK(error({"-H", given}).find("no header in it") != std::string::npos);
    ::chmod(file.c_str(), 0644);
    CHECK(error({"-H", given}).find("others can read it") != std::string::npos);
    CHECK(error({"-H", "@-"}).find("not from standard input") != std::string::npos);
    CHECK(error({"-H", "@/nowhere"}).find("No such file") != std::string::npos);
}

TEST_CASE("cli: the help fits into 100 columns and has examples") {
    for (const auto& help : {get_help(), demo_help()}) {
        std::istringstream lines(help);
        for (std::string line; std::getline(lines, line);) {
            CAPTURE(line);
            CHECK(line.size() <= 100);
        }
        CHECK(help.find("\nExamples:\n") != std::string::npos);
        CHECK(help.find("-h, --help") != std::string::npos);
    }
}

}  // namespace ferry::test::cli_options_test
