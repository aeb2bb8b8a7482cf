// What the daemon has acknowledged survives its end, at any moment and of any kind.
#include <support/line_peer.hpp>
#include <support/real_servers.hpp>
#include <support/sanitized.hpp>

#include "jobs.hpp"

#include <sys/stat.h>

#include <map>
#include <random>
#include <set>

namespace ferry::test::daemon_kill_test {
namespace {

constexpr std::size_t MiB = 1U << 20;

// --- Killed again and again ---------------------------------------------------------------------

/// Jobs of a daemon that is killed while they are made, moved, suspended, resumed and completed.
class survival {
  public:
    survival() {
        for (std::size_t i = 0; i < documents; ++i) {
            wanted_.push_back(random_bytes(2 * MiB, i + 1));
            publish(server_.root() / std::to_string(i), wanted_.back());
        }
        shop_.out({"limit", "5M"});  // so that a kill cuts transfers in the middle
    }

    void kill_once(std::uint64_t run) {
        const auto start = std::chrono::steady_clock::now();
        const auto daemon = shop_.daemon();
        const auto verb = std::chrono::steady_clock::now() - start;
        REQUIRE(daemon != 0);
        CHECK(daemon != killed_);
        const auto order = choose(run);
        const auto doing = shop_.begin(order.command, order.input);
        if (run % 10 == 9) eventually([&] { return any_is_durable(); }, 5s);
        doing->wait(moment(verb));
        REQUIRE(job_shop::end(daemon, SIGKILL, 20s));
        killed_ = daemon;
        REQUIRE(doing->wait(20s));
        take_note(doing->out());
        look(doing->exit_code() == 0 ? order : work());
    }

    void finish() {
        shop_.out({"limit", "none"});
        for_all({"resume", "--asynchronous"}, "Suspended");
        for_all({"wait"}, {});
        look({});
        for_all({"complete"}, "Transferred");
        std::uint64_t resumed = 0;
        for (const auto& job : events_of(for_all({"show", "--json"}, {}))) {
            CHECK(text(job, "state") == "Acknowledged");
            CHECK(shop_.files.has(text(job, "display_name")));
            resumed += number(job.at("files").at(0).as_object(), "bytes_resumed");
        }
        CHECK(promised_.size() > (sanitized ? 10U : 20U));
        CHECK(resumed > 0);
        look_at_files();
        for (const auto& one : std::filesystem::directory_iterator(shop_.dir()))
            CHECK_FALSE(one.path().filename().string().starts_with("."));
        for (const auto& one : std::filesystem::directory_iterator(shop_.store()))
            CHECK(one.path().extension() == ".json");
    }

  private:
    static constexpr std::size_t documents = 3;

    /// What a verb prints about the jobs in `state`; empty: all that there ever were.
    std::string for_all(std::vector<std::string> verb, const std::string& state) {
        const auto alone = verb.size();
        for (const auto& [id, name] : promised_)
            if (state.empty() || states_[id] == state) verb.push_back(id);
        return verb.size() == alone ? "" : shop_.out(verb);
    }

    struct work {
        std::vector<std::string> command = {};
        std::string input = {};
        std::string job = {};
        std::string state = {};  ///< of the job then; empty: it is over
    };

    /// Every fifth run makes jobs, each second time such that complete themselves.
    work choose(std::uint64_t run) {
        if (run % 5 == 0) return import(run);
        const auto id = any_job();
        const auto& state = states_[id];
        if (state == "Transferred") return {{"complete", id}, {}, id, {}};
        if (state == "Suspended") return {{"resume", "--asynchronous", id}, {}, {}, {}};
        if (run % 5 == 4) return {{"list"}, {}, {}, {}};
        return {{"suspend", id}, {}, id, "Suspended"};
    }
    work import(std::uint64_t run) {
        work rows{{"import", "-", "--asynchronous", "--json"}, "Source,Destination\n", {}, {}};
        if (run % 2 == 0) rows.command.emplace_back("--auto-complete");
        for (std::size_t i = 0; i < documents; ++i)
            rows.input += server_.url("/" + std::to_string(i)) + ",f" + std::to_string(run) + "-" +
                          std::to_string(i) + "\n";
        return rows;
    }
    std::string any_job() {
        if (states_.empty()) return "none";
        return std::next(states_.begin(), static_cast<std::ptrdiff_t>(dice_() % states_.size()))
            ->first;
    }
    /// A transfer has got as far as a checkpoint.
    bool any_is_durable() const {
        return std::ranges::any_of(
            promised_, [&](const auto& job) { return shop_.files.durable(job.second) > 0; });
    }
    /// Before, while or just after the daemon does what the verb wants.
    std::chrono::milliseconds moment(std::chrono::nanoseconds verb) {
        const std::chrono::nanoseconds some(dice_() % (3 * verb).count());
        return std::chrono::ceil<std::chrono::milliseconds>(some);
    }

