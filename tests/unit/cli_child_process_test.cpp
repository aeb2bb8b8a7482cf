#include "cli/daemon/child_process.hpp"

#include <doctest/doctest.h>
#include <support/files.hpp>
#include <support/programs.hpp>

#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <thread>

namespace ferry::test::cli_child_process_test {

using namespace std::chrono_literals;
using ferry::cli::run_program;
using ferry::cli::variables;

namespace {

using command = std::vector<std::string>;

ferry::result<int> run(command what, variables extra = {}) {
    loop on;
    return on.run(run_program(on.time, std::move(what), std::move(extra), 1h));
}

}  // namespace

TEST_CASE("cli: a program's exit code comes back, or minus the signal that ended it") {
    CHECK(run(shell("exit 0")).value() == 0);
    CHECK(run(shell("exit 7")).value() == 7);
    CHECK(run(shell("kill -9 $$")).value() == -9);
    CHECK_FALSE(has_children());
}

TEST_CASE("cli: a program that cannot be started is an error") {
    CHECK(run({"ferry-no-such-program"}).error().code == std::errc::no_such_file_or_directory);
    CHECK(run({"/etc/passwd"}).error().code == std::errc::permission_denied);
    CHECK(run({"/"}).error().code == std::errc::permission_denied);
    CHECK(run({}).error().code == ferry::errc::bad_argument);
    CHECK_FALSE(has_children());
}

TEST_CASE("cli: arguments reach a program as they are, without a shell") {
    const temp_dir dir;
    const auto out = (dir / "out").native();
    const command odd = {"sh",    "-c", "shift; for a; do echo \"<$a>\"; done >" + out,
                         "sh",    "-",  "a b",
                         "$HOME", "*",  "",
                         "\"'\\"};
    REQUIRE(run(odd).value() == 0);
    CHECK(slurp(out) == "<a b>\n<$HOME>\n<*>\n<>\n<\"'\\>\n");
}

TEST_CASE("cli: a program has our environment, what is added, and no passwords") {
    const temp_dir dir;
    const auto out = (dir / "out").native();
    ::setenv("FERRY_PASSWORD", "secret", 1);
    ::setenv("FERRY_PROXY_PASSWORD", "secret", 1);
    ::setenv("http_proxy", "http://me:secret@p:1", 1);
    ::setenv("HTTPS_PROXY", "me:secret@p:1", 1);
    ::setenv("all_proxy", "q:2", 1);
    ::setenv("FERRY_TEST", "old", 1);
    const auto ended =
        run(shell("env >" + out), {{"FERRY_TEST", "new"}, {"FERRY_JOB_NAME", "two\nlines"}});
    for (const auto* name :
         {"FERRY_PASSWORD", "FERRY_PROXY_PASSWORD", "http_proxy", "HTTPS_PROXY", "all_proxy"})
        ::unsetenv(name);
    ::unsetenv("FERRY_TEST");
    REQUIRE(ended);
    CHECK(*ended == 0);
    const auto seen = slurp(out);
    CHECK(seen.find("secret") == std::string::npos);
    CHECK(seen.find("all_proxy=q:2\n") != std::string::npos);
    CHECK(seen.find("FERRY_TEST=new\n") != std::string::npos);
    CHECK(seen.find("FERRY_TEST=old") == std::string::npos);
    CHECK(seen.find("FERRY_JOB_NAME=two\nlines\n") != std::string::npos);
    CHECK(seen.find("PATH=") != std::string::npos);
}

TEST_CASE("cli: a program has nothing to read, none of our descriptors, and a group of its own") {
    const temp_dir dir;
    const auto out = (dir / "out").native();
    const int ours = ::dup(STDERR_FILENO);  // not close-on-exec
    const auto ended = run(shell(
        "cat; test -e /proc/$$/fd/" + std::to_string(ours) + " && echo open >>" + out +
        "; cut -d' ' -f1,5 /proc/$$/stat >>" + out));
    ::close(ours);
    REQUIRE(ended);
    CHECK(*ended == 0);
    const auto seen = slurp(out);
    const auto blank = seen.find(' ');
    REQUIRE(blank != std::string::npos);
    CHECK(seen == seen.substr(0, blank) + " " + seen.substr(0, blank) + "\n");
}

TEST_CASE("cli: the first of what a program prints is kept, the rest does not hold it up") {
    loop on;
    std::string said;
    const auto prints = [&](std::string script) {
        said.clear();
        return on.run(run_program(on.time, shell(std::move(script)), {}, 1h, said)).value();
    };
    CHECK(prints("exit 3") == 3);
    CHECK(said.empty());
    CHECK(prints("echo out; echo err >&2; exit 4") == 4);
    CHECK(said == "out\nerr\n");
    CHECK(prints("printf 'a\\0b'") == 0);
    CHECK(said == std::string("a\0b", 3));
    CHECK(prints("head -c 3000000 /dev/zero; exit 5") == 5);
    CHECK(said == std::string(ferry::cli::longest_output, '\0'));
    CHECK(prints("exec >&- 2>&-; exit 6") == 6);
    CHECK_FALSE(has_children());
}

TEST_CASE("cli: what a program leaves running does not hold it up, though it could still print") {
    const temp_dir dir;
    loop on;
    std::string said;
    const auto script = "sleep 3600 & echo $! >" + (dir / "pid").native() + "; echo done";
    CHECK(on.run(run_program(on.time, shell(script), {}, 1h, said)).value() == 0);
    CHECK(said == "done\n");
    ::kill(std::stoi(slurp(dir / "pid")), SIGKILL);
}

TEST_CASE("cli: a program that prints is killed when it is cancelled, or takes too long") {
    const temp_dir dir;
    loop on;
    std::string said;
    const auto started = (dir / "started").native();
    const auto going = on.start(
        run_program(on.time, shell("echo one; :>" + started + "; sleep 3600"), {}, 10s, said));
    await_file(on, started);
    SUBCASE("cancelled") { going->cancel(); }
    SUBCASE("late") { on.advance(10s); }
    on.settle();
    REQUIRE(going->ready());
    CHECK_FALSE(going->value->has_value());
    CHECK(said == "one\n");
    CHECK_FALSE(has_children());
}

TEST_CASE("cli: a program that takes too long is killed, with all that it started") {
    const temp_dir dir;
    loop on;
    const auto going = on.start(run_program(
        on.time,
        shell(
            "(sleep 3600; :) & echo $! >" + (dir / "tmp").native() + "; mv " +
            (dir / "tmp").native() + " " + (dir / "pid").native() + "; wait"),
        {}, 10s));
    await_file(on, dir / "pid");
    on.advance(9s);
    CHECK_FALSE(going->ready());
    on.advance(1s);
    REQUIRE(going->ready());
    CHECK(going->value->error().code == ferry::errc::timed_out);
    CHECK(going->value->error().detail == "sh");
    CHECK_FALSE(has_children());
    const auto is_gone = [stat =
                              "/proc/" + std::to_string(std::stoi(slurp(dir / "pid"))) + "/stat"] {
        std::string text;
        std::getline(std::ifstream(stat), text);
        return text.empty() || text.find(") Z ") != std::string::npos;
    };
    const auto end = std::chrono::steady_clock::now() + 20s;
    while (!is_gone() && std::chrono::steady_clock::now() < end) std::this_thread::yield();
    CHECK(is_gone());
}

TEST_CASE("cli: a cancelled program is killed and leaves no zombie") {
    const temp_dir dir;
    loop on;
    const auto started = (dir / "started").native();
    const auto going =
        on.start(run_program(on.time, shell(":>" + started + "; sleep 3600"), {}, 1h));
    await_file(on, started);
    going->cancel();
    on.settle();
    REQUIRE(going->ready());
    CHECK(going->value->error().code == ferry::errc::cancelled);
    CHECK_FALSE(has_children());
}

TEST_CASE("cli: a program that is forgotten with the loop is killed as well") {
    const temp_dir dir;
    const auto started = (dir / "started").native();
    {
        loop on;
        const auto going =
            on.start(run_program(on.time, shell(":>" + started + "; sleep 3600"), {}, 1h));
        await_file(on, started);
    }
    CHECK_FALSE(has_children());
}

}  // namespace ferry::test::cli_child_process_test
