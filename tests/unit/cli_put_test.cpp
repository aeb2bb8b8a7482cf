#include "cli/options/options_put.hpp"
#include "cli/put/put_plan.hpp"

#include <support/files.hpp>

#include <doctest/doctest.h>

#include <filesystem>
#include <string>
#include <vector>

namespace ferry::test::cli_put_test {

using namespace ferry::cli;
using words = std::vector<std::string>;

namespace {

std::string refusal(words arguments) {
    const auto options = parse_put_options(std::move(arguments));
    return options ? "" : options.error().detail;
}

/// A folder with two files, and what `put` makes of its arguments.
struct put_fixture {
    test::temp_dir dir;
    std::string a = dir / "a b";
    std::string b = dir / "b";

    put_fixture() {
        test::spill(a, "a");
        test::spill(b, "b");
        std::filesystem::create_directory(dir / "folder");
        test::spill(dir / "folder/b", "another");
    }
    result<transfer_plan> plan(words arguments) const {
        return plan_uploads(parse_put_options(std::move(arguments)).value(), list);
    }
    std::string wrong(words arguments) const {
        const auto items = plan(std::move(arguments));
        return items ? "" : items.error().detail;
    }
    /// "FILE > URL" for each file, "URL" for each folder that is made there.
    words planned(words arguments) const {
        const auto all = plan(std::move(arguments));
        if (!all) return {all.error().detail};
        words lines;
        for (const auto& one : all->folders.there)
            lines.push_back(to_string(one.where) + (one.empty ? " (empty)" : ""));
        for (const auto& one : all->items) {
            const auto from =
                one.from ? to_string(*one.from) : one.local.lexically_relative(dir.path()).native();
            lines.push_back(from + " > " + to_string(one.remote));
        }
        return lines;
    }

