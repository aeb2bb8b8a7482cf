// Lists, looks at jobs, and their ends: what the verbs print and how they exit.
#include "job_site.hpp"

#include <algorithm>
#include <set>

namespace ferry::test::job_verbs_test {
namespace {

// --- import -------------------------------------------------------------------------------------

TEST_CASE("import: a job for each row of a list as Windows writes it") {
    const job_site on;
    spill(
        on.dir() / "list.csv", "\xef\xbb\xbfsource, Size, Destination\r\n" + on.url() +
                                   ", 1, ./a\r\n\r\n\"" + on.url("/other") +
                                   "\",2,\"./b, and \"\"c\"\"\"\r\n");
    const auto done = on.ferry({"import", "list.csv", "--json"});
    REQUIRE_MESSAGE(done.exit_code == 0, done.err);
    CHECK(on.files.off("a", on.whole) == "");
    CHECK(on.files.off("b, and \"c\"", on.other) == "");
    const auto events = events_of(done.out);
    CHECK(std::count_if(events.begin(), events.end(), [](const auto& event) {
              return event.at("event") == "job.finished";
          }) == 2);
    CHECK(on.jobs().empty());
}

TEST_CASE("import: one job for all rows, from standard input") {
    const job_site on;
    const auto list = "Source,Destination\n" + on.url() + ",a\n" + on.url("/other") + ",b\n";
    const auto job = job_of(on.out({"import", "-", "--one-job", "--json"}, list));
    CHECK(job.at("files").as_array().size() == 2);
    CHECK(job.at("state") == "Acknowledged");
    CHECK(on.files.off("b", on.other) == "");
}

TEST_CASE("import: waits for more jobs than the daemon remembers") {
    const job_shop on;
    constexpr int rows = 1'500;
    spill(on.dir() / "source", "small");
    std::string list = "Source,Destination\n";
    for (int i = 0; i < rows; ++i) list += "source,f" + std::to_string(i) + "\n";
    const auto done = on.ferry({"import", "-", "--json"}, list);
    REQUIRE_MESSAGE(done.exit_code == 0, done.err);
    std::set<std::string> finished;
    for (const auto& event : events_of(done.out))
        if (event.at("event") == "job.finished")
            finished.insert(text(event.at("job").as_object(), "id"));
    CHECK(finished.size() == rows);
    CHECK(on.files.off("f1499", "small") == "");
}

TEST_CASE("import: one bad row, and nothing starts; the error names its line") {
    const job_site on;
    const auto good = "Source,Destination\n" + on.url() + ",a\n";
    const std::vector<std::pair<std::string, std::string>> lists = {
        {good + ",b\n", "standard input:3: "},
        {good + "http:///x,b\n", "standard input:3: "},
        {good + "\n" + on.url("/*") + ",b\n", "standard input:4: "},
        {good + on.url() + ",a\n", "standard input:3: "},
        {good + on.url() + ",no/b\n", "standard input:3: "},
        {good + "\"" + on.url() + ",b\n", "standard input:3: "},
        {"From,To\n" + on.url() + ",a\n", "standard input:1: "},
        {"", ""},
    };
    for (const auto& [list, line] : lists) {
        const auto done = on.ferry({"import", "-"}, list);
        INFO(list, done.err);
        CHECK(done.exit_code == 2);
        CHECK(done.err.starts_with("ferry: "));
        CHECK(has(done.err, line));
    }
    CHECK(on.daemon() == 0);
    CHECK(std::filesystem::is_empty(on.dir()));
}

TEST_CASE("import: some rows transfer, some do not: 4, and the failed ones stay as jobs") {
    const job_site on;
    const auto list = "Source,Destination\n" + on.url() + ",a\n" + on.url("/missing") + ",b\n";
    const auto done = on.ferry({"import", "-"}, list);
    CHECK(done.exit_code == 4);
    CHECK(on.files.off("a", on.whole) == "");
    CHECK(on.state("b") == "Error");
}

// --- The ends of a job --------------------------------------------------------------------------

TEST_CASE("complete: of an unfinished job the whole files stay, the others go: 4") {
    const job_site on;
    const auto id = on.create({on.url(), "a", "--suspended"});
    on.out({"add", id, on.url("/missing"), "b"});
    on.out({"resume", id, "--asynchronous"});
    REQUIRE(on.comes_to(id, "Error"));
    CHECK_FALSE(on.files.has("a"));
    const auto done = on.ferry({"complete", id});
    CHECK(done.exit_code == 4);
    CHECK(has(done.err, "b: dropped"));
    CHECK(on.files.off("a", on.whole) == "");
    CHECK_FALSE(on.files.has("b"));
    CHECK(on.is_clean());
    CHECK(on.jobs().empty());
}

TEST_CASE("remove: files that have arrived go, too; an old file of that name stays") {
    const job_site on;
    spill(on.dir() / "f", "the old one");
    const auto id = on.create({on.url(), "f"});
    REQUIRE(on.comes_to(id, "Transferred"));
    on.out({"remove", id});
    CHECK(on.files.off("f", "the old one") == "");
    CHECK(on.is_clean());
}

TEST_CASE("complete, remove: the jobs that a pattern names, or that standard input lists") {
    const job_site on;
    const auto create = [&on](const std::string& name) {
        return on.create({on.url(), name + ".bin", "--display-name", name, "--suspended"});
    };
    create("nightly one");
    create("nightly two");
    const auto image = create("image");
    const auto disk = create("disk");
    CHECK(on.ferry({"resume", "Nightly*", "*one"}).exit_code == 0);
    CHECK(on.files.off("nightly one.bin", on.whole) == "");
    CHECK(on.files.off("nightly two.bin", on.whole) == "");
    CHECK(on.out({"list", "-q"}) == image + "\n" + disk + "\n");
    CHECK(on.ferry({"remove", "-"}, "\n " + image + "\r\ndisk").exit_code == 0);
    CHECK(on.jobs().empty());
    for (const auto* verb : {"remove", "resume", "wait", "complete"}) {
        const auto nobody = on.ferry({verb, "x*"});
        CHECK(nobody.exit_code == 5);
        CHECK(nobody.err == "ferry: 'x*': no such job (see 'ferry list')\n");
        const auto nothing = on.ferry({verb, "-"}, "\n");
        CHECK(nothing.exit_code == 5);
        CHECK(has(nothing.err, "standard input names no job"));
    }
}

// --- Looking at jobs ----------------------------------------------------------------------------

TEST_CASE("list and show: one document each, with the members of the contract in their order") {
    const job_site on;
    const auto id = on.create({on.url(), "f"});
    REQUIRE(on.comes_to(id, "Transferred"));
    const auto keys = [](const json::object& from) {
        std::string all;
        for (const auto& [key, value] : from) all += std::string(key) + " ";
        return all;
    };
    const std::string summary =
        "id display_name description type state priority owner created modified completed "
        "bytes_total bytes_transferred files_total files_transferred error ";
    CHECK(keys(on.jobs().at(0)) == summary + "files ");
    const auto job = on.job(id);
    CHECK(keys(job) == summary + "files settings ");
    CHECK(
        keys(job.at("files").as_array().at(0).as_object()) ==
        "source destination state bytes_total bytes_transferred bytes_resumed bytes_discarded "
        "http_status validator checksum response_headers ");
    CHECK(text(job, "display_name") == "f");  // it is called after its first file
    CHECK(number(job, "bytes_transferred") == on.whole.size());
}

TEST_CASE("explain: the same in words and in a document, whatever a job waits for") {
    const job_site on;
    on.publish_big();
    struct situation {
        std::string reason, words;
        std::vector<std::string> start;
        std::string state;
    };
    const std::vector<situation> situations = {
        {"suspended", "ferry resume", {on.url(), "s", "--suspended"}, "Suspended"},
        {"needs_completion", "ferry complete", {on.url(), "t"}, "Transferred"},
        {"needs_decision", "404", {on.url("/missing"), "e"}, "Error"},
        {"moving",
         "",
         {on.url("/big"), "m", "--priority", "normal", "--limit-rate", "100K"},
         "Transferring"},
        {"queued", "behind m (", {on.url(), "q", "--priority", "low"}, "Queued"},
    };
    for (const auto& one : situations) {
        CAPTURE(one.reason);
        const auto id = on.create(one.start);
        REQUIRE(on.comes_to(id, one.state));
        CHECK(on.reason(id) == one.reason);
        CHECK(has(on.out({"explain", id}), one.words));
    }
    CHECK(text(on.document({"explain", "q"}), "waits_for") == text(on.job("m"), "id"));
}

TEST_CASE("explain: a job that is tried again says when") {
    const job_site on;
    const auto id = on.create({"http://localhost:1/f", "f"});
    REQUIRE(on.comes_to(id, "TransientError"));
    const auto why = on.document({"explain", id});
    CHECK(why.at("reason") == "retry");
    CHECK(why.at("until").is_string());
    CHECK(has(on.out({"explain", id}), "Connection refused"));
    CHECK(has(on.out({"list"}), "next try in "));
}

// --- Exit codes and channels --------------------------------------------------------------------

TEST_CASE("exit codes: of a synchronous start as of 'get'; the job stays and says why") {
    const job_site on;
    const std::vector<std::pair<int, std::vector<std::string>>> cases = {
        {7, {on.url("/missing")}},
        {6, {on.url("/403")}},
        {3, {on.url("/503"), "--retry-timeout", "0"}},
        {3, {"http://localhost:1/f", "--retry-timeout", "0"}},
        {9, {on.url(), "--checksum", "md5:00000000000000000000000000000000"}},
        {9, {on.url(), "--validate-command", "false"}},
    };
    for (const auto& [code, arguments] : cases) {
        auto start = arguments;
        start.insert(start.begin() + 1, "f");
        start.insert(start.begin(), {"start", "-q"});
        const auto done = on.ferry(start);
        INFO(done.err);
        CHECK(done.exit_code == code);
        CHECK(done.out.empty());
        CHECK(std::count(done.err.begin(), done.err.end(), '\n') == 1);  // -q: only the error
        CHECK(done.err.starts_with("ferry: f: "));
        CHECK(on.state("f") == "Error");
        on.out({"remove", "f"});
        CHECK(std::filesystem::is_empty(on.dir()));
    }
}

TEST_CASE("exit code 5: no such job, for every verb that takes one") {
    const job_site on;
    for (const auto* verb :
         {"show", "suspend", "resume", "complete", "remove", "wait", "explain"}) {
        const auto done = on.ferry({verb, "nobody"});
        CHECK(done.exit_code == 5);
        CHECK(done.err == "ferry: 'nobody': no such job (see 'ferry list')\n");
        CHECK(done.out.empty());
    }
}

TEST_CASE("exit code 5: resume of a job that cannot start") {
    const job_site on;
    on.create(
        {on.url(), "f", "--suspended", "--transfer-policy", "standard", "--display-name", "parts"});
    for (const auto& verb :
         {std::vector<std::string>{"resume", "parts"},
          std::vector<std::string>{"resume", "--asynchronous", "parts"}}) {
        const auto done = on.ferry(verb);
        CHECK(done.exit_code == 5);
        CHECK(has(done.err, "--transfer-policy"));
    }
}

TEST_CASE("exit code 4: wait for a job that was completed in part") {
    const job_site on;
    on.publish_big();
    const auto id =
        on.create({"--source", on.url(), "--source", on.url("/big"), "--limit-rate", "100K"});
    const auto wait = on.begin({"wait", id});
    REQUIRE(eventually([&] { return number(on.job(id), "files_transferred") == 1; }));
    CHECK(on.ferry({"complete", id}).exit_code == 4);
    REQUIRE(wait->wait(10s));
    CHECK(wait->exit_code() == 4);
}

TEST_CASE("exit code 2: no home, or one with too long a name, for every verb") {
    const workshop in;
    const std::string name(100, 'x');
    const auto home = "FERRY_HOME=" + (in.dir / name).string();
    for (const auto& environment :
         {std::vector<std::string>{"-u", "HOME", "-u", "FERRY_HOME"},
          std::vector<std::string>{home}})
        for (const auto& verb :
             {std::vector<std::string>{"list"},
              {"wait", "x"},
              {"daemon", "status"},
              {"start", "/etc/passwd", "f"}}) {
            std::vector<std::string> command = {"env"};
            command.insert(command.end(), environment.begin(), environment.end());
            command.push_back(ferry_binary());
            command.insert(command.end(), verb.begin(), verb.end());
            const auto done = run(command, {.folder = in.dir});
            INFO(done.err);
            CHECK(done.exit_code == 2);
            CHECK(has(done.err, "FERRY_HOME"));
        }
}

TEST_CASE("exit code 2: get --asynchronous into a folder that is not there; nothing starts") {
    const job_site on;
    const auto done = on.ferry({"get", "--asynchronous", on.url(), "-o", "no/such/f"});
    CHECK(done.exit_code == 2);
    CHECK(has(done.err, "no/such: no such directory (--create-dirs makes it)"));
    const auto none = on.ferry({"get", "--asynchronous", "-i", "/dev/null"});
    CHECK(none.exit_code == on.ferry({"get", "-i", "/dev/null"}).exit_code);
    CHECK(none.out.empty());
    CHECK(on.daemon() == 0);
}

TEST_CASE("exit code 10: standard output takes nothing; what was asked for is done all the same") {
    const job_site on;
    const auto into_full = [&on](const std::string& words) {
        const auto command = ferry_binary() + " " + words + " > /dev/full";
        return run({"sh", "-c", command}, on.options());
    };
    for (const auto* words : {"start", "get"}) {
        const auto file = std::string("f-") + words;
        const auto option = words == std::string("get") ? " -o " : " ";
        const auto done = into_full(words + (" " + on.url()) + option + file + " --json");
        CHECK(done.exit_code == 10);
        CHECK(has(done.err, "ferry: standard output: No space left on device\n"));
        CHECK(on.files.off(file, on.whole) == "");
    }
    on.create({on.url(), "g", "--suspended"});
    CHECK(into_full("list").exit_code == 10);
    CHECK(into_full("show g --json").exit_code == 10);
}

TEST_CASE("exit code 11: a daemon that has no place to live") {
    const workshop in;
    spill(in.dir / "home", "a file");
    const auto done = run_ferry(
        {"list"}, {.folder = in.dir, .environment = {{"FERRY_HOME", (in.dir / "home").string()}}});
    CHECK(done.exit_code == 11);
    CHECK(done.err.starts_with("ferry: "));
    CHECK(done.out.empty());
}

}  // namespace
}  // namespace ferry::test::job_verbs_test
