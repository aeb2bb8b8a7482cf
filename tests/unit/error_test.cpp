#include <ferry/error.hpp>

#include <doctest/doctest.h>

#include <cerrno>
#include <set>
#include <string>

namespace ferry::test::error_test {
namespace {

constexpr int last_code = static_cast<int>(errc::crashed);

}  // namespace

TEST_CASE("error: the numbers are stored in jobs and stay as they are") {
    CHECK(static_cast<int>(errc::cancelled) == 1);
    CHECK(static_cast<int>(errc::timed_out) == 2);
    CHECK(static_cast<int>(errc::source_changed) == 4);
    CHECK(static_cast<int>(errc::unsupported) == 8);
    CHECK(static_cast<int>(errc::checksum_mismatch) == 14);
    CHECK(static_cast<int>(errc::out_of_time) == 20);
}

TEST_CASE("error: each code has a text of its own and a symbol") {
    std::set<std::string> texts;
    for (int number = 1; number <= last_code; ++number) {
        const std::error_code code = static_cast<errc>(number);
        texts.insert(code.message());
        CHECK(code.message() != "unknown error");
        CHECK(symbol({code}) != "error");
    }
    CHECK(texts.size() == last_code);
    CHECK(std::error_code(last_code + 1, ferry_category()).message() == "unknown error");
    CHECK(std::string(ferry_category().name()) == "ferry");
}

TEST_CASE("error: what a later try may cure is transient") {
    for (const auto code :
         {errc::timed_out, errc::cut_short, errc::overloaded, errc::name_not_resolved,
          errc::too_slow, errc::session_lost, errc::crashed})
        CHECK(is_transient(code));
    for (const auto code :
         {std::errc::connection_refused, std::errc::connection_reset, std::errc::broken_pipe,
          std::errc::host_unreachable, std::errc::network_unreachable, std::errc::timed_out,
          std::errc::too_many_files_open, std::errc::too_many_files_open_in_system,
          std::errc::not_enough_memory})
        CHECK(is_transient(std::make_error_code(code)));
    CHECK(is_transient(std::error_code(ECONNRESET, std::system_category())));
}

TEST_CASE("error: what needs somebody to do something is not transient") {
    for (const auto code :
         {errc::cancelled, errc::refused, errc::not_found, errc::unauthorized, errc::malformed,
          errc::unsupported, errc::not_trusted, errc::checksum_mismatch, errc::exists,
          errc::out_of_time})
        CHECK_FALSE(is_transient(code));
    for (const auto code :
         {std::errc::no_space_on_device, std::errc::permission_denied,
          std::errc::no_such_file_or_directory, std::errc::io_error})
        CHECK_FALSE(is_transient(std::make_error_code(code)));
    CHECK_FALSE(is_transient(std::error_code()));
}

TEST_CASE("error: symbols tell files, network and HTTP apart") {
    CHECK(symbol({errc::timed_out}) == "net.timeout");
    CHECK(symbol({errc::refused}) == "http.status");
    CHECK(symbol({errc::unauthorized}) == "access.denied");
    CHECK(symbol({errc::not_found}) == "file.not_found");
    failure missing{errc::not_found};
    missing.http_status = 404;
    CHECK(symbol(missing) == "http.status");
    CHECK(symbol(file_failure(ENOSPC, "")) == "file.no_space");
    CHECK(symbol(file_failure(EACCES, "")) == "file.permission");
    CHECK(symbol(file_failure(ENOENT, "")) == "file.not_found");
    CHECK(symbol(file_failure(EIO, "")) == "file.error");
    CHECK(symbol({std::make_error_code(std::errc::connection_reset)}) == "net.connection");
}

TEST_CASE("error: a description says what was done and why it failed, or either alone") {
    CHECK(describe(failure{errc::not_found, "GET http://h/f"}) == "GET http://h/f: not found");
    CHECK(describe(failure{errc::not_found}) == "not found");
    CHECK(describe(failure{errc::not_found, "GET http://h/f: 404 Not Found"})
              .ends_with(": 404 Not Found"));
    CHECK(describe(failure{{}, "just a text"}) == "just a text");
}

TEST_CASE("error: the failure of a file call knows its errno and that the file is ours") {
    const auto why = file_failure(ENOSPC, "write f");
    CHECK(why.code == std::errc::no_space_on_device);
    CHECK(why.context == error_context::local_file);
    CHECK(to_string(why.context) == "local_file");
    CHECK(to_string(error_context::remote_file) == "remote_file");
    CHECK(to_string(error_context::transport) == "transport");
    CHECK(to_string(error_context::none) == "none");
}

}  // namespace ferry::test::error_test
