#include <ferry/job_json.hpp>
#include <ferry/job_store.hpp>

#include <support/files.hpp>

#include <doctest/doctest.h>

#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <csignal>
#include <cstdio>
#include <string>
#include <vector>

namespace ferry::test::job_store_test {

namespace fs = std::filesystem;

namespace {

std::string id_of(unsigned number) {
    std::array<char, 37> text;
    std::snprintf(text.data(), text.size(), "00000000-0000-4000-8000-%012u", number);
    return text.data();
}

job numbered(unsigned number, std::uint64_t order = 0) {
    job one;
    one.id = id_of(number);
    one.order = order;
    one.files = {{"http://h/f", "/d/f"}};
    return one;
}

std::vector<job> many(unsigned count, std::uint64_t order) {
    std::vector<job> all;
    for (unsigned i = 0; i < count; ++i) all.push_back(numbered(i, order));
    return all;
}

std::vector<std::uint64_t> orders(const stored_jobs& found) {
    std::vector<std::uint64_t> all;
    for (const auto& one : found.jobs) all.push_back(one.order);
    return all;
}

std::size_t count_entries(const fs::path& folder) {
    return static_cast<std::size_t>(std::distance(fs::directory_iterator(folder), {}));
}

mode_t mode_of(const fs::path& path) {
    struct stat about {};
    REQUIRE(::lstat(path.c_str(), &about) == 0);
    return about.st_mode & 07777;
}

/// A store in a folder of its own.
struct rig {
    test::temp_dir dir;
    const fs::path folder = dir / "state/jobs";
    job_store store = job_store::open(folder).value();

    fs::path file_of(unsigned number) const { return folder / (id_of(number) + ".json"); }
    result<void> commit(const job& one) { return store.commit(std::span(&one, 1)); }
    stored_jobs load() { return store.load().value(); }
};

/// One of our limits, lowered as long as the object lives.
class lowered {
  public:
    lowered(decltype(RLIMIT_FSIZE) what, rlim_t limit) : what_(what) {
        REQUIRE(::getrlimit(what_, &before_) == 0);
        const rlimit lower{limit, before_.rlim_max};
        REQUIRE(::setrlimit(what_, &lower) == 0);
    }
    lowered(const lowered&) = delete;
    lowered& operator=(const lowered&) = delete;
    ~lowered() { ::setrlimit(what_, &before_); }