    /// Jobs that it told of before its connection broke are promised.
    void take_note(const std::string& out) {
        if (out.find("job.created") == out.npos) return;
        for (const auto& event : events_of(out)) {
            const auto& job = event.at("job").as_object();
            promised_[text(job, "id")] = text(job, "display_name");
        }
    }

    /// The verb that looks starts the next daemon by itself.
    void look(const work& acknowledged) {
        states_.clear();
        for (const auto& one : shop_.jobs()) {
            states_[text(one, "id")] = text(one, "state");
            promised_[text(one, "id")] = text(one, "display_name");
        }
        look_at_files();
        for (const auto& [id, name] : promised_)
            CHECK_MESSAGE((states_.contains(id) || whole_.contains(name)), name << " is lost");
        if (!acknowledged.job.empty()) CHECK(states_[acknowledged.job] == acknowledged.state);
        if (!acknowledged.job.empty() && acknowledged.state.empty())
            states_.erase(acknowledged.job);
    }

    /// What has its final name is complete.
    void look_at_files() {
        for (const auto& one : std::filesystem::directory_iterator(shop_.dir())) {
            const auto name = one.path().filename().string();
            if (name.starts_with(".") || !whole_.insert(name).second) continue;
            const auto index = static_cast<std::size_t>(name.back() - '0');
            CHECK(shop_.files.off(name, wanted_.at(index)) == "");
        }
    }

    real_server server_{software::nginx};
    job_shop shop_;
    std::mt19937 dice_{20'261'124};
    pid_t killed_ = 0;
    std::vector<std::string> wanted_ = {};
    std::map<std::string, std::string> promised_ = {};  // names by id
    std::map<std::string, std::string> states_ = {};    // by id, of the jobs that are not over
    std::set<std::string> whole_ = {};                  // files that have been looked at
};

TEST_CASE("daemon: many kills at any moment lose no job that was acknowledged, and no byte") {
    survival of;
    const std::uint64_t kills = sanitized ? 25 : 50;
    for (std::uint64_t run = 0; run < kills; ++run) {
        CAPTURE(run);
        of.kill_once(run);
    }
    of.finish();
}

// --- Ended once ---------------------------------------------------------------------------------

/// A transfer that has got as far as a checkpoint, in a shop with two more jobs.
struct half_done {
    real_server server{software::nginx};
    job_shop shop;
    const std::string whole = random_bytes(8 * MiB);
    std::string id = {};
    std::string suspended = {};

