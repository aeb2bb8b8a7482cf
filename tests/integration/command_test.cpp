// The command from outside: exit codes, output, files.
#include <support/fixture.hpp>
#include <support/lying_server.hpp>
#include <support/real_servers.hpp>

#include "command.hpp"

#include <sys/stat.h>

#include <ctime>
#include <set>

namespace ferry::test::command_test {
namespace {

/// One nginx with one document, and a folder.
struct site : workshop {
    real_server server{software::nginx};
    const std::string whole = random_bytes(100'000);

    site() { publish(server.root() / "file", whole); }
    std::string url(std::string_view path = "/file") const { return server.url(path); }
};

/// A lying server with a thread of its own, for a client that is another process.
class lying_site {
  public:
    asio::io_context io{1};
    lying_server server;

    explicit lying_site(remote_object what) : server(io, std::move(what)) {}
    lying_site(const lying_site&) = delete;
    lying_site& operator=(const lying_site&) = delete;
    ~lying_site() { stop(); }
    /// Script it before this, look at its requests after stop().
    void start() {
        thread_ = std::thread([this] { io.run(); });
    }
    void stop() {
        io.stop();
        if (thread_.joinable()) thread_.join();
    }

  private:
    std::thread thread_;
};

std::size_t lines_in(const std::string& text) {
    return static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n'));
}

// --- Exit codes ---------------------------------------------------------------------------------

TEST_CASE("exit code 0: done, and the file is there") {
    const site on;
    const auto done = on.get({on.url()});
    CHECK(done.exit_code == 0);
    CHECK(on.off("file", on.whole) == "");  // its name is the URL's
    CHECK(done.out.empty());                // results go to stdout, and there is none to tell
}

TEST_CASE("exit code 1: the server refuses for good, or breaks the protocol") {
    const site on;
    CHECK(on.get({on.url("/400"), "-o", "f"}).exit_code == 1);
    CHECK(on.get({on.url("/loop"), "-o", "f"}).exit_code == 1);
    CHECK_FALSE(on.has("f"));
}

TEST_CASE("exit code 2: a wrong command line starts nothing") {
    const site on;
    const std::vector<std::vector<std::string>> wrong = {
        {},
        {"--nonsense", on.url()},
        {"http:///f"},
        {"http://localhost:99999/f"},
        {"http://local host/f"},
        {"gopher://localhost/f"},
        {on.url(), "-o", "f", "-d", "."},
        {on.url(), on.url("/400"), "-o", "f"},
        {on.url(), "-c", "0"},
        {on.url(), "-c", "65"},
        {on.url(), "-c", "four"},
        {on.url(), "--limit-rate", "fast"},
        {on.url(), "--checksum", "sha256:12"},
        {on.url(), "--checksum", "crc32:12345678"},
        {on.url(), "--existing", "perhaps"},
        {on.url(), "-H", "no colon"},
        {on.url(), "-H", "Host: other"},
        {on.url(), "-H", "Proxy-Authorization: Basic eA=="},
        {on.url(), "--http-method", "CONNECT"},
        {on.url(), "--range", "0-9", "--range", "9-12"},
        {on.url(), "--proxy-usage", "override", "--proxy-list", "ftp://host:1"},
        {on.url(), "--proxy-bypass", "10.0.0.0/99"},
        {on.url(), "--cert", "no-such-file"},
        {on.url(), "--crl-file", "no-such-file"},
        {on.url(), "-i", "no-such-list"},
        {on.url("/")},
    };
    for (const auto& arguments : wrong) {
        const auto done = on.get(arguments);
        INFO(done.err);
        CHECK(done.exit_code == 2);
        CHECK(done.err.starts_with("ferry: "));
        CHECK(done.out.empty());
    }
    CHECK(std::filesystem::is_empty(on.dir));
    CHECK(on.server.body_bytes_sent() == 0);
}

TEST_CASE("exit code 3: transient errors until the patience ends") {
    const site on;
    for (const auto& more : std::vector<std::vector<std::string>>{
             {"--retry-timeout", "0"}, {"--retry-interval", "0.05", "--retry-timeout", "0.3"}}) {
        auto arguments = more;
        arguments.insert(arguments.end(), {on.url("/503"), "-o", "f"});
        CHECK(on.get(arguments).exit_code == 3);
    }
    CHECK(on.get({"http://localhost:1/f", "--retry-timeout", "0"}).exit_code == 3);
    CHECK(on.get({"http://does-not-exist.invalid/f", "--retry-timeout", "0"}).exit_code == 3);
    CHECK(
        on.get({on.url("/503"), "-o", "f", "--max-download-time", "0.3", "--retry-interval", "0.1"})
            .exit_code == 3);
    CHECK(std::filesystem::is_empty(on.dir));
}

TEST_CASE("exit code 4: some files done, some not") {
    const site on;
    const auto done = on.get({on.url(), on.url("/missing"), "--json"});
    CHECK(done.exit_code == 4);
    CHECK(on.off("file", on.whole) == "");
    CHECK_FALSE(on.has("missing"));
    const auto job = job_of(done.out);
    CHECK(number(job, "files_total") == 2);
    CHECK(number(job, "files_transferred") == 1);
    CHECK(job.at("error").at("http_status") == 404);
    CHECK(job.at("error").at("file") == 1);
}

TEST_CASE("exit codes 6 and 7: not authorized, not found") {
    const site on;
    CHECK(on.get({on.url("/401"), "-o", "f"}).exit_code == 6);
    CHECK(on.get({on.url("/403"), "-o", "f"}).exit_code == 6);
    CHECK(on.get({on.url("/missing"), "-o", "f"}).exit_code == 7);
    CHECK(on.get({on.url("/410"), "-o", "f"}).exit_code == 7);
    CHECK(on.get({(on.dir / "no-such-file").string(), "-o", "f"}).exit_code == 7);
    CHECK_FALSE(on.has("f"));
}

TEST_CASE("exit code 9: the digest is another one") {
    const site on;
    const auto done = on.get({on.url(), "--checksum", "md5:00000000000000000000000000000000"});
    CHECK(done.exit_code == 9);
    CHECK_FALSE(on.has("file"));
}

TEST_CASE("exit code 10: the destination cannot be written") {
    const site on;
    CHECK(on.get({on.url(), "-o", "no/such/folder/f"}).exit_code == 10);
    spill(on.dir / "a-file", "");
    CHECK(on.get({on.url(), "-o", "a-file/f"}).exit_code == 10);
    CHECK(on.get({on.url(), "-o", std::string(300, 'n')}).exit_code == 10);
}

// --- Options ------------------------------------------------------------------------------------

TEST_CASE("existing: replace, fail, skip") {
    const site on;
    spill(on.dir / "file", "the old one");
    auto done = on.get({on.url(), "--existing", "fail"});
    CHECK(done.exit_code == 10);
    CHECK(on.off("file", "the old one") == "");
    done = on.get({on.url(), "--existing", "skip", "--json"});
    CHECK(done.exit_code == 0);
    CHECK(on.off("file", "the old one") == "");
    CHECK(on.server.body_bytes_sent() == 0);
    done = on.get({on.url()});
    CHECK(done.exit_code == 0);
    CHECK(on.off("file", on.whole) == "");
}

TEST_CASE("create-dirs: makes the folders on the way") {
    const site on;
    CHECK(on.get({on.url(), "-o", "a/b/c"}).exit_code == 10);
    CHECK(on.get({on.url(), "-o", "a/b/c", "--create-dirs"}).exit_code == 0);
    CHECK(on.off("a/b/c", on.whole) == "");
    CHECK(on.get({on.url(), "-d", "x/y", "--create-dirs"}).exit_code == 0);
    CHECK(on.off("x/y/file", on.whole) == "");
}

TEST_CASE("checksum: a right digest is confirmed") {
    const site on;
    publish(on.server.root() / "hello", "hello");
    const std::string sum =
        "sha256:2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824";
    const auto done = on.get({on.url("/hello"), "--json", "--checksum", sum});
    CHECK(done.exit_code == 0);
    CHECK(text(file_of(done.out), "checksum") == sum);
    CHECK(
        on.get({on.url("/hello"), "--checksum", "sha1:AAF4C61DDCC5E8A2DABEDE0F3B482CD9AEA9434D"})
            .exit_code == 0);
    CHECK(
        on.get({on.url("/hello"), "--checksum", "md5:5d41402abc4b2a76b9719d911017c592"})
            .exit_code == 0);
}

TEST_CASE("mtime: the file gets the server's date, unless that is not wanted") {
    const site on;
    using std::filesystem::last_write_time;
    const auto source = last_write_time(on.server.root() / "file");
    CHECK(on.get({on.url()}).exit_code == 0);
    CHECK(std::chrono::abs(last_write_time(on.dir / "file") - source) < 1s);
    CHECK(on.get({on.url(), "--no-mtime"}).exit_code == 0);
    CHECK(last_write_time(on.dir / "file") - source > 24h);
}

TEST_CASE("names: a URL's last segment, made safe") {
    const site on;
    publish(on.server.root() / ".hidden", "dots");
    publish(on.server.root() / "with space", "spaced");
    std::filesystem::create_directory(on.server.root() / "folder");
    publish(on.server.root() / "folder" / "deep", "deep");
    CHECK(on.get({on.url("/folder/deep?query=1#fragment")}).exit_code == 0);
    CHECK(on.off("deep", "deep") == "");
    CHECK(on.get({on.url("/with%20space")}).exit_code == 0);
    CHECK(on.off("with space", "spaced") == "");
    CHECK(on.get({on.url("/.hidden")}).exit_code == 0);
    CHECK(on.off("hidden", "dots") == "");
    CHECK_FALSE(on.has(".hidden"));
    on.get({on.url("/..%2f..%2fevil"), "--retry-timeout", "0"});
    CHECK_FALSE(std::filesystem::exists(on.dir.path().parent_path() / "evil"));
}

TEST_CASE("redirects: followed by default, refused on demand") {
    const site on;
    CHECK(on.get({on.url("/moved"), "-o", "f"}).exit_code == 0);
    CHECK(on.off("f", on.whole) == "");
    CHECK(on.get({on.url("/moved"), "-o", "g", "--redirect", "forbid"}).exit_code == 1);
    CHECK_FALSE(on.has("g"));
    const auto told = on.get({on.url("/moved"), "-o", "h", "--redirect", "report"});
    CHECK(told.exit_code == 0);
    CHECK(told.err.find(on.url("/file")) != std::string::npos);
}

TEST_CASE("list: 50 files from a list, 8 at a time, some with names of their own") {
    const site on;
    std::string list = "# a comment\n\n";
    for (int i = 0; i < 50; ++i) {
        const auto name = "n" + std::to_string(i);
        publish(on.server.root() / name, random_bytes(1'000 * i, i));
        list += on.url("/" + name) + (i % 2 ? "\tsub/renamed" + std::to_string(i) : "") + "\n";
    }
    const auto done = on.get({"-i", "-", "-j", "8", "--create-dirs", "--json"}, {.input = list});
    CHECK_MESSAGE(done.exit_code == 0, done.err);
    for (int i = 0; i < 50; ++i) {
        CAPTURE(i);
        const auto name = (i % 2 ? "sub/renamed" : "n") + std::to_string(i);
        CHECK(on.off(name, random_bytes(1'000 * i, i)) == "");
    }
    const auto job = job_of(done.out);
    CHECK(number(job, "files_total") == 50);
    CHECK(number(job, "files_transferred") == 50);
    CHECK(number(job, "bytes_transferred") == 1'000 * 49 * 50 / 2);
    for (const auto& one : std::filesystem::recursive_directory_iterator(on.dir))
        CHECK_FALSE(one.path().filename().string().starts_with("."));
}

TEST_CASE("list: two sources for one destination are a mistake, noticed before anything starts") {
    const site on;
    const auto done = on.get({on.url(), on.url("/x/../file")});
    CHECK(done.exit_code == 2);
    CHECK(std::filesystem::is_empty(on.dir));
}

TEST_CASE("one writer: two transfers to one destination at once: the second one is refused") {
    const site on;
    publish(on.server.root() / "file", random_bytes(10'000'000));
    const auto first = on.start({on.url(), "--limit-rate", "1M", "--json"});
    REQUIRE(eventually([&] { return on.has(".file.ferry-part"); }));
    const auto second = on.get({on.url(), "--retry-timeout", "0"});
    CHECK(second.exit_code == 10);
    CHECK(second.err.find("another transfer") != std::string::npos);
    CHECK(first->running());
    first->signal(SIGINT);
    CHECK(first->wait(10s));
    CHECK(first->exit_code() == 130);
    CHECK(on.get({on.url()}).exit_code == 0);
}

TEST_CASE("local: a plain path and a file URL are copied like any other source") {
    const site on;
    spill(on.dir / "source", on.whole);
    CHECK(on.get({(on.dir / "source").string(), "-o", "copy"}).exit_code == 0);
    CHECK(on.off("copy", on.whole) == "");
    CHECK(on.get({"file://" + (on.dir / "source").string(), "-o", "other"}).exit_code == 0);
    CHECK(on.off("other", on.whole) == "");
    CHECK(on.get({"source", "-o", "third"}).exit_code == 0);
    CHECK(on.off("third", on.whole) == "");
}

TEST_CASE("local: a copy keeps the time and the permissions, whatever the umask") {
    const site on;
    spill(on.dir / "source", on.whole);
    for (const unsigned mode : {0755U, 0640U, 0666U, 0400U}) {
        CAPTURE(mode);
        const auto name = "copy" + std::to_string(mode);
        std::filesystem::permissions(on.dir / "source", std::filesystem::perms(mode));
        REQUIRE(on.get({"source", "-o", name}).exit_code == 0);
        struct stat from {
        }, to{};
        REQUIRE(::stat((on.dir / "source").c_str(), &from) == 0);
        REQUIRE(::stat((on.dir / name).c_str(), &to) == 0);
        CHECK((to.st_mode & 07777) == mode);
        CHECK(to.st_mtim.tv_sec == from.st_mtim.tv_sec);
        CHECK(to.st_mtim.tv_nsec == from.st_mtim.tv_nsec);
    }
}

TEST_CASE("limit-rate: it takes about as long as it must") {
    const site on;
    publish(on.server.root() / "file", random_bytes(1'500'000));
    const auto start = std::chrono::steady_clock::now();
    CHECK(on.get({on.url(), "--limit-rate", "1000000"}).exit_code == 0);
    CHECK(std::chrono::steady_clock::now() - start > 1'200ms);  // a twentieth second is free
}

// --- Output -------------------------------------------------------------------------------------

TEST_CASE("json: each line is an event, the last one has the whole job") {
    const site on;
    const auto done = on.get({on.url(), "--json"});
    REQUIRE(done.exit_code == 0);
    CHECK(done.out.ends_with("\n"));
    const auto events = events_of(done.out);
    CHECK(events.size() == lines_in(done.out));
    for (const auto& event : events) {
        CHECK(event.at("v") == 1);
        CHECK(event.at("event").is_string());
        std::tm time{};
        const std::string text(event.at("time").as_string());
        CHECK(strptime(text.c_str(), "%Y-%m-%dT%H:%M:%S", &time) != nullptr);
    }
    const auto job = job_of(done.out);
    for (const auto key :
         {"id", "display_name", "description", "type", "state", "priority", "owner", "created",
          "modified", "completed", "bytes_total", "bytes_transferred", "files_total",
          "files_transferred", "error", "files"})
        CHECK_MESSAGE(job.contains(key), key);
    CHECK(job.at("type") == "download");
    CHECK(job.at("state") == "Acknowledged");
    CHECK(job.at("error").is_null());
    CHECK(number(job, "bytes_total") == on.whole.size());
    CHECK(number(job, "bytes_transferred") == on.whole.size());
    const auto file = file_of(done.out);
    for (const auto key :
         {"source", "destination", "state", "bytes_total", "bytes_transferred", "bytes_resumed",
          "bytes_discarded", "http_status", "validator", "checksum"})
        CHECK_MESSAGE(file.contains(key), key);
    CHECK(text(file, "source") == on.url());
    CHECK(file.at("http_status") == 200);
    CHECK(file.at("validator").as_string().starts_with("\""));
    CHECK(file.at("checksum").is_null());
}

TEST_CASE("json: a failure has class, code, message, status, context and file") {
    const site on;
    const auto done = on.get({on.url("/403"), "-o", "f", "--json"});
    const auto job = job_of(done.out);
    CHECK(job.at("state") == "Error");
    CHECK(job.at("completed").is_null());
    const auto error = job.at("error").as_object();
    CHECK(error.at("class") == "action");
    CHECK(error.at("code") == "http.status");
    CHECK(error.at("message").as_string().find("403") != std::string::npos);
    CHECK(error.at("http_status") == 403);
    CHECK(error.at("context") == "remote_file");
    CHECK(error.at("file") == 0);
    CHECK(error.at("next_try").is_null());
}

TEST_CASE("json: a retry is an event that says when it goes on") {
    lying_site on({random_bytes(1'000)});
    on.server.script = {{.status = "503 Service Unavailable"}};
    on.start();
    const workshop in;
    const auto done = in.get({on.server.url("/f"), "--retry-interval", "0.1", "--json"});
    on.stop();
    CHECK_MESSAGE(done.exit_code == 0, done.err);
    const auto events = events_of(done.out);
    const auto retry = std::find_if(events.begin(), events.end(), [](const auto& event) {
        return event.at("event") == "file.retry";
    });
    REQUIRE(retry != events.end());
    CHECK(retry->at("error").at("class") == "transient");
    CHECK(retry->at("error").at("http_status") == 503);
    CHECK(retry->at("error").at("next_try").is_string());
}

TEST_CASE("output: plain lines when it is not a terminal, nothing at all when quiet") {
    const site on;
    for (const auto& more :
         std::vector<std::vector<std::string>>{{}, {"-v"}, {"--progress", "auto"}}) {
        auto arguments = more;
        arguments.insert(arguments.end(), {on.url(), on.url("/missing"), "--limit-rate", "100K"});
        const auto done = on.get(arguments);
        CHECK(done.exit_code == 4);
        CHECK_FALSE(done.err.empty());
        CHECK(done.err.find('\x1b') == std::string::npos);
        CHECK(done.err.find('\r') == std::string::npos);
        CHECK(done.err.ends_with("\n"));
    }
    const auto quiet = on.get({on.url(), "-q"});
    CHECK(quiet.exit_code == 0);
    CHECK(quiet.out.empty());
    CHECK(quiet.err.empty());
    const auto failed = on.get({on.url("/missing"), "-q"});
    CHECK(failed.exit_code == 7);
    CHECK(failed.out.empty());
    CHECK(lines_in(failed.err) == 1);
    CHECK(failed.err.starts_with("ferry: "));
}

TEST_CASE("output: what a server says is escaped before a terminal sees it") {
    lying_site on({random_bytes(1'000), "\"\x1b[2Jtag\""});
    on.server.script = {{.fields = {{"ETag", "\"\x1b[2J\""}}}};
    on.server.otherwise = {.status = "404 \x1b[2JNot Found"};
    on.start();
    const workshop in;
    for (int i = 0; i < 2; ++i) {
        const auto done = in.get({on.server.url("/f"), "-v"});
        CHECK(done.err.find('\x1b') == std::string::npos);
    }
    on.stop();
}

TEST_CASE("output: a reader that leaves does not stop the transfer") {
    const site on;
    const auto command =
        ferry_binary() + " get " + on.url() + " --json | true; exit ${PIPESTATUS[0]}";
    const auto done = run({"bash", "-c", command}, {.folder = on.dir});
    CHECK(done.exit_code == 0);
    CHECK(on.off("file", on.whole) == "");
}

// --- Secrets ------------------------------------------------------------------------------------

TEST_CASE("secrets: none is in any output, journal or file name") {
    lying_site on({random_bytes(10'000)});
    on.server.script = {{.cut_body = 5'000}};
    on.server.otherwise = {.status = "403 Forbidden"};
    on.start();
    const workshop in;
    auto with_password = on.server.url("/f");
    with_password.insert(7, "user:secret42@");
    std::string told;
    for (const auto& more :
         std::vector<std::vector<std::string>>{{}, {"-v"}, {"--json"}, {"--json", "-v"}}) {
        for (const auto& from : {with_password, on.server.url("/f")}) {
            auto arguments = more;
            arguments.insert(
                arguments.end(),
                {from, "-o", "f", "--retry-timeout", "0", "-H", "X-Key: secret42"});
            const auto done = in.get(arguments);
            CHECK(done.exit_code != 0);
            told += done.out + done.err;
        }
    }
    on.stop();
    CHECK_FALSE(told.empty());
    CHECK(told.find("secret42") == std::string::npos);
    for (const auto& one : std::filesystem::directory_iterator(in.dir)) {
        CHECK(one.path().string().find("secret42") == std::string::npos);
        CHECK(slurp(one.path()).find("secret42") == std::string::npos);
    }
}

// --- The rest -----------------------------------------------------------------------------------

TEST_CASE("demo: shows an interruption and the resume, without a network, in a few seconds") {
    const workshop in;
    const auto start = std::chrono::steady_clock::now();
    const auto done = run_ferry({"demo"}, {.folder = in.dir});
    CHECK_MESSAGE(done.exit_code == 0, done.err);
    CHECK(std::chrono::steady_clock::now() - start < 20s);  // 5 s, but not with sanitizers
    CHECK_FALSE((done.out + done.err).empty());
    CHECK(std::filesystem::is_empty(in.dir));
}

TEST_CASE("help and version: on stdout, with exit code 0") {
    for (const auto& arguments : std::vector<std::vector<std::string>>{
             {"--help"}, {"-h"}, {"get", "--help"}, {"demo", "--help"}, {"--version"}}) {
        const auto done = run_ferry(arguments);
        CHECK(done.exit_code == 0);
        CHECK_FALSE(done.out.empty());
        CHECK(done.err.empty());
    }
    CHECK(run_ferry({"nonsense"}).exit_code == 2);
}

}  // namespace
}  // namespace ferry::test::command_test
