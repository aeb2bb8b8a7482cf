// From server to server: shares of a real smbd, WebDAV of real web servers. Nothing is kept here.
#include <support/dav_server.hpp>
#include <support/guarded_server.hpp>
#include <support/samba_server.hpp>

#include "jobs.hpp"

namespace ferry::test::relay_test {
namespace {

namespace fs = std::filesystem;

struct relay_site : job_shop {
    samba_server share;
    dav_server web;
    std::string whole = random_bytes(30'000'000);

    explicit relay_site(dav_software kind = dav_software::nginx) : web(kind) {
        publish(web.root() / "file.bin", whole);
        publish(share.data() / "file.bin", whole);
    }
    process_options knowing() const {
        auto how = options();
        for (const auto* name : {"FERRY_SOURCE_PASSWORD", "FERRY_DESTINATION_PASSWORD"})
            how.environment.emplace_back(name, share.password());
        return how;
    }
    /// With who we are to the share at either end.
    std::vector<std::string> from_share(std::vector<std::string> words) const {
        words.insert(words.end(), {"--source-credential", share.user()});
        return words;
    }
    std::vector<std::string> to_share(std::vector<std::string> words) const {
        words.insert(words.end(), {"--destination-credential", share.user()});
        return words;
    }
    finished run(std::vector<std::string> words) const {
        return run_ferry(std::move(words), knowing());
    }
    std::unique_ptr<process> running(std::vector<std::string> words) const {
        words.insert(words.begin(), ferry_binary());
        return std::make_unique<process>(std::move(words), knowing());
    }
    std::string create(std::vector<std::string> words) const {
        words.insert(words.begin(), "start");
        words.insert(words.end(), {"--asynchronous", "--json"});
        const auto made = run(std::move(words));
        REQUIRE_MESSAGE(made.exit_code == 0, made.err);
        return text(events_of(made.out).front().at("job").as_object(), "id");
    }
    std::string off(const fs::path& there) const {
        return fs::exists(there) ? difference(slurp(there), whole) : "there is no file";
    }
    static std::vector<std::string> names_in(const fs::path& folder) {
        std::vector<std::string> all;
        for (const auto& one : fs::directory_iterator(folder))
            all.push_back(one.path().filename().native());
        return all;
    }
    /// Bytes of hidden files.
    static std::uint64_t bytes_on_the_way(const fs::path& folder) {
        std::uint64_t sum = 0;
        std::error_code gone;
        for (const auto& one : fs::directory_iterator(folder))
            if (one.path().filename().native().starts_with('.'))
                if (const auto size = one.file_size(gone); !gone) sum += size;
        return sum;
    }
    /// A folder of the share that has nothing but what is brought there.
    fs::path in() const {
        fs::create_directories(share.data() / "in");
        return share.data() / "in";
    }
    /// Runs it until some of it is beside `there`, and ends it in the middle.
    void interrupt(std::vector<std::string> words, const fs::path& there, int signal) const {
        const auto folder = there.parent_path();
        words.insert(words.end(), {"--limit-rate", "6M"});
        const auto one = running(std::move(words));
        CHECK(eventually([&] { return bytes_on_the_way(folder) > 9'000'000 || !one->running(); }));
        one->signal(signal);
        REQUIRE(one->wait(30s));
        CHECK(one->exit_code() != 0);
        CHECK_FALSE(fs::exists(there));
    }
    /// The same command goes on.
    void go_on(std::vector<std::string> words, const fs::path& there) const {
        words.push_back("--json");
        const auto done = run(std::move(words));
        CHECK_MESSAGE(done.exit_code == 0, done.err);
        CHECK(number(file_of(done.out), "bytes_resumed") > 0);
        CHECK(off(there) == "");
        CHECK(bytes_on_the_way(there.parent_path()) == 0);
    }
    bool reaches(const std::string& id, std::string_view wanted) const {
        return eventually([&] { return state(id) == wanted; });
    }
};

TEST_CASE("get: what a web server has comes to a share whole, with its time") {
    const relay_site on;
    const auto folder = on.in();
    const auto done =
        on.run(on.to_share({"get", on.web.url("/file.bin"), on.share.url("/data/in/"), "--json"}));
    CHECK_MESSAGE(done.exit_code == 0, done.err);
    CHECK(on.off(folder / "file.bin") == "");
    CHECK(on.names_in(folder).size() == 1);
    const auto age = [](const fs::path& file) {
        return std::chrono::floor<std::chrono::seconds>(fs::last_write_time(file));
    };
    CHECK(age(folder / "file.bin") == age(on.web.root() / "file.bin"));
    CHECK(text(file_of(done.out), "source") == on.web.url("/file.bin"));
    const auto theirs = (on.dir() / "theirs").native();
    const auto same = on.share.client("data", "get in/file.bin " + theirs);
    CHECK_MESSAGE(same.exit_code == 0, same.out);
    CHECK(on.off(theirs) == "");
    CHECK(on.names_in(on.dir()) == std::vector<std::string>{"theirs"});

    const auto named = on.run(on.to_share(
        {"get", on.web.url("/file.bin"), "-o", on.share.url("/data/new/x.bin"), "--create-dirs"}));
    CHECK_MESSAGE(named.exit_code == 0, named.err);
    CHECK(on.off(on.share.data() / "new" / "x.bin") == "");
}

/// A tree in a share, and whether it has arrived elsewhere.
struct shared_tree {
    explicit shared_tree(const relay_site& on) {
        const auto tree = on.share.data() / "tree";
        fs::create_directories(tree / "in" / "empty");
        spill(tree / "a b", "1");
        spill(tree / "in" / "c", "22");
    }
    static bool arrived(const fs::path& there) {
        return slurp(there / "a b") == "1" && slurp(there / "in" / "c") == "22" &&
               fs::is_empty(there / "in" / "empty");
    }
};

TEST_CASE("get, put, start: a folder of a share comes to another server, empty folders too") {
    const relay_site on(dav_software::apache);
    const shared_tree tree(on);
    const auto to = on.in();
    const auto from = on.share.url("/data/tree");
    const auto got = on.run(
        on.from_share(on.to_share({"get", "--recursive", from, "-d", on.share.url("/data/in/")})));
    CHECK_MESSAGE(got.exit_code == 0, got.err);
    CHECK(tree.arrived(to / "tree"));
    const auto sent = on.run(on.from_share({"put", "--recursive", from, on.web.url("/")}));
    CHECK_MESSAGE(sent.exit_code == 0, sent.err);
    CHECK(tree.arrived(on.web.root() / "tree"));
    const auto wild = on.run(on.from_share({"put", from + "/*", on.web.url("/tree/in/")}));
    CHECK_MESSAGE(wild.exit_code == 0, wild.err);
    CHECK(slurp(on.web.root() / "tree" / "in" / "a b") == "1");
    const auto job = on.create(on.from_share(
        on.to_share({"--recursive", from, on.share.url("/data/in/job/"), "--create-dirs"})));
    CHECK_MESSAGE(on.ferry({"wait", job}).exit_code == 0, on.ferry({"explain", job}).out);
    CHECK(tree.arrived(to / "job" / "tree"));
}

TEST_CASE("put: what a share has comes to a web server whole") {
    for (const auto kind : {dav_software::nginx, dav_software::apache}) {
        const relay_site on(kind);
        const auto done = on.run(on.from_share(
            {"put", on.share.url("/data/file.bin"), on.web.url("/new.bin"), "--json"}));
        CHECK_MESSAGE(done.exit_code == 0, done.err);
        CHECK(on.off(on.web.root() / "new.bin") == "");
        CHECK(on.web.partials().empty());
        CHECK(text(file_of(done.out), "source") == on.share.url("/data/file.bin"));
    }
}

TEST_CASE("put: a web server gives to another one, and a share to another one") {
    const relay_site on;
    const dav_server other(dav_software::apache);
    const auto web = on.run({"put", on.web.url("/file.bin"), other.url("/a.bin")});
    CHECK_MESSAGE(web.exit_code == 0, web.err);
    CHECK(on.off(other.root() / "a.bin") == "");
    const samba_server far;
    auto words = on.from_share({"put", on.share.url("/data/file.bin"), far.url("/data/")});
    words.insert(words.end(), {"--destination-credential", far.user()});
    const auto share = on.run(words);
    CHECK_MESSAGE(share.exit_code == 0, share.err);
    CHECK(on.off(far.data() / "file.bin") == "");
    words[0] = "get";
    words.insert(words.end(), {"--existing", "skip"});
    const auto again = on.run(words);
    CHECK_MESSAGE(again.exit_code == 0, again.err);
    CHECK(again.err.find("skipped") != std::string::npos);
}

TEST_CASE("get: an interrupted way to a share goes on where it was") {
    for (const int signal : {SIGINT, SIGKILL}) {
        const relay_site on;
        const auto folder = on.in();
        const auto words = on.to_share({"get", on.web.url("/file.bin"), on.share.url("/data/in/")});
        on.interrupt(words, folder / "file.bin", signal);
        on.go_on(words, folder / "file.bin");
    }
}

TEST_CASE("put: an interrupted way from a share to WebDAV goes on where it was") {
    const relay_site on(dav_software::apache);
    const auto words =
        on.from_share({"put", on.share.url("/data/file.bin"), on.web.url("/new.bin")});
    on.interrupt(words, on.web.root() / "new.bin", SIGKILL);
    on.go_on(words, on.web.root() / "new.bin");
}

TEST_CASE("get: a source that changed between two runs is begun anew") {
    relay_site on;
    const auto folder = on.in();
    const auto words = on.to_share({"get", on.web.url("/file.bin"), on.share.url("/data/in/")});
    on.interrupt(words, folder / "file.bin", SIGKILL);
    on.whole = random_bytes(30'000'000);
    publish(on.web.root() / "file.bin", on.whole, 24h);
    auto again = words;
    again.push_back("--json");
    const auto done = on.run(again);
    CHECK_MESSAGE(done.exit_code == 0, done.err);
    CHECK(number(file_of(done.out), "bytes_resumed") == 0);
    CHECK(on.off(folder / "file.bin") == "");
    CHECK(on.names_in(folder).size() == 1);
}

TEST_CASE("start: a job from a web server to a share is Transferred, and then over") {
    const relay_site on;
    const auto folder = on.in();
    const auto id =
        on.create(on.to_share({on.web.url("/file.bin"), on.share.url("/data/in/new.bin")}));
    CHECK(on.ferry({"wait", id}).exit_code == 0);
    CHECK(on.state(id) == "Transferred");
    CHECK(on.off(folder / "new.bin") == "");
    CHECK(on.out({"show", id}).find("--destination-credential") != std::string::npos);
    CHECK_FALSE(on.out({"explain", id}).empty());
    CHECK(on.ferry({"complete", id}).exit_code == 0);
    CHECK(on.state(id) == "Acknowledged");
    CHECK(on.names_in(folder) == std::vector<std::string>{"new.bin"});
}

TEST_CASE("start: a job from a share to a web server, and one from share to share") {
    const relay_site on(dav_software::apache);
    const auto up = on.run(on.from_share(
        {"start", on.share.url("/data/file.bin"), on.web.url("/up.bin"), "--transfer-type",
         "upload"}));
    CHECK_MESSAGE(up.exit_code == 0, up.err);
    CHECK(on.off(on.web.root() / "up.bin") == "");
    const auto folder = on.in();
    const auto over = on.run(on.to_share(
        on.from_share({"start", on.share.url("/data/*.bin"), on.share.url("/data/in/")})));
    CHECK_MESSAGE(over.exit_code == 0, over.err);
    CHECK(on.off(folder / "file.bin") == "");
}

TEST_CASE("get: a job that is left to the daemon brings a file to a share") {
    const relay_site on;
    const auto folder = on.in();
    const auto left = on.run(on.to_share(
        {"get", "--asynchronous", "--json", on.web.url("/file.bin"), "-d",
         on.share.url("/data/in")}));
    REQUIRE_MESSAGE(left.exit_code == 0, left.err);
    const auto id = text(events_of(left.out).front().at("job").as_object(), "id");
    CHECK(on.ferry({"wait", id}).exit_code == 0);
    CHECK(on.off(folder / "file.bin") == "");
}

TEST_CASE("start: a daemon that was killed goes on with what the share has") {
    const relay_site on;
    const auto folder = on.in();
    const auto id = on.create(
        on.to_share({on.web.url("/file.bin"), on.share.url("/data/in/"), "--limit-rate", "6M"}));
    REQUIRE(eventually([&] { return on.bytes_on_the_way(folder) > 9'000'000; }));
    REQUIRE(on.end_daemon(SIGKILL));
    CHECK(on.ferry({"wait", id}).exit_code == 0);
    const auto file = on.job(id).at("files").as_array().at(0).as_object();
    CHECK(number(file, "bytes_resumed") > 0);
    CHECK(on.off(folder / "file.bin") == "");
    CHECK(on.names_in(folder).size() == 1);
}

TEST_CASE("remove: nothing of a job stays on the share") {
    const relay_site on;
    const auto folder = on.in();
    const auto id = on.create(
        on.to_share({on.web.url("/file.bin"), on.share.url("/data/in/"), "--limit-rate", "6M"}));
    REQUIRE(eventually([&] { return on.bytes_on_the_way(folder) > 5'000'000; }));
    CHECK(on.ferry({"remove", id}).exit_code == 0);
    CHECK(on.names_in(folder).empty());
}

TEST_CASE("get: a share that is killed on the way is waited for, at either end") {
    relay_site on(dav_software::apache);
    const auto folder = on.in();
    const auto survives = [&on](std::vector<std::string> words, const auto& bytes) {
        words.insert(words.end(), {"--limit-rate", "6M", "--retry-interval", "1", "--json"});
        const auto one = on.running(std::move(words));
        CHECK(eventually([&] { return bytes() > 9'000'000 || !one->running(); }));
        on.share.stop();
        CHECK(eventually([&] { return one->out().find("retry") != std::string::npos; }));
        on.share.start();
        REQUIRE(one->wait(60s));
        CHECK_MESSAGE(one->exit_code() == 0, one->err());
    };
    survives(on.to_share({"get", on.web.url("/file.bin"), on.share.url("/data/in/")}), [&] {
        return on.bytes_on_the_way(folder);
    });
    CHECK(on.off(folder / "file.bin") == "");
    survives(on.from_share({"put", on.share.url("/data/file.bin"), on.web.url("/new.bin")}), [&] {
        return on.bytes_on_the_way(on.web.root());
    });
    CHECK(on.off(on.web.root() / "new.bin") == "");
    CHECK(on.web.partials().empty());
}

TEST_CASE("put: a web server that is killed on the way is waited for, at either end") {
    relay_site on(dav_software::apache);
    const auto one = on.running(on.from_share(
        {"put", on.share.url("/data/file.bin"), on.web.url("/new.bin"), "--limit-rate", "6M",
         "--retry-interval", "1"}));
    CHECK(eventually(
        [&] { return on.bytes_on_the_way(on.web.root()) > 9'000'000 || !one->running(); }));
    on.web.kill();
    on.web.restart();
    REQUIRE(one->wait(60s));
    CHECK_MESSAGE(one->exit_code() == 0, one->err());
    CHECK(on.off(on.web.root() / "new.bin") == "");
}

TEST_CASE("relays: a wrong password at either end is an error of that end") {
    const relay_site on;
    const auto folder = on.in();
    auto how = on.options();
    how.environment.emplace_back("FERRY_SOURCE_PASSWORD", "wrong");
    how.environment.emplace_back("FERRY_DESTINATION_PASSWORD", "wrong");
    const auto to =
        run_ferry(on.to_share({"get", on.web.url("/file.bin"), on.share.url("/data/in/")}), how);
    CHECK(to.exit_code == 6);
    CHECK(to.err.find("\\data: the login") != std::string::npos);
    const auto from = run_ferry(
        on.from_share({"put", on.share.url("/data/file.bin"), on.web.url("/new.bin")}), how);
    CHECK(from.exit_code == 6);
    CHECK(on.names_in(folder).empty());
    CHECK_FALSE(fs::exists(on.web.root() / "new.bin"));
    const auto whose =
        on.run({"get", on.web.url("/file.bin"), on.share.url("/data/in/"), "--credential", "me"});
    CHECK(whose.exit_code == 2);
    CHECK(whose.err.find("--destination-credential") != std::string::npos);
}

TEST_CASE("relays: who we are to the share, a web server does not learn, however it asks") {
    const relay_site on;
    const guarded_server guarded;
    guarded.publish("file.bin", on.whole);
    const auto folder = on.in();
    const auto refused =
        on.run(on.to_share({"get", guarded.url("/basic/file.bin"), on.share.url("/data/in/")}));
    CHECK(refused.exit_code == 6);
    CHECK_MESSAGE(refused.err.find("give --source-credential") != std::string::npos, refused.err);
    CHECK(guarded.log().find(on.share.user()) == std::string::npos);
    auto how = on.options();
    how.environment.emplace_back("FERRY_SOURCE_PASSWORD", "top secret");
    how.environment.emplace_back("FERRY_DESTINATION_PASSWORD", on.share.password());
    auto words = on.to_share({"get", guarded.url("/basic/file.bin"), on.share.url("/data/in/")});
    words.insert(words.end(), {"--source-credential", "ann"});
    const auto done = run_ferry(words, how);
    CHECK_MESSAGE(done.exit_code == 0, done.err);
    CHECK(on.off(folder / "file.bin") == "");
    CHECK(guarded.log().find("ann") != std::string::npos);
}

TEST_CASE("relays: the limit holds for them") {
    const relay_site on;
    on.in();
    const auto begin = std::chrono::steady_clock::now();
    const auto done = on.run(on.to_share(
        {"get", on.web.url("/file.bin"), on.share.url("/data/in/"), "--limit-rate", "10M"}));
    CHECK_MESSAGE(done.exit_code == 0, done.err);
    CHECK(std::chrono::steady_clock::now() - begin > 1s);  // 2.9 s, less what a limit lends
}

}  // namespace
}  // namespace ferry::test::relay_test
