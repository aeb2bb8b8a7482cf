#include "cli/daemon/job_hooks.hpp"

#include <doctest/doctest.h>
#include <support/engine_rig.hpp>
#include <support/files.hpp>
#include <support/programs.hpp>

#include <algorithm>
#include <filesystem>

namespace ferry::test::cli_job_hooks_test {

using namespace std::chrono_literals;
using ferry::cli::make_job_hooks;

namespace {

using command = std::vector<std::string>;

ferry::job job_with(std::vector<std::string> notify, ferry::job_state state) {
    ferry::job one;
    one.id = "5d1a0b5e-3f0c-4a53-9d1c-1f1b2d3c4e5f";
    one.display_name = "a name";
    one.state = state;
    one.settings.notify_command = std::move(notify);
    one.files.push_back({.source = "http://u:secret@h/f", .destination = "/d/f"});
    return one;
}

/// Hooks and what they have to say.
struct hooked {
    loop on;
    std::vector<std::string> told;
    ferry::engine_hooks hooks = make_job_hooks(
        on.io.get_executor(), on.time, [this](std::string_view text) { told.emplace_back(text); });
};

}  // namespace

TEST_CASE("cli: the owner of a job is told by a program which job it is, and how it is") {
    const temp_dir dir;
    hooked with;
    const auto out = (dir / "out").native();
    const auto tell = shell("env | grep ^FERRY_JOB_ | sort >>" + out);
    REQUIRE(with.on.run(with.hooks.notify(job_with(tell, ferry::job_state::transferred))));
    CHECK(
        slurp(out) ==
        "FERRY_JOB_ID=5d1a0b5e-3f0c-4a53-9d1c-1f1b2d3c4e5f\nFERRY_JOB_NAME=a name\n"
        "FERRY_JOB_STATE=Transferred\n");
    CHECK(with.told.empty());
}

TEST_CASE("cli: the flags say of what an owner is told") {
    using ferry::job_state;
    const temp_dir dir;
    const auto out = dir / "out";
    const auto is_told = [&](unsigned flags, job_state state) {
        std::filesystem::remove(out);
        hooked with;
        auto about = job_with(shell(":>" + out.native()), state);
        about.settings.notify_flags = flags;
        CHECK(with.on.run(with.hooks.notify(about)));
        return std::filesystem::exists(out);
    };
    for (unsigned flags = 0; flags < 8; ++flags) {
        CAPTURE(flags);
        CHECK(is_told(flags, job_state::transferred) == (flags == 1 || flags == 3));
        CHECK(is_told(flags, job_state::acknowledged) == (flags == 1 || flags == 3));
        CHECK(is_told(flags, job_state::error) == (flags == 2 || flags == 3));
    }
}

TEST_CASE("cli: a job without a command tells nobody and accepts everything") {
    hooked with;
    CHECK(with.on.run(with.hooks.notify(job_with({}, ferry::job_state::error))));
    CHECK(with.on.run(with.hooks.validate(job_with({}, ferry::job_state::queued), 0, "/tmp/f")));
}

TEST_CASE("cli: a notification that fails is an error, and its reason is told") {
    hooked with;
    const auto fails = [&](command what) {
        return with.on.run(
            with.hooks.notify(job_with(std::move(what), ferry::job_state::transferred)));
    };
    CHECK_FALSE(fails(shell("exit 3")));
    CHECK_FALSE(fails(shell("kill -15 $$")));
    CHECK_FALSE(fails({"ferry-no-such-program"}));
    REQUIRE(with.told.size() == 3);
    CHECK(with.told[0].ends_with("notification failed: sh ended with exit code 3"));
    CHECK(with.told[1].find("sh was ended by signal 15") != std::string::npos);
    CHECK(with.told[2].find("start ferry-no-such-program") != std::string::npos);
}

TEST_CASE("cli: four notifications run at once; a fifth one waits for a place") {
    const temp_dir dir;
    hooked with;
    using pending = std::shared_ptr<loop::pending<ferry::result<void>>>;
    std::vector<pending> going;
    for (int i = 0; i < 5; ++i) {
        const auto file = (dir / std::to_string(i)).native();
        going.push_back(with.on.start(with.hooks.notify(
            job_with(shell(":>" + file + "; sleep 3600"), ferry::job_state::transferred))));
    }
    for (int i = 0; i < 4; ++i) await_file(with.on, dir / std::to_string(i));
    with.on.settle();
    CHECK_FALSE(std::filesystem::exists(dir / "4"));
    going[0]->cancel();
    await_file(with.on, dir / "4");
    for (auto& one : going) one->cancel();
    with.on.settle();
    CHECK(std::all_of(going.begin(), going.end(), [](const pending& one) { return one->ready(); }));
    CHECK(with.told.empty());
    CHECK_FALSE(has_children());
}

TEST_CASE("cli: the program that looks at a file says whether it is what it should be") {
    const temp_dir dir;
    hooked with;
    spill(dir / "temporary", "good");
    const auto look = [&](command what) {
        auto about = job_with({}, ferry::job_state::transferring);
        about.settings.validate_command = std::move(what);
        return with.on.run(with.hooks.validate(about, 0, dir / "temporary"));
    };
    CHECK(look({"grep", "-q", "good"}));
    CHECK(look({"grep", "-q", "bad"}).error().code == ferry::errc::rejected);
    const auto ended = look(shell("kill -9 $$"));
    REQUIRE_FALSE(ended);
    CHECK(ended.error().code != ferry::errc::rejected);
    CHECK(look({"ferry-no-such-program"}).error().code == std::errc::no_such_file_or_directory);
    const auto out = (dir / "out").native();
    REQUIRE(look(shell("env | grep ^FERRY_FILE_ | sort >" + out)));
    CHECK(slurp(out) == "FERRY_FILE_DESTINATION=/d/f\nFERRY_FILE_SOURCE=http://h/f\n");
}

TEST_CASE("cli: what the programs of a job print is told in one line, of which nothing acts") {
    hooked with;
    auto about = job_with(shell("printf 'one\\n\\033[31mtwo\\n'"), ferry::job_state::transferred);
    about.settings.validate_command = shell("echo three >&2; head -c 9000 /dev/zero; exit 1");
    CHECK(with.on.run(with.hooks.notify(about)));
    CHECK_FALSE(with.on.run(with.hooks.validate(about, 0, "/tmp/f")));
    REQUIRE(with.told.size() == 2);
    CHECK(with.told[0] == "job " + about.id + ": sh: one\\x0a\\x1b[31mtwo");
    CHECK(with.told[1].starts_with("job " + about.id + ": sh: three\\x0a\\x00"));
    CHECK(with.told[1].size() < 20'000);
}

TEST_CASE("cli: an engine that stops, or a job that is suspended, ends the program that judges") {
    const temp_dir dir;
    engine_rig it(false);
    it.hooks = make_job_hooks(it.loop.io.get_executor(), it.loop.time, [](std::string_view) {});
    it.start();
    auto what = it.wanted({"a"});
    const auto started = (dir / "started").native();
    what.settings.validate_command = shell(":>" + started + "; sleep 3600");
    const auto one = it.create(std::move(what));
    await_file(it.loop, started);
    SUBCASE("suspended") {
        REQUIRE(it.run(it.engine->suspend(one.id)));
        CHECK_FALSE(has_children());
    }
    SUBCASE("stopped, and started again") {
        it.stop();
        CHECK_FALSE(has_children());
        std::filesystem::remove(started);
        it.start();
        await_file(it.loop, started);
    }
}

}  // namespace ferry::test::cli_job_hooks_test