    /// A share has a folder with one file, and a file.
    static result<folder_listing> list(const url& folder) {
        using type = folder_entry::type;
        if (folder.scheme == "file") return list_local_folder(folder);
        folder_listing all;
        if (folder.path == "/s/in")
            all.entries = {{"b c", type::file, false, ""}};
        else
            all.entries = {{"a", type::file, false, ""}, {"in", type::folder, false, "1"}};
        return all;
    }
};

}  // namespace

TEST_CASE("put: the last word is where the others go") {
    const put_fixture on;
    const auto items = on.plan({on.a, on.b, "http://h/d/"}).value().items;
    REQUIRE(items.size() == 2);
    CHECK(items[0].local == on.a);
    CHECK(items[1].local == on.b);
    CHECK(to_string(items[1].remote) == "http://h/d/");
}

TEST_CASE("put: without a file or without a URL it says what is wanted") {
    CHECK(refusal({}) == "put: a file and a URL are wanted (write 'ferry put FILE URL')");
    CHECK(refusal({"http://h/"}) == refusal({}));
    const put_fixture on;
    CHECK(on.wrong({on.a, on.b}).ends_with("not a URL (the last word is where the files go)"));
}

TEST_CASE("put: what over HTTP nobody can tell, is not promised") {
    CHECK(
        refusal({"a", "https://h/b", "--existing", "update"}) ==
        "put: --existing update is for shares: over HTTP, no server keeps the time of a file "
        "(choose replace, fail or skip)");
    CHECK(refusal({"a", "smb://h/s/b", "--existing", "update"}) == "");
    CHECK(refusal({"--recursive", "a", "https://h/b/"}) == "");
}

TEST_CASE("put: several files need a folder, and different names") {
    const put_fixture on;
    CHECK(
        on.wrong({on.a, on.b, "http://h/d"}) ==
        "http://h/d: one name for several files (end a folder in '/')");
    const std::string again = on.dir / "folder/b";
    CHECK(
        on.wrong({on.b, again, "http://h/d/"}) ==
        again + ": a second file for http://h/d/b (destinations must differ)");
    const auto sum = "md5:" + std::string(32, '0');
    CHECK(
        on.wrong({on.a, on.b, "http://h/", "--checksum", sum}).starts_with("--checksum: 2 files"));
}

TEST_CASE("put: what is no file is named before anything is sent") {
    const put_fixture on;
    const std::string none = on.dir / "none", folder = on.dir / "folder";
    CHECK(on.wrong({on.a, none, "http://h/"}) == none + ": no such file");
    CHECK(on.wrong({folder, "http://h/"}).starts_with(folder + ": a directory"));
    CHECK(on.wrong({"/dev/null", "http://h/"}) == "/dev/null: not a regular file");
}

TEST_CASE("put: a file of another server goes there under its name") {
    const put_fixture on;
    const auto items = on.plan({"smb://nas/s/a%20b", "\\\\nas\\s\\c", "http://h/d/"}).value().items;
    REQUIRE(items.size() == 2);
    CHECK(to_string(*items[0].from) == "smb://nas/s/a%20b");
    CHECK(items[0].local == "a b");
    CHECK(to_string(*items[1].from) == "smb://nas/s/c");
    CHECK(to_string(items[1].remote) == "http://h/d/");
    CHECK(on.wrong({on.a, "smb://nas/s/x", "http://h/d/"}).find("mixed") != std::string::npos);
    CHECK(on.wrong({"http://g/", "http://h/d/"}).find("no file name") != std::string::npos);
    CHECK(
        on.wrong({"http://g/a", "http://h/a", "http://h/d/"}).find("a second") !=
        std::string::npos);
    const auto sum = "md5:" + std::string(32, '0');
    CHECK(on.wrong({"http://g/a", "http://h/d/", "--checksum", sum}).starts_with("--checksum"));
}

TEST_CASE("put: a folder goes there with all that it holds, empty folders too") {
    const put_fixture on;
    std::filesystem::create_directories(on.dir / "folder/no thing");
    const std::string folder = on.dir / "folder";
    const words tree = {
        "http://h/d/folder", "http://h/d/folder/no%20thing (empty)",
        "folder/b > http://h/d/folder/"};
    CHECK(on.planned({"--recursive", folder, "http://h/d/"}) == tree);
    CHECK(on.planned({"--recursive", folder + "/", "http://h/d/"}) == tree);
    CHECK(
        on.planned({"-r", on.a, folder, "http://h/d/"}) ==
        words{tree[0], tree[1], "a b > http://h/d/", tree[2]});
    CHECK(on.planned({"-r", on.a, "http://h/d"}) == words{"a b > http://h/d"});
    CHECK(on.wrong({"-r", folder, "http://h/d"}).find("end a folder in '/'") != std::string::npos);
    CHECK(on.wrong({"-r", "http://g/a", "http://h/d/"}).find("not for URLs") != std::string::npos);
}

TEST_CASE("put: to a share, names have to differ by more than case") {
    const put_fixture on;
    const auto in = [&on](const std::string& name) { return std::string(on.dir / name); };
    test::spill(in("\xC3\x84"), "");
    test::spill(in("\xC3\xA4"), "");
    test::spill(in("B"), "");
    for (const auto& [one, other] :
         {std::pair(in("b"), in("B")), std::pair(in("\xC3\x84"), in("\xC3\xA4"))}) {
        CHECK(on.wrong({one, other, "smb://nas/s/"}).ends_with("on shares by more than case)"));
        CHECK(on.planned({one, other, "http://h/d/"}).size() == 2);
    }
    std::filesystem::create_directories(on.dir / "tree/in");
    std::filesystem::create_directories(on.dir / "tree/IN");
    CHECK(on.wrong({"-r", in("tree"), "smb://nas/s/"}).ends_with("by more than case)"));
    CHECK(on.planned({"-r", in("tree"), "http://h/d/"}).size() == 3);
}

TEST_CASE("put: a wildcard that no shell has seen is one, a name that is there is none") {
    const put_fixture on;
    const std::string all = on.dir / "*";
    CHECK(on.planned({all, "http://h/d/"}) == words{"a b > http://h/d/", "b > http://h/d/"});
    test::spill(all, "");
    CHECK(on.planned({all, "http://h/d/"}) == words{"* > http://h/d/"});
    CHECK(on.wrong({on.dir / "?.txt", "http://h/d/"}).find("no file matches") != std::string::npos);
}

TEST_CASE("put: wildcards and folders of a share are those of the share") {
    const put_fixture on;
    CHECK(on.planned({"smb://nas/s/*", "http://h/d/"}) == words{"smb://nas/s/a > http://h/d/"});
    CHECK(
        on.planned({"-r", "smb://nas/s", "http://h/d/"}) ==
        words{
            "http://h/d/s", "http://h/d/s/in", "smb://nas/s/a > http://h/d/s/",
            "smb://nas/s/in/b%20c > http://h/d/s/in/"});
}

TEST_CASE("put: it has the options that mean something for an upload, and no others") {
    const auto options =
        parse_put_options({"f", "http://h/", "--upload-protocol", "tus", "--limit-rate", "1K"});
    REQUIRE(options);
    CHECK(options->protocol == "tus");
    CHECK(options->transfer.bytes_per_second == 1024);
    for (const auto* option : {"-c", "--sync", "--range", "--http-method"})
        CHECK_FALSE(refusal({"f", "http://h/", option, "1"}).empty());
    CHECK_FALSE(refusal({"f", "http://h/", "--upload-protocol", "ftp"}).empty());
    CHECK(put_help().find("--connections") == std::string::npos);
}

}  // namespace ferry::test::cli_put_test
