#include "cli/exit_code.hpp"

#include <doctest/doctest.h>

#include <vector>

namespace ferry::test::cli_exit_code_test {

using ferry::cli::exit_code;
using ferry::cli::exit_code_of;

namespace {

failure file_error(std::errc code) {
    return {std::make_error_code(code), "", error_context::local_file};
}

exit_code of(errc code) { return exit_code_of(failure{code}); }

}  // namespace

TEST_CASE("cli: each failure has the exit code of the contract") {
    CHECK(of(errc::cancelled) == exit_code::interrupted);
    CHECK(of(errc::timed_out) == exit_code::gave_up);
    CHECK(of(errc::cut_short) == exit_code::gave_up);
    CHECK(of(errc::overloaded) == exit_code::gave_up);
    CHECK(of(errc::name_not_resolved) == exit_code::gave_up);
    CHECK(of(errc::too_slow) == exit_code::gave_up);
    CHECK(of(errc::out_of_time) == exit_code::gave_up);
    CHECK(of(errc::source_changed) == exit_code::integrity);
    CHECK(of(errc::checksum_mismatch) == exit_code::integrity);
    CHECK(of(errc::too_many) == exit_code::usage);
    CHECK(of(errc::refused) == exit_code::failed);
    CHECK(of(errc::malformed) == exit_code::failed);
    CHECK(of(errc::unsupported) == exit_code::failed);
    CHECK(of(errc::redirect_refused) == exit_code::failed);
    CHECK(of(errc::range_refused) == exit_code::failed);
    CHECK(of(errc::bad_argument) == exit_code::failed);
    CHECK(of(errc::not_found) == exit_code::not_found);
    CHECK(of(errc::unauthorized) == exit_code::unauthorized);
    CHECK(of(errc::not_trusted) == exit_code::not_trusted);
    CHECK(of(errc::exists) == exit_code::local_file);
    CHECK(of(errc::busy) == exit_code::local_file);
}

TEST_CASE("cli: what is not found here is a local file error, not the server's 404") {
    const failure gone{errc::not_found, "", error_context::local_file};
    CHECK(exit_code_of(gone) == exit_code::local_file);
    const failure there{errc::not_found, "", error_context::remote_file};
    CHECK(exit_code_of(there) == exit_code::not_found);
}

TEST_CASE("cli: errors of the system are those of the disk or of the network") {
    CHECK(exit_code_of(file_error(std::errc::no_space_on_device)) == exit_code::local_file);
    CHECK(exit_code_of(file_error(std::errc::permission_denied)) == exit_code::local_file);
    const failure lost{std::make_error_code(std::errc::connection_reset)};
    CHECK(exit_code_of(lost) == exit_code::gave_up);
    const failure strange{std::make_error_code(std::errc::protocol_error)};
    CHECK(exit_code_of(strange) == exit_code::failed);
}

TEST_CASE("cli: the exit code of many files") {
    const failure gone{errc::not_found};
    const failure late{errc::timed_out};
    const failure stopped{errc::cancelled};
    const auto code = [](std::size_t done, std::vector<failure> failed) {
        return exit_code_of(done, failed);
    };
    CHECK(code(0, {}) == exit_code::done);
    CHECK(code(3, {}) == exit_code::done);
    CHECK(code(0, {gone, gone}) == exit_code::not_found);
    CHECK(code(0, {gone, late}) == exit_code::not_found);  // the first one
    CHECK(code(0, {late, gone}) == exit_code::gave_up);
    CHECK(code(1, {gone}) == exit_code::some_done);
    CHECK(code(1, {gone, stopped}) == exit_code::interrupted);
}

}  // namespace ferry::test::cli_exit_code_test
