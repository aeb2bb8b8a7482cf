// Wildcards and whole folders: of a real smbd, and of this machine.
#include <ferry/smb/protocol.hpp>

#include <support/fixture.hpp>
#include <support/samba_server.hpp>

#include "jobs.hpp"

#include <asio/io_context.hpp>
#include <asio/ip/tcp.hpp>

#include <sys/stat.h>

#include <algorithm>
#include <map>
#include <set>

namespace ferry::test::smb_tree_test {
namespace {

namespace fs = std::filesystem;

/// What is in a folder and below: names with their content, folders with a '/' and none.
std::map<std::string, std::string> tree_of(const fs::path& folder) {
    std::map<std::string, std::string> all;
    for (const auto& one : fs::recursive_directory_iterator(folder)) {
        const auto name = one.path().lexically_relative(folder).native();
        if (one.is_directory())
            all[name + "/"] = "";
        else
            all[name] = slurp(one.path());
    }
    return all;
}

/// Names that are hard to carry.
std::vector<std::string> hard_names() {
    return {
        "a b.txt",
        "a#b.txt",
        "50%25.txt",
        "100%.txt",
        "+&=;,@!$'().txt",
        "[1].txt",
        "\xC3\xA4\xC3\xB6\xC3\xBC\xC3\x9F.txt",
        "\xE6\x97\xA5\xE6\x9C\xAC.txt",
        std::string(251, 'n').append(".txt")};
}

struct tree_site : job_shop {
    samba_server server;

