// `ferry get` from a real smbd.
#include <support/relay.hpp>
#include <support/samba_server.hpp>

#include "jobs.hpp"

#include <fstream>
#include <thread>

namespace ferry::test::smb_command_test {
namespace {

struct smb_workshop : workshop {
    samba_server server;

    explicit smb_workshop(std::string_view global = {}) : server(global) {}
    process_options knowing_password() const {
        return {.folder = dir.path(), .environment = {{"FERRY_PASSWORD", server.password()}}};
    }
    finished fetch(const std::string& source, std::vector<std::string> more = {}) const {
        more.insert(more.begin(), {source, "--credential", server.user()});
        return get(std::move(more), knowing_password());
    }
    std::unique_ptr<process> fetching(const std::string& source, std::vector<std::string> more) {
        more.insert(more.begin(), {ferry_binary(), "get", source, "--credential", server.user()});
        return std::make_unique<process>(std::move(more), knowing_password());
    }
};

TEST_CASE("get: a file of a share, and smbclient gets the same") {
    const smb_workshop on;
    const auto whole = random_bytes(5'000'000);
    spill(on.server.data() / "a b#\xC3\xBC.bin", whole);
    const auto got = on.fetch(on.server.url("/data/a%20b%23%C3%BC.bin"));
    CHECK_MESSAGE(got.exit_code == 0, got.err);
    CHECK(on.off("a b#\xC3\xBC.bin", whole) == "");
    const auto theirs = (on.dir / "theirs").native();
    const auto same = on.server.client("data", "get \"a b#\xC3\xBC.bin\" " + theirs);
    CHECK_MESSAGE(same.exit_code == 0, same.out);
    CHECK(slurp(theirs) == whole);
}

TEST_CASE("get, put: a way to a share that is slow is not a silent one") {
    const smb_workshop on;
    const auto whole = random_bytes(1'200'000);
    spill(on.server.data() / "file", whole);
    asio::io_context io;
    relay way(io, on.server.port());
    way.bytes_per_second = 200'000;
    std::jthread carrying([&] { io.run(); });
    const auto from = "smb://127.0.0.1:" + std::to_string(way.port()) + "/data/";
    // as a whole, it takes longer than that
    const std::vector<std::string> impatient = {
        "--low-speed-limit", "50K", "--low-speed-time", "2",
        "--retry-timeout",   "0",   "--credential",     on.server.user()};
    using words = std::vector<std::string>;
    for (auto command : {words{"get", from + "file"}, words{"put", "file", from + "new"}}) {
        command.insert(command.end(), impatient.begin(), impatient.end());
        const auto done = run_ferry(command, on.knowing_password());
        CHECK_MESSAGE(done.exit_code == 0, done.err);
    }
    CHECK(on.off("file", whole) == "");
    CHECK(slurp(on.server.data() / "new") == whole);
    io.stop();
}

TEST_CASE("put: a share that stands still is given up when low speed says so") {
    const smb_workshop on;
    const auto whole = random_bytes(1'200'000);
    spill(on.dir / "file", whole);
    asio::io_context io;
    relay way(io, on.server.port());
    way.bytes_per_second = 100'000;
    std::jthread carrying([&] { io.run(); });
    const auto to = "smb://127.0.0.1:" + std::to_string(way.port()) + "/data/new";
    process sending(
        {ferry_binary(), "put", "file", to, "--low-speed-limit", "1K", "--low-speed-time", "3",
         "--retry-timeout", "0", "--credential", on.server.user()},
        on.knowing_password());
    const auto begun = [&] {
        for (const auto& one : std::filesystem::directory_iterator(on.server.data()))
            if (one.path().filename().string().starts_with(".new.")) return one.file_size() > 0;
        return false;
    };
    CHECK(eventually(begun));
    io.stop();
    CHECK(sending.wait(std::chrono::seconds(15)));
    CHECK_MESSAGE(sending.exit_code() == 3, sending.err());
}

TEST_CASE("get: several connections to one file of a share") {
    const smb_workshop on;
    const auto whole = random_bytes(40'000'000);
    spill(on.server.data() / "file", whole);
    const auto got = on.fetch(on.server.url("/data/file"), {"-c", "4"});
    CHECK_MESSAGE(got.exit_code == 0, got.err);
    CHECK(on.off("file", whole) == "");
}

TEST_CASE("get: a large file of a share comes over two connections by itself") {
    const smb_workshop on;
    const auto whole = random_bytes(50'000'000);
    spill(on.server.data() / "file", whole);
    for (const std::vector<std::string>& more :
         {std::vector<std::string>{}, {"-c", "1"}, {"--limit-rate", "100M"}}) {
        const auto got = on.fetch(on.server.url("/data/file"), more);
        CHECK_MESSAGE(got.exit_code == 0, got.err);
        CHECK(on.off("file", whole) == "");
    }
}

TEST_CASE(
    "timing: a file that is changed in place while it comes from a share, comes as it is then") {
    for (const std::string connections : {"1", "2"}) {
        CAPTURE(connections);
        smb_workshop on;
        auto whole = random_bytes(40'000'000);
        const auto source = on.server.data() / "file";
        spill(source, whole);
        std::filesystem::last_write_time(
            source, std::filesystem::file_time_type::clock::now() - std::chrono::hours(1));
        const auto running =
            on.fetching(on.server.url("/data/file"), {"-c", connections, "--limit-rate", "40M"});
        CHECK_FALSE(running->wait(std::chrono::milliseconds(400)));
        std::fstream change(source, std::ios::in | std::ios::out | std::ios::binary);
        for (const std::size_t at : {std::size_t(10), whole.size() - 100}) {
            whole.replace(at, 7, "changed");
            change.seekp(static_cast<std::streamoff>(at));
            change << "changed";
        }
        change.close();
        REQUIRE(running->wait(std::chrono::seconds(30)));
        CHECK_MESSAGE(running->exit_code() == 0, running->err());
        CHECK(on.off("file", whole) == "");
    }
}

TEST_CASE("get: the exit codes of a share's refusals") {
    const smb_workshop on;
    spill(on.server.data() / "file", "x");
    CHECK(on.fetch(on.server.url("/data/nothing")).exit_code == 7);
    CHECK(on.fetch(on.server.url("/nothing/file")).exit_code == 7);
    auto wrong = on.knowing_password();
    wrong.environment = {{"FERRY_PASSWORD", "wrong"}};
    const auto url = on.server.url("/data/file");
    CHECK(on.get({url, "--credential", on.server.user()}, wrong).exit_code == 6);
    CHECK(on.get({url}).exit_code == 6);
    CHECK(
        on.get({"smb://user:secret@127.0.0.1/data/file"}).err.find("secret") == std::string::npos);
    CHECK(on.get({"smb://127.0.0.1", "-o", "f"}).exit_code != 0);
}

TEST_CASE("get: --smb-encrypt refuses a share that is not encrypted") {
    const smb_workshop on("server smb encrypt = off");
    spill(on.server.data() / "file", "x");
    const auto url = on.server.url("/data/file");
    CHECK(on.fetch(url).exit_code == 0);
    CHECK(on.fetch(url, {"--smb-encrypt", "-o", "g"}).exit_code == 8);
    CHECK_FALSE(on.has("g"));
}

TEST_CASE("start: a job that is to be encrypted fails where nothing is, and arrives elsewhere") {
    const job_shop on;
    const auto outcome = [&on](std::string_view global, const std::string& name) {
        const samba_server server(global);
        spill(server.data() / "file", "x");
        auto knowing = on.options();
        knowing.environment.emplace_back("FERRY_PASSWORD", server.password());
        return run_ferry(
            {"start", server.url("/data/file"), name, "--smb-encrypt", "--credential",
             server.user()},
            knowing);
    };
    const auto refused = outcome("server smb encrypt = off", "f");
    CHECK(refused.exit_code == 8);
    CHECK_MESSAGE(refused.err.find("does not encrypt") != refused.err.npos, refused.err);
    CHECK_FALSE(on.files.has("f"));
    const auto arrived = outcome("", "g");
    CHECK_MESSAGE(arrived.exit_code == 0, arrived.err);
    CHECK(on.files.off("g", "x") == "");
}

TEST_CASE("get: a guest says so in the URL") {
    const smb_workshop on;
    const auto host = "guest@127.0.0.1:" + std::to_string(on.server.port());
    for (const std::size_t size : {7, 3'000'000}) {  // at once; and opened once more at the end
        const auto whole = random_bytes(size);
        spill(on.server.open() / "file", whole);
        const auto got = on.get({"smb://" + host + "/open/file"});
        CHECK_MESSAGE(got.exit_code == 0, got.err);
        CHECK(on.off("file", whole) == "");
    }
}

TEST_CASE("get, put: the user whom the URL of a share names needs a password only") {
    const smb_workshop on;
    spill(on.server.data() / "file", "for one");
    const auto share =
        "smb://" + on.server.user() + "@127.0.0.1:" + std::to_string(on.server.port()) + "/data/";
    const auto got = on.get({share + "file"}, on.knowing_password());
    CHECK_MESSAGE(got.exit_code == 0, got.err);
    CHECK(on.off("file", "for one") == "");
    const auto put = run_ferry({"put", "file", share + "other"}, on.knowing_password());
    CHECK_MESSAGE(put.exit_code == 0, put.err);
    CHECK(slurp(on.server.data() / "other") == "for one");
}

TEST_CASE("get: a share whose server dies and comes back; the file goes on where it was") {
    smb_workshop on;
    const auto whole = random_bytes(30'000'000);
    spill(on.server.data() / "file", whole);
    const auto running = on.fetching(
        on.server.url("/data/file"), {"--json", "--limit-rate", "6M", "--retry-interval", "1"});
    CHECK(eventually([&] { return on.durable("file") > 0 || !running->running(); }));
    on.server.stop();
    on.server.start();
    REQUIRE(running->wait(60s));
    CHECK_MESSAGE(running->exit_code() == 0, running->out());
    CHECK(on.off("file", whole) == "");
    CHECK(number(file_of(running->out()), "bytes_discarded") <= 65'536);  // compared, as a proof
}

TEST_CASE("get: a file of a share that changed between two runs is fetched anew") {
    smb_workshop on;
    const auto file = on.server.data() / "file";
    spill(file, random_bytes(30'000'000));
    const auto running = on.fetching(on.server.url("/data/file"), {"--limit-rate", "6M"});
    CHECK(eventually([&] { return on.durable("file") > 0 || !running->running(); }));
    running->signal(SIGINT);
    REQUIRE(running->wait(30s));
    CHECK(running->exit_code() == 130);
    const auto other = random_bytes(30'000'000, 2);
    spill(file, other);
    const auto got = on.fetch(on.server.url("/data/file"));
    CHECK_MESSAGE(got.exit_code == 0, got.err);
    CHECK(on.off("file", other) == "");
}

TEST_CASE("get: a file of a share that was changed without a trace is told by its bytes") {
    smb_workshop on;
    const auto file = on.server.data() / "file";
    spill(file, random_bytes(30'000'000));
    const auto when = std::filesystem::last_write_time(file);
    const auto running = on.fetching(on.server.url("/data/file"), {"--limit-rate", "6M"});
    CHECK(eventually([&] { return on.durable("file") > 0 || !running->running(); }));
    running->signal(SIGINT);
    REQUIRE(running->wait(30s));
    const auto other = random_bytes(30'000'000, 2);
    spill(file, other);
    std::filesystem::last_write_time(file, when);
    const auto got = on.fetch(on.server.url("/data/file"));
    CHECK_MESSAGE(got.exit_code == 0, got.err);
    CHECK(on.off("file", other) == "");
}

}  // namespace
}  // namespace ferry::test::smb_command_test
