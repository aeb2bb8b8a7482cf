#include "cli/jobs/monitor_table.hpp"
#include "cli/text/terminal_text.hpp"

#include <ferry/job_json.hpp>

#include <doctest/doctest.h>

#include <string>
#include <vector>

namespace ferry::test::cli_monitor_table_test {

using namespace std::chrono_literals;

namespace {

const clock::time_point start{100s};
const job::time wall{1'700'000'000s};

job a_job(int number, job_state state, std::uint64_t bytes = 0) {
    job one;
    one.id = std::to_string(10'000'000 + number) + "-1111-4222-8333-444444444444";
    one.display_name = "Job " + std::to_string(number);
    one.state = state;
    one.files.push_back({.source = "http://h/f", .destination = "/d/f", .state = state});
    one.files.front().bytes_total = 1 << 20;
    one.files.front().bytes_transferred = bytes;
    return one;
}

/// The first words of the lines of jobs.
std::vector<std::string> ids_in(const cli::monitor_table& table, std::size_t rows = 24) {
    auto lines = table.lines({rows, 100}, wall);
    std::vector<std::string> ids;
    for (std::size_t i = 1; i + 1 < lines.size(); ++i) ids.push_back(lines[i].substr(0, 8));
    return ids;
}

using strings = std::vector<std::string>;

}  // namespace

TEST_CASE("monitor: a line has id, name, state, priority, share, rate and time") {
    const auto job = summarize(a_job(1, job_state::transferring, 512 << 10));
    CHECK(
        cli::monitor_head(79) ==
        "ID        NAME         STATE           PRIORITY       DONE       RATE       ETA");
    CHECK(
        cli::monitor_line(job, 1024, wall, 79) ==
        "10000001  Job 1        Transferring    normal          50%  1.0 KiB/s      8:32");
    CHECK(
        cli::monitor_line(job, 1024, wall, 120) ==
        "10000001  Job 1                           Transferring    normal     "
        "[=========>        ]       50%  1.0 KiB/s      8:32");
}

TEST_CASE("monitor: what does not move has a reason instead of a rate") {
    auto one = a_job(1, job_state::transient_error, 512 << 10);
    one.error = job_error{{errc::timed_out, ""}, 0, wall + 12s};
    const auto line = cli::monitor_line(summarize(one), 0, wall, 140);
    CHECK(line.find("50%  next try in 12 s: no answer in time") != line.npos);
    CHECK(cli::monitor_line(summarize(a_job(1, job_state::queued)), 0, wall, 110).ends_with("0%"));
}

TEST_CASE("monitor: a job of unknown size shows its bytes, and no bar") {
    auto one = a_job(1, job_state::transferring, 512 << 10);
    one.files.front().bytes_total.reset();
    const auto line = cli::monitor_line(summarize(one), 1024, wall, 120);
    CHECK(line.find(" 512 KiB  1.0 KiB/s") != line.npos);
    CHECK(line.find('[') == line.npos);
    CHECK(line.find('%') == line.npos);
}

TEST_CASE("monitor: an empty job has no share") {
    auto one = a_job(1, job_state::suspended);
    one.files.clear();
    const auto line = cli::monitor_line(summarize(one), 0, wall, 120);
    CHECK(line.find("no files") != line.npos);
    CHECK(line.find_first_of("%[") == line.npos);
}

TEST_CASE("monitor: what runs comes first, the rest in the order of its arrival") {
    cli::monitor_table table({});
    CHECK(table.take(summarize(a_job(1, job_state::queued)), start));
    CHECK(table.take(summarize(a_job(2, job_state::transferring)), start));
    CHECK(table.take(summarize(a_job(3, job_state::suspended)), start));
    CHECK(table.take(summarize(a_job(4, job_state::connecting)), start));
    CHECK(ids_in(table) == strings{"10000002", "10000004", "10000001", "10000003"});
    CHECK(table.take(summarize(a_job(1, job_state::connecting)), start));
    CHECK(ids_in(table) == strings{"10000001", "10000002", "10000004", "10000003"});
}

TEST_CASE("monitor: a job that is over leaves the table, and is news only if it was there") {
    cli::monitor_table table({});
    CHECK_FALSE(table.take(summarize(a_job(1, job_state::acknowledged)), start));
    CHECK(table.take(summarize(a_job(1, job_state::transferred)), start));
    CHECK(table.take(summarize(a_job(1, job_state::acknowledged)), start));
    CHECK_FALSE(table.take(summarize(a_job(1, job_state::acknowledged)), start));
    CHECK(table.lines({}, wall) == strings{"no jobs"});
}

TEST_CASE("monitor: names choose, with wildcards, in any case, or as the beginning of an id") {
    const auto shows = [](const std::string& name) {
        cli::monitor_table table({"nobody", name});
        return table.take(summarize(a_job(1, job_state::queued)), start);
    };
    CHECK(shows("job 1"));
    CHECK(shows("J?B*"));
    CHECK(shows("10000001"));
    CHECK_FALSE(shows("job"));
    CHECK_FALSE(shows("job ?2"));
}

TEST_CASE("monitor: an id chooses also as Windows writes it") {
    cli::monitor_table table({"{10000001-1111-4222-8333-444444444444}"});
    CHECK(table.take(summarize(a_job(1, job_state::queued)), start));
    CHECK_FALSE(table.take(summarize(a_job(2, job_state::queued)), start));
}

TEST_CASE("monitor: a job that gets another name comes or goes") {
    cli::monitor_table table({"job*"});
    auto one = a_job(1, job_state::queued);
    CHECK(table.take(summarize(one), start));
    one.display_name = "other";
    CHECK(table.take(summarize(one), start));
    CHECK_FALSE(table.take(summarize(one), start));
    one.display_name = "job again";
    CHECK(table.take(summarize(one), start));
    CHECK(ids_in(table) == strings{"10000001"});
}

TEST_CASE("monitor: the last line counts states and adds up rates") {
    cli::monitor_table table({});
    for (const int number : {1, 2}) {
        table.take(summarize(a_job(number, job_state::transferring, 0)), start);
        table.take(summarize(a_job(number, job_state::transferring, 1024)), start + 1s);
    }
    table.take(summarize(a_job(3, job_state::error)), start);
    CHECK(table.lines({24, 100}, wall).back() == "3 jobs  2 Transferring  1 Error  2.0 KiB/s");
    CHECK(
        table.lines({5, 100}, wall).back() ==
        "3 jobs  2 Transferring  1 Error  2.0 KiB/s  1 not shown");
}

TEST_CASE("monitor: a rate falls when nothing comes, and is none between two turns") {
    cli::monitor_table table({});
    const auto total = [&table] { return table.lines({24, 100}, wall).back(); };
    table.take(summarize(a_job(1, job_state::connecting, 0)), start);
    table.take(summarize(a_job(1, job_state::transferring, 512 << 10)), start);
    table.take(summarize(a_job(1, job_state::transferring, 513 << 10)), start + 1s);
    CHECK(total().ends_with("  1.0 KiB/s"));
    table.sample(start + 2s);
    CHECK(total().ends_with("  512 B/s"));
    table.take(summarize(a_job(1, job_state::queued, 513 << 10)), start + 3s);
    table.take(summarize(a_job(1, job_state::transferring, 513 << 10)), start + 4s);
    CHECK(total().ends_with("  0 B/s"));
}

TEST_CASE("monitor: the table fits every window") {
    cli::monitor_table table({});
    for (int i = 1; i <= 9; ++i) {
        auto one = a_job(i, static_cast<job_state>(i % 7), 10);
        one.display_name = "日本語 " + std::to_string(i) + "\x1b[2J";
        one.error = job_error{{errc::timed_out, "GET http://h/f"}, 0, wall};
        table.take(summarize(one), start);
    }
    for (std::size_t rows = 4; rows < 15; ++rows)
        for (std::size_t width = 1; width < 150; ++width) {
            const auto lines = table.lines({rows, width}, wall);
            CHECK(lines.size() < rows);
            for (const auto& line : lines) CHECK(cli::columns(line) < width);
        }
}

}  // namespace ferry::test::cli_monitor_table_test
