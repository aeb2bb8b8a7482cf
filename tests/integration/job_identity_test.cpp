// Jobs: who their owner is, by which proxy, and whom to trust. The real binary and its daemon
// against real servers; and no secret of theirs where it does not belong.
#include "jobs.hpp"

#include <support/guarded_server.hpp>
#include <support/kerberos.hpp>
#include <support/real_proxies.hpp>
#include <support/real_servers.hpp>
#include <support/strict_server.hpp>

#include <sys/stat.h>

#include <fstream>
#include <iterator>

namespace ferry::test::job_identity_test {
namespace {

constexpr auto pass_phrase = "top secret";
constexpr auto token = "the.token~42";
using words = std::vector<std::string>;
using variables = std::vector<std::pair<std::string, std::string>>;

bool has(const std::string& text, std::string_view part) { return text.find(part) != text.npos; }

/// Also of /proc, whose files have no size.
std::string all_of(const std::filesystem::path& file) {
    std::ifstream from(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(from), {}};
}

/// A job_shop that remembers all that was said to its user.
struct discreet_shop : job_shop {
    mutable std::string said;

    /// A file that only we can read.
    std::string keep(const std::string& name, const std::string& text) const {
        const auto file = keepsakes / name;
        spill(file, text + "\n");
        REQUIRE(::chmod(file.c_str(), 0600) == 0);
        return file.string();
    }
    finished ask(words arguments, variables more = {}, std::string input = {}) const {
        auto how = options(std::move(input));
        how.environment.insert(how.environment.end(), more.begin(), more.end());
        auto done = run_ferry(std::move(arguments), std::move(how));
        said += done.out + done.err;
        return done;
    }
    /// Leaves a job to the daemon, which gives its file the name "f".
    std::string leave(const std::string& from, words more, variables set = {}) const {
        more.insert(more.begin(), {"start", from, "f", "--asynchronous", "--json"});
        const auto done = ask(std::move(more), std::move(set));
        REQUIRE_MESSAGE(done.exit_code == 0, done.err);
        return text(events_of(done.out).front().at("job").as_object(), "id");
    }
    /// What is wrong with the file after `wait` and `complete`; empty: nothing.
    std::string outcome_of(const std::string& job, const std::string& wanted) const {
        const auto waited = ask({"wait", job, "--timeout", "30"});
        if (waited.exit_code != 0) return waited.err;
        const auto done = ask({"complete", job});
        if (done.exit_code != 0) return done.err;
        const auto off = files.off("f", wanted);
        std::filesystem::remove(dir() / "f");
        return off;
    }
    /// Where a secret shows that must not; empty: nowhere.
    std::string leak_of(const std::string& secret) const {
        if (has(said, secret)) return "what was said";
        for (const auto& one : std::filesystem::recursive_directory_iterator(home()))
            if (one.is_regular_file() && has(all_of(one.path()), secret)) return one.path();
        for (const auto& one : std::filesystem::directory_iterator("/proc")) {
            const auto name = one.path().filename().string();
            if (name.find_first_not_of("0123456789") != name.npos || !is_ferry(one.path()))
                continue;
            for (const auto* file : {"cmdline", "environ"})
                if (has(all_of(one.path() / file), secret)) return one.path() / file;
        }
        return {};
    }
    void check_discreet(const words& secrets) const {
        for (const auto& one : secrets) CHECK_MESSAGE(leak_of(one) == "", one);
    }

    temp_dir keepsakes = {};

