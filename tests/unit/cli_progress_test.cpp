#include "cli/get/progress.hpp"
#include "cli/options/options_output.hpp"
#include "cli/text/console.hpp"
#include "cli/text/progress_line.hpp"
#include "cli/text/speed_meter.hpp"
#include "cli/text/terminal_text.hpp"

#include <ferry/detail/file.hpp>

#include <doctest/doctest.h>

#include <fcntl.h>
#include <unistd.h>

#include <cstdlib>
#include <string>

namespace ferry::test::cli_progress_test {

using namespace std::chrono_literals;
using namespace ferry::cli;

namespace {

file_progress half_done() {
    file_progress file;
    file.name = "image.iso";
    file.phase = transfer_phase::receiving;
    file.bytes_total = 2ULL << 30;
    file.bytes_transferred = 1ULL << 30;
    file.bytes_per_second = 100 << 20;
    return file;
}

}  // namespace

TEST_CASE("cli: a progress line has name, bar, percent, bytes, rate and time") {
    CHECK(
        progress_line(half_done(), 100) ==
        "image.iso                          [===========>          ]  50%   1.0 GiB   100 MiB/s  "
        "ETA "
        "0:11");
}

TEST_CASE("cli: a narrow terminal loses the bar, then the end of the line") {
    CHECK(
        progress_line(half_done(), 72) ==
        "image.iso                  50%   1.0 GiB   100 MiB/s  ETA 0:11");
    CHECK(progress_line(half_done(), 20) == "image.i…   50%   1.…");
    for (std::size_t width = 0; width < 200; ++width)
        CHECK(columns(progress_line(half_done(), width)) <= width);
}

TEST_CASE("cli: resumed bytes are shown where there is room") {
    auto file = half_done();
    file.bytes_resumed = 512 << 20;
    CHECK(progress_line(file, 120).ends_with("  resumed 512 MiB"));
    CHECK(progress_line(file, 60).find("resumed") == std::string::npos);
}

TEST_CASE("cli: an unknown size has neither percent nor bar nor time") {
    auto file = half_done();
    file.bytes_total.reset();
    const auto line = progress_line(file, 100);
    CHECK(line.find('%') == std::string::npos);
    CHECK(line.find('[') == std::string::npos);
    CHECK(line.find("ETA") == std::string::npos);
    CHECK(line.ends_with("1.0 GiB   100 MiB/s"));
}

TEST_CASE("cli: a file of no bytes is complete") {
    auto file = half_done();
    file.bytes_total = file.bytes_transferred = 0;
    CHECK(progress_line(file, 100).find("100%") != std::string::npos);
}

TEST_CASE("cli: percent says 100 only when all is there") {
    auto file = half_done();
    file.bytes_transferred = *file.bytes_total - 1;
    CHECK(progress_line(file, 100).find(" 99%") != std::string::npos);
    CHECK(progress_line(file, 100).find('>') != std::string::npos);
}

TEST_CASE("cli: a retrying file says when and why") {
    auto file = half_done();
    file.phase = transfer_phase::retrying;
    file.next_try = 11'200ms;
    file.reason = "connection refused";
    CHECK(progress_line(file, 60) == "image.iso             retrying in 12 s: connection refused");
    file.next_try = -1ms;
    CHECK(progress_line(file, 60) == "image.iso             retrying: connection refused");
    CHECK(columns(progress_line(file, 30)) == 30);
}

TEST_CASE("cli: the other phases stand where the rate would") {
    auto file = half_done();
    file.phase = transfer_phase::verifying;
    CHECK(progress_line(file, 100).ends_with("1.0 GiB  verifying"));
    file.phase = transfer_phase::publishing;
    CHECK(progress_line(file, 100).ends_with("1.0 GiB  saving"));
    file.phase = transfer_phase::connecting;
    CHECK(progress_line(file, 100).ends_with("1.0 GiB  connecting"));
}

TEST_CASE("cli: a long name is cut by columns, not by bytes") {
    auto file = half_done();
    file.name = "日本語日本語日本語日本語日本語日本語";
    const auto line = progress_line(file, 90);
    CHECK(line.starts_with("日本語日本語日本語日本語日本…"));
    CHECK(columns(line) <= 90);
}

TEST_CASE("cli: the total line counts files and says what is hidden") {
    total_progress all{.files = 10'000, .done = 12, .failed = 2, .syncing = 30, .hidden = 4};
    all.bytes_transferred = 5 << 20;
    all.bytes_per_second = 1 << 20;
    CHECK(
        total_line(all, 100) ==
        "12 of 10000 files  5.0 MiB  1.0 MiB/s  2 failed  30 saving  4 more active");
    all = {.files = 2};
    all.bytes_total = 10 << 20;
    all.bytes_transferred = 5 << 20;
    all.bytes_per_second = 1 << 20;
    CHECK(total_line(all, 100) == "0 of 2 files  5.0 MiB of 10.0 MiB  50%  1.0 MiB/s  ETA 0:05");
    CHECK(columns(total_line(all, 30)) == 30);
}

TEST_CASE("cli: the time left is unknown without size or rate, or when nobody would wait") {
    CHECK(time_left(100, 50, 10).value() == 5s);
    CHECK(time_left(100, 100, 10).value() == 0s);
    CHECK_FALSE(time_left(std::nullopt, 50, 10).has_value());
    CHECK_FALSE(time_left(100, 50, 0).has_value());
    CHECK_FALSE(time_left(100, 150, 10).has_value());
    CHECK_FALSE(time_left(1'000'000'000'000, 0, 1).has_value());
}

TEST_CASE("cli: the rate is the mean of the last five seconds") {
    speed_meter meter;
    ferry::clock::time_point start{};
    CHECK(meter.bytes_per_second() == 0);
    meter.sample(start, 0);
    CHECK(meter.bytes_per_second() == 0);
    meter.sample(start + 1s, 100);
    CHECK(meter.bytes_per_second() == 100);
    for (int second = 2; second <= 20; ++second) meter.sample(start + second * 1s, 100);
    CHECK(meter.bytes_per_second() == 0);
    meter.sample(start + 21s, 600);
    CHECK(meter.bytes_per_second() == doctest::Approx(100));
}

TEST_CASE("cli: a redraw replaces the block and lets finished lines scroll away above it") {
    CHECK(repaint(0, "", {"a", "b"}) == "a\nb\n");
    CHECK(repaint(2, "done\n", {"b"}) == "\r\x1b[2A\x1b[Jdone\nb\n");
    CHECK(repaint(1, "", {}) == "\r\x1b[1A\x1b[J");
}

TEST_CASE("cli: without a type, or a dumb one, nothing moves on a terminal") {
    const ferry::detail::unique_fd terminal(::posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC));
    REQUIRE(::isatty(terminal.get()) == 1);
    const auto* usual = std::getenv("TERM");
    const std::string before(usual ? usual : "");
    const auto moves = [&terminal](const char* type) {
        ::setenv("TERM", type, 1);
        return is_terminal(terminal.get());
    };
    CHECK(moves("xterm"));
    CHECK_FALSE(moves("dumb"));
    CHECK_FALSE(moves(""));
    ::unsetenv("TERM");
    CHECK_FALSE(is_terminal(terminal.get()));
    if (usual) ::setenv("TERM", before.c_str(), 1);
}

TEST_CASE("cli: --progress none tells none in lines either") {
    CHECK_FALSE(tells_progress({.progress = progress_mode::none}));
    CHECK_FALSE(tells_progress({.progress = progress_mode::bar}));
    CHECK(tells_progress({.quiet = true}));  // no bar, however the test is run
}

}  // namespace ferry::test::cli_progress_test
