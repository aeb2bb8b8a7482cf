#include "cli/daemon/stdio_bridge.hpp"

#include <doctest/doctest.h>
#include <support/line_peer.hpp>

#include <array>
#include <csignal>
#include <string>
#include <vector>

namespace ferry::test::cli_stdio_bridge_test {

using ferry::detail::unique_fd;
using lines = std::vector<std::string>;

namespace {

std::array<int, 2> socket_pair() {
    std::array<int, 2> ends{};
    REQUIRE(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, ends.data()) == 0);
    return ends;
}

/// What the bridge holds one end of, and the test the other. Its buffers hold all that is sent.
struct channel {
    unique_fd end;
    line_peer other;

    channel() : channel(socket_pair()) {}
    explicit channel(std::array<int, 2> ends) : end(ends[0]), other(ends[1]) {}
};

struct rig {
    channel input;
    channel output;
    channel daemon;

    ferry::result<void> join() {
        return ferry::cli::join_to_socket(input.end.get(), output.end.get(), daemon.end.get());
    }
};

}  // namespace

TEST_CASE("cli: the bridge passes on what is asked and answered, and the end of the questions") {
    rig on;
    on.input.other.send("one\ntwo\n");
    on.input.other.finish();
    on.daemon.other.send("answer\n");
    on.daemon.other.finish();
    CHECK(on.join());
    CHECK(on.daemon.other.lines() == lines{"one", "two"});
    CHECK(on.daemon.other.ended());
    CHECK(on.output.other.lines() == lines{"answer"});
}

TEST_CASE("cli: the bridge ends with the daemon, also while more could be asked") {
    rig on;
    on.daemon.other.send("last\n");
    on.daemon.other.close();
    CHECK(on.join());
    CHECK(on.output.other.lines() == lines{"last"});
}

TEST_CASE("cli: the bridge ends, and well, when nobody reads the answers") {
    std::signal(SIGPIPE, SIG_IGN);  // as the verb does
    rig on;
    on.output.other.close();
    on.daemon.other.send("answer\n");
    CHECK(on.join());
}

}  // namespace ferry::test::cli_stdio_bridge_test
