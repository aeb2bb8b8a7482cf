#include "cli/demo/temporary_folder.hpp"
#include "cli/jobs/import.hpp"
#include "cli/jobs/job_sources.hpp"

#include <doctest/doctest.h>

#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

namespace ferry::test::cli_job_sources_test {

using namespace ferry::cli;

namespace {

namespace fs = std::filesystem;
using words = std::vector<std::string>;
using pairs = std::vector<std::pair<std::string, std::string>>;

struct sources_fixture {
    std::unique_ptr<temporary_folder> folder = temporary_folder::make().value();
    std::string dir = fs::canonical(folder->path()).native();
    std::string here = fs::current_path().native();
    ferry::job_type type = ferry::job_type::download;
    bool create_directories = false;

    std::string file(const std::string& name) const {
        std::ofstream(dir + "/" + name) << "x";
        return dir + "/" + name;
    }
    std::string subfolder(const std::string& name) const {
        fs::create_directory(dir + "/" + name);
        return dir + "/" + name;
    }
    ferry::result<std::vector<ferry::job_file>> plan(words sources, words destinations = {}) const {
        return job_sources(type, create_directories)
            .plan({std::move(sources), std::move(destinations)});
    }
    pairs files(words sources, words destinations = {}) const {
        const auto planned = plan(std::move(sources), std::move(destinations));
        if (!planned) FAIL(planned.error().detail);
        pairs all;
        for (const auto& one : *planned) all.emplace_back(one.source, one.destination);
        return all;
    }
    std::string error(words sources, words destinations = {}) const {
        const auto planned = plan(std::move(sources), std::move(destinations));
        REQUIRE_FALSE(planned);
        return planned.error().detail;
    }
};

}  // namespace

TEST_CASE("cli: without a destination, a file goes to the current folder under its name") {
    sources_fixture on;
    CHECK(on.files({"http://h/d/a%20b?q"}) == pairs{{"http://h/d/a%20b?q", on.here + "/a b"}});
    CHECK(on.files({"HTTP://H:80/a#f"}) == pairs{{"http://h/a", on.here + "/a"}});
    CHECK(on.files({"http://h/a"}, {""}) == pairs{{"http://h/a", on.here + "/a"}});
    CHECK(on.files({"http://[::1]/a"}) == pairs{{"http://[::1]/a", on.here + "/a"}});
}

TEST_CASE("cli: a destination is a file, or a folder for the file's own name") {
    sources_fixture on;
    CHECK(on.files({"http://h/a"}, {on.dir}) == pairs{{"http://h/a", on.dir + "/a"}});
    CHECK(on.files({"http://h/a"}, {on.dir + "/"}) == pairs{{"http://h/a", on.dir + "/a"}});
    CHECK(on.files({"http://h/a"}, {on.dir + "/b"}) == pairs{{"http://h/a", on.dir + "/b"}});
    CHECK(on.files({"http://h/a"}, {"./b"}) == pairs{{"http://h/a", on.here + "/b"}});
    CHECK(
        on.files({"http://h/a"}, {"file://" + on.dir + "/b%20c"}).front().second ==
        on.dir + "/b c");
}

TEST_CASE("cli: sources and destinations pair up, or share one folder") {
    sources_fixture on;
    CHECK(
        on.files({"http://h/a", "http://h/b"}, {on.dir + "/x", on.dir}) ==
        pairs{{"http://h/a", on.dir + "/x"}, {"http://h/b", on.dir + "/b"}});
    CHECK(
        on.files({"http://h/a", "http://h/b"}, {on.dir}) ==
        pairs{{"http://h/a", on.dir + "/a"}, {"http://h/b", on.dir + "/b"}});
    CHECK(
        on.error({"http://h/a", "http://h/b", "http://h/c"}, {"x", "y"}) ==
        "3 sources but 2 destinations (as many, one directory for all, or none)");
    CHECK(
        on.error({"http://h/a"}, {"x", "y"}) ==
        "1 source but 2 destinations (as many, one directory for all, or none)");
    const auto file = on.file("f");
    CHECK(
        on.error({"http://h/a", "http://h/b"}, {file}) ==
        "http://h/a: " + file + ": not a directory (several files go there)");
}

TEST_CASE("cli: a missing folder is refused, or made if asked for") {
    sources_fixture on;
    const auto missing = on.dir + "/new: no such directory (--create-dirs makes it)";
    CHECK(on.error({"http://h/a"}, {on.dir + "/new/x"}) == "http://h/a: " + missing);
    CHECK(on.error({"http://h/a"}, {on.dir + "/new/"}) == "http://h/a: " + missing);
    CHECK(on.error({"http://h/a", "http://h/b"}, {on.dir + "/new"}) == "http://h/a: " + missing);
    CHECK(
        on.error({"http://h/a"}, {on.file("f") + "/x"}) ==
        "http://h/a: " + on.dir + "/f: not a directory");
    on.create_directories = true;
    CHECK(on.files({"http://h/a"}, {on.dir + "/new"}).front().second == on.dir + "/new");
    CHECK(on.files({"http://h/a"}, {on.dir + "/new/"}).front().second == on.dir + "/new/a");
    CHECK(
        on.files({"http://h/a", "http://h/b"}, {on.dir + "/new"}) ==
        pairs{{"http://h/a", on.dir + "/new/a"}, {"http://h/b", on.dir + "/new/b"}});
}

TEST_CASE("cli: wildcards in local sources stand for files, not for folders") {
    sources_fixture on;
    const auto one = on.file("a1.txt"), two = on.file("a2.txt");
    const auto to = on.subfolder("to");
    on.subfolder("a3.txt");
    CHECK(
        on.files({on.dir + "/a?.txt"}, {to}) ==
        pairs{{one, to + "/a1.txt"}, {two, to + "/a2.txt"}});
    CHECK(on.files({on.dir + "/*[2-9].txt"}, {to}) == pairs{{two, to + "/a2.txt"}});
    CHECK(on.error({on.dir + "/*.iso"}, {to}) == on.dir + "/*.iso: no file matches");
    CHECK(
        on.error({on.dir + "/a?.txt"}, {one}) ==
        on.dir + "/a?.txt: " + one + ": not a directory (several files go there)");
    const auto literal = on.file("b[1].txt");
    CHECK(on.files({literal}, {to}) == pairs{{literal, to + "/b[1].txt"}});
}

TEST_CASE("cli: wildcards take regular files, and links if asked to; the rest is named") {
    sources_fixture on;
    const auto to = on.subfolder("to"), from = on.subfolder("from");
    const auto file = on.file("from/a"), link = from + "/b";
    fs::create_symlink(file, link);
    job_sources places(on.type, false);
    CHECK(places.plan({{from + "/*"}, {to}}).value().size() == 1);
    CHECK(places.left_out() == "left out: " + link + " (links are taken with --follow-links)");
    REQUIRE(::mkfifo((from + "/pipe").c_str(), 0600) == 0);
    fs::create_symlink(from + "/nothing", from + "/broken");
    on.subfolder("from/sub");
    job_sources again(on.type, false, {.follow_links = true});
    const auto planned = again.plan({{from + "/*"}, {to}});
    REQUIRE(planned);
    REQUIRE(planned->size() == 2);
    CHECK(planned->back().source == link);
    CHECK(
        again.left_out() == "left out: " + from + "/broken, " + from + "/pipe, " + from +
                                "/sub (wildcards take regular files only)");
    for (const auto* more : {"x", "y", "z"}) on.subfolder(std::string("from/") + more);
    job_sources many(on.type, false, {.follow_links = true});
    REQUIRE(many.plan({{from + "/*"}, {to}}));
    CHECK(many.left_out().ends_with("/y and 1 more (wildcards take regular files only)"));
}

TEST_CASE("cli: a whole folder keeps its structure, empty folders too") {
    sources_fixture on;
    const auto to = on.subfolder("to"), tree = on.subfolder("tree");
    on.subfolder("tree/b");
    on.subfolder("tree/empty");
    const auto one = on.file("tree/b/x"), two = on.file("tree/c");
    on.file("tree/.hidden");
    job_sources places(on.type, false, {.recursive = true});
    const auto planned = places.plan({{tree + "/"}, {to}});
    REQUIRE_MESSAGE(planned, planned.error().detail);
    REQUIRE(planned->size() == 2);
    CHECK(planned->front().source == one);
    CHECK(planned->front().destination == to + "/tree/b/x");
    CHECK(planned->back().destination == to + "/tree/c");
    using paths = std::vector<fs::path>;
    paths made;
    for (const auto& folder : places.folders().here) made.push_back(folder.path);
    CHECK(made == paths{to + "/tree", to + "/tree/b", to + "/tree/empty"});
    job_sources all(on.type, false, {.recursive = true, .hidden = true});
    CHECK(all.plan({{tree}, {to}}).value().size() == 3);
    job_sources none(on.type, false, {.recursive = true});
    CHECK(none.plan({{tree + "/empty"}, {to}})
              .error()
              .detail.ends_with("a folder without any file (nothing to transfer)"));
    CHECK(
        none.plan({{"http://h/d"}, {to}}).error().detail.find("--recursive") !=
        words::value_type::npos);
    CHECK(none.plan({{two}, {to + "/new"}}).value().front().destination == to + "/new");
    job_sources upload(ferry::job_type::upload, false, {.recursive = true});
    CHECK_FALSE(upload.plan({{tree}, {"http://h/"}}));
}

TEST_CASE("cli: local sources become absolute paths, and keep their names") {
    sources_fixture on;
    const auto to = on.subfolder("to");
    CHECK(on.files({"x/./y%41"}, {to}) == pairs{{on.here + "/x/y%41", to + "/y%41"}});
    CHECK(on.files({"file:///x/y%41"}, {to}) == pairs{{"/x/yA", to + "/yA"}});
    CHECK(on.files({"/x/.hidden"}, {to}) == pairs{{"/x/.hidden", to + "/.hidden"}});
    CHECK(on.files({"/x/\xff"}, {to}) == pairs{{"/x/\xff", to + "/\xff"}});
}

TEST_CASE("cli: wildcards elsewhere are refused") {
    sources_fixture on;
    CHECK(
        on.error({"http://h/*.iso"}) ==
        "http://h/*.iso: no wildcards in a URL (name each file; a star is written %2A)");
    CHECK(
        on.error({"http://h/a"}, {"d/*"}) ==
        "http://h/a: no wildcards in a destination: d/* (name a file or a folder)");
    CHECK(
        on.error({"http://h/a"}, {"d?"}).find("no wildcards in a destination") !=
        words::value_type::npos);
    CHECK(on.files({"http://h/a?b=[1]"}).size() == 1);
}

TEST_CASE("cli: what ferry cannot reach is refused at once") {
    sources_fixture on;
    CHECK(
        on.error({"ftp://h/f"}) ==
        "ftp://h/f: cannot speak ftp (http, https, file and smb it can)");
    CHECK(on.error({"http:///f"}).starts_with("http:///f: no host"));
    CHECK(on.error({"http://h/"}) == "http://h/: no file name in the URL (name a destination)");
    CHECK(on.error({""}) == "source: the name is empty");
    CHECK(on.error({"http://h/a"}, {"-"}).find("standard output") != std::string::npos);
    CHECK(on.error({"http://u:secret@h:port/"}).find("secret") == std::string::npos);
    CHECK(
        on.error({"https://u:secret@h/f"}) ==
        "https://h/f: no credentials in URLs, where everybody can read them (give --credential "
        "USER)");
    CHECK(
        on.error({"http://h/a"}, {"http://h/b"}) ==
        "http://h/a: the destination http://h/b is no local file and no share (for an upload: "
        "ferry put, or --transfer-type upload)");
}

TEST_CASE("cli: two files for one place are refused, however it is spelt") {
    sources_fixture on;
    on.subfolder("d");
    const auto twice = [&](const std::string& other) {
        return on.error({"http://h/a", "http://g/a"}, {on.dir, other});
    };
    const auto why = "http://g/a: a second file for " + on.dir + "/a (destinations must differ)";
    CHECK(twice(on.dir) == why);
    CHECK(twice(on.dir + "/./a") == why);
    CHECK(twice(on.dir + "/d/../a") == why);
    fs::create_directory(on.dir + "/b");
    CHECK(on.error({"http://h/b"}, {on.dir}).find("is a directory (name") != std::string::npos);
}

TEST_CASE("cli: a share is a destination, in every spelling") {
    sources_fixture on;
    const auto to = [&on](const std::string& place) {
        return on.files({"http://h/a%20b?c"}, {place}).at(0).second;
    };
    CHECK(to("smb://nas/share/d/") == "smb://nas/share/d/a%20b");
    CHECK(to("smb://me@nas/share/d/x") == "smb://me@nas/share/d/x");
    CHECK(to("smb://nas/share") == "smb://nas/share/a%20b");
    CHECK(to("\\\\nas\\share\\d\\") == "smb://nas/share/d/a%20b");
    CHECK(to("\\\\nas\\share") == "smb://nas/share/a%20b");
    CHECK(to("//nas/share/x") == "smb://nas/share/x");
    CHECK(
        on.files({"http://h/a", "smb://nas/s/b"}, {"smb://nas/share/d"}) ==
        pairs{{"http://h/a", "smb://nas/share/d/a"}, {"smb://nas/s/b", "smb://nas/share/d/b"}});
    CHECK(
        on.error({"http://h/a", "http://g/a"}, {"smb://nas/share/d"}).find("a second file for") !=
        std::string::npos);
    CHECK(on.error({"/x/a"}, {"smb://nas/share/"}).ends_with("(--transfer-type upload)"));
    CHECK(on.error({"http://h/"}, {"smb://nas/share/"}).ends_with("(name a destination)"));
    CHECK(
        on.error({"http://h/a"}, {"smb://nas/share/*"}).find("no wildcards") != std::string::npos);
}

TEST_CASE("cli: an upload has one file and a URL") {
    sources_fixture on;
    on.type = ferry::job_type::upload;
    CHECK(on.files({"/x/a b"}, {"http://h/d/"}) == pairs{{"/x/a b", "http://h/d/"}});
    CHECK(on.files({"/x/a"}, {"http://h/d/c"}) == pairs{{"/x/a", "http://h/d/c"}});
    CHECK(on.files({"smb://nas/s/a"}, {"http://h/d/"}) == pairs{{"smb://nas/s/a", "http://h/d/"}});
    CHECK(on.error({"http://h/"}, {"http://h/d/"}).ends_with("(name a destination)"));
    CHECK(on.error({"/x/a"}, {"/y"}).ends_with("http, https or smb (--destination URL)"));
    CHECK(on.error({"/x/a"}).ends_with("http, https or smb (--destination URL)"));
    CHECK(
        on.error({"/x/a", "/x/b"}, {"http://h/a", "http://h/b"}) ==
        "an upload has one file, not 2");
}

TEST_CASE("cli: a row of a list is a job, or all of them are one") {
    sources_fixture on;
    import_options options;
    const std::vector<csv_transfer> rows = {
        {"http://h/a", on.dir, 2}, {"http://h/b", on.dir + "/x", 4}};
    const auto each = plan_import(rows, "l.csv", options).value();
    CHECK(each.jobs.size() == 2);
    CHECK(each.lines == std::vector<std::size_t>{2, 4});
    options.one_job = true;
    const auto one = plan_import(rows, "l.csv", options).value();
    REQUIRE(one.jobs.size() == 1);
    CHECK(one.jobs.front().create.at("files").as_array().size() == 2);
}

TEST_CASE("cli: one bad row spoils a list, and is named") {
    sources_fixture on;
    import_options options;
    const auto error = [&](const csv_transfer& row) {
        const auto plan = plan_import({{"http://h/a", on.dir, 2}, row}, "l.csv", options);
        REQUIRE_FALSE(plan);
        return plan.error().detail;
    };
    for (const bool one_job : {false, true}) {
        options.one_job = one_job;
        CHECK(error({"http:///b", on.dir, 3}).starts_with("l.csv:3: http:///b: no host"));
        CHECK(
            error({"http://g/a", on.dir, 3}) ==
            "l.csv:3: http://g/a: a second file for " + on.dir + "/a (destinations must differ)");
    }
    options.how.job.checksum = "md5:x";
    CHECK(error({"http://g/b", on.dir, 3}) == "--checksum: 2 files (only with one)");
}

TEST_CASE("cli: a list that cannot be read is named") {
    const auto list = read_list("/no/such");
    REQUIRE_FALSE(list);
    CHECK(list.error().code == ferry::errc::bad_argument);
    CHECK(list.error().detail == "/no/such: No such file or directory");
    CHECK_FALSE(read_list("/"));
}

TEST_CASE("cli: ten thousand rows are planned at once") {
    sources_fixture on;
    std::vector<csv_transfer> rows;
    for (std::size_t i = 0; i < 10'000; ++i)
        rows.push_back({"http://h/" + std::to_string(i), on.dir, i + 2});
    CHECK(plan_import(rows, "l.csv", {}).value().jobs.size() == 10'000);
}

}  // namespace ferry::test::cli_job_sources_test
