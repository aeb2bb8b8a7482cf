#include "cli/get/messages.hpp"

#include <doctest/doctest.h>

#include <string>

namespace ferry::test::cli_messages_test {

using namespace std::chrono_literals;

namespace {

const cli::transfer_item item{parse_url("http://u:secret@h/f").value(), "out/f\x1b"};

cli::running_file file_of(std::uint64_t bytes) {
    cli::running_file file{0, item, {}, {}};
    file.status.bytes_total = file.status.bytes_transferred = file.status.bytes_received = bytes;
    return file;
}

}  // namespace

TEST_CASE("cli: an error is one line: where, why and what to do, and no secret") {
    CHECK(
        cli::error_line(item.remote, {errc::not_found, "GET http://h/f: 404 Not Found"}) ==
        "http://h/f: 404 Not Found");
    CHECK(
        cli::error_line(item.remote, {errc::timed_out}) ==
        "http://h/f: no answer in time (the same command continues)");
    CHECK(
        cli::error_line(item.remote, file_failure(ENOSPC, "write f")) ==
        "http://h/f: write f: No space left on device (make room; the same command continues)");
    CHECK(
        cli::error_line(item.remote, {errc::refused, "evil\n\x1b[2J"}) ==
        "http://h/f: evil\\x0a\\x1b[2J: the server refused");
}

TEST_CASE("cli: a finished file tells its size, time and rate, and what was special") {
    auto file = file_of(2ULL << 30);
    CHECK(cli::done_line(file, 2s) == "out/f\\x1b: 2.0 GiB in 2.0 s (1.0 GiB/s)");
    file.status.bytes_resumed = 512 << 20;
    file.status.bytes_received -= 512 << 20;
    file.status.checksum = "sha256:12";
    CHECK(
        cli::done_line(file, 1s) ==
        "out/f\\x1b: 2.0 GiB in 1.0 s (1.5 GiB/s), resumed 512 MiB, sha256 verified");
    file.status.skipped = true;
    CHECK(cli::done_line(file, 1s) == "out/f\\x1b: exists, skipped");
    CHECK(cli::done_line(file_of(0), 0s) == "out/f\\x1b: 0 B in 0 ms");
}

TEST_CASE("cli: a retry tells when and why") {
    auto file = file_of(1);
    const clock::time_point now{};
    file.status.next_try = now + 12s;
    file.status.last_error = failure{errc::cut_short, "GET http://h/f: after 1 of 2 bytes"};
    CHECK(
        cli::retry_line(file, now) ==
        "out/f\\x1b: retrying in 12 s: after 1 of 2 bytes: the connection closed before the "
        "announced end");
}

}  // namespace ferry::test::cli_messages_test
