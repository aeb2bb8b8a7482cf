#include "cli/jobs/job_table.hpp"
#include "cli/text/terminal_text.hpp"

#include <ferry/job_json.hpp>

#include <doctest/doctest.h>

#include <sstream>
#include <string>
#include <vector>

namespace ferry::test::cli_job_table_test {

using namespace std::chrono_literals;
namespace json = boost::json;

namespace {

const job::time now{1'700'000'000s};

job job_called(std::string id, std::string name) {
    job one;
    one.id = std::move(id);
    one.display_name = std::move(name);
    one.state = job_state::transferring;
    one.files.push_back({.source = "http://h/f", .destination = "/f"});
    one.files[0].bytes_total = 2ULL << 30;
    one.files[0].bytes_transferred = 1ULL << 30;
    return one;
}

job failed_job() {
    auto one = job_called("b1", "broken");
    one.state = job_state::error;
    one.error = job_error{{errc::not_found, "GET http://h/f: 404 Not Found"}};
    return one;
}

std::vector<std::string> table(const std::vector<job>& jobs, cli::job_table_style style) {
    json::array summaries;
    for (const auto& one : jobs) summaries.push_back(summarize(one));
    style.now = now;
    std::istringstream text(cli::job_table(summaries, style));
    std::vector<std::string> lines;
    for (std::string line; std::getline(text, line);) lines.push_back(line);
    return lines;
}

using lines = std::vector<std::string>;

}  // namespace

TEST_CASE("cli: the table of no jobs is empty") { CHECK(cli::job_table({}, {}).empty()); }

TEST_CASE("cli: the table has a head and a line for each job, in columns") {
    auto other = job_called("12345678-9", "a longer name");
    other.state = job_state::queued;
    other.priority = job_priority::foreground;
    other.files[0].bytes_total.reset();
    other.files[0].bytes_transferred = 0;
    const lines expected = {
        "ID        NAME           STATE         PROGRESS        PRIORITY",
        "87654321  image          Transferring  50% of 2.0 GiB  normal",
        "12345678  a longer name  Queued        0 of 1 file     foreground"};
    CHECK(table({job_called("87654321-9", "image"), other}, {}) == expected);
    CHECK(table({job_called("87654321-9", "image"), other}, {.width = 80}) == expected);
}

TEST_CASE("cli: a job that failed has its reason behind it, or beneath it where that fits better") {
    CHECK(table({failed_job()}, {}).at(1).ends_with("normal    404 Not Found"));
    const auto wide = table({failed_job()}, {.width = 100});
    CHECK(wide.at(1).ends_with("normal    404 Not Found"));
    const auto narrow = table({failed_job()}, {.width = 50});
    REQUIRE(narrow.size() == 3);
    CHECK(narrow[1] == "b1  broken  Error  50% of 2.0 GiB  normal");
    CHECK(narrow[2] == "    404 Not Found");
}

TEST_CASE(
    "cli: in a terminal nothing is wider than that, whatever the content; elsewhere nothing is "
    "cut") {
    auto failed = failed_job();
    failed.error->why.detail = std::string(300, 'e');
    failed.display_name = std::string(250, 'n') + "\xe6\xbc\xa2\xe6\xbc\xa2\x1b";
    const auto short_one = job_called("c1", "short");
    for (std::size_t width = 1; width < 200; ++width)
        for (const auto& line : table({failed, short_one}, {.width = width})) {
            CAPTURE(width);
            CHECK(cli::columns(line) <= width);
        }
    const auto whole = table({failed, short_one}, {});
    CHECK(whole.size() == 3);
    CHECK(whole[1].find(std::string(250, 'n')) != std::string::npos);
    CHECK(whole[1].find(std::string(300, 'e')) != std::string::npos);
}

TEST_CASE("cli: on 80 columns a long name gives way to the other columns") {
    auto one = job_called("12345678", std::string(100, 'n'));
    one.state = job_state::transient_error;
    one.priority = job_priority::foreground;
    const auto line = table({one}, {.width = 80}).at(1);
    CHECK(line.find("nnn…  TransientError  50% of 2.0 GiB  foreground") != std::string::npos);
    CHECK(cli::columns(line) == 80);
}

TEST_CASE("cli: ids are as long as it takes to tell them apart, but at least 8") {
    CHECK(cli::unique_length({}) == 8);
    CHECK(cli::unique_length({"aaaaaaaaaaaa"}) == 8);
    CHECK(cli::unique_length({"aaaaaaaaaa1", "b", "aaaaaaaaaa2"}) == 11);
    CHECK(cli::unique_length({"abc1", "abd1"}) == 8);
    const auto lines = table({job_called("12345678-9", "n")}, {.id_length = 10});
    CHECK(lines.at(1).starts_with("12345678-9  n"));
}

}  // namespace ferry::test::cli_job_table_test