  private:
    /// Our daemon, its children, and commands: all have our home in their environment.
    bool is_ferry(const std::filesystem::path& process) const {
        return has(all_of(process / "environ"), home().string());
    }
};

// --- Servers ------------------------------------------------------------------------------------

TEST_CASE("jobs: a password proves who their owner is, however it was given") {
    const guarded_server server;
    const auto bytes = random_bytes(100'000);
    server.publish("f", bytes);
    const discreet_shop on;
    const auto file = on.keep("password", pass_phrase);
    const auto netrc = on.keep("netrc", "machine localhost login ann password \"top secret\"");
    for (const std::string folder : {"/basic/f", "/digest/f"}) {
        CAPTURE(folder);
        const auto from = server.url(folder);
        CHECK(
            on.outcome_of(
                on.leave(from, {"--credential", "ann", "--password-file", file}), bytes) == "");
        CHECK(on.outcome_of(on.leave(from, {"--netrc-file", netrc}), bytes) == "");
        const auto by_variable =
            on.leave(from, {"--credential", "ann"}, {{"FERRY_PASSWORD", pass_phrase}});
        CHECK(on.outcome_of(by_variable, bytes) == "");
        const auto by_input = on.ask(
            {"start", from, "f", "--credential", "ann", "--password-file", "-"}, {},
            std::string(pass_phrase) + "\n");
        CHECK_MESSAGE(by_input.exit_code == 0, by_input.err);
        CHECK(on.files.off("f", bytes) == "");
        std::filesystem::remove(on.dir() / "f");
    }
    on.check_discreet({pass_phrase, "YW5uOnRvcCBzZWNyZXQ"});
}

TEST_CASE("jobs: of get, of a list and of a cmdlet have an owner, too") {
    const guarded_server server;
    server.publish("f", "content");
    const discreet_shop on;
    const auto from = server.url("/basic/f");
    const variables password = {{"FERRY_PASSWORD", pass_phrase}};
    const auto arrives = [&](words arguments, std::string input = {}) {
        const auto done = on.ask(std::move(arguments), password, std::move(input));
        CHECK_MESSAGE(done.exit_code == 0, done.err);
        const auto there = [&] { return on.files.off("f", "content").empty(); };
        CHECK(eventually(there));
        std::filesystem::remove(on.dir() / "f");
    };
    arrives({"get", "--asynchronous", from, "--credential", "ann"});
    arrives(
        {"import", "-", "--credential", "ann", "--authentication", "basic"},
        "Source,Destination\n" + from + ",f\n");
    arrives({"Start-BitsTransfer", from, "f", "-Credential", "ann", "-Authentication", "Basic"});
    CHECK(on.ask({"import", "-", "--credential", "ann", "--password-file", "-"}).exit_code == 2);
    const auto passport = on.ask(
        {"Start-BitsTransfer", from, "f", "-Credential", "a", "-Authentication", "Passport"});
    CHECK(passport.exit_code == 2);
    CHECK_MESSAGE(has(passport.err, "has ended"), passport.err);
    on.check_discreet({pass_phrase});
}

TEST_CASE("jobs: a token opens what asks for one") {
    const guarded_server server;
    server.publish("f", "content");
    const discreet_shop on;
    const auto job = on.leave(server.url("/bearer/f"), {"--bearer-file", on.keep("token", token)});
    CHECK(on.outcome_of(job, "content") == "");
    const auto other =
        on.leave(server.url("/bearer/f"), {"--bearer-file", on.keep("token", "another.token")});
    CHECK(on.ask({"wait", other}).exit_code == 6);
    on.check_discreet({token, "another.token"});
}

TEST_CASE("jobs: a Kerberos ticket is enough") {
    kerberos_realm realm;
    realm.add_user("ann", "secretive");
    const guarded_server server(realm.add_service("HTTP/localhost"));
    server.publish("f", "content");
    const discreet_shop on;
    const auto job = on.leave(server.url("/negotiate/f"), {"--authentication", "negotiate"});
    CHECK(on.ask({"wait", job}).exit_code == 6);
    CHECK(has(on.ask({"show", job}).out, "kinit"));
    realm.log_in("ann", "secretive");
    CHECK(on.ask({"resume", job, "--asynchronous"}).exit_code == 0);
    CHECK(on.outcome_of(job, "content") == "");
    on.check_discreet({"secretive"});
}

TEST_CASE("jobs: Kerberos tickets are those of who left the job, not of who started the daemon") {
    kerberos_realm realm;
    realm.add_user("ann", "secretive");
    const guarded_server server(realm.add_service("HTTP/localhost"));
    server.publish("f", "content");
    const discreet_shop on;
    realm.log_in("ann", "secretive");
    const variables without = {{"KRB5CCNAME", "FILE:" + (on.keepsakes / "none").string()}};
    const auto from = server.url("/negotiate/f");
    const words by_ticket = {"--authentication", "negotiate"};
    CHECK(on.ask({"daemon", "start"}, without).exit_code == 0);
    const auto job = on.leave(from, by_ticket);
    CHECK(on.outcome_of(job, "content") == "");
    const auto other = on.leave(from, by_ticket, without);
    CHECK(on.ask({"wait", other}).exit_code == 6);
    CHECK(has(on.ask({"show", other}).out, "kinit"));
    CHECK(on.ask({"set", other, "--authentication", "negotiate"}).exit_code == 0);
    CHECK(on.ask({"resume", other, "--asynchronous"}).exit_code == 0);
    CHECK(on.outcome_of(other, "content") == "");
}

TEST_CASE("jobs: a wrong password is an Error that says what the server wants; set mends it") {
    const guarded_server server;
    server.publish("f", "content");
    const discreet_shop on;
    const auto from = server.url("/basic/f");
    const auto wrong = on.ask(
        {"start", from, "f", "--credential", "ann", "--password-file", on.keep("p", "hunter2")});
    CHECK(wrong.exit_code == 6);
    CHECK_MESSAGE(
        has(wrong.err, "wrong name or password for realm \"the basic files\""), wrong.err);
    REQUIRE(on.jobs().size() == 1);
    const auto id = text(on.jobs().front(), "id");
    CHECK(on.state(id) == "Error");
    const auto shown = on.ask({"show", id}).out;
    CHECK_MESSAGE(has(shown, "--credential ann"), shown);
    CHECK_MESSAGE(has(shown, "encrypted: password"), shown);
    const auto mended =
        on.ask({"set", id, "--credential", "ann", "--password-file", on.keep("p", pass_phrase)});
    CHECK_MESSAGE(mended.exit_code == 0, mended.err);
    const auto resumed = on.ask({"resume", id});
    CHECK_MESSAGE(resumed.exit_code == 0, resumed.err);
    CHECK(on.files.off("f", "content") == "");

    const auto none = on.leave(from, {});
    CHECK(on.ask({"wait", none}).exit_code == 6);
    CHECK(has(on.ask({"show", none}).out, "the server wants Basic for realm \"the basic files\""));
    on.ask({"explain", none});
    const auto forgotten = on.leave(
        from + "?2",
        {"--suspended", "--credential", "ann", "--password-file", on.keep("p", pass_phrase)});
    CHECK(on.ask({"set", forgotten, "--clear", "credential"}).exit_code == 0);
    CHECK_FALSE(has(on.ask({"show", forgotten, "--json"}).out, "\"password\""));
    on.check_discreet({pass_phrase, "hunter2"});
}

// --- Proxies ------------------------------------------------------------------------------------

TEST_CASE("jobs: go by the proxy that they are told, and by that of their owner's environment") {
    const real_server server(software::nginx);
    const auto bytes = random_bytes(300'000);
    spill(server.root() / "f", bytes);
    if (!runs_here(proxy_software::squid)) return;
    const real_proxy squid({.asks = proxy_question::basic});
    const discreet_shop on;
    const words trusting = {"--ca-file", server.ca_file()};
    const auto password = on.keep("password", "open sesame");
    for (const auto& from : {server.url("/f"), server.https_url("/f")}) {
        CAPTURE(from);
        const auto leave = [&](words more, variables set = {}) {
            more.insert(more.end(), trusting.begin(), trusting.end());
            return on.leave(from, std::move(more), std::move(set));
        };
        const auto listed = leave(
            {"--proxy-usage", "override", "--proxy-list", squid.url(), "--proxy-credential", "user",
             "--proxy-password-file", password});
        CHECK(on.outcome_of(listed, bytes) == "");

        const auto name = from.substr(0, from.find(':')) + "_proxy";
        const auto found = leave({}, {{name, squid.url("user:open%20sesame")}});
        CHECK(has(on.ask({"show", found}).out, name + " " + squid.url()));
        CHECK(on.outcome_of(found, bytes) == "");

        const auto refused = leave({}, {{name, squid.url()}});
        CHECK(on.ask({"wait", refused}).exit_code == 6);
        CHECK(has(on.ask({"show", refused}).out, "--proxy-credential"));
        CHECK(on.ask({"set", refused, "--proxy-usage", "none"}).exit_code == 0);
        CHECK(on.ask({"resume", refused, "--asynchronous"}).exit_code == 0);
        CHECK(on.outcome_of(refused, bytes) == "");
    }
    CHECK(has(squid.log(), "CONNECT"));
    on.check_discreet({"open sesame", "open%20sesame", "dXNlcjpvcGVuIHNlc2FtZQ"});
}

TEST_CASE("jobs: have their owner's environment, not that of whoever started the daemon") {
    const real_server server(software::nginx);
    spill(server.root() / "f", "content");
    const discreet_shop on;
    const variables elsewhere = {
        {"http_proxy", "http://me:hunter2@127.0.0.1:1"}, {"all_proxy", "127.0.0.1:1"}};
    CHECK(on.ask({"daemon", "start"}, elsewhere).exit_code == 0);
    CHECK(on.outcome_of(on.leave(server.url("/f"), {}), "content") == "");
    on.check_discreet({"hunter2"});
}

// --- Trust --------------------------------------------------------------------------------------

TEST_CASE("jobs: show a certificate of their owner's") {
    const strict_server server(strict_software::apache);
    spill(server.root() / "f", "content");
    const discreet_shop on;
    const auto me = server.authority().issue("me");
    const words trusting = {"--ca-file", server.authority().file().string()};
    const auto with = [&](words more) {
        more.insert(more.end(), trusting.begin(), trusting.end());
        return on.leave(server.url("/f"), std::move(more));
    };
    const auto job = with(
        {"--cert", me.certificate.string(), "--key", encrypted_key(me, "open the key").string(),
         "--key-password-file", on.keep("password", "open the key")});
    CHECK(on.outcome_of(job, "content") == "");
    const auto without = with({});
    CHECK(on.ask({"wait", without}).exit_code == 6);
    const auto given =
        on.ask({"set", without, "--cert", me.certificate.string(), "--key", me.key.string()});
    CHECK_MESSAGE(given.exit_code == 0, given.err);
    CHECK(on.ask({"resume", without, "--asynchronous"}).exit_code == 0);
    CHECK(on.outcome_of(without, "content") == "");
    on.check_discreet({"open the key"});
}

TEST_CASE("jobs: one flaw of a certificate is excused by its flag, and a pin by nothing") {
    certificate_claims expired;
    expired.first_day = -3;
    expired.last_day = -1;
    const real_server server(software::nginx, expired);
    spill(server.root() / "f", "content");
    const discreet_shop on;
    const auto job = on.leave(
        server.https_url("/f"), {"--ca-file", server.ca_file(), "--security-flags", "cn,ca"});
    CHECK(on.ask({"wait", job}).exit_code == 8);
    const auto resumed = [&](words change) {
        change.insert(change.begin(), {"set", job});
        const auto done = on.ask(std::move(change));
        CHECK_MESSAGE(done.exit_code == 0, done.err);
        CHECK(on.ask({"resume", job, "--asynchronous"}).exit_code == 0);
    };
    resumed(
        {"--security-flags", "date", "--pin",
         "sha256//AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="});
    CHECK(on.ask({"wait", job}).exit_code == 8);
    resumed({"--clear", "pin"});
    CHECK(on.outcome_of(job, "content") == "");
}

// --- Content ------------------------------------------------------------------------------------

TEST_CASE("jobs: bring parts of a file, and content that is made anew") {
    const real_server server(software::apache);
    const auto bytes = random_bytes(100'000);
    publish(server.root() / "f", bytes);
    const discreet_shop on;
    const auto parts = on.leave(server.url("/f"), {"--range", "90000-99999", "--range", "0-9"});
    CHECK(on.outcome_of(parts, bytes.substr(90'000) + bytes.substr(0, 10)) == "");
    CHECK(on.outcome_of(on.leave(server.url("/f"), {"--dynamic"}), bytes) == "");
    const auto beyond = on.leave(server.url("/f"), {"--range", "99999-100000"});
    CHECK(on.ask({"wait", beyond}).exit_code == 1);
    CHECK(on.ask({"set", beyond, "--clear", "range"}).exit_code == 0);
    CHECK(on.ask({"resume", beyond, "--asynchronous"}).exit_code == 0);
    CHECK(on.outcome_of(beyond, bytes) == "");
    const auto many = on.ask(
        {"start", "--source", server.url("/f"), "--source", server.url("/g"), "--range", "0-1"});
    CHECK(many.exit_code == 2);
    CHECK_MESSAGE(has(many.err, "of which file?"), many.err);
}

// --- The key ------------------------------------------------------------------------------------

TEST_CASE("jobs: a key that is lost stops those that need it, and set heals them") {
    const guarded_server server;
    server.publish("f", "content");
    const real_server open_server(software::nginx);
    spill(open_server.root() / "g", "other");
    const discreet_shop on;
    const auto key = on.home() / "state" / "key";
    const words who = {"--credential", "ann", "--password-file", on.keep("password", pass_phrase)};
    auto suspended = who;
    suspended.push_back("--suspended");
    CHECK_FALSE(std::filesystem::exists(key));
    const auto job = on.leave(server.url("/basic/f"), suspended);
    struct stat about {};
    REQUIRE(::stat(key.c_str(), &about) == 0);
    CHECK((about.st_mode & 07777) == 0600);
    CHECK(about.st_size == 32);
    on.end_daemon(SIGKILL);
    std::filesystem::remove(key);
    CHECK(on.ask({"resume", job, "--asynchronous"}).exit_code == 0);
    const auto stopped = on.ask({"wait", job});
    CHECK(stopped.exit_code == 6);
    const auto shown = on.ask({"show", job}).out;
    CHECK_MESSAGE(has(shown, "the password kept with this job cannot be read"), shown);
    CHECK_MESSAGE(has(shown, "--credential USER"), shown);
    CHECK_FALSE(std::filesystem::exists(key));
    CHECK(on.ask({"get", "--asynchronous", open_server.url("/g")}).exit_code == 0);
    CHECK(eventually([&] { return on.files.off("g", "other").empty(); }));
    auto anew = who;
    anew.insert(anew.begin(), {"set", job});
    CHECK(on.ask(anew).exit_code == 0);
    CHECK(on.ask({"resume", job, "--asynchronous"}).exit_code == 0);
    CHECK(on.outcome_of(job, "content") == "");
    on.check_discreet({pass_phrase});
}

TEST_CASE("jobs: the key may be a credential of systemd") {
    const guarded_server server;
    server.publish("f", "content");
    const discreet_shop on;
    spill(on.keepsakes / "ferry.key", std::string(32, 'k'));
    const variables given = {{"CREDENTIALS_DIRECTORY", on.keepsakes.path().string()}};
    CHECK(on.ask({"daemon", "start"}, given).exit_code == 0);
    const words who = {"--credential", "ann", "--password-file", on.keep("password", pass_phrase)};
    CHECK(on.outcome_of(on.leave(server.url("/basic/f"), who), "content") == "");
    CHECK_FALSE(std::filesystem::exists(on.home() / "state" / "key"));
}

// --- Discretion ---------------------------------------------------------------------------------

TEST_CASE("jobs: while one runs, and after it, its secrets are nowhere but encrypted on the disk") {
    const guarded_server server;
    const auto bytes = random_bytes(3'000'000);
    server.publish("f", bytes);
    if (!runs_here(proxy_software::squid)) return;
    const real_proxy squid({.asks = proxy_question::basic});
    const discreet_shop on;
    const words secrets = {pass_phrase, "open sesame",         "open%20sesame",         "hunter2",
                           "hunter3",   "YW5uOnRvcCBzZWNyZXQ", "dXNlcjpvcGVuIHNlc2FtZQ"};
    const auto report = on.keepsakes / "report";
    const auto netrc = on.keep("netrc", "machine other.test login ann password hunter2");
    const auto events = on.begin({"monitor", "--json"});
    const auto job = on.leave(
        server.url("/digest/f"),
        {"--credential", "ann", "--netrc-file", netrc, "--bearer-file", on.keep("t", "hunter3"),
         "--authentication", "digest", "--limit-rate", "300K", "--notify-command", "sh",
         "--notify-command=-c", "--notify-command",
         "cat /proc/self/environ /proc/$$/cmdline /proc/$PPID/environ /proc/$PPID/cmdline >" +
             report.string() + ".new && mv " + report.string() + ".new " + report.string()},
        {{"FERRY_PASSWORD", pass_phrase},
         {"FERRY_PROXY_PASSWORD", "hunter3"},
         {"http_proxy", squid.url("user:open%20sesame")}});
    REQUIRE(eventually([&] { return on.state(job) == "Transferring"; }));
    for (const words& verb :
         {words{"show", job},
          {"show", job, "--json"},
          {"list", "--json"},
          {"list", "-v"},
          {"explain", job, "--json"},
          {"daemon", "status", "--json"}})
        CHECK(on.ask(verb).exit_code == 0);
    CHECK(has(on.ask({"show", job}).out, "encrypted: "));
    on.check_discreet(secrets);
    CHECK(on.ask({"set", job, "--limit-rate", "none"}).exit_code == 0);
    REQUIRE(eventually([&] { return std::filesystem::exists(report); }));
    const auto told = all_of(report);
    CHECK(has(told, "FERRY_JOB_ID"));
    for (const auto& one : secrets) CHECK_MESSAGE(!has(told, one), one);
    CHECK(on.outcome_of(job, bytes) == "");
    on.said += events->out() + events->err();
    on.check_discreet(secrets);
    CHECK(has(squid.log(), "/digest/f"));
}

}  // namespace
}  // namespace ferry::test::job_identity_test
