// What happens while somebody waits for a job, and what the daemon tells and runs meanwhile.
#include "job_site.hpp"

#include <algorithm>

namespace ferry::test::follow_test {
namespace {

const std::vector<std::string> slowly = {"--limit-rate", "1M"};

std::vector<std::string> operator+(std::vector<std::string> verb, std::vector<std::string> more) {
    verb.insert(verb.end(), more.begin(), more.end());
    return verb;
}

/// The only job has some bytes on disk.
bool has_begun(const job_site& on) {
    return eventually([&] {
        const auto jobs = on.jobs();
        return !jobs.empty() && number(jobs.front(), "bytes_transferred") > 0;
    });
}

TEST_CASE("start: tells how it goes on stderr, and completes the job") {
    const job_site on;
    const auto done = on.ferry({"start", on.url(), "f"});
    CHECK(done.exit_code == 0);
    CHECK(done.out.empty());
    CHECK(has(done.err, "f: 97.7 KiB in "));
    const auto job = job_of(on.out({"start", on.url(), "g", "--json"}));
    CHECK(job.at("state") == "Acknowledged");
    CHECK(number(job, "bytes_transferred") == on.whole.size());
    CHECK(on.jobs().empty());
}

TEST_CASE("start: several files that nobody named are told as so many") {
    const job_site on;
    const auto done = on.ferry({"start", "--source", on.url(), "--source", on.url("/other")});
    CHECK(done.exit_code == 0);
    CHECK(has(done.err, "2 files: 146 KiB in "));
}

TEST_CASE("set --limit-rate none: takes the limit off a job that runs") {
    const job_site on;
    const auto big = on.publish_big();
    const auto id = on.create({on.url("/big"), "f", "--limit-rate", "100K", "--auto-complete"});
    REQUIRE(has_begun(on));
    on.out({"set", id, "--limit-rate", "none", "--no-auto-complete"});
    CHECK(on.comes_to(id, "Transferred"));  // too late otherwise: in 40 s
    const auto settings = on.job(id).at("settings").as_object();
    CHECK(number(settings, "bytes_per_second") == 0);
    CHECK(settings.at("auto_complete") == false);
}

TEST_CASE("start --json: each line is an event with version, name and time") {
    const job_site on;
    for (const auto& event : events_of(on.out({"start", on.url(), "f", "--json"}))) {
        CHECK(event.at("v") == 1);
        CHECK(text(event, "event").starts_with("job."));
        CHECK(text(event, "time").ends_with("Z"));
        CHECK(event.at("job").is_object());
    }
}

TEST_CASE("Ctrl-C: cancels a synchronous start as BITS does; nothing of it is left") {
    const job_site on;
    on.publish_big();
    const auto verb = on.begin(std::vector<std::string>{"start", on.url("/big"), "f"} + slowly);
    REQUIRE(has_begun(on));
    verb->signal(SIGINT);
    REQUIRE(verb->wait(10s));
    CHECK(verb->exit_code() == 130);
    CHECK(on.jobs().empty());
    CHECK(std::filesystem::is_empty(on.dir()));
}

TEST_CASE("start: a terminal that closes, or a shutdown, leaves the job to the daemon") {
    const job_site on;
    const auto big = on.publish_big();
    for (const int signal : {SIGHUP, SIGTERM}) {
        const auto verb = on.begin(std::vector<std::string>{"start", on.url("/big"), "f"} + slowly);
        REQUIRE(has_begun(on));
        verb->signal(signal);
        REQUIRE(verb->wait(10s));
        CHECK(verb->exit_code() == 130);
        const auto left = on.jobs();
        REQUIRE(left.size() == 1);
        const auto id = text(left.front(), "id");
        on.out({"set", id, "--limit-rate", "1G"});
        on.out({"wait", id});
        CHECK(on.files.off("f", big) == "");
        std::filesystem::remove(on.dir() / "f");
    }
}

TEST_CASE("--detach-on-interrupt: the daemon goes on; not a byte is fetched again") {
    const job_site on;
    const auto big = on.publish_big();
    const auto verb = on.begin(
        std::vector<std::string>{"start", on.url("/big"), "f", "--detach-on-interrupt"} + slowly);
    REQUIRE(has_begun(on));
    verb->signal(SIGINT);
    REQUIRE(verb->wait(10s));
    CHECK(verb->exit_code() == 130);
    REQUIRE(on.jobs().size() == 1);
    on.out({"set", "f", "--limit-rate", "1G"});
    on.out({"wait", "f"});  // a synchronous job completes itself
    CHECK(on.files.off("f", big) == "");
    CHECK(on.server.body_bytes_sent() == big.size());
}

TEST_CASE("daemon stop: lasts while somebody waits for a job, who goes on with the next daemon") {
    const job_site on;
    const auto big = on.publish_big();
    const auto verb = on.begin(std::vector<std::string>{"start", on.url("/big"), "f"} + slowly);
    REQUIRE(has_begun(on));
    on.out({"daemon", "stop"});
    REQUIRE(eventually([&] { return has(verb->err(), "the daemon was stopped"); }));
    CHECK_FALSE(verb->wait(2s));
    CHECK(on.daemon() == 0);
    on.out({"daemon", "start"});
    REQUIRE(verb->wait(20s));
    CHECK(verb->exit_code() == 0);
    CHECK(on.files.off("f", big) == "");
}

TEST_CASE("start: a daemon that was killed is started again for the job") {
    const job_site on;
    const auto big = on.publish_big();
    const auto verb = on.begin(std::vector<std::string>{"start", on.url("/big"), "f"} + slowly);
    REQUIRE(has_begun(on));
    REQUIRE(on.end_daemon(SIGKILL));
    REQUIRE(verb->wait(20s));
    CHECK(verb->exit_code() == 0);
    CHECK(has(verb->err(), "the daemon has gone away"));
    CHECK(on.files.off("f", big) == "");
}

TEST_CASE("--progress none: only the result is told") {
    const job_site on;
    const auto done = on.ferry({"start", on.url(), "f", "--progress", "none"});
    CHECK(done.exit_code == 0);
    CHECK(done.err.starts_with("f: 97.7 KiB in "));
    CHECK(std::count(done.err.begin(), done.err.end(), '\n') == 1);
}

TEST_CASE("suspend and resume: goes on where it stopped") {
    const job_site on;
    const auto big = on.publish_big();
    const auto id = on.create(std::vector<std::string>{on.url("/big"), "f"} + slowly);
    REQUIRE(has_begun(on));
    on.out({"suspend", id});
    const auto kept = number(on.job(id), "bytes_transferred");
    on.out({"set", id, "--limit-rate", "1G"});
    const auto job = job_of(on.out({"resume", id, "--json"}));
    CHECK(on.files.off("f", big) == "");
    const auto file = job.at("files").as_array().at(0).as_object();
    CHECK(number(file, "bytes_resumed") >= kept);
    CHECK(number(file, "bytes_discarded") == 0);
}

TEST_CASE("get and jobs: each continues the partial of the other") {
    const job_site on;
    const auto big = on.publish_big();
    const auto get = on.begin(std::vector<std::string>{"get", on.url("/big"), "-o", "f"} + slowly);
    REQUIRE(eventually([&] { return on.files.durable("f") > 0; }));
    get->signal(SIGKILL);
    REQUIRE(get->wait(10s));
    const auto by_get = on.files.durable("f");
    const auto id = on.create(std::vector<std::string>{on.url("/big"), "f"} + slowly);
    REQUIRE(eventually([&] { return on.files.durable("f") > by_get; }));
    REQUIRE(on.end_daemon(SIGKILL));
    const auto by_both = on.files.durable("f");
    const auto done = run_ferry({"get", on.url("/big"), "-o", "f", "--json"}, {.folder = on.dir()});
    REQUIRE_MESSAGE(done.exit_code == 0, done.err);
    CHECK(number(file_of(done.out), "bytes_resumed") >= by_both);
    CHECK(on.files.off("f", big) == "");
    on.ferry({"remove", id});
}

TEST_CASE("get --asynchronous: leaves it to the daemon, which completes it") {
    const job_site on;
    on.out({"get", "--asynchronous", on.url(), "-o", "f"});
    CHECK(eventually([&] { return on.files.has("f"); }));
    CHECK(on.files.off("f", on.whole) == "");
}

TEST_CASE("wait: a timeout is 3 and leaves the job alone; Ctrl-C, too, ends only the waiting") {
    const job_site on;
    on.publish_big();
    const auto id =
        on.create({on.url("/big"), "f", "--limit-rate", "100K", "--display-name", "slow"});
    const auto late = on.ferry({"wait", "slow", "--timeout", "0.2"});
    CHECK(late.exit_code == 3);
    CHECK(has(late.err, "ferry: slow: still "));
    const auto quiet = on.ferry({"wait", "slow", "--timeout", "0.2", "-q", "--json"});
    CHECK(quiet.exit_code == 3);
    CHECK(has(quiet.err, "ferry: slow: still "));  // no event says that
    const auto wait = on.begin({"wait", id});
    REQUIRE(eventually([&] { return !wait->err().empty(); }));
    wait->signal(SIGINT);
    REQUIRE(wait->wait(10s));
    CHECK(wait->exit_code() == 130);
    CHECK(has(wait->err(), "('ferry wait " + id.substr(0, 8) + "' waits, "));
    CHECK(on.jobs().size() == 1);
    on.out({"suspend", id});
    CHECK(on.ferry({"wait", id}).exit_code == 5);
}

TEST_CASE("monitor --json: first every job as it is, then what happens to it") {
    const job_site on;
    const auto id = on.create({on.url(), "f", "--suspended"});
    const auto monitor = on.begin({"monitor", "--json"});
    const auto told = [&](std::string_view name) {
        const auto events = events_of(monitor->out());
        return std::any_of(events.begin(), events.end(), [&](const auto& event) {
            return event.at("v") == 1 && text(event, "event") == name &&
                   text(event.at("job").as_object(), "id") == id;
        });
    };
    CHECK(eventually([&] { return told("job.state"); }));
    on.out({"resume", id});
    CHECK(eventually([&] { return told("job.finished"); }));
    monitor->signal(SIGINT);
    REQUIRE(monitor->wait(10s));
    CHECK(monitor->err().empty());
}

TEST_CASE("notify-command: learns the job and its state; again after the interval if it fails") {
    const job_site on;
    const auto log = on.dir() / "told";
    spill(
        on.dir() / "note",
        "echo $FERRY_JOB_ID $FERRY_JOB_STATE $2 >> $1; test $(wc -l < $1) -ge 2\n");
    const auto note = [&](std::string url) {
        return on.create(
            {std::move(url), "f", "--retry-interval", "1", "--notify-command", "sh",
             "--notify-command", (on.dir() / "note").string(), "--notify-command", log.string(),
             "--notify-command", "me"});
    };
    const auto told = [&] { return std::filesystem::exists(log) ? slurp(log) : ""; };
    auto id = note(on.url());
    const auto line = id + " Transferred me\n";
    CHECK(eventually([&] { return told() == line + line; }));
    on.out({"complete", id});
    std::filesystem::remove(log);
    id = note(on.url("/missing"));
    const auto error = id + " Error me\n";
    CHECK(eventually([&] { return told() == error + error; }));
}

}  // namespace
}  // namespace ferry::test::follow_test