  private:
    decltype(RLIMIT_FSIZE) what_;
    rlimit before_{};
};

/// No file of ours may grow beyond `size` bytes: what a full disk looks like to a writer.
struct small_files {
    explicit small_files(std::size_t size)
        : before(std::signal(SIGXFSZ, SIG_IGN)), limit(RLIMIT_FSIZE, size) {}
    small_files(const small_files&) = delete;
    small_files& operator=(const small_files&) = delete;
    ~small_files() { std::signal(SIGXFSZ, before); }
    void (*before)(int);
    lowered limit;
};

}  // namespace

TEST_CASE("job store: what is committed is loaded, in order of arrival") {
    rig on;
    REQUIRE(on.store.commit(std::vector{numbered(1, 30), numbered(2, 10)}).has_value());
    REQUIRE(on.commit(numbered(3, 20)).has_value());
    CHECK(orders(on.load()) == std::vector<std::uint64_t>{10, 20, 30});
    REQUIRE(on.commit(numbered(2, 40)).has_value());
    const auto again = job_store::open(on.folder).value().load().value();
    CHECK(orders(again) == std::vector<std::uint64_t>{20, 30, 40});
    CHECK(again.rejects.empty());
    CHECK(to_json(again.jobs[2]) == to_json(numbered(2, 40)));
    CHECK(count_entries(on.folder) == 3);
}

TEST_CASE("job store: groups of every size are stored whole") {
    rig on;
    for (unsigned count = 0; count < 20; ++count) {
        REQUIRE(on.store.commit(many(count, count)).has_value());
        CHECK(orders(on.load()) == std::vector<std::uint64_t>(count, count));
    }
}

TEST_CASE("job store: of two jobs with one id the later is stored") {
    rig on;
    REQUIRE(on.store.commit(std::vector{numbered(1, 1), numbered(1, 2)}).has_value());
    CHECK(orders(on.load()) == std::vector<std::uint64_t>{2});
    CHECK(count_entries(on.folder) == 1);
}

TEST_CASE("job store: what is removed is gone, and removing it again succeeds") {
    rig on;
    REQUIRE(on.store.commit(many(2, 0)).has_value());
    REQUIRE(on.store.remove(id_of(0)).has_value());
    REQUIRE(on.store.remove(id_of(0)).has_value());
    CHECK(orders(on.load()).size() == 1);
    CHECK_FALSE(fs::exists(on.file_of(0)));
}

TEST_CASE("job store: an id that is no UUID touches nothing") {
    rig on;
    test::spill(on.folder / "../x.json", "precious");
    for (const auto* id : {"", "../x", "x", "00000000-0000-4000-8000-00000000000/"}) {
        auto one = numbered(1);
        one.id = id;
        const auto refused = on.store.commit(std::vector{numbered(2), one});
        REQUIRE_FALSE(refused.has_value());
        CHECK(refused.error().code == errc::bad_argument);
        CHECK(on.store.remove(id).error().code == errc::bad_argument);
    }
    CHECK(count_entries(on.folder) == 0);
    CHECK(test::slurp(on.folder / "../x.json") == "precious");
}

TEST_CASE("job store: whatever the umask, only we can read what is there") {
    const auto before = ::umask(0);
    {
        rig on;
        REQUIRE(on.store.commit(many(1, 0)).has_value());
        CHECK(mode_of(on.folder) == 0700);
        CHECK(mode_of(on.folder.parent_path()) == 0700);
        CHECK(mode_of(on.file_of(0)) == 0600);
    }
    ::umask(before);
}

TEST_CASE("job store: a folder that is not ours alone, or no folder, is refused") {
    test::temp_dir dir;
    const auto refused = [&](const fs::path& path) { return !job_store::open(path).has_value(); };
    CHECK(refused("state/jobs"));
    test::spill(dir / "file", "");
    CHECK(refused(dir / "file"));
    CHECK(refused(dir / "file/jobs"));
    fs::create_directory(dir / "real");
    fs::permissions(dir / "real", fs::perms(0755));
    CHECK_FALSE(refused(dir / "real"));
    CHECK_FALSE(refused(dir / "real/"));
    fs::create_directory_symlink(dir / "real", dir / "link");
    CHECK(refused(dir / "link"));
    fs::permissions(dir / "real", fs::perms(0775));
    CHECK(refused(dir / "real"));
    if (::geteuid() != 0) CHECK(refused("/"));
}

TEST_CASE("job store: a folder behind a link that leads nowhere is refused") {
    test::temp_dir dir;
    std::filesystem::create_symlink(dir / "gone", dir / "link");
    CHECK_FALSE(job_store::open(dir / "link" / "state" / "jobs").has_value());
}

TEST_CASE("job store: bad files are set aside under free names, and the others load") {
    rig on;
    REQUIRE(on.store.commit(many(4, 0)).has_value());
    test::spill(on.file_of(0), "");
    test::spill(on.file_of(1), "{\"v\":1}");
    fs::copy_file(on.file_of(3), on.file_of(7));
    fs::rename(on.file_of(2), on.folder / "other.json");
    test::spill(on.folder / (id_of(0) + ".json.bad"), "older");
    test::spill(on.folder / (id_of(0) + ".json.bad.2"), "old");
    const auto found = on.load();
    CHECK(found.jobs.size() == 1);
    REQUIRE(found.rejects.size() == 4);
    for (const auto& reject : found.rejects) {
        CHECK(reject.why.code == errc::malformed);
        CHECK(fs::exists(reject.path));
        CHECK(reject.path.find(".json.bad") != reject.path.npos);
    }
    CHECK(test::slurp(on.folder / (id_of(0) + ".json.bad")) == "older");
    CHECK(test::slurp(on.folder / (id_of(0) + ".json.bad.2")) == "old");
    CHECK(test::slurp(on.folder / (id_of(0) + ".json.bad.3")).empty());
    CHECK(test::slurp(on.folder / (id_of(1) + ".json.bad")) == "{\"v\":1}");
    CHECK(fs::exists(on.folder / "other.json.bad"));
    CHECK(on.load().rejects.empty());
}

TEST_CASE("job store: jobs of an older and of a newer ferry load, those of a later form do not") {
    rig on;
    REQUIRE(on.store.commit(many(4, 0)).has_value());
    const auto change = [&](int job, const std::string& from, const std::string& to) {
        auto text = test::slurp(on.file_of(job));
        REQUIRE(text.find(from) != text.npos);
        test::spill(on.file_of(job), text.replace(text.find(from), from.size(), to));
    };
    change(0, "\"retry_interval\":600,", "");
    change(1, "\"retry_interval\":600,", "\"retry_interval\":600,\"colour\":\"red\",");
    change(2, "\"retry_interval\":600,", "\"retry_interval\":\"600\",");
    change(3, "\"v\":1,", "\"v\":2,");
    const auto found = on.load();
    REQUIRE(found.jobs.size() == 2);
    for (const auto& one : found.jobs) CHECK(one.settings == job_settings());
    REQUIRE(found.rejects.size() == 2);
    std::string why;
    for (const auto& reject : found.rejects) why += reject.why.detail + "; ";
    CHECK(why.find("missing or wrong: .settings.retry_interval") != why.npos);
    CHECK(why.find("unknown version 2") != why.npos);
}

TEST_CASE("job store: a job that was cut anywhere is set aside, and does no harm") {
    rig on;
    REQUIRE(on.store.commit(many(2, 5)).has_value());
    const auto whole = test::slurp(on.file_of(0));
    for (std::size_t n = 0; n < whole.size(); ++n) {
        test::spill(on.file_of(0), whole.substr(0, n));
        const auto found = on.load();
        CHECK(orders(found) == std::vector<std::uint64_t>{5});
        REQUIRE(found.rejects.size() == 1);
        CHECK(test::slurp(found.rejects[0].path).size() == n);
        fs::remove(found.rejects[0].path);
    }
}

TEST_CASE("job store: a file of absurd size is set aside unread") {
    rig on;
    test::spill(on.file_of(0), "{");
    fs::resize_file(on.file_of(0), std::uintmax_t{1} << 40);  // a hole
    const auto found = on.load();
    REQUIRE(found.rejects.size() == 1);
    CHECK(found.rejects[0].why.code == errc::malformed);
}

TEST_CASE("job store: links, folders and pipes are reported, never followed, never waited for") {
    rig on;
    REQUIRE(on.store.commit(many(2, 0)).has_value());
    fs::rename(on.file_of(0), on.dir / "elsewhere");
    SUBCASE("a link") { fs::create_symlink(on.dir / "elsewhere", on.file_of(0)); }
    SUBCASE("a link to nothing") { fs::create_symlink("nowhere", on.file_of(0)); }
    SUBCASE("a folder") { fs::create_directory(on.file_of(0)); }
    SUBCASE("a pipe") { REQUIRE(::mkfifo(on.file_of(0).c_str(), 0600) == 0); }
    const auto found = on.load();
    CHECK(found.jobs.size() == 1);
    REQUIRE(found.rejects.size() == 1);
    CHECK(found.rejects[0].path == on.file_of(0));
    CHECK(fs::symlink_status(on.file_of(0)).type() != fs::file_type::not_found);
}

TEST_CASE("job store: a link in a job's place is replaced, and what it names is not") {
    rig on;
    test::spill(on.dir / "precious", "bytes");
    fs::create_symlink(on.dir / "precious", on.file_of(0));
    REQUIRE(on.store.commit(many(1, 0)).has_value());
    CHECK(test::slurp(on.dir / "precious") == "bytes");
    CHECK(on.load().jobs.size() == 1);
}

TEST_CASE("job store: temporaries of a kill are removed, files of others are not") {
    rig on;
    test::spill(on.folder / (id_of(0) + ".json.0.tmp"), "{\"v\":");
    test::spill(on.folder / (id_of(1) + ".json.123.tmp"), to_json(numbered(1)));
    for (const auto* name : {"note.tmp", "README", "x.json.bad", "x.json~"})
        test::spill(on.folder / name, "");
    const auto found = on.load();
    CHECK(found.jobs.empty());
    CHECK(found.rejects.empty());
    CHECK(count_entries(on.folder) == 4);
}

TEST_CASE("job store: a disk that fills up after any byte leaves the old state") {
    rig on;
    REQUIRE(on.commit(numbered(1, 1)).has_value());
    const auto size = to_json(numbered(1, 2)).size();
    for (std::size_t n = 0; n <= size; ++n) {
        const auto outcome = [&] {
            const small_files full(n);
            return on.commit(numbered(1, 2));
        }();
        CHECK(outcome.has_value() == (n == size));
        if (!outcome) CHECK(outcome.error().code == std::errc::file_too_large);
        CHECK(orders(on.load()) == std::vector<std::uint64_t>{n == size ? 2U : 1U});
        CHECK(count_entries(on.folder) == 1);
    }
}

TEST_CASE("job store: a group of which any job does not fit on the disk changes nothing") {
    rig on;
    REQUIRE(on.store.commit(many(10, 1)).has_value());
    for (std::size_t n = 0; n < 10; ++n) {
        auto next = many(10, 2);
        next[n].description.assign(10'000, 'x');
        {
            const small_files full(5'000);
            CHECK_FALSE(on.store.commit(next).has_value());
            CHECK_FALSE(on.store.commit(std::span(next).subspan(n, 1)).has_value());
        }
        CHECK(orders(on.load()) == std::vector<std::uint64_t>(10, 1));
        CHECK(count_entries(on.folder) == 10);
    }
}

TEST_CASE("job store: a group that fails while its jobs get their names leaves each old or new") {
    for (unsigned n = 0; n < 10; ++n) {
        rig on;
        REQUIRE(on.store.commit(many(10, 1)).has_value());
        fs::remove(on.file_of(n));
        fs::create_directory(on.file_of(n));
        CHECK_FALSE(on.store.commit(many(10, 2)).has_value());
        CHECK(count_entries(on.folder) == 10);
        std::vector<std::uint64_t> wanted(9, 1);
        std::fill_n(wanted.rbegin(), n, 2);
        CHECK(orders(on.load()) == wanted);
        fs::remove(on.file_of(n));
        CHECK(on.store.commit(many(10, 2)).has_value());
        CHECK(orders(on.load()) == std::vector<std::uint64_t>(10, 2));
    }
}

TEST_CASE("job store: too few descriptors make a call fail and set no job aside") {
    rig on;
    REQUIRE(on.store.commit(many(2, 1)).has_value());
    const int lowest = ::dup(0);
    ::close(lowest);
    {
        const lowered none(RLIMIT_NOFILE, static_cast<rlim_t>(lowest));
        CHECK_FALSE(on.store.load().has_value());
        CHECK_FALSE(on.store.commit(many(2, 2)).has_value());
    }
    CHECK(orders(on.load()) == std::vector<std::uint64_t>{1, 1});
}

namespace {

/// Commits one revision after the other, tells each one that was acknowledged, never ends.
[[noreturn]] void commit_forever(const fs::path& folder, unsigned group, int tell) {
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    auto store = job_store::open(folder);
    auto found = store ? store->load() : result<stored_jobs>(store.error());
    if (!found) ::_exit(1);
    auto revision = found->jobs.empty() ? 0 : found->jobs.back().order;
    while (store->commit(many(group, ++revision)))
        if (::write(tell, &revision, sizeof revision) != sizeof revision) break;
    ::_exit(1);
}

/// Kills a process that commits after its acknowledgement number `count` and a little more of its
/// work; returns the last revision that it acknowledged.
std::uint64_t kill_after(const fs::path& folder, unsigned group, int count, int more) {
    std::array<int, 2> pipe{};
    REQUIRE(::pipe(pipe.data()) == 0);
    const auto child = ::fork();
    if (child == 0) commit_forever(folder, group, pipe[1]);
    ::close(pipe[1]);
    const detail::unique_fd from(pipe[0]);
    std::uint64_t last = 0;
    for (int i = 0; i < count; ++i) REQUIRE(::read(from.get(), &last, sizeof last) == sizeof last);
    for (int i = 0; i < more; ++i) ::getppid();  // another moment of the next commit each time
    ::kill(child, SIGKILL);
    int status = 0;
    REQUIRE(::waitpid(child, &status, 0) == child);
    CHECK(WIFSIGNALED(status));
    while (::read(from.get(), &last, sizeof last) == sizeof last) continue;
    return last;
}

}  // namespace

TEST_CASE("job store: killed at any moment, it has every commit that it acknowledged") {
    rig on;
    constexpr std::array groups = {1U, 3U, 1U, 3U, 9U};
    for (int round = 0; round < 60; ++round) {
        const auto group = groups[static_cast<std::size_t>(round) % groups.size()];
        const auto acknowledged = kill_after(on.folder, group, 1 + round % 3, round * 400);
        const auto found = on.load();
        CHECK(found.rejects.empty());
        REQUIRE(found.jobs.size() >= group);
        for (unsigned i = 0; i < found.jobs.size(); ++i) {
            const bool ours = found.jobs[i].id <= id_of(group - 1);
            if (ours) CHECK(found.jobs[i].order >= acknowledged);
        }
        CHECK(count_entries(on.folder) == found.jobs.size());
    }
}

}  // namespace ferry::test::job_store_test
