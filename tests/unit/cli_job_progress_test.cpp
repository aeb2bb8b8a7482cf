#include "cli/daemon/job_document.hpp"
#include "cli/jobs/job_progress.hpp"
#include "cli/text/terminal_text.hpp"

#include <ferry/job_json.hpp>

#include <doctest/doctest.h>

#include <initializer_list>
#include <string>

namespace ferry::test::cli_job_progress_test {

using namespace std::chrono_literals;
using cli::exit_code;
namespace json = boost::json;

namespace {

const job::time now{1'700'000'000s};

job half_done() {
    job one;
    one.id = "3f2a91c4-1111-4222-8333-444444444444";
    one.display_name = "image.iso";
    one.state = job_state::transferring;
    one.files.push_back({.source = "http://h/image.iso", .destination = "/d/image.iso"});
    one.files.front().state = job_state::transferring;
    one.files.front().bytes_total = 2ULL << 30;
    one.files.front().bytes_transferred = 1ULL << 30;
    return one;
}

job failed(job_state state, failure why) {
    auto one = half_done();
    one.state = state;
    one.error = job_error{std::move(why), 0, std::nullopt};
    return one;
}

exit_code document_code(const failure& why) {
    return cli::exit_code_of_error(describe(job_error{why, 0, std::nullopt}));
}

}  // namespace

TEST_CASE("cli: the error of a document has the exit code of the failure it was made from") {
    for (int code = 1; code <= 25; ++code)
        for (const auto context :
             {error_context::none, error_context::local_file, error_context::remote_file,
              error_context::transport})
            for (const int status : {0, 200, 401, 403, 404, 407, 410, 416, 429, 503}) {
                const failure why{static_cast<errc>(code), "GET http://h/f", context, status};
                const bool gone = status == 404 || status == 410;
                const bool not_found = why.code == errc::not_found;
                if (gone != not_found && status != 0) continue;  // reply.ipp knows no such reply
                if (not_found && context == error_context::local_file) continue;
                CAPTURE(code);
                CAPTURE(status);
                CAPTURE(to_string(context));
                CHECK(document_code(why) == cli::exit_code_of(why));
            }
}

TEST_CASE("cli: the error of a document that the system reported is the disk's or the network's") {
    for (const auto code :
         {std::errc::no_space_on_device, std::errc::permission_denied, std::errc::io_error,
          std::errc::no_such_file_or_directory, std::errc::not_a_directory}) {
        const failure why{std::make_error_code(code), "write /d/f", error_context::local_file};
        CHECK(document_code(why) == exit_code::local_file);
    }
    for (const auto code : {std::errc::connection_refused, std::errc::network_unreachable})
        CHECK(document_code({std::make_error_code(code), "h"}) == exit_code::gave_up);
}

TEST_CASE("cli: an error that says nothing is a failure") {
    CHECK(cli::exit_code_of_error({}) == exit_code::failed);
    CHECK(cli::exit_code_of_error({{"code", 5}, {"class", nullptr}}) == exit_code::failed);
}

TEST_CASE("cli: a job that moves has the line of a file that moves") {
    CHECK(
        cli::moving_line(summarize(half_done()), "image.iso", 100 << 20, now, 72) ==
        "image.iso                  50%   1.0 GiB   100 MiB/s  ETA 0:11");
}

TEST_CASE("cli: a job that does not move says what it does instead") {
    auto one = half_done();
    const auto line = [&one](job_state state) {
        one.state = state;
        return cli::moving_line(summarize(one), "f", 0, now, 60);
    };
    CHECK(line(job_state::queued) == "f                     queued");
    CHECK(line(job_state::connecting).find("  connecting") != std::string::npos);
    CHECK(line(job_state::transferred).find("  saving") != std::string::npos);
    one.error = job_error{{errc::overloaded, "GET http://h/f"}, 0, now + 90s};
    CHECK(
        line(job_state::transient_error) == "f                     retrying in 1 min 30 s: " +
                                                cli::brief(describe(*one.error)).substr(0, 13) +
                                                "…");
}

TEST_CASE("cli: no line is wider than the window, and a document may be empty") {
    const auto error = failed(job_state::transient_error, {errc::timed_out, "GET http://h/f"});
    for (std::size_t width = 0; width < 150; ++width)
        for (const auto& document : {json::object(), summarize(half_done()), summarize(error)})
            CHECK(cli::columns(cli::moving_line(document, "日本語.iso", 1e6, now, width)) <= width);
}

TEST_CASE("cli: a change of state is a line") {
    auto one = half_done();
    const auto line = [&one](job_state state) {
        one.state = state;
        return cli::change_line(summarize(one), "f", now);
    };
    CHECK(line(job_state::queued) == "f: queued");
    CHECK(line(job_state::connecting) == "f: connecting");
    CHECK(line(job_state::transferring) == "f: transferring, 50% of 2.0 GiB");
    CHECK(line(job_state::transferred) == "f: saving");
    CHECK(line(job_state::transient_error) == "f: retrying");
    one.error = job_error{{errc::timed_out, ""}, 0, now + 12s};
    CHECK(line(job_state::transient_error) == "f: retrying in 12 s: no answer in time");
    one.error->next_try = now;
    CHECK(line(job_state::transient_error) == "f: retrying: no answer in time");
}

TEST_CASE("cli: a job that is done has bytes, time, rate, and what was kept of before") {
    auto one = half_done();
    one.state = job_state::acknowledged;
    one.files.front().state = job_state::acknowledged;
    one.files.front().bytes_transferred = 2ULL << 30;
    CHECK(
        cli::received_line(describe(one), "f", 12s, 2ULL << 30) ==
        "f: 2.0 GiB in 12 s (171 MiB/s)");
    one.files.front().bytes_resumed = 512 << 20;
    CHECK(cli::received_line(describe(one), "f", 12s, 0) == "f: 2.0 GiB in 12 s, resumed 512 MiB");
    CHECK(
        cli::received_line(cli::brief_document(one), "f", 12s, 0) ==
        cli::received_line(describe(one), "f", 12s, 0));
    CHECK(cli::received_line(describe(one), "f", 0s, 1).starts_with("f: 2.0 GiB in 0 ms, "));
    one.files.push_back({});
    CHECK(cli::received_line(describe(one), "f", 1s, 0).starts_with("f: 1 of 2 files, 2.0 GiB"));
}

TEST_CASE("cli: a job that stopped says why and what helps, and nothing that moves the cursor") {
    const auto line = [](const job& one) { return cli::stopped_line(summarize(one), "f"); };
    const failure gone{errc::not_found, "GET http://h/\x1b[2J", error_context::remote_file, 404};
    const auto error = line(failed(job_state::error, gone));
    CHECK(error.starts_with("f: GET http://h/\\x1b[2J: not found ("));
    CHECK(error.find("ferry resume 3f2a91c4") != error.npos);
    auto one = half_done();
    one.state = job_state::suspended;
    CHECK(line(one) == "f: has been suspended ('ferry resume 3f2a91c4' goes on)");
    one.state = job_state::cancelled;
    CHECK(line(one) == "f: has been cancelled");
    one.state = job_state::error;
    CHECK(line(one).starts_with("f: stopped, nobody knows why"));
}

TEST_CASE("cli: who waited in vain is told how far a job is") {
    CHECK(
        cli::unfinished_line(summarize(half_done()), "f") ==
        "f: still Transferring, 50% of 2.0 GiB");
    CHECK(cli::unfinished_line({}, "f") == "f: still unknown");
}

TEST_CASE("cli: a job's rate is that of its steps, falls when none come, and survives a restart") {
    cli::job_meter meter;
    clock::time_point at{10s};
    meter.sample(at, 0);
    for (int step = 1; step <= 4; ++step) {
        meter.sample(at += 250ms, static_cast<std::uint64_t>(step - 1) * 500);  // no news
        meter.sample(at += 250ms, static_cast<std::uint64_t>(step) * 500);
    }
    CHECK(meter.bytes_per_second() == doctest::Approx(1000));
    meter.sample(at + 900ms, 2000);
    CHECK(meter.bytes_per_second() == doctest::Approx(1000));
    meter.sample(at + 2s, 2000);
    CHECK(meter.bytes_per_second() == doctest::Approx(500));
    meter.sample(at + 3s, 100);
    CHECK(meter.bytes_per_second() == 0);
    meter.sample(at + 4s, 400);
    CHECK(meter.bytes_per_second() == doctest::Approx(300));
}

}  // namespace ferry::test::cli_job_progress_test
