#include "cli/daemon/daemon_install.hpp"

#include <doctest/doctest.h>

namespace ferry::test::cli_systemd_test {

using ferry::cli::unit_for;

TEST_CASE("cli: a unit names the program in the way in which systemd reads it back") {
    const auto named = [](std::string_view program) {
        return unit_for("[Service]\nExecStart=\"@FERRY_BINARY@\" daemon run\n", program);
    };
    CHECK(named("/usr/bin/ferry") == "[Service]\nExecStart=\"/usr/bin/ferry\" daemon run\n");
    CHECK(
        named(R"(/a b/100%/"c"\d)") ==
        "[Service]\nExecStart=\""
        R"(/a b/100%%/\"c\"\\d)"
        "\" daemon run\n");
    CHECK(unit_for("[Socket]\n", "/usr/bin/ferry") == "[Socket]\n");
}

}  // namespace ferry::test::cli_systemd_test