    half_done() {
        publish(server.root() / "file", whole);
        shop.out({"limit", "2M"});
        id = shop.create({server.url("/file"), "f"});
        suspended = shop.create({server.url("/file"), "g", "--suspended"});
        REQUIRE(eventually([&] { return shop.files.durable("f") > 0; }));
    }
    void check_the_rest(std::uint64_t durable) const {
        CHECK(shop.jobs().size() == 2);
        CHECK(shop.state(suspended) == "Suspended");
        shop.out({"limit", "none"});
        shop.out({"wait", id});
        CHECK_FALSE(shop.files.has("f"));
        const auto job = shop.document({"complete", id});
        CHECK(shop.files.off("f", whole) == "");
        const auto resumed = number(job.at("files").at(0).as_object(), "bytes_resumed");
        CHECK(resumed >= durable);
        CHECK(resumed < whole.size());
    }
};

TEST_CASE("daemon: SIGTERM ends it within two seconds, and the next one goes on with its jobs") {
    const half_done on;
    const auto id = on.shop.daemon();
    const auto start = std::chrono::steady_clock::now();
    REQUIRE(job_shop::end(id, SIGTERM, 20s));
    CHECK(std::chrono::steady_clock::now() - start < 2s);
    CHECK(on.shop.log().find("not stopped in time") == std::string::npos);
    CHECK_FALSE(std::filesystem::exists(on.shop.socket()));
    on.check_the_rest(on.shop.files.durable("f"));
}

TEST_CASE("daemon: SIGTERM ends it also while the disk hangs, and no job is lost") {
    const job_shop shop;
    const auto id = shop.create({"/dev/null", "f", "--suspended"});
    const auto daemon = shop.daemon();
    // Who opens it to write waits for a reader, which never comes.
    REQUIRE(::mkfifo((shop.home() / "state" / "limit.json.tmp").c_str(), 0600) == 0);
    auto client = line_peer::connect(shop.socket());
    client.send(R"({"jsonrpc":"2.0","id":1,"method":"limit.set","params":{"bytes_per_second":9}})"
                "\n");
    client.send(R"({"jsonrpc":"2.0","id":2,"method":"server.info"})"
                "\n");
    REQUIRE(eventually([&] { return client.lines().size() == 1; }));
    const auto start = std::chrono::steady_clock::now();
    REQUIRE(job_shop::end(daemon, SIGTERM, 20s));
    CHECK(std::chrono::steady_clock::now() - start < 5s);  // 2 s, but for the load of the machine
    CHECK(shop.log().find("not stopped in time") != std::string::npos);
    CHECK(shop.state(id) == "Suspended");
}

TEST_CASE("daemon: after a reboot, which leaves nothing in run/, all jobs are there and go on") {
    const half_done on;
    REQUIRE(on.shop.end_daemon(SIGKILL));
    std::filesystem::remove_all(on.shop.home() / "run");
    on.check_the_rest(on.shop.files.durable("f"));
}

TEST_CASE("daemon: one that nobody can reach after a logout gives way, and no byte is lost") {
    const half_done on;
    const auto old = on.shop.daemon();
    REQUIRE(old > 0);
    on.shop.out({"limit", "200K"});  // so that it is not done before it gives way
    std::filesystem::remove_all(on.shop.home() / "run");
    CHECK(on.shop.jobs().size() == 2);  // asks another daemon
    const auto now = on.shop.daemon();
    CHECK(now != old);
    CHECK(job_shop::end(old, 0, 1s));
    CHECK(std::filesystem::exists(on.shop.socket()));
    on.check_the_rest(on.shop.files.durable("f"));
}

TEST_CASE("daemon: what may bring it down again and again is let rest, and can be looked at") {
    const half_done on;
    on.shop.out({"limit", "200K"});  // so that it is not done before
    for (int i = 0; i < 3; ++i) {
        REQUIRE(on.shop.jobs().size() == 2);  // starts another daemon
        REQUIRE(on.shop.end_daemon(SIGABRT));
    }
    const auto waits = on.shop.job(on.id);
    CHECK(text(waits, "state") == "TransientError");
    CHECK(text(waits.at("error").as_object(), "code") == "daemon.crashed");
    CHECK(on.shop.state(on.suspended) == "Suspended");
    CHECK(on.shop.log().find("crashed 3 times lately") != std::string::npos);
    CHECK(on.shop.out({"explain", on.id}).find("ferry crashed") != std::string::npos);
    on.shop.out({"resume", on.id, "--asynchronous"});
    on.check_the_rest(on.shop.files.durable("f"));
}

TEST_CASE("daemon: it ends when it has nothing to do, and not while a transfer runs") {
    real_server server(software::nginx);
    const job_shop shop;
    shop.configure(R"({"idle_timeout": 1})");
    publish(server.root() / "file", random_bytes(5 * MiB));
    const auto id = shop.create({server.url("/file"), "f", "--limit-rate", "2M"});
    const auto daemon = shop.daemon();
    REQUIRE(daemon != 0);
    const auto ended = job_shop::end(daemon, 0, 20s);
    CHECK(ended);
    CHECK(shop.log().find("stopping: nothing to do") != std::string::npos);
    CHECK(shop.daemon() == 0);  // asking does not start one
    CHECK(shop.state(id) == "Transferred");
    CHECK(shop.daemon() != 0);
}

TEST_CASE("daemon: it does not end while it tells an owner of a job") {
    const job_shop shop;
    shop.configure(R"({"idle_timeout": 1})");
    spill(shop.dir() / "source", "whole");
    const auto note = (shop.dir() / "note").string();
    shop.create(
        {"source", "f", "--notify-command", "sh", "--notify-command", "-c", "--notify-command",
         "sleep 3; : >" + note});
    const auto daemon = shop.daemon();
    REQUIRE(daemon != 0);
    REQUIRE(job_shop::end(daemon, 0, 20s));
    CHECK(std::filesystem::exists(note));
}

}  // namespace
}  // namespace ferry::test::daemon_kill_test
