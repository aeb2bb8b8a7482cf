// ferry get against the servers that people run.
#include <support/cases.hpp>
#include <support/real_servers.hpp>

#include "command.hpp"

namespace ferry::test::servers_test {
namespace {

struct place {
    const char* name;
    software kind;
    bool secure = false;

    std::string url(const real_server& server, std::string_view path) const {
        return secure ? server.https_url(path) : server.url(path);
    }
    std::vector<std::string> arguments(
        const real_server& server, std::string_view path,
        std::vector<std::string> more = {}) const {
        more.insert(more.end(), {url(server, path), "-o", "f"});
        if (secure) more.insert(more.end(), {"--ca-file", server.ca_file()});
        return more;
    }
};

// --- Whole files --------------------------------------------------------------------------------

void fetch_whole(const place& where) {
    real_server server(where.kind);
    const workshop in;
    const auto big = random_bytes(20'000'000);
    publish(server.root() / "file", big);
    publish(server.root() / "empty", "");
    publish(server.root() / "with space", "spaced");

    auto done = in.get(where.arguments(server, "/file", {"--json"}));
    CHECK_MESSAGE(done.exit_code == 0, done.err);
    CHECK(in.off("f", big) == "");
    CHECK(number(file_of(done.out), "bytes_transferred") == big.size());
    CHECK(number(file_of(done.out), "bytes_resumed") == 0);
    using std::filesystem::last_write_time;
    const auto off_by = last_write_time(in.dir / "f") - last_write_time(server.root() / "file");
    CHECK(std::chrono::abs(off_by) < 1s);

    done = in.get(where.arguments(server, "/empty"));
    CHECK_MESSAGE(done.exit_code == 0, done.err);
    CHECK(in.off("f", "") == "");

    done = in.get(where.arguments(server, "/with space"));
    CHECK_MESSAGE(done.exit_code == 0, done.err);
    CHECK(in.off("f", "spaced") == "");

    done = in.get(where.arguments(server, "/missing"));
    CHECK(done.exit_code == 7);
    CHECK(in.off("f", "spaced") == "");  // what was there before
}
const place whole[] = {
    {"nginx: files arrive whole over HTTP", software::nginx},
    {"nginx: files arrive whole over HTTPS", software::nginx, true},
    {"Apache: files arrive whole over HTTP", software::apache},
    {"Apache: files arrive whole over HTTPS", software::apache, true},
    {"lighttpd: files arrive whole over HTTP", software::lighttpd},
    {"lighttpd: files arrive whole over HTTPS", software::lighttpd, true},
    {"python3 -m http.server: files arrive whole over HTTP", software::python},
    {"python3 -m http.server: files arrive whole over HTTPS", software::python, true},
};
const cases<whole, fetch_whole> fetched_whole(__FILE__, __LINE__);

// --- Small files --------------------------------------------------------------------------------

/// Head, body and session tickets of a small reply may come all at once, or each alone.
void fetch_small(const place& where) {
    real_server server(where.kind);
    const workshop in;
    publish(server.root() / "file", "hello");
    const auto start = std::chrono::steady_clock::now();
    for (int i = 0; i < 15; ++i) {
        const auto done = in.get(where.arguments(server, "/file", {"--sync", "never"}));
        CHECK_MESSAGE(done.exit_code == 0, done.err);
        CHECK(in.off("f", "hello") == "");
    }
    // Whoever overlooks bytes that are there waits until the server ends an idle connection.
    CHECK(std::chrono::steady_clock::now() - start < 30s);
}
const place small[] = {
    {"nginx: small files come at once over HTTPS", software::nginx, true},
    {"Apache: small files come at once over HTTPS", software::apache, true},
    {"lighttpd: small files come at once over HTTPS", software::lighttpd, true},
    {"python3 -m http.server: small files come at once over HTTPS", software::python, true},
};
const cases<small, fetch_small> fetched_small(__FILE__, __LINE__);

// --- Several connections ------------------------------------------------------------------------

void fetch_in_parts(const place& where) {
    real_server server(where.kind);
    const workshop in;
    for (const std::size_t size : {0, 1, 5'000'000, 20'000'000}) {
        CAPTURE(size);
        const auto big = random_bytes(size);
        publish(server.root() / "file", big);
        const auto done = in.get(where.arguments(server, "/file", {"-c", "4"}));
        CHECK_MESSAGE(done.exit_code == 0, done.err);
        CHECK(in.off("f", big) == "");
    }
}
const place in_parts[] = {
    {"nginx: four connections give the same file", software::nginx},
    {"nginx: four connections give the same file over HTTPS", software::nginx, true},
    {"Apache: four connections give the same file", software::apache},
    {"Apache: four connections give the same file over HTTPS", software::apache, true},
    {"lighttpd: four connections give the same file", software::lighttpd},
    {"lighttpd: four connections give the same file over HTTPS", software::lighttpd, true},
    {"python3 -m http.server: it has no ranges, so one connection does", software::python},
    {"python3 -m http.server: one connection does over HTTPS", software::python, true},
};
const cases<in_parts, fetch_in_parts> fetched_in_parts(__FILE__, __LINE__);

// --- Killed in the middle -----------------------------------------------------------------------

/// Starts a slow download and kills it once something is durable; returns how much.
std::uint64_t kill_in_the_middle(
    const workshop& in, const place& where, const real_server& server,
    std::vector<std::string> more) {
    more.insert(more.end(), {"--limit-rate", "5M"});
    const auto running = in.start(where.arguments(server, "/file", std::move(more)));
    REQUIRE(eventually([&] { return in.durable("f") > 0 || !running->running(); }));
    running->signal(SIGKILL);
    REQUIRE(running->wait(10s));
    REQUIRE_MESSAGE(running->exit_code() == -SIGKILL, running->err());
    REQUIRE_FALSE(in.has("f"));
    return in.durable("f");
}

void resume(const place& where) {
    real_server server(where.kind);
    const auto first = random_bytes(20'000'000, 1);
    for (const std::string connections : {"1", "4"}) {
        CAPTURE(connections);
        const workshop in;
        publish(server.root() / "file", first);
        const auto kept = kill_in_the_middle(in, where, server, {"-c", connections});
        const auto done = in.get(where.arguments(server, "/file", {"--json"}));
        CHECK_MESSAGE(done.exit_code == 0, done.err);
        CHECK(in.off("f", first) == "");
        const auto file = file_of(done.out);
        if (has_ranges(where.kind)) CHECK(number(file, "bytes_resumed") >= kept);
    }
}
const place resumed[] = {
    {"nginx: a killed download is continued", software::nginx},
    {"nginx: a killed download is continued over HTTPS", software::nginx, true},
    {"Apache: a killed download is continued", software::apache},
    {"Apache: a killed download is continued over HTTPS", software::apache, true},
    {"lighttpd: a killed download is continued", software::lighttpd},
    {"lighttpd: a killed download is continued over HTTPS", software::lighttpd, true},
    {"python3 -m http.server: a killed download ends well without ranges", software::python},
    {"python3 -m http.server: a killed download ends well over HTTPS", software::python, true},
};
const cases<resumed, resume> resumed_all(__FILE__, __LINE__);

void change(const place& where) {
    real_server server(where.kind);
    const workshop in;
    publish(server.root() / "file", random_bytes(20'000'000, 1), 48h);
    kill_in_the_middle(in, where, server, {});
    const auto second = random_bytes(20'000'000, 2);  // the same size
    publish(server.root() / "file", second, 24h);
    const auto done = in.get(where.arguments(server, "/file", {"--json"}));
    CHECK_MESSAGE(done.exit_code == 0, done.err);
    CHECK(in.off("f", second) == "");
    CHECK(number(file_of(done.out), "bytes_resumed") == 0);
}
const place changed[] = {
    {"nginx: a file that changed meanwhile is not spliced", software::nginx},
    {"Apache: a file that changed meanwhile is not spliced", software::apache},
    {"lighttpd: a file that changed meanwhile is not spliced", software::lighttpd},
    {"python3 -m http.server: a file that changed meanwhile is not spliced", software::python},
};
const cases<changed, change> changed_all(__FILE__, __LINE__);

// --- Trust --------------------------------------------------------------------------------------

void distrust(const place& where) {
    real_server server(where.kind);
    const workshop in;
    publish(server.root() / "file", "hello");

    auto done = in.get({server.https_url("/file"), "-o", "f"});
    CHECK(done.exit_code == 8);
    CHECK_FALSE(in.has("f"));
    CHECK(done.err.starts_with("ferry: "));

    done = in.get({server.https_url("/file"), "-o", "f", "--insecure"});
    CHECK_MESSAGE(done.exit_code == 0, done.err);
    CHECK(in.off("f", "hello") == "");
}

void expect_another(const place& where) {
    real_server server(where.kind, {.names = "DNS:example.org"});
    const workshop in;
    publish(server.root() / "file", "hello");
    const auto done = in.get(where.arguments(server, "/file"));
    CHECK(done.exit_code == 8);
    CHECK(done.err.find("localhost") != std::string::npos);
    CHECK_FALSE(in.has("f"));
}
const place other_names[] = {
    {"nginx: a certificate for another name is not trusted", software::nginx, true},
    {"Apache: a certificate for another name is not trusted", software::apache, true},
    {"lighttpd: a certificate for another name is not trusted", software::lighttpd, true},
    {"python3 -m http.server: a certificate for another name is not trusted", software::python,
     true},
};
const cases<other_names, expect_another> expected_another(__FILE__, __LINE__);

const place distrusted[] = {
    {"nginx: an unknown authority is not trusted", software::nginx, true},
    {"Apache: an unknown authority is not trusted", software::apache, true},
    {"lighttpd: an unknown authority is not trusted", software::lighttpd, true},
    {"python3 -m http.server: an unknown authority is not trusted", software::python, true},
};
const cases<distrusted, distrust> distrusted_all(__FILE__, __LINE__);

}  // namespace
}  // namespace ferry::test::servers_test
