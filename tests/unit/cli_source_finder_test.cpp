#include "cli/sources/source_finder.hpp"
#include "cli/sources/wanted_source.hpp"

#include <doctest/doctest.h>

#include <map>
#include <string>
#include <vector>

namespace ferry::test::cli_source_finder_test {

using namespace ferry::cli;

namespace {

using words = std::vector<std::string>;
using kind = folder_entry::type;

folder_entry file(const std::string& name) { return {name, kind::file}; }
folder_entry folder(const std::string& name, const std::string& identity = "") {
    return {name, kind::folder, false, identity};
}

/// A share with the folders that a test says.
struct finder_fixture {
    std::map<std::string, folder_listing> folders = {};
    find_options how = {};
    std::string left_out = {};

    void put(const std::string& path, std::vector<folder_entry> entries) {
        folders[path] = {path, {}, std::move(entries)};
    }
    result<found_source> find(const std::string& source) {
        source_finder finder(how, [this](const url& what) -> result<folder_listing> {
            const auto found = folders.find(to_string(what));
            if (found != folders.end()) return found->second;
            return failure{std::make_error_code(std::errc::not_a_directory), to_string(what)};
        });
        auto found = finder.find(source, "/here");
        left_out = finder.left_out();
        return found;
    }
    /// "URL NAME" each.
    words files(const std::string& source) {
        const auto found = find(source);
        if (!found) FAIL(found.error().detail);
        words all;
        for (const auto& one : found->files)
            all.push_back(to_string(one.where) + " " + one.name.native());
        return all;
    }
    std::string error(const std::string& source) {
        const auto found = find(source);
        REQUIRE_FALSE(found);
        return found.error().detail;
    }
};

}  // namespace

TEST_CASE("cli: a pattern on a share finds sorted names, in all spellings of the share") {
    finder_fixture on;
    on.put("smb://h/s/d", {file("c.txt"), file("a.TXT"), file("b c#%.txt"), file("x.iso")});
    const words all = {
        "smb://h/s/d/a.TXT a.TXT", "smb://h/s/d/b%20c%23%25.txt b c#%.txt",
        "smb://h/s/d/c.txt c.txt"};
    CHECK(on.files("smb://h/s/d/*.txt") == all);
    CHECK(on.files("\\\\h\\s\\d\\*.txt") == all);
    CHECK(on.files("//h/s/d/*.txt") == all);
    CHECK(on.files("smb://h/s/d/?.txt").size() == 2);
    CHECK(on.files("smb://h/s/d/[!a-b]*.txt") == words{all.back()});
    CHECK(on.files("smb://h/s/d/b%20c%23*") == words{all[1]});
    CHECK(on.find("smb://h/s/d/*.iso")->many);
    CHECK(on.error("smb://h/s/d/*.no") == "no file matches");
    CHECK(on.error("smb://h/s/e/*.txt").starts_with("no file matches (smb://h/s/e"));
}

TEST_CASE("cli: a pattern may be in the middle, and be a name after all") {
    finder_fixture on;
    on.put("smb://h/s", {folder("a1"), folder("a2"), file("a3"), file("b[1].txt"), file("*")});
    on.put("smb://h/s/a1", {file("x")});
    on.put("smb://h/s/a2", {file("y"), folder("z")});
    CHECK(on.files("smb://h/s/a*/?") == words{"smb://h/s/a1/x x", "smb://h/s/a2/y y"});
    CHECK(on.left_out.starts_with("left out: smb://h/s/a2/z"));
    CHECK(on.files("smb://h/s/a*/x") == words{"smb://h/s/a1/x x"});
    CHECK(on.files("smb://h/s/b[1].txt") == words{"smb://h/s/b%5B1%5D.txt b[1].txt"});
    CHECK_FALSE(on.find("smb://h/s/b[1].txt")->many);
    CHECK(on.files("smb://h/s/b%5B1]*").size() == 1);
    CHECK(on.error("smb://h/s/%2Axx*") == "no file matches");
}

TEST_CASE("cli: wildcards are not for servers, shares and the way up") {
    finder_fixture on;
    for (const auto* one : {"smb://*/s/a", "smb://h/*", "smb://h/s*/a", "\\\\h\\*\\a"})
        CHECK(on.error(one).starts_with("no wildcards in the names of servers and shares"));
    CHECK(on.error("smb://h/s/*/../a").starts_with("no '..' behind a wildcard"));
    CHECK_FALSE(may_be_many("http://h/*", {}));
    CHECK_FALSE(may_be_many("http://h/a", {.recursive = true}));
    CHECK_FALSE(may_be_many("smb://h/s/a", {}));
    CHECK(asks_server("smb://h/s/a", {.recursive = true}));
    CHECK_FALSE(asks_server("/a/*", {.recursive = true}));
}

TEST_CASE("cli: dot files and links are for those who ask") {
    finder_fixture on;
    on.put("smb://h/s", {file(".a"), {"l", kind::file, true}, {"m", kind::other, true}});
    CHECK(on.error("smb://h/s/*").find("--follow-links") != std::string::npos);
    CHECK(
        on.left_out == "left out: smb://h/s/l, smb://h/s/m (links are taken with --follow-links)");
    CHECK(on.error("smb://h/s/?a").find("--hidden") != std::string::npos);
    CHECK(on.files("smb://h/s/.*") == words{"smb://h/s/.a .a"});
    on.how.hidden = on.how.follow_links = true;
    CHECK(on.files("smb://h/s/*") == words{"smb://h/s/.a .a", "smb://h/s/l l"});
    CHECK(on.left_out.starts_with("left out: smb://h/s/m"));
}

TEST_CASE("cli: links that a tree or a pattern meets are named, and so is what takes them") {
    finder_fixture on;
    on.put("smb://h/s/d", {file("a"), {"b", kind::file, true}, {"c", kind::folder, true}});
    on.put("smb://h/s/d/c", {file("x")});
    const auto named =
        "left out: smb://h/s/d/b, smb://h/s/d/c (links are taken with --follow-links)";
    CHECK(on.files("smb://h/s/d/*") == words{"smb://h/s/d/a a"});
    CHECK(on.left_out == named);
    on.how.recursive = true;
    CHECK(on.files("smb://h/s/d") == words{"smb://h/s/d/a d/a"});
    CHECK(on.left_out == named);
    on.folders["smb://h/s/d"].entries.push_back({"pipe", kind::other});
    CHECK(on.files("smb://h/s/d").size() == 1);
    CHECK(on.left_out.ends_with(
        "/pipe (regular files and folders are taken; links are taken with --follow-links)"));
    CHECK(on.files("smb://h/s/d/b") == words{"smb://h/s/d/b b"});
    CHECK(on.left_out.empty());
    on.how.recursive = false;
    on.put("smb://h/s", {folder("d"), {"l", kind::folder, true}, {"f", kind::file, true}});
    CHECK(on.files("smb://h/s/*/a").size() == 1);
    CHECK(on.left_out == "left out: smb://h/s/l (links are taken with --follow-links)");
}

TEST_CASE("cli: a tree is taken under its name, its folders first; a file is a file") {
    finder_fixture on;
    on.how.recursive = true;
    on.put("smb://h/s", {folder("d"), file("a")});
    on.put("smb://h/s/d", {file("z"), folder("e"), file("b"), {"pipe", kind::other}});
    on.put("smb://h/s/d/e", {});
    const words tree = {"smb://h/s/d/b d/b", "smb://h/s/d/z d/z"};
    CHECK(on.files("smb://h/s/d") == tree);
    CHECK(on.files("smb://h/s/d/") == tree);
    CHECK(on.left_out.starts_with("left out: smb://h/s/d/pipe"));
    const auto folders = on.find("smb://h/s/d").value().folders;
    REQUIRE(folders.size() == 2);
    CHECK(folders[0].name == "d");
    CHECK(folders[1].name == "d/e");
    CHECK(on.files("smb://h/s").size() == 3);
    CHECK(on.find("smb://h/s")->files.front().name == "s/a");
    CHECK(on.files("smb://h/s/*").front() == "smb://h/s/a a");
    CHECK(on.files("smb://h/s/a") == words{"smb://h/s/a a"});
    CHECK_FALSE(on.find("smb://h/s/a")->many);
}

TEST_CASE("cli: names that lead elsewhere are refused") {
    for (const auto& name :
         {std::string(".."), std::string("."), std::string("a/b"), std::string(),
          std::string("a\0b", 3), std::string("/etc")}) {
        finder_fixture on;
        on.how.recursive = true;
        on.put("smb://h/s/d", {file(name)});
        const auto found = on.find("smb://h/s/d");
        REQUIRE_FALSE(found);
        CHECK(found.error().code == errc::malformed);
        CHECK(found.error().detail.find("which is no name (refused") != std::string::npos);
        CHECK_FALSE(on.find("smb://h/s/d/*"));
    }
    finder_fixture on;
    on.how.recursive = true;
    for (const auto* one : {"smb://h/s/a%2F..%2Fb", "smb://h/s/a%00b"}) {
        on.put(one, {file("f")});
        CHECK(on.error(one).find("is no name (write") != std::string::npos);
    }
}

TEST_CASE("cli: a folder in a tree that cannot be read is told of, and the rest is taken") {
    find_options how;
    how.recursive = true;
    source_finder finder(how, [](const url& what) -> result<folder_listing> {
        if (what.path.ends_with("/closed"))
            return failure{std::make_error_code(std::errc::permission_denied), "list closed"};
        return folder_listing{"", {}, {folder("closed"), file("f")}};
    });
    const auto found = finder.find("smb://h/s/d", "/").value();
    CHECK(found.files.size() == 1);
    REQUIRE(found.unreadable.size() == 1);
    CHECK(found.unreadable.front().detail == "list closed");
    CHECK_FALSE(finder.find("smb://h/s/d/closed", "/"));
    CHECK(finder.find("smb://h/s/d/*", "/").value().unreadable.size() == 1);
}

TEST_CASE("cli: folders that lead back are left out, and those without end refused") {
    finder_fixture on;
    on.how.recursive = true;
    on.put("smb://h/s/d", {folder("loop", "smb://h/s/d"), file("f")});
    CHECK(on.files("smb://h/s/d") == words{"smb://h/s/d/f d/f"});
    CHECK(on.left_out.find("leads back to a folder that it lies in") != std::string::npos);
    source_finder endless(on.how, [](const url&) -> result<folder_listing> {
        return folder_listing{"", {}, {folder("x")}};
    });
    const auto found = endless.find("smb://h/s/d", "/");
    REQUIRE_FALSE(found);
    CHECK(found.error().code == errc::malformed);
}

}  // namespace ferry::test::cli_source_finder_test
