// `ferry put` and upload jobs, with servers that people run.
#include <support/cases.hpp>
#include <support/real_servers.hpp>

#include "jobs.hpp"

#include <doctest/doctest.h>

#include <filesystem>
#include <string>
#include <vector>

namespace ferry::test::put_command_test {
namespace {

constexpr std::size_t MiB = 1 << 20;

/// A server that takes uploads, a FERRY_HOME, and a file to send.
struct upload_site : job_shop {
    explicit upload_site(software kind, std::size_t size = 300'000)
        : server(kind), whole(random_bytes(size)) {
        spill(dir() / "file", whole);
    }
    std::string url(std::string_view name = "file") const {
        return server.url("/dav/" + std::string(name));
    }
    finished put(std::vector<std::string> arguments) const {
        arguments.insert(arguments.begin(), "put");
        return ferry(std::move(arguments));
    }
    /// How the server's file differs from ours.
    std::string off(const std::string& name = "file") const {
        const auto there = server.uploads() / name;
        return std::filesystem::exists(there) ? difference(slurp(there), whole)
                                              : "there is no file";
    }
    /// Files on the server, hidden ones too.
    std::size_t files_there() const {
        std::size_t count = 0;
        for (const auto& one : std::filesystem::recursive_directory_iterator(server.uploads()))
            count += one.is_regular_file() ? 1 : 0;
        return count;
    }
    /// Bytes that have come to the server, under whatever name.
    std::uint64_t bytes_there() const {
        std::uint64_t sum = 0;
        std::error_code gone;
        for (const auto& one : std::filesystem::directory_iterator(server.uploads()))
            if (const auto size = one.file_size(gone); !gone) sum += size;
        return sum;
    }
    bool comes_to(const std::string& job, std::string_view wanted) const {
        return eventually([&] { return state(job) == wanted; });
    }

    real_server server;
    std::string whole;
};

}  // namespace

TEST_CASE("put: a file arrives under the name that the URL gives it") {
    for (const auto kind : {software::nginx, software::apache})
        for (const std::size_t size : {std::size_t{0}, std::size_t{1}, 20 * MiB}) {
            INFO(to_string(kind));
            INFO(size);
            upload_site at(kind, size);
            const auto done = at.put({"file", at.url("other"), "--json"});
            REQUIRE_MESSAGE(done.exit_code == 0, done.err);
            CHECK(at.off("other") == "");
            CHECK(at.files_there() == 1);
            const auto job = job_of(done.out);
            CHECK(text(job, "type") == "upload");
            CHECK(text(job, "state") == "Acknowledged");
            const auto file = file_of(done.out);
            CHECK(text(file, "source") == "file");
            CHECK(text(file, "destination") == at.url("other"));
            CHECK(number(file, "bytes_transferred") == size);
        }
}

TEST_CASE("put: over TLS, by those whom the authority has certified") {
    upload_site at(software::nginx, 3 * MiB);
    const auto url = at.server.https_url("/dav/file");
    CHECK(at.put({"file", url}).exit_code == 8);
    const auto done = at.put({"file", url, "--ca-file", at.server.ca_file()});
    REQUIRE_MESSAGE(done.exit_code == 0, done.err);
    CHECK(at.off() == "");
}

TEST_CASE("put: many files go into one folder, which is made if that is wanted") {
    for (const auto kind : {software::nginx, software::apache}) {
        INFO(to_string(kind));
        upload_site at(kind);
        std::vector<std::string> names;
        for (int i = 0; i < 50; ++i) {
            names.push_back("ä #%" + std::to_string(i));
            spill(at.dir() / names.back(), at.whole);
        }
        auto words = names;
        words.push_back(at.url("new/folder/"));
        words.insert(words.begin(), {"--retry-timeout", "0"});
        const auto refused = at.put(words);
        CHECK(refused.exit_code == (kind == software::nginx ? 3 : 1));  // nginx says 500
        CHECK(refused.err.find("--create-dirs") != refused.err.npos);
        words.push_back("--create-dirs");
        const auto done = at.put(words);
        REQUIRE_MESSAGE(done.exit_code == 0, done.err);
        for (const auto& name : names) CHECK(at.off("new/folder/" + name) == "");
        CHECK(at.files_there() == names.size());
    }
}

TEST_CASE("put: a whole folder goes to a WebDAV server with its structure") {
    for (const auto kind : {software::nginx, software::apache}) {
        INFO(to_string(kind));
        upload_site at(kind);
        std::filesystem::create_directories(at.dir() / "tree/ä #%/empty");
        spill(at.dir() / "tree/ä #%/file", at.whole);
        spill(at.dir() / "tree/file", at.whole);
        const auto done = at.put({"--recursive", "tree", at.url("")});
        REQUIRE_MESSAGE(done.exit_code == 0, done.err);
        CHECK(at.off("tree/file") == "");
        CHECK(at.off("tree/ä #%/file") == "");
        CHECK(std::filesystem::is_empty(at.server.uploads() / "tree/ä #%/empty"));
        CHECK(at.put({"--recursive", "tree", at.url("")}).exit_code == 0);  // once more
        const auto lost = at.put({"-r", "tree", at.url("no/such/"), "--retry-timeout", "0"});
        CHECK_MESSAGE(lost.err.find("--create-dirs") != lost.err.npos, lost.err);
        CHECK(at.put({"-r", "tree", at.url("no/such/"), "--create-dirs"}).exit_code == 0);
        CHECK(at.off("no/such/tree/file") == "");
    }
}

TEST_CASE("put: a server that makes no folders gets the files, and empty folders are told of") {
    upload_site at(software::nginx);
    std::filesystem::create_directories(at.dir() / "tree/in");
    spill(at.dir() / "tree/in/file", at.whole);
    const auto store = at.server.url("/store/");
    const auto full = at.put({"-r", "tree", store});
    REQUIRE_MESSAGE(full.exit_code == 0, full.err);
    CHECK(at.off("tree/in/file") == "");
    std::filesystem::create_directory(at.dir() / "tree/empty");
    const auto some = at.put({"-r", "tree", store});
    CHECK_MESSAGE(some.exit_code == 4, some.err);
    CHECK_MESSAGE(some.err.find("tree/empty/") != some.err.npos, some.err);
    CHECK_MESSAGE(some.err.find("/store/tree/in/:") == some.err.npos, some.err);
}

TEST_CASE("put: what does not tell its size cannot be sent") {
    upload_site at(software::nginx);
    const auto refused = at.put({"/proc/version", at.url("version")});
    CHECK_MESSAGE(refused.exit_code == 10, refused.err);
    CHECK_MESSAGE(refused.err.find("size") != refused.err.npos, refused.err);
    CHECK(at.files_there() == 0);
}

TEST_CASE("put: what is there already is replaced, refused or left alone") {
    for (const auto kind : {software::nginx, software::apache}) {
        INFO(to_string(kind));
        upload_site at(kind);
        publish(at.server.uploads() / "file", "old");
        std::filesystem::permissions(at.server.uploads() / "file", std::filesystem::perms(0666));
        CHECK(at.put({"file", at.url(), "--existing", "fail"}).exit_code == 10);
        CHECK(at.put({"file", at.url(), "--existing", "skip"}).exit_code == 0);
        CHECK(slurp(at.server.uploads() / "file") == "old");
        CHECK(at.put({"file", at.url()}).exit_code == 0);
        CHECK(at.off() == "");
    }
}

TEST_CASE("put: a folder on the server never makes way for a file of its name") {
    for (const std::size_t size : {std::size_t{1'000}, 9 * MiB}) {
        INFO(size);
        const upload_site on(software::apache, size);
        const auto folder = on.server.uploads() / "folder" / "in";
        std::filesystem::create_directories(folder);
        std::filesystem::permissions(folder.parent_path(), std::filesystem::perms::all);
        spill(folder / "precious", "kept");
        const auto refused = on.put({"file", on.url("folder")});
        CHECK_MESSAGE(refused.exit_code == 1, refused.err);
        CHECK(slurp(folder / "precious") == "kept");
        const auto job = on.ferry({"start", "file", on.url("folder"), "--transfer-type", "upload"});
        CHECK_MESSAGE(job.exit_code == 1, job.err);
        CHECK(on.files_there() == 1);
    }
}

TEST_CASE("put: a server that takes no uploads is told of, and what it takes instead") {
    upload_site at(software::nginx);
    const auto refused = at.put({"file", at.server.url("/file")});
    CHECK(refused.exit_code == 1);
    CHECK(refused.err.find("405") != refused.err.npos);
    CHECK(refused.err.find("--upload-protocol") != refused.err.npos);
}

TEST_CASE("timing: an upload to Apache that is killed again and again loses little, and arrives") {
    upload_site at(software::apache, 24 * MiB);
    std::uint64_t before = 0;
    for (int i = 0; i < 6; ++i) {
        const auto running = at.begin({"put", "file", at.url(), "--json", "--limit-rate", "8M"});
        REQUIRE(eventually([&] { return at.bytes_there() > before + MiB; }));
        running->signal(SIGKILL);
        REQUIRE(running->wait(10s));
        CHECK(at.off() == "there is no file");
        CHECK(at.bytes_there() >= before);
        before = at.bytes_there();
    }
    const auto done = at.put({"file", at.url(), "--json"});
    REQUIRE_MESSAGE(done.exit_code == 0, done.err);
    CHECK(at.off() == "");
    CHECK(before > 5 * MiB);
    CHECK(number(file_of(done.out), "bytes_resumed") >= before);
    CHECK(at.files_there() == 1);
}

TEST_CASE("timing: an upload that is killed where nothing can be continued, begins anew") {
    upload_site at(software::nginx, 10 * MiB);
    const auto running = at.begin({"put", "file", at.url(), "--limit-rate", "4M"});
    CHECK_FALSE(running->wait(500ms));
    running->signal(SIGKILL);
    REQUIRE(running->wait(10s));
    CHECK(at.off() == "there is no file");
    const auto done = at.put({"file", at.url()});
    REQUIRE_MESSAGE(done.exit_code == 0, done.err);
    CHECK(at.off() == "");
}

TEST_CASE("timing: a file that somebody writes to while it is sent, is sent as it is in the end") {
    for (const auto kind : {software::nginx, software::apache}) {
        INFO(to_string(kind));
        upload_site at(kind, 12 * MiB);
        const auto running = at.begin({"put", "file", at.url(), "--limit-rate", "8M"});
        CHECK_FALSE(running->wait(700ms));
        at.whole = random_bytes(9 * MiB, 7);
        spill(at.dir() / "file", at.whole);
        REQUIRE(running->wait(30s));
        CHECK(at.off() == "");
        CHECK(at.files_there() == 1);
    }
}

TEST_CASE("timing: a file that becomes shorter while it is sent, is sent as it is in the end") {
    upload_site at(software::nginx, 12 * MiB);
    const auto running = at.begin({"put", "file", at.url(), "--limit-rate", "8M"});
    CHECK_FALSE(running->wait(700ms));
    at.whole.resize(2 * MiB + 1234);
    std::filesystem::resize_file(at.dir() / "file", at.whole.size());
    REQUIRE(running->wait(30s));
    CHECK(at.off() == "");
    CHECK(at.files_there() == 1);
}

TEST_CASE("upload job: the documented command uploads, waits and completes") {
    for (const auto kind : {software::nginx, software::apache}) {
        INFO(to_string(kind));
        upload_site at(kind, 9 * MiB);
        const auto done = at.ferry(
            {"Start-BitsTransfer", "-Source", "./file", "-Destination", at.url(), "-TransferType",
             "Upload"});
        REQUIRE_MESSAGE(done.exit_code == 0, done.err);
        CHECK(at.off() == "");
        CHECK(at.jobs().empty());
        CHECK(std::filesystem::exists(at.dir() / "file"));
    }
}

TEST_CASE("upload job: it is Transferred, can be shown, and is over when it is completed") {
    upload_site at(software::nginx);
    const auto id = at.create({"file", at.url(), "--transfer-type", "upload"});
    REQUIRE(at.comes_to(id, "Transferred"));
    CHECK(at.off() == "");
    const auto shown = at.job(id);
    CHECK(text(shown, "type") == "upload");
    CHECK(text(shown.at("files").as_array().at(0).as_object(), "destination") == at.url());
    CHECK(at.ferry({"complete", id}).exit_code == 0);
    CHECK(at.jobs().empty());
}

TEST_CASE("upload job: after the daemon was killed, the next one goes on from what is there") {
    upload_site at(software::apache, 24 * MiB);
    const auto id =
        at.create({"file", at.url(), "--transfer-type", "upload", "--limit-rate", "8M"});
    REQUIRE(eventually([&] { return at.bytes_there() > 4 * MiB; }));
    REQUIRE(at.end_daemon(SIGKILL));
    const auto before = at.bytes_there();
    REQUIRE(at.comes_to(id, "Transferred"));
    CHECK(at.off() == "");
    const auto shown = at.job(id);
    CHECK(number(shown.at("files").as_array().at(0).as_object(), "bytes_resumed") >= before);
    CHECK(at.files_there() == 1);
}

TEST_CASE("upload job: when it is removed, the server has nothing left of it") {
    upload_site at(software::apache, 24 * MiB);
    const auto id =
        at.create({"file", at.url(), "--transfer-type", "upload", "--limit-rate", "8M"});
    REQUIRE(eventually([&] { return at.bytes_there() > 2 * MiB; }));
    CHECK(at.ferry({"remove", id}).exit_code == 0);
    CHECK(at.files_there() == 0);
    CHECK(std::filesystem::is_empty(at.store() / "uploads"));
}

TEST_CASE("upload job: what put was killed with, the daemon goes on with") {
    upload_site at(software::apache, 24 * MiB);
    const auto running = at.begin({"put", "file", at.url(), "--limit-rate", "8M"});
    REQUIRE(eventually([&] { return at.bytes_there() > 4 * MiB; }));
    running->signal(SIGKILL);
    REQUIRE(running->wait(10s));
    const auto before = at.bytes_there();
    CHECK(at.put({"--asynchronous", "file", at.url()}).exit_code == 0);
    REQUIRE(eventually([&] { return at.off() == ""; }));
    const auto jobs = at.document({"show", "file"});
    CHECK(number(jobs.at("files").as_array().at(0).as_object(), "bytes_resumed") >= before);
}

TEST_CASE("upload job: a list makes a job of each row, and put of each file") {
    upload_site at(software::nginx);
    std::string list = "Source,Destination\n";
    std::vector<std::string> words = {"put", "--asynchronous"};
    for (const std::string name : {"a", "b", "c"}) {
        spill(at.dir() / name, at.whole);
        list += name + "," + at.url("row-" + name) + "\n";
        words.push_back(name);
    }
    const auto done = at.ferry({"import", "-", "--transfer-type", "upload"}, list);
    REQUIRE_MESSAGE(done.exit_code == 0, done.err);
    for (const std::string name : {"a", "b", "c"}) CHECK(at.off("row-" + name) == "");
    words.push_back(at.url(""));
    CHECK(at.ferry(words).exit_code == 0);
    for (const std::string name : {"a", "b", "c"})
        CHECK(eventually([&] { return at.off(name) == ""; }));
}

}  // namespace ferry::test::put_command_test
