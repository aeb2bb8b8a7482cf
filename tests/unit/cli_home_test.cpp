#include "cli/control/home.hpp"

#include <doctest/doctest.h>
#include <support/files.hpp>

#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <map>
#include <optional>

namespace ferry::test::cli_home_test {

using ferry::cli::find_home;
using ferry::cli::home;
using ferry::cli::make_folders;

namespace {

/// Environment variables for as long as the object lives; the others that matter are unset.
class surroundings {
  public:
    explicit surroundings(const std::map<std::string, std::string>& set) {
        for (const std::string name :
             {"FERRY_HOME", "HOME", "XDG_STATE_HOME", "XDG_CONFIG_HOME", "XDG_RUNTIME_DIR"}) {
            const auto old = std::getenv(name.c_str());
            before_[name] = old ? std::optional<std::string>(old) : std::nullopt;
            ::unsetenv(name.c_str());
        }
        for (const auto& [name, value] : set) ::setenv(name.c_str(), value.c_str(), 1);
    }
    surroundings(const surroundings&) = delete;
    surroundings& operator=(const surroundings&) = delete;
    ~surroundings() {
        for (const auto& [name, value] : before_)
            value ? ::setenv(name.c_str(), value->c_str(), 1) : ::unsetenv(name.c_str());
    }

  private:
    std::map<std::string, std::optional<std::string>> before_;
};

home home_in(const std::map<std::string, std::string>& set) {
    const surroundings here(set);
    return find_home().value();
}

std::string error_in(const std::map<std::string, std::string>& set) {
    const surroundings here(set);
    const auto found = find_home();
    REQUIRE_FALSE(found);
    CHECK(found.error().code == ferry::errc::bad_argument);
    return found.error().detail;
}

mode_t mode_of(const std::filesystem::path& path) {
    struct stat about {};
    REQUIRE(::stat(path.c_str(), &about) == 0);
    return about.st_mode & 07777;
}

}  // namespace

TEST_CASE("cli: FERRY_HOME holds everything, whatever else is set") {
    const auto found = home_in({{"FERRY_HOME", "/f//x/../h/"}, {"XDG_STATE_HOME", "/s"}});
    CHECK(found.state == "/f/h/state");
    CHECK(found.run == "/f/h/run");
    CHECK(found.config == "/f/h/config.json");
    CHECK(found.jobs() == "/f/h/state/jobs");
    CHECK(found.socket() == "/f/h/run/control.sock");
}

TEST_CASE("cli: a relative FERRY_HOME begins in the current folder") {
    const auto here = std::filesystem::current_path().native();
    CHECK(home_in({{"FERRY_HOME", "h"}}).state == here + "/h/state");
    CHECK(home_in({{"FERRY_HOME", "."}}).config == here + "/config.json");
}

TEST_CASE("cli: without FERRY_HOME the folders are those of XDG") {
    const auto all =
        home_in({{"XDG_STATE_HOME", "/s"}, {"XDG_CONFIG_HOME", "/c"}, {"XDG_RUNTIME_DIR", "/r"}});
    CHECK(all.state == "/s/ferry");
    CHECK(all.run == "/r/ferry");
    CHECK(all.config == "/c/ferry/config.json");
}

TEST_CASE("cli: what XDG does not say, is in the user's home; relative paths say nothing") {
    const auto found = home_in(
        {{"HOME", "/home/u"},
         {"XDG_STATE_HOME", "s"},
         {"XDG_CONFIG_HOME", ""},
         {"XDG_RUNTIME_DIR", "r"}});
    CHECK(found.state == "/home/u/.local/state/ferry");
    CHECK(found.config == "/home/u/.config/ferry/config.json");
    const auto usual = "/run/user/" + std::to_string(::geteuid());
    const bool logged_in = std::filesystem::is_directory(usual);
    CHECK(found.run == (logged_in ? usual + "/ferry" : found.state + "/run"));
}

TEST_CASE("cli: without any home there is an error with a way out") {
    CHECK(error_in({}).find("set it, or FERRY_HOME") != std::string::npos);
    CHECK(error_in({{"HOME", "not/absolute"}}).starts_with("HOME"));
    CHECK(error_in({{"FERRY_HOME", "/"}}).starts_with("FERRY_HOME"));
}

TEST_CASE("cli: a home is refused when the socket's name would not fit") {
    const std::string socket = "/run/control.sock";
    const auto longest = "/" + std::string(106 - socket.size(), 'x');
    CHECK(home_in({{"FERRY_HOME", longest}}).socket().size() == 107);
    CHECK(error_in({{"FERRY_HOME", longest + "x"}}).find("at most 107") != std::string::npos);
}

TEST_CASE("cli: the folders are made for us alone") {
    const temp_dir dir;
    const home where{dir / "a/b/state", dir / "a/run", dir / "a/config.json"};
    REQUIRE(make_folders(where));
    for (const auto* one : {"a", "a/b", "a/b/state", "a/run"}) CHECK(mode_of(dir / one) == 0700);
    CHECK(make_folders(where));  // they are good as they are
}

TEST_CASE("cli: a folder that others can write to is refused") {
    const temp_dir dir;
    const home where{dir / "state", dir / "run", ""};
    for (const auto* one : {"state", "run"}) {
        REQUIRE(make_folders(where));
        for (const mode_t mode : {0720, 0702}) {
            REQUIRE(::chmod((dir / one).c_str(), mode) == 0);
            const auto made = make_folders(where);
            REQUIRE_FALSE(made);
            CHECK(made.error().code == std::errc::permission_denied);
            CHECK(made.error().detail.starts_with((dir / one).native()));
        }
        REQUIRE(::chmod((dir / one).c_str(), 0700) == 0);
    }
}

TEST_CASE("cli: a folder of another user is refused") {
    if (::geteuid() != 0) return;  // only root can give it away
    const temp_dir dir;
    const home where{dir / "state", dir / "run", ""};
    REQUIRE(make_folders(where));
    REQUIRE(::chown(where.run.c_str(), 12'345, 12'345) == 0);
    const auto made = make_folders(where);
    REQUIRE_FALSE(made);
    CHECK(made.error().detail.ends_with("is another user's"));
}

TEST_CASE("cli: a file in the place of a folder is an error") {
    const temp_dir dir;
    ferry::test::spill(dir / "state", "");
    const auto made = make_folders({dir / "state", dir / "run", ""});
    REQUIRE_FALSE(made);
    CHECK(made.error().code == std::errc::not_a_directory);
    CHECK_FALSE(make_folders({dir / "state/below", dir / "run", ""}));
}

}  // namespace ferry::test::cli_home_test
