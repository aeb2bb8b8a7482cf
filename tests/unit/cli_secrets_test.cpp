#include "cli/secrets/netrc.hpp"
#include "cli/secrets/password.hpp"
#include "cli/secrets/proxy_variables.hpp"
#include "cli/secrets/terminal_prompt.hpp"

#include <doctest/doctest.h>
#include <fcntl.h>
#include <pty.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>
#include <support/files.hpp>

#include <cstdlib>
#include <fstream>
#include <map>

namespace ferry::test::cli_secrets_test {

using namespace ferry::cli;

namespace {

std::string secret_file(const test::temp_dir& in, std::string_view text, mode_t mode = 0600) {
    const auto path = (in / "secret").string();
    std::ofstream(path, std::ios::binary) << text;
    REQUIRE(::chmod(path.c_str(), mode) == 0);
    return path;
}

std::string read(const std::string& name) {
    const auto got = read_secret_file(name);
    if (!got) FAIL(got.error().detail);
    return std::string(got->reveal());
}

std::string refused(const std::string& name) {
    const auto got = read_secret_file(name);
    REQUIRE_FALSE(got);
    CHECK(got.error().code == errc::bad_argument);
    return got.error().detail;
}

}  // namespace

TEST_CASE("cli secrets: a password is the first line of its file") {
    const test::temp_dir dir;
    CHECK(read(secret_file(dir, "s3cret")) == "s3cret");
    CHECK(read(secret_file(dir, "s3cret\n")) == "s3cret");
    CHECK(read(secret_file(dir, "s3cret\r\nmore")) == "s3cret");
    CHECK(read(secret_file(dir, " with blanks \n")) == " with blanks ");
}

TEST_CASE("cli secrets: a file that is no secret, or none at all, is refused and not quoted") {
    const test::temp_dir dir;
    const auto hidden = [](const std::string& why) { return why.find("hunter2") == why.npos; };
    for (const mode_t mode : {0640, 0604, 0644}) {
        const auto path = secret_file(dir, "hunter2", mode);
        const auto why = refused(path);
        CHECK(why == path + ": others can read it (write 'chmod 600 " + path + "' first)");
    }
    const auto of = [&](const std::string& text) { return refused(secret_file(dir, text)); };
    CHECK(of("").ends_with("its first line is empty"));
    CHECK(of("\nhunter2").ends_with("its first line is empty"));
    CHECK(of(std::string("hunter2\0x", 9)).ends_with("a NUL character (it is no text)"));
    CHECK(hidden(of(std::string("hunter2\0x", 9))));
    CHECK(of(std::string(70'000, 'x')).ends_with("too long"));
    CHECK(refused((dir / "none").string()).ends_with("No such file or directory"));
    CHECK(refused(dir.path().string()).ends_with("Is a directory"));
    CHECK(refused("fd:x").ends_with("no descriptor that is open"));
    CHECK(refused("fd:987").ends_with("no descriptor that is open"));
}

TEST_CASE("cli secrets: a descriptor gives a line and keeps what follows it") {
    int pipe[2];
    REQUIRE(::pipe(pipe) == 0);
    REQUIRE(::write(pipe[1], "first\nsecond\n", 13) == 13);
    const auto name = "fd:" + std::to_string(pipe[0]);
    CHECK(read(name) == "first");
    CHECK(read(name) == "second");
    ::close(pipe[1]);
    CHECK(refused(name).ends_with("its first line is empty"));
    ::close(pipe[0]);
}

TEST_CASE("cli secrets: passwords leave the environment") {
    ::setenv("FERRY_PASSWORD", "hunter2", 1);
    const password_variables known;
    CHECK(std::getenv("FERRY_PASSWORD") == nullptr);
    CHECK(known.find("FERRY_PASSWORD") == secret("hunter2"));
    CHECK(known.find("FERRY_PROXY_PASSWORD").empty());
    const password_wanted wanted{"me", "server", "", "FERRY_PASSWORD", "--password-file"};
    CHECK(read_password(wanted, known).value() == secret("hunter2"));
    const test::temp_dir dir;
    auto from_file = wanted;
    from_file.file = secret_file(dir, "other");
    CHECK(read_password(from_file, known).value() == secret("other"));
}

namespace {

/// What ask_terminal() does in a process of its own, whose terminal is `other_end`'s.
int ask_on_terminal(int terminal) {
    const auto child = ::fork();
    REQUIRE(child >= 0);
    if (child != 0) {
        int status = 0;
        REQUIRE(::waitpid(child, &status, 0) == child);
        return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
    }
    ::setsid();
    ::ioctl(terminal, TIOCSCTTY, 0);
    const auto typed = ask_terminal("Password: ");
    if (!typed) ::_exit(typed.error().code == errc::cancelled ? 2 : 3);
    ::_exit(typed->reveal() == "hunter2" ? 0 : 1);
}

struct terminal_pair {
    int user = -1;
    int program = -1;
    terminal_pair() { REQUIRE(::openpty(&user, &program, nullptr, nullptr, nullptr) == 0); }
    terminal_pair(const terminal_pair&) = delete;
    terminal_pair& operator=(const terminal_pair&) = delete;
    ~terminal_pair() {
        ::close(user);
        ::close(program);
    }
    bool echoes() const {
        termios now{};
        REQUIRE(::tcgetattr(program, &now) == 0);
        return (now.c_lflag & ECHO) != 0;
    }
    /// Types `text` once the prompt is there.
    void type_at_prompt(const std::string& text) const {
        if (::fork() != 0) return;
        std::string seen;
        char next;
        while (seen.find("Password: ") == seen.npos && ::read(user, &next, 1) == 1) seen += next;
        ::_exit(::write(user, text.data(), text.size()) < 0);
    }
    std::string shown() const {
        std::string text(4096, '\0');
        ::fcntl(user, F_SETFL, O_NONBLOCK);
        const auto got = ::read(user, text.data(), text.size());
        text.resize(got > 0 ? static_cast<std::size_t>(got) : 0);
        return text;
    }
};

}  // namespace

TEST_CASE("cli secrets: a password is typed unseen, and the terminal is as before") {
    for (const auto& [typed, outcome] :
         std::map<std::string, int>{{"hunter2\n", 0}, {"\n", 3}, {"\x04", 3}, {"hunt\x03", 2}}) {
        CAPTURE(outcome);
        const terminal_pair on;
        on.type_at_prompt(typed);
        CHECK(ask_on_terminal(on.program) == outcome);
        CHECK(::wait(nullptr) > 0);
        CHECK(on.echoes());
        CHECK(on.shown().find("hunt") == std::string::npos);
    }
}

TEST_CASE("cli secrets: what a netrc file says") {
    const auto all = parse_netrc(
                         "# comment\nmachine a.example login me password \"s p\\\"c\"\n"
                         "machine b.example\n  account x\n  login you\n"
                         "macdef init\n  machine evil password x\n\n"
                         "default login anonymous password guest")
                         .value();
    REQUIRE(all.size() == 3);
    CHECK(all[0] == host_login{"a.example", "me", secret("s p\"c")});
    CHECK(all[1] == host_login{"b.example", "you", secret()});
    CHECK(all[2] == host_login{"", "anonymous", secret("guest")});
    CHECK(parse_netrc("").value().empty());
    CHECK(
        parse_netrc("machine h password #not-a-comment").value()[0].password.reveal() ==
        "#not-a-comment");
}

TEST_CASE("cli secrets: a netrc file that is wrong says where, and not what") {
    for (const auto* text :
         {"machine h\nlogin", "machine h\npassword \"hunter2", "\nlogin hunter2", "machine \"\"",
          "machine h login me hunter2 x"}) {
        CAPTURE(text);
        const auto got = parse_netrc(text);
        REQUIRE_FALSE(got);
        CHECK(got.error().detail.starts_with("line "));
        CHECK(got.error().detail.find("hunter2") == std::string::npos);
    }
    const test::temp_dir dir;
    CHECK(read_netrc((dir / "none").string(), false).value().empty());
    CHECK_FALSE(read_netrc((dir / "none").string(), true));
    CHECK_FALSE(read_netrc(secret_file(dir, "default", 0644), true));
    CHECK(read_netrc(secret_file(dir, "default login me"), true).value()[0].user == "me");
}

TEST_CASE("cli secrets: proxies of the environment, in lower case first, HTTP_PROXY never") {
    const auto found = [](std::map<std::string, const char*> all) {
        return proxy_variables([all](const char* name) -> const char* {
            const auto at = all.find(name);
            return at == all.end() ? nullptr : at->second;
        });
    };
    CHECK(found({}) == proxy_environment{});
    CHECK(found({{"HTTP_PROXY", "evil:1"}}).http.empty());
    const auto both = found(
        {{"http_proxy", "p:1"},
         {"https_proxy", "q:1"},
         {"HTTPS_PROXY", "r:1"},
         {"ALL_PROXY", "s:1"},
         {"no_proxy", ""},
         {"NO_PROXY", "corp"}});
    CHECK(both == proxy_environment{"p:1", "q:1", "s:1", "corp"});
}

}  // namespace ferry::test::cli_secrets_test
