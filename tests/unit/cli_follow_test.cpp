#include "cli/jobs/follow_report.hpp"
#include "cli/jobs/follow_screen.hpp"
#include "cli/jobs/follow_state.hpp"
#include "cli/jobs/signals.hpp"
#include "cli/text/terminal_text.hpp"

#include <ferry/job_json.hpp>

#include <doctest/doctest.h>

#include <csignal>
#include <string>
#include <vector>

namespace ferry::test::cli_follow_test {

using namespace std::chrono_literals;
using cli::exit_code;
using cli::follow_goal;
using cli::follow_step;

namespace {

const clock::time_point start{100s};
const job::time wall{1'700'000'000s};

std::string id_of(int number) {
    return std::to_string(10'000'000 + number) + "-1111-4222-8333-444444444444";
}

job a_job(int number, job_state state, std::uint64_t bytes = 0) {
    job one;
    one.id = id_of(number);
    one.display_name = "job " + std::to_string(number);
    one.state = state;
    one.files.push_back({.source = "http://h/f", .destination = "/d/file.iso"});
    one.files.front().state = state;
    one.files.front().bytes_total = 1000;
    one.files.front().bytes_transferred = bytes;
    return one;
}

job with_error(job one, failure why) {
    one.error = job_error{std::move(why), 0, std::nullopt};
    return one;
}

job_state state_number(std::size_t i) { return static_cast<job_state>(i); }

const failure gone{errc::not_found, "GET http://h/f", error_context::remote_file, 404};
const failure full = file_failure(ENOSPC, "rename /d/file.iso");

}  // namespace

TEST_CASE("follow: what is active goes on, what is over ends, and Transferred is up to the goal") {
    using enum job_state;
    for (const auto goal :
         {follow_goal::acknowledged, follow_goal::completed, follow_goal::settled})
        for (std::size_t i = 0; i < job_states; ++i) {
            const auto state = state_number(i);
            if (state == transferred) continue;
            const auto expected = is_active(state) ? follow_step::go_on : follow_step::end;
            CHECK(cli::step_after(summarize(a_job(1, state)), goal) == expected);
        }
    const auto here = summarize(a_job(1, transferred, 1000));
    CHECK(cli::step_after(here, follow_goal::acknowledged) == follow_step::go_on);
    CHECK(cli::step_after(here, follow_goal::completed) == follow_step::complete);
    CHECK(cli::step_after(here, follow_goal::settled) == follow_step::end);
}

TEST_CASE("follow: a job that cannot complete itself is not waited for") {
    const auto stuck = summarize(with_error(a_job(1, job_state::transferred, 1000), full));
    CHECK(cli::step_after(stuck, follow_goal::acknowledged) == follow_step::end);
    CHECK(cli::outcome_of(stuck, follow_goal::acknowledged) == exit_code::local_file);
    auto again = with_error(a_job(1, job_state::transferred, 1000), full);
    again.error->next_try = wall + 10s;
    CHECK(cli::step_after(summarize(again), follow_goal::acknowledged) == follow_step::go_on);
}

TEST_CASE("follow: a document that makes no sense is waited out") {
    CHECK(cli::step_after({}, follow_goal::settled) == follow_step::go_on);
    CHECK(cli::step_after({{"state", "Dreaming"}}, follow_goal::settled) == follow_step::go_on);
}

TEST_CASE("follow: how a job ended is an exit code") {
    using enum job_state;
    const auto code = [](const job& one, follow_goal goal = follow_goal::acknowledged) {
        return cli::outcome_of(summarize(one), goal);
    };
    CHECK(code(a_job(1, acknowledged, 1000)) == exit_code::done);
    CHECK(code(a_job(1, suspended)) == exit_code::no_such_job);
    CHECK(code(a_job(1, cancelled)) == exit_code::no_such_job);
    CHECK(code(a_job(1, error)) == exit_code::failed);
    CHECK(code(with_error(a_job(1, error), gone)) == exit_code::not_found);
    CHECK(code(a_job(1, transferred, 1000), follow_goal::settled) == exit_code::done);
    auto half = a_job(1, acknowledged, 1000);
    half.files.push_back({});
    CHECK(code(half) == exit_code::some_done);
    CHECK(code(half, follow_goal::settled) == exit_code::some_done);
}

TEST_CASE("follow: each job ends once, and their outcomes make one exit code") {
    cli::followed_jobs jobs({id_of(1), id_of(2), id_of(1)}, follow_goal::acknowledged);
    REQUIRE(jobs.jobs().size() == 2);
    CHECK(jobs.unfinished().size() == 2);
    const auto done = jobs.take(summarize(a_job(1, job_state::acknowledged, 1000)), start);
    REQUIRE(done.has_value());
    CHECK(done->first);
    CHECK(done->step == follow_step::end);
    jobs.end(*done->job, exit_code::done);
    CHECK_FALSE(jobs.all_ended());
    CHECK_FALSE(jobs.take(summarize(a_job(1, job_state::acknowledged)), start).has_value());
    CHECK_FALSE(jobs.take(summarize(a_job(3, job_state::error)), start).has_value());
    const auto lost = jobs.take(summarize(a_job(2, job_state::error)), start);
    jobs.end(*lost->job, exit_code::not_found);
    jobs.end(*lost->job, exit_code::not_found);
    CHECK(jobs.all_ended());
    CHECK(jobs.code() == exit_code::some_done);
}

TEST_CASE("follow: news is another state or another time of the next try, not bytes") {
    cli::followed_jobs jobs({id_of(1)}, follow_goal::acknowledged);
    const auto changed = [&jobs](const job& one) {
        const auto what = jobs.take(summarize(one), start);
        REQUIRE(what.has_value());
        CHECK(what->step == follow_step::go_on);
        return what->changed;
    };
    CHECK(changed(a_job(1, job_state::queued)));
    CHECK_FALSE(changed(a_job(1, job_state::queued)));
    CHECK(changed(a_job(1, job_state::transferring)));
    CHECK_FALSE(changed(a_job(1, job_state::transferring, 500)));
    auto waiting = with_error(a_job(1, job_state::transient_error, 500), {errc::timed_out});
    waiting.error->next_try = wall;
    CHECK(changed(waiting));
    CHECK_FALSE(changed(waiting));
    waiting.error->next_try = wall + 1s;
    CHECK(changed(waiting));
}

TEST_CASE("follow: only bytes that came meanwhile are received") {
    cli::followed_jobs jobs({id_of(1)}, follow_goal::acknowledged);
    const auto received = [&jobs](std::uint64_t bytes) {
        jobs.take(summarize(a_job(1, job_state::transferring, bytes)), start);
        return jobs.jobs().front().received();
    };
    CHECK(received(600) == 0);
    CHECK(received(900) == 300);
    CHECK(received(100) == 0);  // the object changed: from zero again
}

TEST_CASE("follow: one job goes by its name, or that of its file, several also by their ids") {
    cli::followed_jobs one({id_of(1)}, follow_goal::acknowledged);
    CHECK(one.jobs().front().name == "10000001");
    one.take(describe(a_job(1, job_state::queued)), start);
    CHECK(one.jobs().front().name == "job 1");
    cli::followed_jobs nameless({id_of(1)}, follow_goal::acknowledged);
    auto unnamed = a_job(1, job_state::queued);
    unnamed.display_name.clear();
    nameless.take(describe(unnamed), start);
    CHECK(nameless.jobs().front().name == "file.iso");
    cli::followed_jobs bare({id_of(1)}, follow_goal::acknowledged);
    bare.take(summarize(a_job(1, job_state::queued)), start);
    CHECK(bare.jobs().front().name == "job 1");
    cli::followed_jobs two({id_of(1), id_of(2)}, follow_goal::acknowledged);
    two.take(describe(a_job(2, job_state::queued)), start);
    CHECK(two.jobs()[1].name == "job 2 (10000002)");
}

TEST_CASE("follow: a job of several files goes by its name, if it has one of its own") {
    auto one = a_job(1, job_state::queued);
    one.files.push_back({.source = "http://h/g", .destination = "/d/g"});
    cli::followed_jobs named({id_of(1)}, follow_goal::acknowledged);
    named.take(describe(one), start);
    CHECK(named.jobs().front().name == "job 1");
    one.display_name = "file.iso";  // as a job gets it that nobody named
    cli::followed_jobs nameless({id_of(1)}, follow_goal::acknowledged);
    nameless.take(describe(one), start);
    CHECK(nameless.jobs().front().name == "2 files");
}

TEST_CASE("follow: who knows a better name gives it to a job that is followed alone") {
    cli::followed_jobs one({id_of(1)}, follow_goal::acknowledged, "3 files");
    one.take(summarize(a_job(1, job_state::queued)), start);
    CHECK(one.jobs().front().name == "3 files");
    cli::followed_jobs two({id_of(1), id_of(2)}, follow_goal::acknowledged, "3 files");
    two.take(summarize(a_job(2, job_state::queued)), start);
    CHECK(two.jobs()[1].name == "job 2 (10000002)");
}

TEST_CASE("follow: who leaves is told how to go on") {
    cli::followed_jobs jobs({id_of(1), id_of(2)}, follow_goal::acknowledged);
    const auto left = jobs.unfinished();
    CHECK(cli::subject_of(left) == "2 jobs");
    CHECK(
        cli::how_to_go_on(left) ==
        "('ferry wait 10000001 10000002' waits, 'ferry resume 10000001 10000002' also completes)");
    const std::vector<const cli::followed_job*> many(6, left[0]);
    CHECK(cli::how_to_go_on(many) == "('ferry list' shows them)");
    CHECK(cli::subject_of(std::vector<const cli::followed_job*>{left[0]}) == "10000001");
}

TEST_CASE("follow: one file has the line that it has with get, and no total") {
    cli::followed_jobs jobs({id_of(1)}, follow_goal::acknowledged);
    CHECK(cli::follow_block(jobs, 0, wall, {}).empty());
    jobs.take(describe(a_job(1, job_state::queued)), start);
    const auto waiting = cli::follow_block(jobs, 0, wall, {});
    REQUIRE(waiting.size() == 1);
    CHECK(waiting[0].ends_with("  queued"));
    jobs.take(summarize(a_job(1, job_state::transferring, 0)), start);
    jobs.take(summarize(a_job(1, job_state::transferring, 500)), start + 1s);
    const auto lines = cli::follow_block(jobs, 500, wall, {});
    REQUIRE(lines.size() == 1);
    CHECK(lines[0].starts_with("job 1  "));
    CHECK(lines[0].ends_with(" 50%     500 B     500 B/s  ETA 0:01"));
}

TEST_CASE("follow: of several jobs those that run have a line, and all together have one") {
    cli::followed_jobs jobs({id_of(1), id_of(2), id_of(3), id_of(4)}, follow_goal::acknowledged);
    jobs.take(summarize(a_job(1, job_state::transferring, 500)), start);
    jobs.take(summarize(a_job(2, job_state::queued)), start);
    auto over = jobs.take(summarize(a_job(3, job_state::acknowledged, 1000)), start);
    jobs.end(*over->job, exit_code::done);
    over = jobs.take(summarize(with_error(a_job(4, job_state::error), gone)), start);
    jobs.end(*over->job, exit_code::not_found);
    const auto lines = cli::follow_block(jobs, 250, wall, {24, 100});
    REQUIRE(lines.size() == 2);
    CHECK(lines[0].starts_with("job 1 (10000001) "));
    CHECK(lines[1] == "1 of 4 files  1.5 KiB of 3.9 KiB  37%  250 B/s  ETA 0:10  1 failed");
}

TEST_CASE("follow: the display fits every window and says what it leaves out") {
    std::vector<std::string> ids;
    for (int i = 1; i <= 9; ++i) ids.push_back(id_of(i));
    cli::followed_jobs jobs(ids, follow_goal::acknowledged);
    for (int i = 1; i <= 9; ++i) jobs.take(summarize(a_job(i, job_state::transferring, 10)), start);
    for (std::size_t rows = 3; rows < 15; ++rows)
        for (std::size_t width = 1; width < 120; ++width) {
            const auto lines = cli::follow_block(jobs, 1, wall, {rows, width});
            CHECK(lines.size() < rows);
            for (const auto& line : lines) CHECK(cli::columns(line) < width);
        }
    CHECK(cli::follow_block(jobs, 1, wall, {6, 120}).back().ends_with("  5 more active"));
}

TEST_CASE("follow: a signal is a flag, and afterwards what it was before") {
    struct sigaction before {
    }, after{};
    ::sigaction(SIGTERM, nullptr, &before);
    for (const int signal : {SIGINT, SIGTERM, SIGHUP}) {
        const cli::signal_flags flags(cli::signal_flags::second::waits);
        CHECK_FALSE(flags.stop());
        std::raise(SIGWINCH);
        CHECK_FALSE(flags.stop());
        std::raise(signal);
        CHECK(flags.stop());
        CHECK(flags.by_user() == (signal == SIGINT));
        std::raise(signal);
    }
    ::sigaction(SIGTERM, nullptr, &after);
    const bool same = after.sa_handler == before.sa_handler;
    CHECK(same);
}

TEST_CASE("follow: a hangup stays ignored where it was") {
    const auto before = std::signal(SIGHUP, SIG_IGN);
    {
        const cli::signal_flags flags(cli::signal_flags::second::leaves);
        std::raise(SIGHUP);
        CHECK_FALSE(flags.stop());
    }
    std::signal(SIGHUP, before);
}

TEST_CASE("follow: a window that became narrower has wrapped what stands there") {
    const std::vector<std::string> lines = {"12345678", "", "日本"};
    CHECK(cli::rows_of(lines, 80) == 3);
    CHECK(cli::rows_of(lines, 8) == 3);
    CHECK(cli::rows_of(lines, 4) == 4);
    CHECK(cli::rows_of(lines, 3) == 6);
}

}  // namespace ferry::test::cli_follow_test
