// The paths of the BITS documentation as they stand, which have no place for a port: smbd listens
// at the usual one, in a network of its own.
#include <support/own_network.hpp>
#include <support/samba_server.hpp>

#include "jobs.hpp"

#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

namespace ferry::test::smb_unc_test {
namespace {

struct unc_site : job_shop {
    static constexpr std::uint16_t usual_port = 445;
    samba_server server{{}, usual_port};

    unc_site() {
        std::filesystem::create_directory(server.data() / "dir one");
        for (const auto* name : {"a.txt", "b.txt", "c.bin"})
            spill(server.data() / "dir one" / name, name);
    }
    /// As who has the share.
    finished run(std::vector<std::string> words) const {
        auto how = options();
        how.environment.emplace_back("FERRY_PASSWORD", server.password());
        const bool cmdlet = words.front().find("-Bits") != std::string::npos;
        words.insert(words.end(), {cmdlet ? "-Credential" : "--credential", server.user()});
        return run_ferry(std::move(words), std::move(how));
    }
    void succeeds(std::vector<std::string> words) const {
        const auto done = run(std::move(words));
        CHECK_MESSAGE(done.exit_code == 0, done.err);
    }
};

TEST_CASE("UNC: the commands of the BITS documentation, from a share and to it") {
    with_own_network([] {
        const unc_site on;
        std::filesystem::create_directory(on.dir() / "out");
        on.succeeds(
            {"Start-BitsTransfer", "-Source", "\\\\127.0.0.1\\data\\dir one\\*.txt", "-Destination",
             "./out/"});
        CHECK(on.files.off("out/a.txt", "a.txt") == "");
        CHECK(on.files.off("out/b.txt", "b.txt") == "");
        CHECK_FALSE(on.files.has("out/c.bin"));

        on.succeeds({"Start-BitsTransfer", "\\\\localhost\\DATA\\dir one\\c.bin", "c2"});
        CHECK(on.files.off("c2", "c.bin") == "");

        on.succeeds(
            {"Start-BitsTransfer", "-Source",
             "\\\\127.0.0.1\\data\\dir one\\a.txt,\\\\127.0.0.1\\data\\dir one\\b.txt",
             "-Destination", "x,y", "-Asynchronous", "-DisplayName", "two"});
        on.out({"wait", "two"});
        on.out({"Complete-BitsTransfer", "two"});
        CHECK(on.files.off("x", "a.txt") == "");
        CHECK(on.files.off("y", "b.txt") == "");

        on.succeeds(
            {"Start-BitsTransfer", "-Source", "c2", "-Destination", "\\\\127.0.0.1\\data\\up.bin",
             "-TransferType", "Upload"});
        CHECK(slurp(on.server.data() / "up.bin") == "c.bin");
    });
}

TEST_CASE("UNC: with either kind of slashes, a share and all in it, in lists too") {
    with_own_network([] {
        const unc_site on;
        on.succeeds({"get", "//127.0.0.1/data/dir one/a.txt"});
        CHECK(on.files.off("a.txt", "a.txt") == "");
        on.succeeds({"get", "--recursive", "\\\\127.0.0.1\\data", "-d", "all", "--create-dirs"});
        CHECK(on.files.off("all/data/dir one/c.bin", "c.bin") == "");
        on.succeeds({"put", "--recursive", "all/data", "\\\\127.0.0.1\\data\\dir one\\"});
        CHECK(slurp(on.server.data() / "dir one" / "data" / "dir one" / "b.txt") == "b.txt");
        spill(
            on.dir() / "list.csv", "Source, Destination\n\\\\127.0.0.1\\data\\dir one\\b.txt, z\n");
        on.succeeds({"import", "list.csv"});
        CHECK(on.files.off("z", "b.txt") == "");
    });
}

TEST_CASE("UNC: a copy gets owner, group and ACL of the share's file, if that is wanted") {
    constexpr const char* acl_name = "system.posix_acl_access";
    with_own_network([] {
        const unc_site on;
        const auto source = on.server.data() / "dir one" / "a.txt";
        constexpr uid_t daemon = 1, bin = 2;  // as on every Debian
        REQUIRE(::chown(source.c_str(), daemon, bin) == 0);
        std::filesystem::permissions(source, std::filesystem::perms(0640));
        for (const std::string verb : {"get", "start"}) {
            CAPTURE(verb);
            const auto copied = [&](const std::string& name, const std::string& letters) {
                on.succeeds(
                    {verb, "\\\\127.0.0.1\\data\\dir one\\a.txt",
                     verb == "get" ? "-o" + name : name, "--acl-flags", letters});
                struct stat about {};
                REQUIRE(::stat((on.dir() / name).c_str(), &about) == 0);
                return about;
            };
            const auto both = copied(verb + "-og", "og");
            CHECK(both.st_uid == daemon);
            CHECK(both.st_gid == bin);
            const auto all = copied(verb + "-ogd", "ogd");
            CHECK(all.st_uid == daemon);
            CHECK((all.st_mode & 07777) == 0640);
            CHECK(::getxattr((on.dir() / (verb + "-ogd")).c_str(), acl_name, nullptr, 0) < 0);
        }
    });
}

TEST_CASE("UNC: a stranger is told who may come in") {
    with_own_network([] {
        const unc_site on;
        const auto refused = on.ferry({"get", "\\\\127.0.0.1\\data\\dir one\\a.txt"});
        CHECK(refused.exit_code == 6);
        CHECK_MESSAGE(refused.err.find("--credential") != refused.err.npos, refused.err);
    });
}

}  // namespace
}  // namespace ferry::test::smb_unc_test
