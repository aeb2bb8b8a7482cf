#include <support/transfer_rig.hpp>

#include <doctest/doctest.h>

#include <fcntl.h>
#include <unistd.h>

#include <fstream>

namespace ferry::test::transfer_test {

using namespace std::chrono_literals;

TEST_CASE("download: an object arrives under its name and leaves nothing else") {
    rig it;
    for (const std::size_t size : {0, 1, 1000, 131'072, 131'073, 3'000'000}) {
        CAPTURE(size);
        it.on.body = random_bytes(size);
        REQUIRE(it.get().has_value());
        CHECK(arrived(it));
        CHECK(it.status.phase == transfer_phase::done);
        CHECK(it.status.bytes_total == size);
        CHECK(it.status.bytes_transferred == size);
        CHECK(it.on.requests.size() == 1);
        CHECK_FALSE(it.on.requests.at(0).ranged);
    }
}

TEST_CASE("download: an object of unknown length ends where the stream ends") {
    rig it;
    it.on.tells_size = false;
    it.on.body = random_bytes(500'000);
    REQUIRE(it.get().has_value());
    CHECK(arrived(it));
}

TEST_CASE("download: cut after any byte, it goes on from there") {
    for (const std::size_t size : {2'000, 200'000}) {
        for (std::uint64_t cut = 0; cut <= size; cut += size / 40) {
            CAPTURE(cut);
            rig it;
            it.on.body = random_bytes(size);
            it.on.script = {{.cut_after = cut}};
            REQUIRE(it.get().has_value());
            CHECK(arrived(it));
            const bool restarted = cut == 0 || cut == size;
            CHECK(it.status.bytes_discarded == 0);
            CHECK(it.on.requests.size() == (cut == size ? 1 : 2));
            if (!restarted) CHECK(it.on.requests.at(1).range.first == cut);
            if (!restarted) CHECK(it.on.requests.at(1).if_match == "\"v1\"");
        }
    }
}

TEST_CASE("download: what an earlier run left is continued, and counted") {
    for (const std::uint64_t cut : {1'000, 150'000, 900'000}) {
        rig it;
        it.on.body = random_bytes(1'000'000);
        it.interrupt_after(cut);
        CHECK_FALSE(std::filesystem::exists(it.file()));
        CHECK(std::filesystem::exists(it.data()));
        CHECK(std::filesystem::exists(it.record()));
        REQUIRE(it.get().has_value());
        CHECK(arrived(it));
        CHECK(it.status.bytes_resumed == cut);
        CHECK(it.status.bytes_received == 1'000'000 - cut);
    }
}

TEST_CASE("download: a failure before the first byte leaves no trace") {
    rig it;
    it.on.body = random_bytes(1000);
    it.on.script = {{.refuse = refusal(errc::not_found, 404)}};
    const auto got = it.get();
    REQUIRE_FALSE(got.has_value());
    CHECK(got.error().code == errc::not_found);
    CHECK(std::filesystem::is_empty(it.dir.path()));
    CHECK(it.on.requests.size() == 1);
}

TEST_CASE("download: another version replaces the kept bytes only when it has overtaken them") {
    rig it;
    it.on.body = random_bytes(1'000'000, 1);
    const auto old = it.on.body;
    it.interrupt_after(600'000);

    it.on.body = random_bytes(1'000'000, 2);
    it.on.version.tag = "\"v2\"";
    it.interrupt_after(300'000);  // of the new version: not yet as much
    CHECK(slurp(it.data()).substr(0, 600'000) == old.substr(0, 600'000));

    SUBCASE("the new version goes on") {
        REQUIRE(it.get().has_value());
        CHECK(arrived(it));
        CHECK(it.status.bytes_resumed == 300'000);
    }
    SUBCASE("the old version comes back") {
        it.on.body = old;
        it.on.version.tag = "\"v1\"";
        REQUIRE(it.get().has_value());
        CHECK(arrived(it));
        CHECK(it.status.bytes_resumed == 600'000);
    }
    SUBCASE("the new version overtakes, and is cut again") {
        it.interrupt_after(400'000);
        CHECK(slurp(it.data()).substr(0, 700'000) == it.on.body.substr(0, 700'000));
        REQUIRE(it.get().has_value());
        CHECK(arrived(it));
        CHECK(it.status.bytes_resumed == 700'000);
    }
}

TEST_CASE("download: bytes that differ under a weak or missing validator start it anew") {
    for (const auto& version :
         {validator{"\"w\"", true, {}}, validator{"", false, "d"}, validator{}}) {
        rig it;
        it.on.version = version;
        it.on.body = random_bytes(3'000'000, 1);
        it.interrupt_after(2'000'000);
        it.on.body = random_bytes(3'000'000, 2);
        REQUIRE(it.get().has_value());
        CHECK(arrived(it));
        CHECK(it.status.bytes_resumed == 0);
    }
}

TEST_CASE("download: under a weak or missing validator equal bytes are proven and kept") {
    for (const auto& version :
         {validator{"\"w\"", true, {}}, validator{"", false, "d"}, validator{}}) {
        rig it;
        it.on.version = version;
        it.on.body = random_bytes(3'000'000);
        it.interrupt_after(2'000'000);
        REQUIRE(it.get().has_value());
        CHECK(arrived(it));
        CHECK(it.status.bytes_resumed == 2'000'000);
        const bool known = version != validator{};
        CHECK(it.status.bytes_discarded == (known ? 64U << 10 : 1U << 20));
    }
}

TEST_CASE("download: a server without ranges is fast-forwarded through what is kept") {
    rig it;
    it.on.body = random_bytes(2'000'000);
    it.interrupt_after(1'500'000);
    it.on.script = {{.ignores_range = true}};
    REQUIRE(it.get().has_value());
    CHECK(arrived(it));
    CHECK(it.status.bytes_resumed == 1'500'000);
    CHECK(it.status.bytes_discarded == 1'500'000);
}

TEST_CASE("download: shorter ranges than asked are gathered until all is there") {
    rig it;
    it.on.body = random_bytes(1'000'000);
    it.interrupt_after(200'000);
    for (int i = 0; i < 3; ++i) it.on.script.push_back({.at_most = 100'000});
    REQUIRE(it.get().has_value());
    CHECK(arrived(it));
    CHECK(it.on.requests.size() == 4);
}

TEST_CASE("download: a complete partial is verified, not fetched again") {
    rig it;
    it.on.body = random_bytes(1'000'000);
    it.options.expected = checksum{"sha256", std::string(64, '0')};
    CHECK(it.get().error().code == errc::checksum_mismatch);
    CHECK_FALSE(std::filesystem::exists(it.file()));
    it.options.expected.reset();
    REQUIRE(it.get().has_value());
    CHECK(arrived(it));
    CHECK(it.status.bytes_received == 64U << 10);
}

TEST_CASE("download: a mismatch of continued bytes fetches all of them once more") {
    rig it;
    it.on.body = random_bytes(1'000'000);
    it.interrupt_after(500'000);
    {  // the disk lied
        auto rotten = slurp(it.data());
        rotten[1000] ^= 1;
        std::ofstream(it.data(), std::ios::in | std::ios::out | std::ios::binary) << rotten;
    }
    test::spill(it.dir / "g", it.on.body);
    const int fd = ::open((it.dir / "g").c_str(), O_RDONLY);
    it.options.expected = checksum_of_file(fd, "sha256").value();
    ::close(fd);
    std::filesystem::remove(it.dir / "g");
    REQUIRE(it.get().has_value());
    CHECK(arrived(it));
    CHECK(it.status.checksum == to_string(*it.options.expected));
}

TEST_CASE("download: transient failures are retried, later and later, until it gives up") {
    rig it;
    it.on.body = random_bytes(1000);
    it.options.retry.give_up = 60s;
    it.options.retry.jitter = false;
    const auto busy = refusal(errc::overloaded, 503);
    for (int i = 0; i < 50; ++i) it.on.script.push_back({.refuse = busy});
    const auto begun = it.loop.time.now();
    const auto got = it.get();
    REQUIRE_FALSE(got.has_value());
    CHECK(got.error().code == errc::overloaded);
    CHECK(it.on.requests.size() == 6);  // after 1, 2, 4, 8 and 16 s; 32 more would be too late
    CHECK(it.loop.time.now() - begun == 31s);
    CHECK(std::filesystem::is_empty(it.dir.path()));
}

TEST_CASE("download: a server's Retry-After is waited for, by every transfer from that host") {
    rig it;
    it.on.body = random_bytes(1000);
    auto busy = refusal(errc::overloaded, 503);
    busy.retry_after = 120s;
    it.on.script = {{.refuse = busy}};
    const auto begun = it.loop.time.now();
    REQUIRE(it.get().has_value());
    CHECK(it.loop.time.now() - begun == 120s);
    CHECK(it.gates.opens("host") == begun + 120s);

    it.gates.close("host", it.loop.time.now() + 30s);
    const auto again = it.loop.time.now();
    REQUIRE(it.get().has_value());
    CHECK(it.loop.time.now() - again == 30s);
}

TEST_CASE("download: a silent peer is left after the stall timeout, and asked again") {
    rig it;
    it.on.body = random_bytes(500'000);
    it.on.script = {{.silent = true}};
    const auto begun = it.loop.time.now();
    REQUIRE(it.get().has_value());
    CHECK(arrived(it));
    CHECK(it.loop.time.now() - begun >= 30s);
}

TEST_CASE("download: the time for a whole transfer is limited") {
    rig it;
    it.on.body = random_bytes(500'000);
    it.options.max_time = 10s;
    it.on.script = {{.cut_after = 200'000}, {.silent = true}};
    const auto got = it.get();
    REQUIRE_FALSE(got.has_value());
    CHECK(got.error().code == errc::out_of_time);
    CHECK(std::filesystem::exists(it.record()));
}

TEST_CASE("download: an object that changes with each try is given up, not mixed") {
    rig it;
    it.on.body = random_bytes(500'000, 0);
    for (int i = 1; i < 20; ++i)
        it.on.script.push_back({.cut_after = 200'000, .first = [&it, i] {
                                    it.on.body = random_bytes(500'000, static_cast<unsigned>(i));
                                    it.on.version.tag = "\"v" + std::to_string(i) + "\"";
                                }});
    const auto got = it.get();
    REQUIRE_FALSE(got.has_value());
    CHECK(got.error().code == errc::source_changed);
    CHECK_FALSE(std::filesystem::exists(it.file()));
    CHECK(it.on.requests.size() < 15);
}

TEST_CASE("download: a destination that exists is replaced, kept or refused, as asked") {
    rig it;
    it.on.body = random_bytes(1000);
    test::spill(it.file(), "old");
    SUBCASE("replaced") {
        REQUIRE(it.get().has_value());
        CHECK(arrived(it));
    }
    SUBCASE("kept") {
        it.options.existing = existing_policy::skip;
        REQUIRE(it.get().has_value());
        CHECK(it.status.skipped);
        CHECK(slurp(it.file()) == "old");
        CHECK(it.on.requests.empty());
    }
    SUBCASE("refused") {
        it.options.existing = existing_policy::fail;
        CHECK(it.get().error().code == errc::exists);
        CHECK(slurp(it.file()) == "old");
        CHECK(it.on.requests.empty());
    }
    SUBCASE("refused even if it appears while the transfer runs") {
        std::filesystem::remove(it.file());
        it.options.existing = existing_policy::fail;
        it.on.script = {{.first = [&] { test::spill(it.file(), "new"); }}};
        CHECK(it.get().error().code == errc::exists);
        CHECK(slurp(it.file()) == "new");
    }
}

TEST_CASE("download: update leaves what has the size and the time of the source") {
    rig it;
    it.options.existing = existing_policy::update;
    it.on.modified = std::chrono::sys_days(std::chrono::year(2026) / 1 / 5);
    it.on.body = random_bytes(200'000);
    REQUIRE(it.get().has_value());
    CHECK(arrived(it));
    CHECK_FALSE(it.status.skipped);
    const auto before = it.on.body;
    it.on.body = random_bytes(before.size());
    SUBCASE("the same size, the same time") {
        SUBCASE("and nothing else") {}
        SUBCASE("and a partial, which nobody needs any more") {
            it.options.existing = existing_policy::replace;
            it.interrupt_after(100'000);
            it.options.existing = existing_policy::update;
        }
        REQUIRE(it.get().has_value());
        CHECK(it.status.skipped);
        CHECK(it.status.bytes_received == 0);
        CHECK(slurp(it.file()) == before);
        CHECK_FALSE(std::filesystem::exists(it.data()));
        CHECK_FALSE(std::filesystem::exists(it.record()));
        return;
    }
    SUBCASE("another time") { *it.on.modified += std::chrono::nanoseconds(1); }
    SUBCASE("no time") { it.on.modified.reset(); }
    SUBCASE("another size") { it.on.body += '.'; }
    SUBCASE("unknown size") { it.on.tells_size = false; }
    SUBCASE("a sum to have") {
        test::spill(it.dir / "copy", it.on.body);
        const detail::unique_fd copy(::open((it.dir / "copy").c_str(), O_RDONLY | O_CLOEXEC));
        it.options.expected = checksum_of_file(copy.get(), "sha256").value();
    }
    REQUIRE(it.get().has_value());
    CHECK_FALSE(it.status.skipped);
    CHECK(arrived(it));
}

TEST_CASE("download: a name for what the process has open is no place for a file") {
    rig it;
    it.on.body = random_bytes(1000);
    test::spill(it.dir / "output", "");
    const detail::unique_fd output(::open((it.dir / "output").c_str(), O_WRONLY | O_CLOEXEC));
    std::filesystem::create_symlink("/proc/self/fd/" + std::to_string(output.get()), it.file());
    CHECK(it.get().error().code == errc::unsupported);
    CHECK(std::filesystem::is_symlink(it.file()));
}

TEST_CASE("download: folders are made when asked for, and missed when not") {
    rig it;
    it.on.body = random_bytes(1000);
    const auto deep = it.dir / "a/b/c";
    auto fetch = [&] {
        return it.loop.run(
            download(it.world, parse_url("fake://host/f").value(), deep, it.options, it.status));
    };
    CHECK(fetch().error().code == std::errc::no_such_file_or_directory);
    it.options.create_directories = true;
    REQUIRE(fetch().has_value());
    CHECK(slurp(deep) == it.on.body);
}

TEST_CASE("download: a folder that goes away is noticed at the next checkpoint, not at the end") {
    rig it;
    it.on.body = random_bytes(10'000'000);
    it.rate.set({.bytes_per_second = 1'000'000});
    const auto folder = it.dir / "folder";
    std::filesystem::create_directory(folder);
    it.on.script = {{.first = [&] { std::filesystem::remove_all(folder); }}};
    const auto going = it.loop.start(download(
        it.world, parse_url("fake://host/f").value(), folder / "f", it.options, it.status));
    CHECK(it.finish(*going).error().code == std::errc::no_such_file_or_directory);
    CHECK(it.status.bytes_received < 5'000'000);
}

TEST_CASE("download: two transfers never write one destination") {
    rig it;
    it.on.body = random_bytes(500'000);
    it.on.script = {{.silent = true}};
    auto first = it.loop.start(
        download(it.world, parse_url("fake://host/f").value(), it.file(), it.options, it.status));
    while (it.on.requests.empty()) {
        it.loop.io.restart();
        it.loop.io.run_one_for(30ms);
    }
    transfer_status other;
    const auto second = it.loop.run(
        download(it.world, parse_url("fake://host/f").value(), it.file(), it.options, other));
    REQUIRE_FALSE(second.has_value());
    CHECK(second.error().code == errc::busy);
    first->cancel();
    CHECK(it.finish(*first).error().code == errc::cancelled);
    REQUIRE(it.get().has_value());
    CHECK(arrived(it));
}

TEST_CASE("segments: several connections bring one file") {
    rig it;
    it.on.body = random_bytes(20'000'000);
    it.options.connections = 4;
    REQUIRE(it.get().has_value());
    CHECK(arrived(it));
    CHECK(it.status.bytes_received == it.on.body.size());
    CHECK(it.on.requests.size() >= 4);
    CHECK(it.on.requests.at(0).range == byte_range{0, 4U << 20});
}

TEST_CASE("segments: a protocol may have a wish for large objects, which users overrule") {
    constexpr std::uint64_t MiB = 1U << 20;
    for (const unsigned asked : {0U, 1U})
        for (const std::size_t size : {32 * MiB, 50 * MiB}) {
            CAPTURE(asked);
            CAPTURE(size);
            rig it;
            it.on.usual_connections = 2;
            it.on.body = random_bytes(size);
            it.options.connections = asked;
            REQUIRE(it.get().has_value());
            CHECK(arrived(it));
            CHECK(it.status.bytes_received == size);
            const bool by_two = asked == 0 && size > 32 * MiB;
            CHECK((it.on.requests.size() > 1) == by_two);
            CHECK(it.on.requests.at(0).ranged == (asked == 0));
        }
}

TEST_CASE("segments: empty and small objects need one connection") {
    for (const std::size_t size : {0, 1, 100'000, 3'000'000}) {
        rig it;
        it.on.body = random_bytes(size);
        it.options.connections = 4;
        REQUIRE(it.get().has_value());
        CHECK(arrived(it));
        CHECK(it.on.requests.size() == 1);
    }
}

TEST_CASE("segments: refused connections are shed, and the others bring their bytes") {
    rig it;
    it.on.body = random_bytes(20'000'000);
    it.options.connections = 4;
    it.on.script.push_back({});
    for (int i = 0; i < 3; ++i) it.on.script.push_back({.refuse = refusal(errc::overloaded, 503)});
    REQUIRE(it.get().has_value());
    CHECK(arrived(it));
}

TEST_CASE("segments: a server that ignores ranges is read by one connection") {
    rig it;
    it.on.body = random_bytes(8'000'000);
    it.options.connections = 4;
    it.on.script = {{.ignores_range = true}};
    REQUIRE(it.get().has_value());
    CHECK(arrived(it));
    CHECK(it.on.requests.size() == 1);
}

TEST_CASE("segments: a range of another version never stands beside the first one's") {
    rig it;
    const auto one = random_bytes(20'000'000, 1);
    const auto two = random_bytes(20'000'000, 2);
    it.on.body = one;
    it.options.connections = 4;
    auto change = [&] {
        it.on.body = two;
        it.on.version.tag = "\"v2\"";
    };
    it.on.script = {{}, {.first = change}};
    REQUIRE(it.get().has_value());
    CHECK(slurp(it.file()) == two);
    CHECK(it.nothing_left());
}

TEST_CASE("segments: cut anywhere and interrupted, the holes are filled later") {
    rig it;
    it.on.body = random_bytes(20'000'000);
    it.options.connections = 4;
    it.options.retry.give_up = 0ms;
    for (const std::uint64_t cut : {1'000'000, 700'000, 0, 2'000'000, 1, 300'000})
        it.on.script.push_back({.cut_after = cut});
    for (int i = 0; i < 20; ++i)
        it.on.script.push_back({.refuse = {std::make_error_code(std::errc::connection_refused)}});
    REQUIRE_FALSE(it.get().has_value());
    const auto kept = it.status.bytes_transferred;
    CHECK(kept > 1'000'000);
    it.on.script.clear();
    SUBCASE("by several connections") {}
    SUBCASE("by one") { it.options.connections = 1; }
    REQUIRE(it.get().has_value());
    CHECK(arrived(it));
    CHECK(it.status.bytes_resumed == kept);
    CHECK(it.status.bytes_received == it.on.body.size() - kept);
}

}  // namespace ferry::test::transfer_test
