#include "cli/daemon/config.hpp"

#include "cli/daemon/limit_file.hpp"

#include <doctest/doctest.h>
#include <support/files.hpp>

#include <sys/stat.h>

namespace ferry::test::cli_config_test {

using namespace std::chrono_literals;
using ferry::cli::parse_config;
using ferry::cli::read_config;
using ferry::cli::read_limit;
using ferry::cli::write_limit;

namespace {

std::string error_of(std::string_view text) {
    const auto config = parse_config(text);
    REQUIRE_FALSE(config);
    CHECK(config.error().code == ferry::errc::bad_argument);
    return config.error().detail;
}

}  // namespace

TEST_CASE("cli: each key of the configuration sets what it says") {
    const auto config = parse_config(R"({"foreground_jobs": 1, "slice_seconds": 2,
        "slice_bytes": 3, "connections_per_host": 4, "jobs_per_user": 5, "files_per_job": 6,
        "ranges_per_file": 7, "inactivity_days": 8, "idle_timeout": 9, "remember_hours": 10})")
                            .value();
    CHECK(config.limits.schedule.foreground == 1);
    CHECK(config.limits.schedule.slice == 2s);
    CHECK(config.limits.schedule.slice_bytes == 3);
    CHECK(config.connections_per_host == 4);
    CHECK(config.limits.jobs == 5);
    CHECK(config.limits.files == 6);
    CHECK(config.limits.ranges == 7);
    CHECK(config.limits.inactivity == 8 * 24h);
    CHECK(config.idle_timeout == 9s);
    CHECK(config.limits.remember == 10h);
}

TEST_CASE("cli: what the configuration does not say is as documented") {
    const auto config = parse_config("{}").value();
    CHECK(config.limits.schedule.foreground == 8);
    CHECK(config.limits.schedule.slice == 1min);
    CHECK(config.connections_per_host == 6);
    CHECK(config.limits.jobs == 100'000);
    CHECK(config.limits.files == 100'000);
    CHECK(config.limits.ranges == 500);
    CHECK(config.limits.inactivity == 90 * 24h);
    CHECK(config.idle_timeout == 30s);
    CHECK(config.limits.remember == 24h);
}

TEST_CASE("cli: a wrong configuration is an error that names the key") {
    CHECK(error_of(R"({"slice": 1})").starts_with("slice: unknown key (the keys are foreground_"));
    CHECK(error_of(R"({"foreground_jobs": 0})").starts_with("foreground_jobs: not a whole number"));
    for (const auto* value : {"-1", "1.5", "1e30", "\"30\"", "true", "null", "[1]", "{}"}) {
        CAPTURE(value);
        CHECK(
            error_of("{\"idle_timeout\": " + std::string(value) + "}") ==
            "idle_timeout: not a whole number from 0 to 1000000");
    }
    CHECK(error_of("[]") == "no JSON object");
    for (const auto* text : {"", "{", "{} x", "{'a': 1}"}) {
        CAPTURE(text);
        CHECK(error_of(text).starts_with("no JSON: "));
    }
}

TEST_CASE("cli: a configuration without a file is all defaults, and a wrong file is named") {
    const temp_dir dir;
    const auto file = (dir / "config.json").native();
    CHECK(read_config(file).value().idle_timeout == 30s);
    spill(file, R"({"idle_timeout": 0})");
    CHECK(read_config(file).value().idle_timeout == 0s);
    spill(file, R"({"idle_timeout": "never"})");
    const auto wrong = read_config(file);
    REQUIRE_FALSE(wrong);
    CHECK(wrong.error().detail.starts_with(file + ": idle_timeout: "));
    spill(file, std::string((1 << 20) + 1, ' '));
    CHECK(read_config(file).error().code == std::errc::file_too_large);
    CHECK(read_config(dir.path()).error().code == std::errc::is_a_directory);
}

TEST_CASE("cli: the limit that was written is the one that is read") {
    const temp_dir dir;
    const auto file = (dir / "limit.json").native();
    CHECK(read_limit(file).value() == 0);
    for (const std::uint64_t limit : {1ULL, 1'048'576ULL, 0ULL, ~0ULL}) {
        REQUIRE(write_limit(file, limit));
        CHECK(read_limit(file).value() == limit);
    }
    struct stat about {};
    REQUIRE(::stat(file.c_str(), &about) == 0);
    CHECK((about.st_mode & 0777) == 0600);
    CHECK_FALSE(std::filesystem::exists(file + ".tmp"));
}

TEST_CASE("cli: a limit that nobody can read is an error, not no limit") {
    const temp_dir dir;
    const auto file = (dir / "limit.json").native();
    for (const auto* text :
         {"", "{}", "[]", "7", R"({"bytes_per_second": 0})", R"({"bytes_per_second": -1})",
          R"({"bytes_per_second": "1"})", R"({"bytes_per_second": 1.5})"}) {
        CAPTURE(text);
        spill(file, text);
        const auto limit = read_limit(file);
        REQUIRE_FALSE(limit);
        CHECK(limit.error().code == ferry::errc::malformed);
        CHECK(limit.error().detail.starts_with(file));
    }
}

TEST_CASE("cli: a limit that cannot be written leaves the old one") {
    const temp_dir dir;
    const auto file = (dir / "limit.json").native();
    REQUIRE(write_limit(file, 1));
    std::filesystem::create_directory(file + ".tmp");
    CHECK_FALSE(write_limit(file, 2));
    CHECK(read_limit(file).value() == 1);
    CHECK_FALSE(write_limit(dir / "missing/limit.json", 1));
}

}  // namespace ferry::test::cli_config_test
