// `ferry put` and upload jobs to a share of a real smbd.
#include <support/samba_server.hpp>

#include "jobs.hpp"
#include "small_disk.hpp"

namespace ferry::test::smb_put_test {
namespace {

namespace fs = std::filesystem;

struct put_site : job_shop {
    samba_server server;
    std::string whole = random_bytes(30'000'000);

    put_site() { spill(dir() / "file", whole); }
    process_options knowing() const {
        auto how = options();
        how.environment.emplace_back("FERRY_PASSWORD", server.password());
        return how;
    }
    std::vector<std::string> words(
        const std::string& verb, std::vector<std::string> operands,
        const std::vector<std::string>& more) const {
        operands.insert(operands.begin(), verb);
        operands.insert(operands.end(), {"--credential", server.user()});
        operands.insert(operands.end(), more.begin(), more.end());
        return operands;
    }
    finished put(
        const std::string& file, const std::string& to,
        const std::vector<std::string>& more = {}) const {
        return run_ferry(words("put", {file, to}, more), knowing());
    }
    std::unique_ptr<process> putting(
        const std::string& to, const std::vector<std::string>& more) const {
        auto all = words("put", {"file", to}, more);
        all.insert(all.begin(), ferry_binary());
        return std::make_unique<process>(std::move(all), knowing());
    }
    /// How a file there differs from ours.
    std::string off(const fs::path& there) const {
        return fs::exists(there) ? difference(slurp(there), whole) : "there is no file";
    }
    /// Bytes of the files in the share, whatever they are called.
    std::uint64_t bytes_there() const {
        std::uint64_t sum = 0;
        std::error_code gone;
        for (const auto& one : fs::directory_iterator(server.data()))
            if (const auto size = one.file_size(gone); !gone) sum += size;
        return sum;
    }
    /// The names of everything there, hidden ones too.
    std::vector<std::string> names_there(const fs::path& folder) const {
        std::vector<std::string> all;
        for (const auto& one : fs::directory_iterator(folder))
            all.push_back(one.path().filename().native());
        return all;
    }
    /// Starts an upload and ends it in the middle.
    void interrupt(int signal) const {
        const auto running = putting(server.url("/data/"), {"--limit-rate", "6M"});
        CHECK(eventually([&] { return bytes_there() > 9'000'000 || !running->running(); }));
        running->signal(signal);
        REQUIRE(running->wait(30s));
        CHECK(running->exit_code() != 0);
        CHECK_FALSE(fs::exists(server.data() / "file"));
    }
    void go_on() const {
        const auto done = put("file", server.url("/data/"), {"--json"});
        CHECK_MESSAGE(done.exit_code == 0, done.err);
        CHECK(number(file_of(done.out), "bytes_resumed") > 0);
        CHECK(off(server.data() / "file") == "");
        CHECK(names_there(server.data()) == std::vector<std::string>{"file"});
    }
};

TEST_CASE("put: a file comes to a share whole, and smbclient gets the same") {
    const put_site on;
    const std::string name = "a b#%\xC3\xBC.bin";
    fs::rename(on.dir() / "file", on.dir() / name);
    fs::create_directory(on.server.data() / "in");
    const auto done = on.put(name, on.server.url("/data/in/"));
    CHECK_MESSAGE(done.exit_code == 0, done.err);
    CHECK(on.off(on.server.data() / "in" / name) == "");
    CHECK(on.names_there(on.server.data() / "in").size() == 1);
    const auto theirs = (on.dir() / "theirs").native();
    const auto same = on.server.client("data", "get \"in/" + name + "\" " + theirs);
    CHECK_MESSAGE(same.exit_code == 0, same.out);
    CHECK(on.off(theirs) == "");
    const auto renamed = on.put(name, on.server.url("/data/new/x.bin"), {"--create-dirs"});
    CHECK_MESSAGE(renamed.exit_code == 0, renamed.err);
    CHECK(on.off(on.server.data() / "new" / "x.bin") == "");
    // A path of Windows has no place for a port: it leads to another server.
    const auto away = on.put(name, "\\\\127.0.0.1\\data\\", {"--retry-timeout", "0"});
    CHECK_MESSAGE(away.exit_code == 3, away.err);
    CHECK(away.err.find("127.0.0.1") != std::string::npos);
}

TEST_CASE("put: a whole folder comes to a share with its structure, empty folders too") {
    const put_site on;
    const auto tree = on.dir() / "tree";
    fs::create_directories(tree / "deep er" / "empty");
    spill(tree / "a", "1");
    spill(tree / "deep er" / "b#\xC3\xBC", "22");
    spill(tree / ".hidden", "3");
    const auto arrived = [&](const fs::path& there) {
        return slurp(there / "a") == "1" && slurp(there / "deep er" / "b#\xC3\xBC") == "22" &&
               fs::is_empty(there / "deep er" / "empty") && !fs::exists(there / ".hidden");
    };
    const std::vector<std::string> whole = {"--recursive"};
    const auto done = on.put("tree", on.server.url("/data/"), whole);
    CHECK_MESSAGE(done.exit_code == 0, done.err);
    CHECK(arrived(on.server.data() / "tree"));
    CHECK(on.put("tree", on.server.url("/data/"), whole).exit_code == 0);  // once more
    const auto lost = on.put("tree", on.server.url("/data/no/such/"), whole);
    CHECK(lost.exit_code == 7);
    CHECK_MESSAGE(lost.err.find("--create-dirs") != lost.err.npos, lost.err);
    const auto made = on.put("tree", on.server.url("/data/no/such/"), {"-r", "--create-dirs"});
    CHECK_MESSAGE(made.exit_code == 0, made.err);
    CHECK(arrived(on.server.data() / "no" / "such" / "tree"));
    fs::create_directory(on.server.data() / "busy");
    spill(on.server.data() / "busy" / "tree", "a file");
    const auto busy = on.put("tree", on.server.url("/data/busy/"), whole);
    CHECK(busy.exit_code == 10);
    CHECK_MESSAGE(busy.err.find("where a folder is to be") != busy.err.npos, busy.err);
    CHECK(slurp(on.server.data() / "busy" / "tree") == "a file");
}

TEST_CASE("put: two who send the same at once leave nothing behind but the files") {
    const put_site on;
    fs::create_directory(on.dir() / "tree");
    for (int i = 0; i < 20; ++i) spill(on.dir() / "tree" / std::to_string(i), "x");
    const auto words = on.words("put", {"tree", on.server.url("/data/")}, {"--recursive"});
    auto both = words;
    both.insert(both.begin(), ferry_binary());
    process first(both, on.knowing()), second(both, on.knowing());
    REQUIRE(first.wait(60s));
    REQUIRE(second.wait(60s));
    REQUIRE(run_ferry(words, on.knowing()).exit_code == 0);
    CHECK(on.names_there(on.server.data() / "tree").size() == 20);
}

TEST_CASE("put: names that a share cannot have are refused, the others go there") {
    const put_site on;
    fs::create_directory(on.dir() / "tree");
    for (const auto* name : {"good", "what?", "caf\xE9"}) spill(on.dir() / "tree" / name, "x");
    const auto done = on.put("tree", on.server.url("/data/"), {"--recursive"});
    CHECK(done.exit_code == 4);
    CHECK_MESSAGE(done.err.find("which shares do not have") != done.err.npos, done.err);
    CHECK_MESSAGE(done.err.find("no UTF-8") != done.err.npos, done.err);
    CHECK(on.names_there(on.server.data() / "tree") == std::vector<std::string>{"good"});
}

TEST_CASE("put: jobs send a folder, each one file, and the folders are there before") {
    const put_site on;
    fs::create_directories(on.dir() / "tree" / "in");
    spill(on.dir() / "tree" / "in" / "a", "1");
    spill(on.dir() / "tree" / "b", "22");
    const auto left = on.put("tree", on.server.url("/data/"), {"-r", "--asynchronous"});
    CHECK_MESSAGE(left.exit_code == 0, left.err);
    const auto tree = on.server.data() / "tree";
    REQUIRE(eventually([&] { return fs::exists(tree / "in" / "a") && fs::exists(tree / "b"); }));
    CHECK(slurp(tree / "in" / "a") == "1");
    CHECK(slurp(tree / "b") == "22");
}

TEST_CASE("put: an upload to a share that was interrupted goes on where it was") {
    const put_site on;
    on.interrupt(SIGINT);
    on.go_on();
}

TEST_CASE("put: an upload to a share that was killed goes on where it was") {
    const put_site on;
    on.interrupt(SIGKILL);
    on.go_on();
}

TEST_CASE("put: a share that takes nothing, or lets nobody in, and one that has it already") {
    const put_site on;
    const auto locked = on.put("file", on.server.url("/locked/"));
    CHECK_MESSAGE(locked.exit_code == 6, locked.err);
    CHECK(on.names_there(on.server.locked()).empty());
    CHECK(on.put("file", on.server.url("/nothing/")).exit_code == 7);
    CHECK(on.put("file", on.server.url("/data/none/")).exit_code == 7);
    spill(on.server.data() / "file", "theirs");
    CHECK(on.put("file", on.server.url("/data/"), {"--existing", "fail"}).exit_code == 10);
    CHECK(slurp(on.server.data() / "file") == "theirs");
    CHECK(on.names_there(on.server.data()).size() == 1);
}

TEST_CASE("put: a share without enough room says so; with room, the upload goes on") {
    put_site on;
    const small_disk disk("36m");
    NEEDS_MOUNT(disk);
    on.server.stop();
    on.server.add_share("small", disk.path());
    on.server.start();
    const auto others = disk.path() / "others";
    spill(others, std::string(12'000'000, 'x'));
    const auto full = on.put("file", on.server.url("/small/"));
    CHECK(full.exit_code == 1);
    CHECK_MESSAGE(full.err.find("No space left on device") != std::string::npos, full.err);
    CHECK_FALSE(fs::exists(disk.path() / "file"));
    fs::remove(others);
    const auto done = on.put("file", on.server.url("/small/"), {"--json"});
    CHECK_MESSAGE(done.exit_code == 0, done.err);
    CHECK(number(file_of(done.out), "bytes_resumed") > 0);
    CHECK(on.off(disk.path() / "file") == "");
    CHECK(on.names_there(disk.path()) == std::vector<std::string>{"file"});
}

TEST_CASE("start: an upload job to a share") {
    const put_site on;
    const auto done = run_ferry(
        on.words("start", {"file", on.server.url("/data/there")}, {"--transfer-type", "upload"}),
        on.knowing());
    CHECK_MESSAGE(done.exit_code == 0, done.err);
    CHECK(on.off(on.server.data() / "there") == "");
    CHECK(on.names_there(on.server.data()).size() == 1);
}

}  // namespace
}  // namespace ferry::test::smb_put_test
