#include "cli/demo/temporary_folder.hpp"
#include "cli/exit_code.hpp"
#include "cli/get/plan.hpp"

#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

namespace ferry::test::cli_plan_test {

using namespace ferry::cli;

namespace {

struct plan_fixture {
    std::unique_ptr<temporary_folder> folder = temporary_folder::make().value();
    std::string dir = folder->path().native();
    get_options options = {};

    std::string list(const std::string& text) const {
        std::ofstream(dir + "/list") << text;
        return dir + "/list";
    }
    std::vector<std::string> destinations() const {
        const auto plan = plan_downloads(options);
        if (!plan) FAIL(plan.error().detail);
        std::vector<std::string> names;
        for (const auto& item : plan->items) names.push_back(item.local.native());
        return names;
    }
    std::string error() const {
        const auto plan = plan_downloads(options);
        REQUIRE_FALSE(plan);
        CHECK(plan.error().code == ferry::errc::bad_argument);
        return plan.error().detail;
    }
};

using names = std::vector<std::string>;

}  // namespace

TEST_CASE("cli: files are named by option, list or URL, in this order of strength") {
    plan_fixture on;
    on.options.sources = {"http://h/a%20b?q"};
    CHECK(on.destinations() == names{"a b"});
    on.options.file = "x/y";
    CHECK(on.destinations() == names{"x/y"});
    on.options.file = "";
    on.options.directory = on.dir;
    on.options.input_file = on.list("http://h/c\nhttp://h/d\tsub/e\nhttp://h/f\t/abs/g\n");
    CHECK(on.destinations() == names{on.dir + "/a b", on.dir + "/c", on.dir + "/sub/e", "/abs/g"});
}

TEST_CASE("cli: two files for one place are refused, however it is spelt") {
    plan_fixture on;
    on.options.sources = {"http://h/a", "http://other/a"};
    CHECK(on.error() == "http://other/a: a second file for a (destinations must differ)");
    on.options.sources = {"http://h/a"};
    on.options.input_file = on.list("http://h/b\t./x/../a");
    CHECK(on.error().find("a second file for ./x/../a") != std::string::npos);
    on.options.input_file =
        on.list("http://h/b\t" + std::filesystem::current_path().native() + "/a");
    CHECK(on.error().find("a second file for") != std::string::npos);
}

TEST_CASE("cli: a URL without a file name needs one") {
    plan_fixture on;
    on.options.sources = {"http://h/"};
    CHECK(on.error() == "http://h/: no file name in the URL (name it: -o FILE)");
    on.options.sources = {"smb://h/share/"};
    CHECK(on.error().starts_with("smb://h/share/: is a folder (name a file of it"));
    on.options.sources = {};
    on.options.input_file = on.list("http://h/");
    CHECK(
        on.error() ==
        on.dir +
            "/list:1: http://h/: no file name in the URL (name it: a tab and a name behind "
            "it)");
}

TEST_CASE("cli: a destination must be a file's name") {
    plan_fixture on;
    on.options.sources = {"http://h/a"};
    on.options.file = on.dir;
    CHECK(on.error().starts_with("http://h/a: the destination " + on.dir + " is a directory (-d"));
    on.options.file = "nowhere/";
    CHECK(on.error().find("is a directory (-d DIR") != std::string::npos);
    on.options.file = "-";
    CHECK(on.error().find("standard output") != std::string::npos);
}

TEST_CASE("cli: the folder of -d must exist, or be asked for") {
    plan_fixture on;
    on.options.sources = {"http://h/a"};
    on.options.directory = on.dir + "/new";
    CHECK(
        on.error() == "--directory " + on.dir + "/new: no such directory (--create-dirs makes it)");
    on.options.transfer.options.create_directories = true;
    CHECK(on.destinations() == names{on.dir + "/new/a"});
    on.options.directory = on.list("");
    CHECK(on.error().find("not a directory") != std::string::npos);
}

TEST_CASE("cli: -o and --checksum are for one file") {
    plan_fixture on;
    on.options.sources = {"http://h/a", "http://h/b"};
    on.options.file = "x";
    CHECK(on.error() == "--output: 2 URLs for one file (use -d DIR for several)");
    on.options.file = "";
    on.options.transfer.options.expected = ferry::checksum{"md5", "x"};
    CHECK(on.error() == "--checksum: 2 files (only with one)");
}

TEST_CASE("cli: one malformed line of a list spoils it, and is named") {
    plan_fixture on;
    on.options.input_file = on.list("http://h/a\nhttp:///b\n");
    CHECK(on.error().starts_with(on.dir + "/list:2: http:///b: no host"));
}

TEST_CASE("cli: passwords in URLs are not repeated in messages") {
    CHECK(shown("http://u:secret@h/p@q") == "http://h/p@q");
    CHECK(shown("http://u:sec/ret@h/p") == "http://h/p");
    CHECK(shown("http://u:a@b@h:80/p") == "http://h:80/p");
    CHECK(shown("http://h:80/p@q") == "http://h:80/p@q");
    CHECK(shown("http://[::1]:80/p@q") == "http://[::1]:80/p@q");
    CHECK(shown("http://secret@h") == "http://h");
    CHECK(shown("a:b@c") == "a:b@c");
    plan_fixture on;
    on.options.sources = {"http://u:secret@h:port/"};
    CHECK(on.error().find("secret") == std::string::npos);
    on.options.sources = {"http://u:secret@h/"};
    CHECK(
        on.error() ==
        "http://h/: no credentials in URLs, where everybody can read them (give --credential "
        "USER)");
}

TEST_CASE("cli: ten thousand files are planned at once") {
    plan_fixture on;
    std::string text;
    for (int i = 0; i < 10'000; ++i) text += "http://h/" + std::to_string(i) + "\n";
    on.options.input_file = on.list(text);
    CHECK(on.destinations().size() == 10'000);
}

TEST_CASE("cli: where servers give the names, URLs may end alike, or in none") {
    plan_fixture on;
    on.options.directory = on.dir;
    on.options.sources = {"http://h/get?id=1", "http://h/get?id=2", "http://h/"};
    CHECK(on.error().find("no file name in the URL") == std::string::npos);
    on.options.named_by_server = true;
    CHECK(on.destinations().size() == 3);
    const auto plan = plan_downloads(on.options).value();
    for (const auto& item : plan.items) CHECK(item.named_by_server);
    on.options.sources = {"http://h/get"};
    on.options.file = on.dir + "/mine";
    CHECK(on.destinations() == names{on.dir + "/mine"});
    CHECK_FALSE(plan_downloads(on.options)->items.front().named_by_server);
}

TEST_CASE("cli: get takes what a pattern fits, or a whole folder, into one folder") {
    plan_fixture on;
    for (const auto* name : {"b.txt", "a.txt", "c.iso"}) std::ofstream(on.dir + "/" + name) << "x";
    std::filesystem::create_directories(on.dir + "/tree/sub/empty");
    std::ofstream(on.dir + "/tree/sub/f") << "x";
    std::filesystem::create_directory(on.dir + "/to");
    on.options.directory = on.dir + "/to";
    on.options.sources = {on.dir + "/*.txt"};
    CHECK(on.destinations() == names{on.dir + "/to/a.txt", on.dir + "/to/b.txt"});
    on.options.sources = {on.dir + "/tree"};
    on.options.find.recursive = true;
    CHECK(on.destinations() == names{on.dir + "/to/tree/sub/f"});
    using paths = std::vector<std::filesystem::path>;
    const auto to = on.dir + "/to/tree";
    paths made;
    const auto plan = plan_downloads(on.options).value();
    for (const auto& one : plan.folders.here) made.push_back(one.path);
    CHECK(made == paths{to, to + "/sub", to + "/sub/empty"});
}

TEST_CASE("cli: get refuses patterns and trees where they make no sense") {
    plan_fixture on;
    std::ofstream(on.dir + "/a.txt") << "x";
    on.options.sources = {on.dir + "/*.iso"};
    CHECK(on.error() == on.dir + "/*.iso: no file matches");
    on.options.sources = {on.dir + "/*.txt"};
    on.options.file = "x";
    CHECK(on.error().ends_with("may be many files (use -d DIR)"));
    on.options.file = "";
    on.options.find.recursive = true;
    on.options.sources = {"http://h/d"};
    CHECK(on.error() == "http://h/d: --recursive is not for URLs (only local folders and shares)");
}

TEST_CASE("cli: a tree does not go through links of its destination") {
    plan_fixture on;
    std::filesystem::create_directories(on.dir + "/tree/sub");
    std::ofstream(on.dir + "/tree/sub/f") << "x";
    std::filesystem::create_directories(on.dir + "/to/tree");
    on.options.directory = on.dir + "/to";
    on.options.sources = {on.dir + "/tree"};
    on.options.find.recursive = true;
    std::filesystem::create_symlink("/", on.dir + "/to/tree/sub");
    CHECK(on.error().ends_with("/to/tree/sub: a link, which could lead anywhere (remove it)"));
}

TEST_CASE("cli: a file in the place of a tree's folder is an error of local files") {
    plan_fixture on;
    std::filesystem::create_directories(on.dir + "/tree/sub");
    std::filesystem::create_directories(on.dir + "/to/tree");
    std::ofstream(on.dir + "/to/tree/sub") << "x";
    on.options.directory = on.dir + "/to";
    on.options.sources = {on.dir + "/tree"};
    on.options.find.recursive = true;
    const auto plan = plan_downloads(on.options);
    REQUIRE_FALSE(plan);
    CHECK(exit_code_of(plan.error()) == exit_code::local_file);
    const auto told = describe(plan.error());
    CHECK_MESSAGE(
        told.ends_with("/to/tree/sub (remove what is in the way): Not a directory"), told);
}

}  // namespace ferry::test::cli_plan_test
