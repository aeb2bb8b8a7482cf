#include <ferry/smb/detail/rights.hpp>

#include <doctest/doctest.h>

#include <string>
#include <string_view>

namespace ferry::test::smb_rights_test {
namespace {

using namespace smb::detail;

/// Everybody whom this system knows: ann (1) and bob (2), the groups crew (10) and bob (20); and by
/// winbind, CORP's eve (3).
account_names known() {
    const auto user = [](const std::string& name) -> std::optional<unsigned> {
        if (name == "ann") return 1;
        if (name == "bob") return 2;
        if (name == "CORP\\eve") return 3;
        return std::nullopt;
    };
    const auto group = [](const std::string& name) -> std::optional<unsigned> {
        if (name == "crew") return 10;
        if (name == "bob") return 20;
        return std::nullopt;
    };
    return {user, group};
}

result<local_rights> rights(std::string_view acl, std::string_view letters = "gd") {
    const auto from = parse_descriptor(
        "REVISION:1,OWNER:Unix User\\ann,GROUP:Unix Group\\crew" +
        (acl.empty() ? "" : "," + std::string(acl)));
    REQUIRE(from);
    return rights_here(*from, *parse_rights(letters), known());
}

std::string trouble(std::string_view acl, std::string_view letters = "gd") {
    const auto got = rights(acl, letters);
    return got ? "none" : got.error().detail;
}

unsigned mode(std::string_view acl) {
    const auto got = rights(acl);
    REQUIRE_MESSAGE(got, got.error().detail);
    CHECK(got->rights.acl == "");
    return got->mode.value();
}

/// "tag.permissions.id …", the tags as letters: uUgGmo.
std::string entries(std::string_view acl) {
    const auto got = rights(acl);
    REQUIRE_MESSAGE(got, got.error().detail);
    const auto& text = got->rights.acl.value();
    REQUIRE(text.size() % 8 == 4);
    CHECK(text.substr(0, 4) == std::string_view("\2\0\0\0", 4));
    std::string all;
    for (auto at = text.begin() + 4; at != text.end(); at += 8) {
        const std::string tag = at[0] == 1    ? "u"
                                : at[0] == 2  ? "U"
                                : at[0] == 4  ? "g"
                                : at[0] == 8  ? "G"
                                : at[0] == 16 ? "m"
                                              : "o";
        const bool named = tag == "U" || tag == "G";
        all += (all.empty() ? "" : " ") + tag + std::to_string(at[2]) +
               (named ? "." + std::to_string(at[4]) : "");
    }
    return all;
}

const std::string owner_may_write = "ACL:Unix User\\ann:0/0/0x0012019f";

}  // namespace

TEST_CASE("smb rights: an ACL of owner, group and everyone is a mode") {
    CHECK(mode("") == 0);
    CHECK(mode(owner_may_write) == 0600);
    CHECK(
        mode(
            owner_may_write +
            ",ACL:Unix Group\\crew:0/16/0x00120089,ACL:\\Everyone:0/0/0x00000000") == 0640);
    CHECK(mode("ACL:Unix User\\ann:0/0/0x001f01ff,ACL:Everyone:0/0/0x001200a9") == 0755);
    CHECK(mode("ACL:Unix User\\ann:0/0/0x10000000") == 0700);
    CHECK(mode("ACL:Unix User\\ann:0/0/0x80000000,ACL:S-1-1-0:0/0/0x40000000") == 0622);
}

TEST_CASE("smb rights: what is root's in any case, or meant for folders, counts for nothing") {
    CHECK(
        mode(
            owner_may_write +
            ",ACL:NT AUTHORITY\\SYSTEM:0/0/0x001f01ff,ACL:BUILTIN\\Administrators:0/16/0x001f01ff,"
            "ACL:CREATOR OWNER:0/11/0x10000000,ACL:nobody:0/8/0x001f01ff,ACL:nobody:2/0/1") ==
        0600);
}

TEST_CASE("smb rights: others have entries, with all that everyone may") {
    CHECK(entries(owner_may_write + ",ACL:Unix User\\bob:0/0/0x00120089") == "u6 U4.2 g0 m4 o0");
    CHECK(
        entries(
            owner_may_write + ",ACL:Unix Group\\bob:0/0/0x0012019f,ACL:CORP\\eve:0/0/0x00000020,"
                              "ACL:\\Everyone:0/0/0x00000001") == "u6 U5.3 g4 G6.20 m7 o4");
    CHECK(entries("ACL:PC\\bob:0/0/0x1,ACL:PC\\bob:0/0/0x2") == "u0 U6.2 g0 m6 o0");
}

TEST_CASE("smb rights: what the group may do stays the group's, also if the copy has another") {
    const auto acl = owner_may_write + ",ACL:Unix Group\\crew:0/0/0x0012019f";
    CHECK(mode(acl) == 0660);
    const auto alone = rights(acl, "d");
    REQUIRE(alone);
    CHECK(alone->mode == 0660);  // with an ACL, the mask is shown there
    CHECK(alone->rights.acl->size() == 4 + 5 * 8);
    CHECK(alone->rights.acl->substr(4 + 8 + 2, 2) == std::string_view("\0\0", 2));
}

TEST_CASE("smb rights: everyone is everyone, and nobody who is called so") {
    CHECK(mode("ACL:\\Everyone:0/0/1") == 0444);
    CHECK(trouble("ACL:CORP\\Everyone:0/0/1").find("nobody here") != std::string::npos);
    CHECK(mode("ACL:\\Everyone:9/0/1") == 0);  // under a condition
}

TEST_CASE("smb rights: owner and group go by their names") {
    const auto both = rights("", "og");
    REQUIRE(both);
    CHECK(both->rights.owner == 1);
    CHECK(both->rights.group == 10);
    CHECK_FALSE(both->rights.acl.has_value());
    CHECK_FALSE(both->mode.has_value());
}

TEST_CASE("smb rights: what has no equal here is told of") {
    CHECK(
        trouble("ACL:CORP\\carol:0/0/1").starts_with("'CORP\\carol' of the share is nobody here"));
    CHECK(trouble("ACL:Unix User\\crew:0/0/1").find("nobody here") != std::string::npos);
    CHECK(trouble("ACL:PC\\bob:1/0/1").find("denies 'PC\\bob'") != std::string::npos);
    for (const auto* type : {"6", "10", "12"})
        CHECK(
            trouble("ACL:PC\\bob:" + std::string(type) + "/0/1").find("denies 'PC\\bob'") !=
            std::string::npos);
    CHECK(trouble("ACL:PC\\bob:1/0/0x00010000") == "none");  // to delete it: no right of a file
    const auto stranger = parse_descriptor("REVISION:1,OWNER:S-1-5-21-1-2-3-4,GROUP:CORP\\x");
    REQUIRE(stranger);
    for (const auto* letter : {"o", "g"}) {
        const auto got = rights_here(*stranger, *parse_rights(letter), known());
        REQUIRE_FALSE(got);
        CHECK(got.error().detail.find("leave '" + std::string(letter) + "'") != std::string::npos);
    }
}

TEST_CASE("smb rights: what is no descriptor is refused") {
    for (const auto* text :
         {"", "OWNER:x", "GROUP:x", ",,,", "OWNER:x,GROUP:y,ACL:", "OWNER:x,GROUP:y,ACL:z:0/0",
          "OWNER:x,GROUP:y,ACL:z:0/0/zz", "OWNER:x,GROUP:y,ACL:z"}) {
        CAPTURE(text);
        CHECK_FALSE(parse_descriptor(text));
    }
}

}  // namespace ferry::test::smb_rights_test
