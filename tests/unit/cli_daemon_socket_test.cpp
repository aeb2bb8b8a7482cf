#include "cli/control/unix_socket.hpp"
#include "cli/daemon/daemon_socket.hpp"

#include <doctest/doctest.h>
#include <support/files.hpp>

#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <string>

namespace ferry::test::cli_daemon_socket_test {

using namespace ferry::cli;
using namespace std::chrono_literals;

namespace {

struct empty_home {
    temp_dir dir;
    home where{dir / "state", dir / "run", ""};

    empty_home() { REQUIRE(make_folders(where)); }
    bool somebody_listens() const {
        const auto client = make_unix_socket();
        return unix_address(where.socket()).connect(client.get());
    }
};

/// As systemd tells what it hands over.
void hand_over(const std::string& pid, const std::string& sockets) {
    ::setenv("LISTEN_PID", pid.c_str(), 1);
    ::setenv("LISTEN_FDS", sockets.c_str(), 1);
}

}  // namespace

TEST_CASE("cli: a home has one daemon at a time") {
    const empty_home on;
    {
        const auto lock = lock_home(on.where);
        REQUIRE(lock);
        CHECK(lock_home(on.where).error().code == errc::busy);
    }
    CHECK(lock_home(on.where));
}

TEST_CASE("cli: the control socket is for its user alone, and takes the place of a dead one") {
    const empty_home on;
    for (int daemon = 0; daemon < 2; ++daemon) {
        CHECK_FALSE(on.somebody_listens());
        const auto opened = open_control_socket(on.where);
        REQUIRE(opened);
        CHECK_FALSE(opened->inherited);
        CHECK(on.somebody_listens());
        struct stat about {};
        REQUIRE(::stat(on.where.socket().c_str(), &about) == 0);
        CHECK((about.st_mode & 07777U) == 0600);
    }
}

TEST_CASE("cli: only who listens there removes the name of a control socket") {
    const empty_home on;
    const auto first = open_control_socket(on.where);
    REQUIRE(first);
    ::unlink(on.where.socket().c_str());
    const auto second = open_control_socket(on.where);
    REQUIRE(second);
    remove_name(*first, on.where);
    CHECK(on.somebody_listens());
    remove_name(*second, on.where);
    CHECK_FALSE(on.somebody_listens());
}

TEST_CASE("cli: who nobody can reach, but does not end, keeps its home") {
    const empty_home on;
    const auto lock = lock_home(on.where);
    REQUIRE(lock);
    CHECK(lock_home_at_last(on.where, {0ms, 0ms}).error().code == errc::busy);
}

TEST_CASE("cli: a socket on which somebody listens is not taken away from him") {
    const empty_home on;
    const auto first = open_control_socket(on.where);
    REQUIRE(first);
    CHECK(open_control_socket(on.where).error().code == errc::busy);
    CHECK(on.somebody_listens());
}

TEST_CASE("cli: what systemd hands to another process, or too much of it, is not taken") {
    const empty_home on;
    hand_over(std::to_string(::getppid()), "1");
    CHECK_FALSE(open_control_socket(on.where).value().inherited);
    CHECK(std::getenv("LISTEN_FDS") == nullptr);
    hand_over(std::to_string(::getpid()), "2");
    CHECK(open_control_socket(on.where).error().code == errc::unsupported);
    CHECK(std::getenv("LISTEN_PID") == nullptr);
}

}  // namespace ferry::test::cli_daemon_socket_test
