// --acl-flags: what a copy gets of its source's owner, group and ACL.
#include "jobs.hpp"

#include <sys/stat.h>
#include <sys/xattr.h>

#include <cstring>
#include <map>
#include <string_view>

namespace ferry::test::local_rights_test {
namespace {

constexpr const char* acl_name = "system.posix_acl_access";

/// As the kernel has it (acl(5), version 2): the owner rw, user 12345 rw, the group r.
std::string acl_for_another() {
    struct entry {
        std::uint16_t tag, permissions;
        std::uint32_t id;
    };
    constexpr std::uint32_t nobody = ~0U;
    const entry entries[] = {
        {0x01, 6, nobody},
        {0x02, 6, 12'345},
        {0x04, 4, nobody},
        {0x10, 6, nobody},
        {0x20, 0, nobody}};
    constexpr std::uint32_t version = 2;
    std::string acl(reinterpret_cast<const char*>(&version), sizeof version);
    return acl.append(reinterpret_cast<const char*>(entries), sizeof entries);
}

/// Empty: it has none.
std::string acl_of(const std::filesystem::path& file) {
    char acl[256];
    const auto size = ::getxattr(file.c_str(), acl_name, acl, sizeof acl);
    return size > 0 ? std::string(acl, static_cast<std::size_t>(size)) : "";
}

std::map<std::string, std::string> user_attributes(const std::filesystem::path& file) {
    std::map<std::string, std::string> all;
    char names[4096], value[4096];
    const auto size = ::listxattr(file.c_str(), names, sizeof names);
    REQUIRE(size >= 0);
    for (const char* name = names; name < names + size; name += std::strlen(name) + 1) {
        const auto length = ::getxattr(file.c_str(), name, value, sizeof value);
        REQUIRE(length >= 0);
        if (std::string_view(name).starts_with("user."))
            all[name] = std::string(value, static_cast<std::size_t>(length));
    }
    return all;
}

struct stat about(const std::filesystem::path& file) {
    struct stat facts {};
    REQUIRE(::stat(file.c_str(), &facts) == 0);
    return facts;
}

/// A shop with a source that has an ACL, where the file system knows such a thing.
struct rights_shop : job_shop {
    const std::filesystem::path source = dir() / "source";
    const std::string acl = acl_for_another();
    bool has_acl;

    rights_shop() {
        spill(source, "x");
        has_acl = ::setxattr(source.c_str(), acl_name, acl.data(), acl.size(), 0) == 0;
        if (!has_acl) MESSAGE("skipped: no ACLs on this file system");
    }
    std::filesystem::path copied(
        const std::string& verb, const std::string& name,
        const std::vector<std::string>& more) const {
        std::vector<std::string> words = {verb, "source"};
        if (verb == "get") words.emplace_back("-o");
        words.push_back(name);
        words.insert(words.end(), more.begin(), more.end());
        out(words);
        return dir() / name;
    }
};

TEST_CASE("acl-flags: a copy gets the ACL with d, and none without") {
    const rights_shop on;
    if (!on.has_acl) return;
    for (const std::string verb : {"get", "start"}) {
        CAPTURE(verb);
        const auto plain = on.copied(verb, verb + "-plain", {});
        CHECK(acl_of(plain) == "");
        // not what 12345 may do, which the mode tells
        CHECK((about(plain).st_mode & 07777) == 0640);
        const auto copy = on.copied(verb, verb + "-acl", {"--acl-flags", "d"});
        CHECK(acl_of(copy) == on.acl);
        CHECK((about(copy).st_mode & 07777) == (about(on.source).st_mode & 07777));
    }
}

TEST_CASE("acl-flags: with any, a copy gets the attributes of users") {
    const rights_shop on;
    const std::map<std::string, std::string> attributes = {
        {"user.x", "1"}, {"user.empty", ""}, {"user.large", std::string(2'000, 'l')}};
    for (const auto& [name, value] : attributes)
        if (::setxattr(on.source.c_str(), name.c_str(), value.data(), value.size(), 0) != 0) {
            MESSAGE("skipped: no attributes of users on this file system");
            return;
        }
    REQUIRE(::chmod(on.source.c_str(), 0444) == 0);
    for (const std::string verb : {"get", "start"}) {
        CAPTURE(verb);
        CHECK(user_attributes(on.copied(verb, verb + "-plain", {})).empty());
        for (const std::string flags : {"d", "g"}) {
            const auto copy = on.copied(verb, verb + "-" + flags, {"--acl-flags", flags});
            CHECK(user_attributes(copy) == attributes);
            if (verb == "get") CHECK((about(copy).st_mode & 07777) == 0444);
        }
    }
}

TEST_CASE("acl-flags: a source without an ACL takes away what the folder had for new files") {
    const rights_shop on;
    if (!on.has_acl) return;
    REQUIRE(::removexattr(on.source.c_str(), acl_name) == 0);
    REQUIRE(
        ::setxattr(on.dir().c_str(), "system.posix_acl_default", on.acl.data(), on.acl.size(), 0) ==
        0);
    CHECK(acl_of(on.copied("get", "plain", {})) != "");
    CHECK(acl_of(on.copied("get", "same", {"--acl-flags", "d"})) == "");
}

TEST_CASE("a folder hands on its group, and its ACL opens nothing to that") {
    const rights_shop on;
    if (!on.has_acl) return;
    const auto tree = on.dir() / "tree", to = on.dir() / "to";
    std::filesystem::create_directory(tree);
    std::filesystem::create_directory(to);
    REQUIRE(::setxattr(tree.c_str(), acl_name, on.acl.data(), on.acl.size(), 0) == 0);
    REQUIRE(::chmod(to.c_str(), 02775) == 0);
    on.out({"get", "--recursive", "tree", "-d", "to"});
    CHECK((about(to / "tree").st_mode & 07777) == 02740);
}

TEST_CASE("a folder that is closed to others stays so in its copy") {
    const rights_shop on;
    const auto closed = on.dir() / "tree" / "closed";
    std::filesystem::create_directories(closed);
    spill(closed / "f", "x");
    REQUIRE(::chmod(closed.c_str(), 0500) == 0);
    REQUIRE(::chmod((on.dir() / "tree").c_str(), 0750) == 0);
    on.out({"get", "--recursive", "tree", "-d", "got", "--create-dirs"});
    on.out({"start", "--recursive", "tree", "started/", "--create-dirs"});
    for (const std::string copy : {"got", "started"}) {
        CAPTURE(copy);
        CHECK(slurp(on.dir() / copy / "tree" / "closed" / "f") == "x");
        CHECK((about(on.dir() / copy / "tree").st_mode & 07777) == 0750);
        CHECK((about(on.dir() / copy / "tree" / "closed").st_mode & 07777) == 0500);
    }
}

TEST_CASE("a folder that nobody may write into is so in its copy, once all has come") {
    const rights_shop on;
    const auto closed = on.dir() / "tree" / "closed", copy = on.dir() / "got" / "tree" / "closed";
    const std::vector<std::string> command = {"get", "-r", "tree", "-d", "got", "--create-dirs"};
    const auto mode = [&copy] { return about(copy).st_mode & 07777; };
    std::filesystem::create_directories(closed);
    spill(closed / "f", "x");
    REQUIRE(::chmod(closed.c_str(), 0555) == 0);
    on.out(command);
    CHECK(mode() == 0555);

    INFO("the next run brings what is new");
    REQUIRE(::chmod(closed.c_str(), 0755) == 0);
    spill(closed / "g", "y");
    REQUIRE(::chmod(closed.c_str(), 0555) == 0);
    on.out(command);
    CHECK(slurp(copy / "g") == "y");
    CHECK(mode() == 0555);

    INFO("as long as something is missing, it stays open");
    auto refused = command;
    refused.insert(refused.end(), {"--existing", "fail"});
    CHECK(on.ferry(refused).exit_code == 10);
    CHECK(mode() == 0755);
    on.out(command);
    CHECK(mode() == 0555);

    INFO("what the user has given it, it keeps");
    REQUIRE(::chmod(copy.c_str(), 0711) == 0);
    on.out(command);
    CHECK(mode() == 0711);
}

TEST_CASE("what others may not read, they may not read while it is copied either") {
    const rights_shop on;
    const auto secret = on.dir() / "secret";
    spill(secret, random_bytes(3'000'000));
    REQUIRE(::chmod(secret.c_str(), 0600) == 0);
    const auto running = on.begin({"get", "secret", "-o", "copy", "--limit-rate", "1M"});
    const auto partial = on.dir() / ".copy.ferry-part";
    REQUIRE(eventually([&] {
        return std::filesystem::exists(partial) && std::filesystem::file_size(partial) > 0;
    }));
    CHECK((about(partial).st_mode & 07777) == 0600);
    running->signal(SIGKILL);
    CHECK(running->wait(10s));
}

TEST_CASE("acl-flags: owner and group go along, if we may") {
    const rights_shop on;
    if (::geteuid() != 0) {
        MESSAGE("skipped: only root may give files away");
        return;
    }
    REQUIRE(::chown(on.source.c_str(), 12'345, 23'456) == 0);
    for (const std::string verb : {"get", "start"}) {
        CAPTURE(verb);
        CHECK(about(on.copied(verb, verb + "-plain", {})).st_uid == 0);
        const auto group = about(on.copied(verb, verb + "-g", {"--acl-flags", "g"}));
        CHECK(group.st_uid == 0);
        CHECK(group.st_gid == 23'456);
        const auto both = about(on.copied(verb, verb + "-og", {"--acl-flags", "og"}));
        CHECK(both.st_uid == 12'345);
        CHECK(both.st_gid == 23'456);
    }
}

TEST_CASE("acl-flags: what is held is ours, so that we can do away with it") {
    const rights_shop on;
    if (::geteuid() != 0) {
        MESSAGE("skipped: only root may give files away");
        return;
    }
    REQUIRE(::chown(on.source.c_str(), 12'345, 23'456) == 0);
    for (const std::string name : {"kept", "dropped"}) {
        const auto job = on.create({"source", name, "--acl-flags", "og"});
        on.out({"wait", job});
        CHECK(about(on.dir() / ("." + name + ".ferry-part")).st_uid == 0);
        on.out({name == "kept" ? "complete" : "remove", job});
    }
    CHECK(about(on.dir() / "kept").st_uid == 12'345);
    CHECK(about(on.dir() / "kept").st_gid == 23'456);
    for (const auto& one : std::filesystem::directory_iterator(on.dir()))
        CHECK_FALSE(one.path().filename().native().starts_with("."));
}

TEST_CASE("acl-flags: they are of files and shares, and there are no audit lists") {
    const rights_shop on;
    for (const std::string verb : {"get", "start"}) {
        const auto remote = on.ferry({verb, "http://127.0.0.1:1/f", "--acl-flags", "o"});
        CHECK(remote.exit_code == 2);
        CHECK_MESSAGE(
            remote.err.find("only of files of this machine and of shares") != remote.err.npos,
            remote.err);
        const auto audit = on.ferry({verb, "source", "--acl-flags", "ogds"});
        CHECK(audit.exit_code == 2);
        CHECK_MESSAGE(audit.err.find("SACL") != audit.err.npos, audit.err);
    }
}

}  // namespace
}  // namespace ferry::test::local_rights_test
