// The commands of the BITS documentation, as they stand.
#include "job_site.hpp"

namespace ferry::test::cmdlet_test {
namespace {

// --- Start-BitsTransfer -------------------------------------------------------------------------

TEST_CASE("Start-BitsTransfer: waits, and the file is there; names, places, cases, prefixes") {
    const job_site on;
    const std::vector<std::vector<std::string>> spellings = {
        {"Start-BitsTransfer", "-Source", on.url(), "-Destination", "f"},
        {"Start-BitsTransfer", on.url(), "f"},
        {"start-bitstransfer", "-source", on.url(), "-DESTINATION", "./f"},
        {"START-BITSTRANSFER", "-So:" + on.url(), "-Dest", "f", "-Prio", "HIGH"},
        {"Start-BitsTransfer", "-Destination", "f", on.url()},
    };
    for (const auto& command : spellings) {
        const auto done = on.ferry(command);
        CHECK_MESSAGE(done.exit_code == 0, done.err);
        CHECK(done.out.empty());  // it emits no object
        CHECK(on.files.off("f", on.whole) == "");
        std::filesystem::remove(on.dir() / "f");
    }
    CHECK(on.jobs().empty());
    CHECK(on.is_clean());
}

TEST_CASE("Start-BitsTransfer: several sources pair with as many destinations") {
    const job_site on;
    on.out(
        {"Start-BitsTransfer", "-Source", on.url() + "," + on.url("/other"), "-Destination",
         "a, b"});
    CHECK(on.files.off("a", on.whole) == "");
    CHECK(on.files.off("b", on.other) == "");
    const auto odd =
        on.ferry({"Start-BitsTransfer", on.url() + "," + on.url("/other") + "," + on.url(), "c,d"});
    CHECK(odd.exit_code == 2);
    CHECK(has(odd.err, "3 sources but 2 destinations"));
    CHECK(on.jobs().empty());
}

TEST_CASE("Start-BitsTransfer: wildcards of local sources, all matches in one job") {
    const job_site on;
    for (const auto* folder : {"in", "out"}) std::filesystem::create_directory(on.dir() / folder);
    spill(on.dir() / "in" / "1.txt", "one");
    spill(on.dir() / "in" / "2.txt", "two");
    spill(on.dir() / "in" / "3.bin", "three");
    const auto done =
        on.out({"Start-BitsTransfer", "-Source", "./in/*.txt", "-Destination", "./out/", "--json"});
    CHECK(number(job_of(done), "files_total") == 2);
    CHECK(on.files.off("out/1.txt", "one") == "");
    CHECK(on.files.off("out/2.txt", "two") == "");
    CHECK_FALSE(on.files.has("out/3.bin"));
}

TEST_CASE("Start-BitsTransfer: what cannot be meant starts nothing and needs no daemon") {
    const job_site on;
    const std::vector<std::vector<std::string>> wrong = {
        {},
        {on.url("/*")},
        {on.url(), "*.txt"},
        {"./none/*.txt", "."},
        {on.url(), "no-such-folder/f"},
        {on.url(), "f", "-Priority", "Highest"},
        {on.url(), "f", "-Prioritty", "High"},
        {on.url(), "f", "-P", "High"},            // of several parameters
        {on.url(), "f", "-ProxyList", "p:8080"},  // only with -ProxyUsage Override
        {on.url(), "f", "-RetryInterval", "59"},
        {on.url(), "f", "-OutVariable", "x"},
        {on.url(), "f", "-Confirm"},  // no terminal
    };
    for (auto command : wrong) {
        command.insert(command.begin(), "Start-BitsTransfer");
        const auto done = on.ferry(command);
        INFO(done.err);
        CHECK(done.exit_code == 2);
        CHECK(done.err.starts_with("ferry: "));
        CHECK(done.out.empty());
    }
    CHECK(on.daemon() == 0);
    CHECK(std::filesystem::is_empty(on.dir()));
}

TEST_CASE("-Asynchronous: prints the job at once; its files stay hidden until Complete-") {
    const job_site on;
    const auto told =
        on.out({"Start-BitsTransfer", on.url(), "f", "-Asynchronous", "-DisplayName", "the one"});
    CHECK(told.starts_with("the one ("));
    on.out({"wait", "the one"});
    CHECK_FALSE(on.files.has("f"));
    const auto listed = on.out({"Get-BitsTransfer"});
    CHECK(has(listed, "the one"));
    CHECK(has(listed, "Transferred"));
    CHECK(on.out({"Complete-BitsTransfer", "the one"}).ends_with("): completed\n"));
    CHECK(on.files.off("f", on.whole) == "");
    CHECK(on.ferry({"Complete-BitsTransfer", "the one"}).exit_code == 5);  // the handle is stale
    CHECK(on.jobs().empty());
}

// --- The others ---------------------------------------------------------------------------------

TEST_CASE("-Suspended, Add-BitsFile, Resume-BitsTransfer, which waits and completes") {
    const job_site on;
    const auto id = on.create({"--suspended", "--display-name", "three"});
    CHECK(on.ferry({"Resume-BitsTransfer", "three"}).exit_code != 0);  // it has no files
    on.out(
        {"Add-BitsFile", "three", "-Source", on.url() + "," + on.url("/other"), "-Destination",
         "a,b"});
    on.out({"Add-BitsFile", id, on.url()});
    CHECK(on.state(id) == "Suspended");
    CHECK(on.job(id).at("files").as_array().size() == 3);
    CHECK(on.out({"resume-bitstransfer", "-BitsJob", "three"}).empty());
    CHECK(on.files.off("a", on.whole) == "");
    CHECK(on.files.off("b", on.other) == "");
    CHECK(on.files.off("file", on.whole) == "");
}

TEST_CASE("Resume-BitsTransfer -Asynchronous: queues, and does not complete") {
    const job_site on;
    const auto id = on.create({on.url(), "f", "--suspended"});
    on.out({"Resume-BitsTransfer", id, "-Asynchronous"});
    CHECK(on.comes_to(id, "Transferred"));
    on.out({"Remove-BitsTransfer", id});
    CHECK(std::filesystem::is_empty(on.dir()));
}

TEST_CASE("Set-BitsTransfer: priority, name and retry times, seen at once by show") {
    const job_site on;
    const auto id = on.create({on.url(), "f", "--suspended"});
    on.out({"Set-BitsTransfer", id, "-Priority", "Low", "-dn", "later", "-RetryInterval", "60"});
    const auto job = on.job("later");
    CHECK(job.at("priority") == "low");
    CHECK(job.at("settings").at("retry_interval") == 60);
    CHECK(on.ferry({"Set-BitsTransfer", id, "-Source", on.url()}).exit_code == 2);
    CHECK(on.ferry({"Set-BitsTransfer", "nobody", "-Priority", "Low"}).exit_code == 5);
}

TEST_CASE("Get-BitsTransfer: by names with wildcards, and by ids and their beginnings") {
    const job_site on;
    const auto id = on.create({on.url(), "a", "--suspended", "--display-name", "backup one"});
    on.create({on.url(), "b", "--suspended", "--display-name", "backup two"});
    on.create({on.url(), "c", "--suspended", "--display-name", "other"});
    const auto found = [&](std::vector<std::string> arguments) {
        arguments.insert(arguments.begin(), "Get-BitsTransfer");
        return on.document(std::move(arguments)).at("jobs").as_array().size();
    };
    CHECK(found({}) == 3);
    CHECK(found({"BACKUP*"}) == 2);
    CHECK(found({"-Name", "backup ???,other"}) == 3);
    CHECK(found({"nothing*"}) == 0);
    CHECK(found({"-JobId", id}) == 1);
    CHECK(found({"-JobId", id.substr(0, 8)}) == 1);
    CHECK(on.ferry({"Get-BitsTransfer", "nothing"}).exit_code == 5);
    CHECK(on.ferry({"Get-BitsTransfer", "-JobId", id, "-Name", "x"}).exit_code == 2);
}

TEST_CASE("Suspend- and Remove-BitsTransfer: stop a job, and delete what has arrived of it") {
    const job_site on;
    on.publish_big();
    const auto id = on.create({on.url("/big"), "f", "--limit-rate", "1M"});
    REQUIRE(eventually([&] { return number(on.job(id), "bytes_transferred") > 0; }));
    on.out({"Suspend-BitsTransfer", id});
    CHECK(on.state(id) == "Suspended");
    on.out({"Suspend-BitsTransfer", id});  // no-op
    CHECK_FALSE(on.is_clean());
    on.out({"Remove-BitsTransfer", id});
    CHECK(std::filesystem::is_empty(on.dir()));
}

TEST_CASE("-WhatIf: tells the targets and does nothing") {
    const job_site on;
    const auto told = on.out({"Start-BitsTransfer", on.url(), "f", "-WhatIf"});
    CHECK(
        told == "What if: Performing the operation \"Start-BitsTransfer\" on target \"" + on.url() +
                    " to " + (on.dir() / "f").native() + "\".\n");
    const auto secret = on.ferry({"Start-BitsTransfer", "http://me:hunter2@h/f", "g", "-WhatIf"});
    CHECK(secret.exit_code == 2);
    CHECK_FALSE(has(secret.out + secret.err, "hunter2"));
    CHECK(on.daemon() == 0);
    const auto id = on.create({on.url(), "f", "--suspended", "--display-name", "one"});
    CHECK(
        on.out({"Remove-BitsTransfer", id, "-WhatIf"}) ==
        "What if: Performing the operation \"Remove-BitsTransfer\" on target \"one (" +
            id.substr(0, 8) + ")\".\n");
    CHECK(on.state(id) == "Suspended");
    CHECK(on.ferry({"Remove-BitsTransfer", "nobody", "-WhatIf"}).exit_code == 5);
}

TEST_CASE("-ErrorAction SilentlyContinue: the exit code alone tells of the error") {
    const job_site on;
    const auto done = on.ferry({"Remove-BitsTransfer", "nobody", "-ea", "SilentlyContinue"});
    CHECK(done.exit_code == 5);
    CHECK(done.err.empty());
    CHECK_FALSE(on.ferry({"Remove-BitsTransfer", "nobody", "-ea", "Stop"}).err.empty());
}

TEST_CASE("a wrong command line is explained in the words of the cmdlet") {
    const job_site on;
    const auto error = [&](std::vector<std::string> more) {
        more.insert(more.begin(), {"Start-BitsTransfer", "-Source"});
        const auto done = on.ferry(more);
        CHECK(done.exit_code == 2);
        return done.err;
    };
    CHECK(has(error({on.url(), "-MaxDownloadTime", "0"}), "ferry: -MaxDownloadTime 0: "));
    CHECK(has(error({on.url() + ",b.txt", "-Destination", "f"}), "'\"a,b\"'"));
    CHECK(on.daemon() == 0);
}

// --- What ferry cannot do yet -------------------------------------------------------------------

TEST_CASE(
    "unsupported parameters: kept with a suspended job and shown; such a job does not start") {
    const job_site on;
    const std::vector<std::vector<std::string>> parameters = {
        {"-UseStoredCredential", "Proxy"},
        {"-CertHash", std::string(40, 'a')},
        {"-TransferPolicy", "Standard,Roaming"},
    };
    for (const auto& more : parameters) {
        std::vector<std::string> start = {"Start-BitsTransfer", on.url(), "f"};
        start.insert(start.end(), more.begin(), more.end());
        const auto refused = on.ferry(start);
        INFO(refused.err);
        CHECK(refused.exit_code == 2);
        CHECK(has(refused.err, "not yet supported (-Suspended stores such a job)"));
        CHECK(on.jobs().empty());
        start.insert(start.end(), {"-Suspended", "-DisplayName", "kept"});
        const auto kept = on.ferry(start);
        CHECK(kept.exit_code == 0);
        CHECK(has(kept.err, ": not yet supported; the job is kept, but cannot start"));
        CHECK(has(on.out({"show", "kept"}), "(not yet supported)"));
        const auto resumed = on.ferry({"Resume-BitsTransfer", "kept"});
        CHECK(resumed.exit_code == 5);
        CHECK(has(resumed.err, "not yet supported"));
        CHECK(on.state("kept") == "Suspended");
        on.out({"remove", "kept"});
    }
}

TEST_CASE("an unsupported option that is taken back no longer keeps a job from starting") {
    const job_site on;
    const auto id = on.create(
        {on.url(), "f", "--suspended", "--transfer-policy", "standard", "--use-stored-credential",
         "proxy"});
    on.out({"set", id, "--transfer-policy", "always", "--use-stored-credential", "none"});
    on.out({"resume", id});
    CHECK(on.files.off("f", on.whole) == "");
}

TEST_CASE("uploads: a URL for a destination is no upload unless that is said") {
    const job_site on;
    spill(on.dir() / "f", "mine");
    const auto meant = on.ferry({"Start-BitsTransfer", "f", on.url("/up")});
    CHECK(meant.exit_code == 2);
    CHECK(has(meant.err, "-TransferType upload"));
    CHECK(on.jobs().empty());
}

}  // namespace
}  // namespace ferry::test::cmdlet_test