    fs::path data() const { return server.data(); }
    process_options knowing() const {
        auto how = options();
        how.environment.emplace_back("FERRY_PASSWORD", server.password());
        return how;
    }
    finished run(std::vector<std::string> arguments) const {
        arguments.insert(arguments.end(), {"--credential", server.user()});
        return run_ferry(std::move(arguments), knowing());
    }
    finished fetch(const std::string& path, std::vector<std::string> more = {}) const {
        more.insert(more.begin(), {"get", server.url(path)});
        return run(std::move(more));
    }
};

void make_tree(const fs::path& top) {
    fs::create_directories(top / "sub" / "deep er");
    fs::create_directories(top / "empty" / "too");
    spill(top / "one", "1");
    spill(top / "sub" / "two", random_bytes(100'000));
    for (const auto& name : hard_names()) spill(top / "sub" / "deep er" / name, name);
}

// --- The plug-in --------------------------------------------------------------------------------

TEST_CASE("smb: a folder is listed, thousands of names and all") {
    samba_server server;
    fixture on;
    smb::protocol smb(on.io.get_executor(), on.time);
    access_options access;
    access.who.user = server.user();
    access.who.password = secret(server.password());
    const auto shared = std::make_shared<const access_options>(access);
    const auto list = [&](const std::string& path) {
        return on.run(smb.list_folder({parse_url(server.url(path)).value(), shared}));
    };
    fs::create_directory(server.data() / "many");
    std::set<std::string> names;
    for (int i = 0; i < 3'000; ++i) {
        const auto name = std::to_string(i) + std::string(100, 'x');
        names.insert(name);
        spill(server.data() / "many" / name, "");
    }
    const auto many = list("/data/many/");
    REQUIRE_MESSAGE(many, describe(many.error()));
    std::set<std::string> listed;
    for (const auto& one : many->entries) {
        CHECK(one.kind == folder_entry::type::file);
        CHECK_FALSE(one.link);
        listed.insert(one.name);
    }
    CHECK(listed == names);
    const auto top = list("/data");
    REQUIRE(top);
    REQUIRE(top->entries.size() == 1);
    CHECK(top->entries.front().kind == folder_entry::type::folder);
    CHECK_FALSE(top->entries.front().identity.empty());
    CHECK(top->entries.front().identity == many->identity);
    CHECK(top->identity != many->identity);
    CHECK(list("/data/nothing").error().code == errc::not_found);
    CHECK(list("/nothing").error().code == errc::not_found);
    const auto file = list("/data/many/" + *names.begin());
    CHECK(file.error().code == std::errc::not_a_directory);
}

// --- get ----------------------------------------------------------------------------------------

TEST_CASE("get: what a pattern fits on a share, in one folder, whatever the names are") {
    const tree_site on;
    for (const auto& name : hard_names()) spill(on.data() / name, name);
    spill(on.data() / ".hidden.txt", "h");
    spill(on.data() / "other.iso", "i");
    fs::create_directory(on.data() / "folder.txt");
    fs::create_directory(on.dir() / "out");
    const auto got = on.fetch("/data/*.txt", {"-d", "out"});
    CHECK_MESSAGE(got.exit_code == 0, got.err);
    CHECK(got.err.find("folder.txt (wildcards take regular files only)") != std::string::npos);
    std::map<std::string, std::string> wanted;
    for (const auto& name : hard_names()) wanted[name] = name;
    CHECK(tree_of(on.dir() / "out") == wanted);
    const auto host = "127.0.0.1:" + std::to_string(on.server.port());
    CHECK(on.run({"get", "smb://" + host + "/data/?100*.txt", "-d", "out"}).exit_code == 2);
    CHECK(on.run({"get", "smb://" + host + "/data/[!o]*.ISO", "-d", "out"}).exit_code == 2);
    CHECK(on.run({"get", "smb://" + host + "/data/[m-o]*.ISO", "-d", "out"}).exit_code == 0);
    CHECK(slurp(on.dir() / "out" / "other.iso") == "i");
    const auto hidden = on.fetch("/data/*.txt", {"-d", "out", "--hidden"});
    CHECK(slurp(on.dir() / "out" / ".hidden.txt") == "h");
}

TEST_CASE("get: a pattern that nothing fits, and a share that lets nobody in") {
    const tree_site on;
    spill(on.data() / "a", "x");
    const auto none = on.fetch("/data/*.txt");
    CHECK(none.exit_code == 2);
    CHECK(none.err.find("/data/*.txt: no file matches") != std::string::npos);
    CHECK(on.fetch("/data/none/*").exit_code == 7);
    CHECK(on.fetch("/none/*").err.find("no file matches (") != std::string::npos);
    CHECK(on.fetch("/data/none", {"--recursive"}).exit_code == 7);
    auto wrong = on.knowing();
    wrong.environment.back().second = "wrong";
    const auto refused =
        run_ferry({"get", on.server.url("/data/*"), "--credential", on.server.user()}, wrong);
    CHECK_MESSAGE(refused.exit_code == 6, refused.err);
    CHECK(tree_of(on.dir()).empty());
}

TEST_CASE("get: a whole folder of a share arrives as it is, empty folders too") {
    const tree_site on;
    make_tree(on.data() / "top");
    fs::create_directory(on.dir() / "out");
    const auto got = on.fetch("/data/top", {"--recursive", "-d", "out"});
    CHECK_MESSAGE(got.exit_code == 0, got.err);
    CHECK(tree_of(on.dir() / "out" / "top") == tree_of(on.data() / "top"));
    const auto share = on.fetch("/data", {"--recursive", "-d", "new", "--create-dirs"});
    CHECK_MESSAGE(share.exit_code == 0, share.err);
    CHECK(tree_of(on.dir() / "new" / "data") == tree_of(on.data()));
    spill(on.data() / "top" / ".rc", "h");
    const auto theirs = on.dir() / "theirs";
    fs::create_directory(theirs);
    const auto client =
        on.server.client("data", "recurse; prompt; lcd " + theirs.native() + "; mget top");
    CHECK_MESSAGE(client.exit_code == 0, client.out);
    const auto all = on.fetch("/data/top", {"--recursive", "-d", "out", "--hidden"});
    CHECK_MESSAGE(all.exit_code == 0, all.err);
    CHECK(tree_of(on.dir() / "out") == tree_of(theirs));
}

/// Files of which a run said that they were there already.
std::size_t skipped(const finished& run) {
    std::size_t count = 0;
    for (const auto& event : events_of(run.out))
        if (text(event, "event") == "file.finished") count += event.at("skipped").as_bool();
    return count;
}

TEST_CASE("get, put: a folder goes on: what is there already, with size and time, stays") {
    const tree_site on;
    make_tree(on.data() / "top");
    const auto files = 2 + hard_names().size();
    fs::path from = on.data() / "top", to = on.dir() / "got" / "top";
    std::vector<std::string> command = {"get", on.server.url("/data/top"), "-d", "got"};
    SUBCASE("from a share") {}
    SUBCASE("of this machine") { command[1] = from.native(); }
    SUBCASE("to a share") {
        fs::create_directory(on.dir() / "sent");
        fs::rename(on.data() / "top", on.dir() / "sent" / "top");
        from = on.dir() / "sent" / "top";
        to = on.data() / "top";
        command = {"put", "sent/top", on.server.url("/data/")};
    }
    command.insert(command.end(), {"--recursive", "--create-dirs", "--json"});
    const auto first = on.run(command);
    CHECK_MESSAGE(first.exit_code == 0, first.err);
    CHECK(skipped(first) == 0);

    const auto again = on.run(command);
    CHECK_MESSAGE(again.exit_code == 0, again.err);
    CHECK(skipped(again) == files);
    CHECK(number(job_of(again.out), "bytes_transferred") == 0);

    spill(from / "one", "2");        // of the same size, but later
    fs::remove(to / "sub" / "two");  // has not come yet
    spill(to / "sub" / "deep er" / "a b.txt", "cut");
    const auto third = on.run(command);
    CHECK_MESSAGE(third.exit_code == 0, third.err);
    CHECK(skipped(third) == files - 3);
    CHECK(tree_of(to) == tree_of(from));

    command.insert(command.end(), {"--existing", "replace"});
    const auto anew = on.run(command);
    CHECK_MESSAGE(anew.exit_code == 0, anew.err);
    CHECK(skipped(anew) == 0);
    CHECK(tree_of(to) == tree_of(from));
}

TEST_CASE("get, put: a server that is away is asked for its folders again, if that is wanted") {
    tree_site on;
    make_tree(on.data() / "top");
    on.server.stop();
    for (const bool sends : {false, true}) {
        INFO(sends);
        const auto from = sends ? (on.dir() / "sent").native() : on.server.url("/data/top");
        const auto to = sends ? on.server.url("/data/sent/") : (on.dir() / "sent").native();
        std::vector<std::string> command = {ferry_binary(), sends ? "put" : "get", "--recursive"};
        if (sends)
            command.insert(command.end(), {from, to});
        else
            command.insert(command.end(), {from, "-d", to});
        command.insert(command.end(), {"--credential", on.server.user(), "--create-dirs"});
        auto at_once = command;
        at_once.insert(at_once.end(), {"--retry-timeout", "0"});
        CHECK(run(at_once, on.knowing()).exit_code == 3);
        process waiting(command, on.knowing());
        const auto told = [&] {
            return waiting.err().find("; trying again in ") != std::string::npos;
        };
        REQUIRE_MESSAGE(eventually(told), waiting.err());
        on.server.start();
        REQUIRE(waiting.wait(std::chrono::seconds(30)));
        CHECK_MESSAGE(waiting.exit_code() == 0, waiting.err());
        on.server.stop();
    }
    CHECK(tree_of(on.dir() / "sent" / "top") == tree_of(on.data() / "top"));
    CHECK(tree_of(on.data() / "sent" / "sent") == tree_of(on.dir() / "sent"));
}

TEST_CASE("get, put, start: an interruption while a server does not answer about its folders") {
    const job_shop on;
    make_tree(on.dir() / "sent");
    asio::io_context io;
    asio::ip::tcp::acceptor silent(io, {asio::ip::make_address("127.0.0.1"), 0});
    const auto share =
        "smb://me@127.0.0.1:" + std::to_string(silent.local_endpoint().port()) + "/share/";
    auto how = on.options();
    how.environment.emplace_back("FERRY_PASSWORD", "secret");
    for (const std::vector<std::string>& command :
         {std::vector<std::string>{"get", "-r", share + "top"},
          {"get", "-r", share + "top", "-q"},
          {"put", "-r", "sent", share},
          {"start", "-r", share + "top"}}) {
        CAPTURE(command);
        auto words = command;
        words.insert(words.begin(), ferry_binary());
        process asking(words, how);
        const auto asked = silent.accept();
        asking.signal(SIGINT);
        REQUIRE(asking.wait(10s));
        CHECK(asking.exit_code() == 130);
        CHECK(asking.err() == (command.back() == "-q" ? "" : "ferry: interrupted\n"));
    }
}

TEST_CASE("get: links of a server that lead back, or out of the share") {
    const tree_site on;
    fs::create_directories(on.data() / "top" / "sub");
    spill(on.data() / "top" / "sub" / "f", "x");
    fs::create_directory_symlink("..", on.data() / "top" / "sub" / "up");
    fs::create_symlink("f", on.data() / "top" / "sub" / "g");
    fs::create_symlink("/etc/passwd", on.data() / "top" / "out");
    const auto got = on.fetch("/data/top", {"--recursive"});
    CHECK(got.err.find("sub/up (leads back to a folder that it lies in)") != std::string::npos);
    CHECK_FALSE(fs::exists(on.dir() / "top" / "sub" / "up"));
    CHECK(slurp(on.dir() / "top" / "sub" / "f") == "x");
    CHECK_FALSE(fs::exists(on.dir() / "top" / "out"));
}

TEST_CASE("get: patterns and folders in a list have a folder each, and may be left to the daemon") {
    const tree_site on;
    make_tree(on.data() / "top");
    for (const auto* name : {"a", "b"}) fs::create_directory(on.dir() / name);
    spill(
        on.dir() / "list",
        on.server.url("/data/top/o*") + "\ta\n" + on.server.url("/data/top/sub") + "\tb\n");
    const auto got = on.run({"get", "-r", "-i", "list", "--json"});
    CHECK_MESSAGE(got.exit_code == 0, got.err);
    CHECK(number(job_of(got.out), "files_total") == 2 + hard_names().size());
    CHECK(tree_of(on.dir() / "a") == std::map<std::string, std::string>{{"one", "1"}});
    CHECK(tree_of(on.dir() / "b" / "sub") == tree_of(on.data() / "top" / "sub"));
    const auto left = on.fetch("/data/top", {"-r", "--asynchronous"});
    CHECK_MESSAGE(left.exit_code == 0, left.err);
    CHECK(eventually([&] { return on.jobs().empty(); }));
    CHECK(tree_of(on.dir() / "top") == tree_of(on.data() / "top"));
}

TEST_CASE("get: a folder of a share is not one file; its pipes do not keep anybody waiting") {
    const tree_site on;
    make_tree(on.data() / "top");
    const auto folder = on.fetch("/data/top");
    CHECK(folder.exit_code == 1);
    CHECK(folder.err.find("add --recursive") != std::string::npos);
    REQUIRE(::mkfifo((on.data() / "top" / "pipe").c_str(), 0666) == 0);
    const auto got = on.fetch("/data/top", {"-r"});
    CHECK_MESSAGE(got.exit_code == 0, got.err);
    CHECK(slurp(on.dir() / "top" / "one") == "1");
    CHECK(slurp(on.dir() / "top" / "pipe").empty());  // so Samba shows it
}

TEST_CASE("get: a whole local folder; links and pipes are not taken, and loops end") {
    const job_shop on;
    const auto from = on.dir() / "from";
    make_tree(from);
    const auto plain = tree_of(from);
    fs::create_directory_symlink("..", from / "sub" / "up");
    fs::create_symlink("one", from / "link");
    REQUIRE(::mkfifo((from / "pipe").c_str(), 0600) == 0);
    fs::create_directory(on.dir() / "out");
    const auto got = on.ferry({"get", "-r", "from", "-d", "out"});
    CHECK_MESSAGE(got.exit_code == 0, got.err);
    CHECK(got.err.find("/from/pipe") != std::string::npos);
    CHECK(got.err.find("/from/link") != std::string::npos);
    CHECK(got.err.find("links are taken with --follow-links") != std::string::npos);
    CHECK(tree_of(on.dir() / "out" / "from") == plain);
    fs::create_directory(on.dir() / "more");
    const auto linked = on.ferry({"get", "-r", "from/", "-d", "more", "--follow-links"});
    CHECK_MESSAGE(linked.exit_code == 0, linked.err);
    CHECK(linked.err.find("leads back") != std::string::npos);
    CHECK(slurp(on.dir() / "more" / "from" / "link") == "1");
    const auto some = on.ferry({"get", "from/sub/*", "from/o?e", "-d", "more"});
    CHECK_MESSAGE(some.exit_code == 0, some.err);
    CHECK(fs::exists(on.dir() / "more" / "two"));
    CHECK(fs::exists(on.dir() / "more" / "one"));
}

TEST_CASE("get: a tree never leaves its destination by a link that is there") {
    const job_shop on;
    make_tree(on.dir() / "from");
    fs::create_directories(on.dir() / "out" / "from");
    fs::create_directory(on.dir() / "elsewhere");
    fs::create_directory_symlink(on.dir() / "elsewhere", on.dir() / "out" / "from" / "sub");
    const auto got = on.ferry({"get", "-r", "from", "-d", "out"});
    CHECK(got.exit_code == 2);
    CHECK(got.err.find("a link, which could lead anywhere") != std::string::npos);
    CHECK(tree_of(on.dir() / "elsewhere").empty());
}

TEST_CASE("get, start: a file that stands in place of a folder stays, and ends a tree with 10") {
    const job_shop on;
    make_tree(on.dir() / "from");
    fs::create_directories(on.dir() / "out" / "from");
    spill(on.dir() / "out" / "from" / "sub", "mine");
    for (const auto& run :
         {on.ferry({"get", "-r", "from", "-d", "out"}), on.ferry({"start", "-r", "from", "out"})}) {
        CHECK(run.exit_code == 10);
        CHECK_MESSAGE(
            run.err.find("out/from/sub (remove what is in the way)") != run.err.npos, run.err);
    }
    CHECK(slurp(on.dir() / "out" / "from" / "sub") == "mine");
}

// --- Jobs ---------------------------------------------------------------------------------------

TEST_CASE("start: a pattern on a share is one job, as in the documentation of BITS") {
    const tree_site on;
    for (const auto& name : hard_names()) spill(on.data() / name, name);
    fs::create_directory(on.dir() / "out");
    const auto done = on.run({"start", on.server.url("/data/*.txt"), "out"});
    CHECK_MESSAGE(done.exit_code == 0, done.err);
    std::map<std::string, std::string> wanted;
    for (const auto& name : hard_names()) wanted[name] = name;
    CHECK(tree_of(on.dir() / "out") == wanted);
    const auto url = on.server.url("/data/a*.txt");
    CHECK(on.run({"start", url, "out", "--suspended"}).exit_code == 0);
    const auto jobs = on.jobs();
    REQUIRE(jobs.size() == 1);
    CHECK(number(jobs.front(), "files_total") == 2);
    const auto id = text(jobs.front(), "id");
    const auto added = run_ferry({"add", id, on.server.url("/data/5*"), "out"}, on.knowing());
    CHECK_MESSAGE(added.exit_code == 0, added.err);
    CHECK(number(on.jobs().front(), "files_total") == 3);
}

TEST_CASE("start: a whole folder of a share, and a list of such") {
    const tree_site on;
    make_tree(on.data() / "top");
    fs::create_directory(on.dir() / "out");
    const auto done = on.run({"start", "--recursive", on.server.url("/data/top"), "out"});
    CHECK_MESSAGE(done.exit_code == 0, done.err);
    CHECK(tree_of(on.dir() / "out" / "top") == tree_of(on.data() / "top"));
    fs::create_directory(on.dir() / "csv");
    spill(on.dir() / "list.csv", "Source,Destination\n" + on.server.url("/data/top/") + ",csv\n");
    const auto listed = on.run({"import", "list.csv", "--recursive"});
    CHECK_MESSAGE(listed.exit_code == 0, listed.err);
    CHECK(tree_of(on.dir() / "csv" / "top") == tree_of(on.data() / "top"));
}

TEST_CASE("Start-BitsTransfer: a pattern on a share into a folder") {
    const tree_site on;
    spill(on.data() / "a.txt", "a");
    spill(on.data() / "b.txt", "b");
    fs::create_directory(on.dir() / "out");
    const auto done = run_ferry(
        {"Start-BitsTransfer", "-Source", on.server.url("/data/*.txt"), "-Destination", "out",
         "-Credential", on.server.user()},
        on.knowing());
    CHECK_MESSAGE(done.exit_code == 0, done.err);
    CHECK(tree_of(on.dir() / "out").size() == 2);
}

}  // namespace
}  // namespace ferry::test::smb_tree_test
