// The SMB plug-in with a real smbd: reading, and who may.
#include <asio/ip/tcp.hpp>

#include "share_site.hpp"

#include <sys/stat.h>
#include <sys/statfs.h>
#include <unistd.h>

#include <fstream>

namespace ferry::test::smb_test {
namespace {

namespace fs = std::filesystem;

using names = std::vector<std::string>;

// --- Reading ------------------------------------------------------------------------------------

TEST_CASE("smb: a file of several blocks arrives as it is, with size, date and a strong tag") {
    share_site site;
    const auto whole = random_bytes(9 * mebibyte + 17);
    spill(site.server.data() / "file", whole);
    auto opened = site.open("/data/file");
    REQUIRE_MESSAGE(opened, describe(opened.error()));
    const auto info = (*opened)->info();
    CHECK(info.size == whole.size());
    CHECK(info.ranges);
    CHECK(info.version.strong());
    CHECK(info.modified.has_value());
    CHECK(difference(site.fetch(std::move(opened)).value(), whole) == "");
}

TEST_CASE("smb: ranges are given exactly, beyond the end nothing") {
    share_site site;
    const auto whole = random_bytes(5 * mebibyte);
    spill(site.server.data() / "file", whole);
    const auto part = [&](std::uint64_t first, std::uint64_t end) {
        return site.fetch(site.open("/data/file", {first, end})).value();
    };
    CHECK(part(0, 1) == whole.substr(0, 1));
    CHECK(difference(part(mebibyte - 1, 5 * mebibyte), whole.substr(mebibyte - 1)) == "");
    CHECK(part(5 * mebibyte - 3, byte_range::open_end) == whole.substr(whole.size() - 3));
    CHECK(part(6 * mebibyte, 7 * mebibyte).empty());
}

TEST_CASE("smb: ranges of a small file, too") {
    share_site site;
    const auto whole = random_bytes(10'000);
    spill(site.server.data() / "small", whole);
    for (const std::uint64_t end : {1U, 5'000U, 9'999U, 10'000U, 20'000U}) {
        CAPTURE(end);
        for (const std::uint64_t first : {std::uint64_t(0), end / 2})
            CHECK(
                site.fetch(site.open("/data/small", {first, end})).value() ==
                whole.substr(first, end - first));
    }
}

TEST_CASE("smb: a file of more than 4 GiB can be read at its end") {
    share_site site;
    const auto file = site.server.data() / "huge";
    const std::uint64_t at = 5'000 * mebibyte;
    {
        std::ofstream sparse(file);
        sparse.seekp(static_cast<std::streamoff>(at));
        sparse << "the end";
    }
    auto opened = site.open("/data/huge", {at, byte_range::open_end});
    REQUIRE(opened);
    CHECK((*opened)->info().size == at + 7);
    CHECK(site.fetch(std::move(opened)).value() == "the end");
}

TEST_CASE("smb: after a listing, small files come as they are now, not as they were then") {
    share_site site;
    const auto file = [&](const char* name) { return site.server.data() / name; };
    for (const auto* name : {"same", "other", "longer", "shorter", "large", "empty", "folder"})
        spill(file(name), random_bytes(3'000));
    spill(file("gone"), "here");
    const auto listed = site.on.run(
        site.smb.list_folder({site.asking("/data/").what, site.asking("/data/").access}));
    REQUIRE(listed);
    REQUIRE(listed->entries.size() == 8);

    spill(file("other"), random_bytes(3'000));
    spill(file("longer"), random_bytes(3'001));
    spill(file("shorter"), random_bytes(2'999));
    spill(file("large"), random_bytes(mebibyte));
    spill(file("empty"), "");
    fs::remove(file("folder"));
    fs::create_directory(file("folder"));
    fs::remove(file("gone"));
    for (const auto* name : {"same", "other", "longer", "shorter", "large", "empty"}) {
        CAPTURE(name);
        auto opened = site.open(std::string("/data/") + name);
        REQUIRE(opened);
        const auto here = slurp(file(name));
        CHECK((*opened)->info().size == here.size());
        CHECK(difference(site.fetch(std::move(opened)).value(), here) == "");
    }
    CHECK(site.trouble("/data/folder") == errc::unsupported);
    CHECK(site.trouble("/data/gone") == errc::not_found);
}

TEST_CASE("smb: an empty file is one too") {
    share_site site;
    spill(site.server.data() / "empty", "");
    auto opened = site.open("/data/empty");
    REQUIRE(opened);
    CHECK((*opened)->info().size == 0);
    CHECK(site.fetch(std::move(opened)).value().empty());
}

TEST_CASE("smb: every name that a file may have can be fetched") {
    share_site site;
    std::string longest;
    while (longest.size() < 254) longest += "\xC3\xBC";
    longest += "x";
    for (const auto& name : names{
             "a b", "100%", "%41", "a#b", "a&b;c=d", "\xC3\xA4\xE2\x82\xAC", "a+b@c,d",
             "(x) [y] {z}", "it's", longest}) {
        spill(site.server.data() / name, name);
        const auto url = from_path("/data/" + name);
        CHECK_MESSAGE(site.fetch(site.open(url.path)).value() == name, name);
    }
}

TEST_CASE("smb: a sink gets no more than it reserved, and may have enough") {
    share_site site;
    const auto whole = random_bytes(mebibyte + 5);
    spill(site.server.data() / "file", whole);
    memory_sink into;
    into.portion = 70'001;
    into.wanted = mebibyte / 2;
    auto opened = site.open("/data/file");
    REQUIRE(opened);
    CHECK(site.on.run((*opened)->copy(into)));
    CHECK(difference(into.bytes, whole.substr(0, mebibyte / 2)) == "");
}

TEST_CASE("smb: the tag tells another version, by its size, its date and which file it is") {
    share_site site;
    const auto file = site.server.data() / "file";
    const auto tag = [&] { return site.open("/data/file").value()->info().version.tag; };
    spill(file, "one");
    const auto before = fs::last_write_time(file);
    const auto first = tag();
    CHECK(tag() == first);
    fs::last_write_time(file, before + std::chrono::milliseconds(1));
    CHECK(tag() != first);
    spill(file, "longer");
    fs::last_write_time(file, before);
    CHECK(tag() != first);
    spill(site.server.data() / "other", "two");
    fs::last_write_time(site.server.data() / "other", before);
    fs::rename(site.server.data() / "other", file);
    CHECK(tag() != first);
}

TEST_CASE("smb: a file that changes while it is read is no file to be pieced together") {
    share_site site;
    const auto file = site.server.data() / "file";
    spill(file, random_bytes(20 * mebibyte));
    memory_sink into;
    into.on_write = [&] {
        if (into.bytes.size() > 5 * mebibyte) return;
        std::ofstream(file, std::ios::app) << "more";
    };
    auto opened = site.open("/data/file");
    REQUIRE(opened);
    const auto done = site.on.run((*opened)->copy(into));
    REQUIRE_FALSE(done);
    CHECK(done.error().code == errc::source_changed);
    CHECK(into.bytes.size() < 20 * mebibyte);
}

TEST_CASE("smb: a connection serves one file after the other, and another user never") {
    share_site site;
    spill(site.server.data() / "one", "1");
    spill(site.server.data() / "two", "2");
    CHECK(site.fetch(site.open("/data/one")).value() == "1");
    site.server.stop();  // whoever has no connection gets none
    site.server.start();
    CHECK(site.fetch(site.open("/data/two")).value() == "2");
    site.access.who.password = secret("wrong");
    CHECK(site.trouble("/data/one") == errc::unauthorized);
}

TEST_CASE("smb: while two connections are in use, a third is not made before a moment has passed") {
    share_site site;
    spill(site.server.data() / "one", "1");
    spill(site.server.data() / "big", std::string(mebibyte, 'x'));
    auto first = site.open("/data/one"), second = site.open("/data/big");
    const auto third = site.on.start(site.smb.open(site.asking("/data/one")));
    const auto fourth = site.on.start(site.smb.open(site.asking("/data/one")));
    site.on.settle();
    CHECK_FALSE(is_ready(third));
    first.value().reset();
    REQUIRE(site.on.pump_until([&] { return is_ready(third); }));
    CHECK(third->value->has_value());
    CHECK_FALSE(is_ready(fourth));
    site.on.advance(std::chrono::milliseconds(20));
    REQUIRE(site.on.pump_until([&] { return is_ready(fourth); }));
    CHECK(fourth->value->has_value());
}

TEST_CASE("smb: several ranges of one file come at once") {
    share_site site;
    const auto whole = random_bytes(12 * mebibyte);
    spill(site.server.data() / "file", whole);
    std::vector<std::unique_ptr<source>> parts;
    std::vector<memory_sink> sinks(3);
    std::vector<std::shared_ptr<started<result<void>>>> copies;
    for (std::uint64_t i = 0; i < 3; ++i)
        parts.push_back(
            site.open("/data/file", {i * 4 * mebibyte, (i + 1) * 4 * mebibyte}).value());
    for (std::size_t i = 0; i < 3; ++i) copies.push_back(site.on.start(parts[i]->copy(sinks[i])));
    CHECK(site.on.pump_until([&] {
        return std::all_of(
            copies.begin(), copies.end(), [](const auto& one) { return is_ready(one); });
    }));
    CHECK(difference(sinks[0].bytes + sinks[1].bytes + sinks[2].bytes, whole) == "");
}

// --- Who we are ---------------------------------------------------------------------------------

TEST_CASE("smb: everything is signed, and encrypted if asked for") {
    share_site site;
    spill(site.server.data() / "file", "x");
    const auto plain = site.open("/data/file").value();
    CHECK(site.server.connections().find("partial(AES-128-GCM)") == std::string::npos);
    CHECK(site.server.connections().find(" AES-128-GMAC") != std::string::npos);
    CHECK(site.server.connections().find("partial(AES-128-GMAC)") == std::string::npos);
    site.access.encrypt = true;
    const auto sealed = site.open("/data/file").value();
    CHECK(site.server.connections().find("AES-128-GCM") != std::string::npos);
}

TEST_CASE("smb: nothing goes in the clear if it must be encrypted") {
    for (const auto* flaw : {"server smb encrypt = off", "host msdfs = no"}) {
        share_site site(flaw);
        spill(site.server.data() / "file", "x");
        CHECK(site.open("/data/file"));
        site.access.encrypt = true;
        const auto refused = site.open("/data/file");
        REQUIRE_FALSE(refused);
        CHECK_MESSAGE(refused.error().code == errc::not_trusted, describe(refused.error()));
    }
}

TEST_CASE("smb: SMB 1 is refused") {
    share_site site("server min protocol = NT1\n    server max protocol = NT1");
    CHECK_FALSE(site.open("/data/file"));
}

TEST_CASE("smb: a wrong password, an unknown user and a closed share are said to be that") {
    share_site site;
    spill(site.server.open() / "file", "for all");
    site.access.who.password = secret("wrong");
    auto refused = site.open("/data/file");
    REQUIRE_FALSE(refused);
    CHECK(refused.error().code == errc::unauthorized);
    CHECK(describe(refused.error()).find("login") != std::string::npos);
    // The server would let the unknown in as a guest: but nobody asked for that.
    site.access.who.user = "nobody-knows";
    CHECK(site.trouble("/open/file") == errc::unauthorized);
    site.access.who = {};
    CHECK(site.trouble("/open/file") == errc::unauthorized);
}

TEST_CASE("smb: a guest gets what guests may have") {
    share_site site;
    spill(site.server.open() / "file", "for all");
    spill(site.server.data() / "file", "for some");
    site.access.who = {};
    site.access.who.user = "guest";
    CHECK(site.fetch(site.open("/open/file")).value() == "for all");
    CHECK(site.trouble("/data/file") == errc::unauthorized);
}

// --- What goes wrong ----------------------------------------------------------------------------

TEST_CASE("smb: what is not there, or is no file, is said to be that") {
    share_site site;
    fs::create_directory(site.server.data() / "folder");
    const auto share = site.open("/nothing/file");
    REQUIRE_FALSE(share);
    CHECK(share.error().code == errc::not_found);
    CHECK(describe(share.error()).find("no such share") != std::string::npos);
    CHECK(site.trouble("/data/file") == errc::not_found);
    CHECK(site.trouble("/data/folder/file") == errc::not_found);
    CHECK(site.trouble("/data/none/file") == errc::not_found);
    CHECK(site.trouble("/data/folder") == errc::unsupported);
}

TEST_CASE("smb: a host that is not there may be there later") {
    share_site site;
    auto what = site.asking("/data/file");
    what.what.host = "nowhere.invalid";
    const auto unknown = site.on.run(site.smb.open(what));
    REQUIRE_FALSE(unknown);
    CHECK(unknown.error().code == errc::name_not_resolved);
    site.server.stop();
    const auto absent = site.open("/data/file");
    REQUIRE_FALSE(absent);
    CHECK(absent.error().code == std::errc::connection_refused);
    CHECK(is_transient(absent.error().code));
}

TEST_CASE("smb: a server that dies in the middle is a lost connection, and good again later") {
    share_site site;
    const auto whole = random_bytes(40 * mebibyte);
    spill(site.server.data() / "file", whole);
    memory_sink into;
    bool dead = false;
    into.on_write = [&] {
        if (!std::exchange(dead, true)) site.server.stop();
    };
    auto opened = site.open("/data/file");
    REQUIRE(opened);
    const auto done = site.on.run((*opened)->copy(into));
    REQUIRE_FALSE(done);
    CHECK_MESSAGE(is_transient(done.error().code), describe(done.error()));
    CHECK(difference(into.bytes, whole.substr(0, into.bytes.size())) == "");
    opened->reset();
    site.server.start();
    const auto rest = site.fetch(site.open("/data/file", {into.bytes.size(), whole.size()}));
    REQUIRE(rest);
    CHECK(difference(into.bytes + *rest, whole) == "");
}

TEST_CASE("smb: a server that says nothing is given up in time; a cancelled call ends at once") {
    asio::io_context net;
    asio::ip::tcp::acceptor silent(net, {asio::ip::make_address("127.0.0.1"), 0});
    fixture on;
    smb::protocol smb(on.io.get_executor(), on.time);
    open_request what;
    what.what.scheme = "smb";
    what.what.host = "127.0.0.1";
    what.what.port = silent.local_endpoint().port();
    what.what.path = "/share/file";
    what.what.user_info = "guest";
    what.access = std::make_shared<const access_options>();
    const auto slow = on.start(caught(smb.open(what)));
    const auto stopped = on.start(caught(smb.open(what)));
    on.settle();
    stopped->stop.emit(asio::cancellation_type::terminal);
    CHECK(on.pump_until([&] { return is_ready(stopped); }));
    CHECK_FALSE(is_ready(slow));
    CHECK(stopped->value->error().code == errc::cancelled);
    on.advance(what.access->connect_timeout);
    CHECK(on.pump_until([&] { return is_ready(slow); }));
    CHECK(slow->value->error().code == errc::timed_out);
}

}  // namespace
}  // namespace ferry::test::smb_test
