// Uploads of the SMB plug-in to a real smbd.
#include <support/made_content.hpp>

#include "share_site.hpp"
#include "small_disk.hpp"

#include <chrono>
#include <fstream>

namespace ferry::test::smb_sending_test {
namespace {

namespace fs = std::filesystem;

using names = std::vector<std::string>;

TEST_CASE("smb: an upload appears whole, under its name, with its date, and leaves nothing else") {
    share_site site;
    const auto whole = random_bytes(9 * mebibyte + 1);
    made_content from(whole);
    from.date =
        std::chrono::system_clock::time_point(std::chrono::microseconds(1'234'567'890'123'456));
    from.portion = 3 * mebibyte;
    const auto put = site.put(site.sending("/data/file", from), from);
    REQUIRE_MESSAGE(put, describe(put.error()));
    CHECK(difference(slurp(site.server.data() / "file"), whole) == "");
    CHECK(site.names_in(site.server.data()) == names{"file"});
    CHECK(from.reached == whole.size());
    CHECK(from.asked_unchanged == 1);
    CHECK(put->size == whole.size());
    CHECK(
        put->modified->time_since_epoch() / std::chrono::microseconds(1) == 1'234'567'890'123'456);
    const auto back = site.server.client("data", "get file back; ls");
    CHECK_MESSAGE(back.exit_code == 0, back.out);
}

TEST_CASE("smb: an upload into a folder takes the file's name; folders are made if asked for") {
    share_site site;
    made_content from("content");
    CHECK(site.put(site.sending("/data/", from), from));
    CHECK(slurp(site.server.data() / "name") == "content");
    auto deep = site.sending("/data/a%20b/c/file", from);
    CHECK(site.put(deep, from).error().code == errc::not_found);
    deep.make_folders = true;
    CHECK(site.put(deep, from));
    CHECK(site.put(deep, from));
    CHECK(slurp(site.server.data() / "a b" / "c" / "file") == "content");
    CHECK(site.put(site.sending("/data/a%20b", from), from).error().code == errc::unsupported);
}

TEST_CASE("smb: names of uploads survive") {
    share_site site;
    std::string longest;
    while (longest.size() < 254) longest += "\xC3\xBC";
    for (const auto& name : names{"a b#c%d", "\xC3\xA4", longest}) {
        made_content from(name);
        CHECK_MESSAGE(site.put(site.sending(from_path("/data/" + name).path, from), from), name);
        CHECK(slurp(site.server.data() / name) == name);
    }
    made_content empty("");
    CHECK(site.put(site.sending("/data/empty", empty), empty));
    CHECK(fs::file_size(site.server.data() / "empty") == 0);
}

TEST_CASE("smb: what is there is replaced, or kept if it must be") {
    share_site site;
    const auto file = site.server.data() / "file";
    spill(file, "old");
    made_content from("new");
    auto what = site.sending("/data/file", from);
    what.replace = false;
    CHECK(site.put(what, from).error().code == errc::exists);
    CHECK(slurp(file) == "old");
    what.replace = true;
    CHECK(site.put(what, from));
    CHECK(slurp(file) == "new");
    CHECK(site.names_in(site.server.data()) == names{"file"});
}

TEST_CASE("smb: what appears during an upload that must not replace stays") {
    share_site site;
    made_content from("new");
    auto what = site.sending("/data/file", from);
    what.replace = false;
    const auto begun = site.on.run(site.smb.begin_upload(what)).value();
    CHECK(site.on.run(begun->send(from)));
    spill(site.server.data() / "file", "other");
    CHECK(site.on.run(begun->finish()).error().code == errc::exists);
    CHECK(slurp(site.server.data() / "file") == "other");
    CHECK(site.on.run(begun->cancel()));
    CHECK(site.names_in(site.server.data()) == names{"file"});
}

TEST_CASE("smb: an upload that was given up leaves nothing") {
    share_site site;
    made_content from(random_bytes(mebibyte));
    const auto begun = site.on.run(site.smb.begin_upload(site.sending("/data/file", from))).value();
    CHECK(site.on.run(begun->send(from)));
    CHECK(site.names_in(site.server.data()) == names{begun->token()});
    CHECK(site.on.run(begun->cancel()));
    CHECK(site.names_in(site.server.data()).empty());
}

TEST_CASE("smb: an upload whose content changed never gets its name") {
    share_site site;
    made_content from("content");
    from.changed = true;
    CHECK(site.put(site.sending("/data/file", from), from).error().code == errc::source_changed);
    CHECK_FALSE(fs::exists(site.server.data() / "file"));
}

/// An upload whose server died; what it has of it.
struct broken_upload : share_site {
    const std::string whole = random_bytes(30 * mebibyte);
    upload_request what;
    fs::path partial;

    broken_upload() {
        made_content from(whole);
        from.portion = mebibyte;
        what = sending("/data/file", from);
        auto begun = on.run(smb.begin_upload(what)).value();
        const auto sending = on.start(begun->send(from));
        CHECK(on.pump_until([&] { return from.reached > 12 * mebibyte || is_ready(sending); }));
        server.stop();
        CHECK(on.pump_until([&] { return is_ready(sending); }));
        REQUIRE_FALSE(*sending->value);
        CHECK_MESSAGE(
            is_transient(sending->value->error().code), describe(sending->value->error()));
        what.token = begun->token();
        partial = server.data() / what.token;
        REQUIRE(fs::file_size(partial) > 8 * mebibyte);
        begun.reset();
        server.start();
    }
};

TEST_CASE("smb: an upload goes on after its server died") {
    broken_upload site;
    // As if the last write had arrived in pieces.
    std::fstream hole(site.partial, std::ios::in | std::ios::out);
    hole.seekp(static_cast<std::streamoff>(fs::file_size(site.partial) - 4 * mebibyte + 10));
    hole << std::string(1000, '\0') << std::flush;
    made_content from(site.whole);
    const auto begun = site.on.run(site.smb.begin_upload(site.what)).value();
    CHECK(begun->offset() >= 4 * mebibyte);
    CHECK(begun->offset() <= fs::file_size(site.partial));
    CHECK(begun->token() == site.what.token);
    CHECK(site.on.run(begun->send(from)));
    CHECK(site.on.run(begun->finish()));
    CHECK(difference(slurp(site.server.data() / "file"), site.whole) == "");
    CHECK(site.names_in(site.server.data()) == names{"file"});
}

TEST_CASE("smb: a partial that holds something else, or is gone, is not continued") {
    broken_upload site;
    made_content from(site.whole);
    made_content other(random_bytes(site.whole.size(), 2));
    CHECK(site.put(site.what, other).error().code == errc::session_lost);
    auto shorter = site.what;
    shorter.size = 100;
    CHECK(site.put(shorter, from).error().code == errc::session_lost);
    fs::remove(site.partial);
    CHECK(site.put(site.what, from).error().code == errc::session_lost);
    auto elsewhere = site.what;
    elsewhere.token = "../file";
    CHECK(site.put(elsewhere, from).error().code == errc::session_lost);
}

TEST_CASE("smb: a share that may only be read takes nothing") {
    share_site site;
    made_content from("content");
    CHECK(site.put(site.sending("/locked/file", from), from).error().code == errc::unauthorized);
    CHECK(site.names_in(site.server.locked()).empty());
}

TEST_CASE("smb: a share that is full says so") {
    share_site site;
    const small_disk disk("3m");
    NEEDS_MOUNT(disk);
    site.server.add_share("small", disk.path());
    made_content from(random_bytes(8 * mebibyte));
    const auto put = site.put(site.sending("/small/file", from), from);
    REQUIRE_FALSE(put);
    CHECK_MESSAGE(put.error().code == std::errc::no_space_on_device, describe(put.error()));
    CHECK_FALSE(fs::exists(disk.path() / "file"));
}

}  // namespace
}  // namespace ferry::test::smb_sending_test
