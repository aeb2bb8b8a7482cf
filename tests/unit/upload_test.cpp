#include <ferry/upload.hpp>

#include <support/transfer_rig.hpp>
#include <support/upload_peer.hpp>

#include <doctest/doctest.h>

#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <string>

namespace ferry::test::upload_test {

using namespace std::chrono_literals;

namespace {

/// One file and one peer, in virtual time that jumps on whenever nothing else can happen.
struct upload_rig : test::rig {
    test::upload_store peer;
    upload_options asked;
    std::string bytes = random_bytes(100'000);
    std::string to = "up://host/f";

    upload_rig() {
        protocols.add(std::make_unique<test::upload_peer>(peer));
        asked.journals = dir / "uploads";
        spill(file(), bytes);
    }
    awaitable<result<void>> sending() {
        status = {};
        peer.requests.clear();
        return upload(world, file(), parse_url(to).value(), options, asked, status);
    }
    result<void> put() { return finish(*loop.start(sending())); }
    result<void> cancel() {
        return finish(
            *loop.start(cancel_upload(world, file(), parse_url(to).value(), options, asked)));
    }
    /// A first run that is cut after so many bytes and does not try again.
    void interrupt_after(std::uint64_t sent) {
        const auto patient = options.retry;
        options.retry.give_up = {};
        peer.script = {{.cut_after = sent}};
        REQUIRE(put().error().code == errc::cut_short);
        options.retry = patient;
    }
    std::size_t journals() const {
        if (!std::filesystem::exists(dir / "uploads")) return 0;
        using at = std::filesystem::directory_iterator;
        return static_cast<std::size_t>(std::distance(at(dir / "uploads"), at()));
    }
    bool arrived() const {
        const auto there = peer.objects.find("up://host/f");
        return there != peer.objects.end() && there->second == bytes;
    }
};

/// Changes a byte in place, and gives the file the date that it had.
void change_in_secret(upload_rig& it, std::size_t at) {
    const auto date = std::filesystem::last_write_time(it.file());
    ::usleep(20'000);  // the clock of files does not tell less from nothing
    it.bytes[at] ^= 1;
    std::fstream file(it.file(), std::ios::in | std::ios::out);
    file.seekp(static_cast<std::streamoff>(at));
    file.put(it.bytes[at]).flush();
    std::filesystem::last_write_time(it.file(), date);
}

}  // namespace

TEST_CASE("upload: a file arrives, and nothing of it stays behind") {
    for (const std::size_t size : {0, 1, 9'999, 100'000}) {
        INFO(size);
        upload_rig it;
        it.bytes = random_bytes(size);
        spill(it.file(), it.bytes);
        REQUIRE(it.put().has_value());
        CHECK(it.arrived());
        CHECK(it.status.bytes_total == size);
        CHECK(it.status.bytes_transferred == size);
        CHECK(it.status.bytes_received == size);
        CHECK(it.status.bytes_resumed == 0);
        CHECK(it.status.object.http_status == 201);
        CHECK(it.status.phase == transfer_phase::done);
        CHECK(it.journals() == 0);
        CHECK(it.peer.sessions.empty());
    }
}

TEST_CASE("upload: into a folder it goes under its own name") {
    upload_rig it;
    it.to = "up://host/";
    REQUIRE(it.put().has_value());
    CHECK(it.arrived());
    CHECK(it.peer.requests.front().name == "f");
}

TEST_CASE("upload: a cut connection is continued from what the peer has, wherever it was cut") {
    for (std::uint64_t sent = 0; sent < 100'000; sent += 7'777) {
        INFO(sent);
        upload_rig it;
        it.peer.script = {{.cut_after = sent}, {.refuse = test::refusal(errc::overloaded, 503)}};
        REQUIRE(it.put().has_value());
        CHECK(it.arrived());
        CHECK(it.status.bytes_received == 100'000);
        CHECK(it.status.bytes_discarded == 0);
        CHECK(it.peer.requests.size() == 3);
    }
}

TEST_CASE("upload: where sessions cannot be continued, it begins anew, and that is counted") {
    upload_rig it;
    it.peer.keeps_sessions = false;
    it.peer.script = {{.cut_after = 30'000}};
    REQUIRE(it.put().has_value());
    CHECK(it.arrived());
    CHECK(it.status.bytes_discarded == 30'000);
    CHECK(it.status.bytes_received == 130'000);
}

TEST_CASE("upload: what a peer wants to be sent once more is counted as thrown away") {
    upload_rig it;
    it.interrupt_after(50'000);
    it.peer.script = {{.twice = true}};
    REQUIRE(it.put().has_value());
    CHECK(it.arrived());
    CHECK(it.status.bytes_transferred == 100'000);
    CHECK(it.status.bytes_received == 100'000);
    CHECK(it.status.bytes_discarded == 50'000);
}

TEST_CASE("upload: a later run continues what an earlier one has left with the peer") {
    for (std::uint64_t sent = 0; sent < 100'000; sent += 9'999) {
        INFO(sent);
        upload_rig it;
        it.interrupt_after(sent);
        CHECK(it.journals() == 1);
        REQUIRE(it.put().has_value());
        CHECK(it.arrived());
        CHECK(it.status.bytes_resumed == sent);
        CHECK(it.status.bytes_received == 100'000 - sent);
        CHECK(it.journals() == 0);
    }
}

TEST_CASE("upload: a run that was cancelled leaves what can be continued") {
    upload_rig it;
    rate_limit slow(it.loop.time, {.bytes_per_second = 1'000, .burst = 20'000});
    environment limited{it.loop.time,  it.protocols, it.disk,           slow,
                        it.publishing, it.gates,     [] { return 0.5; }};
    const auto going = it.loop.start(
        upload(limited, it.file(), parse_url(it.to).value(), it.options, it.asked, it.status));
    while (it.status.bytes_transferred < 20'000) {
        it.loop.io.restart();
        it.loop.io.run_one_for(20ms);
    }
    going->cancel();
    CHECK(it.finish(*going).error().code == errc::cancelled);
    CHECK(it.journals() == 1);
    REQUIRE(it.put().has_value());
    CHECK(it.arrived());
    CHECK(it.status.bytes_resumed == 20'000);
}

TEST_CASE("upload: another content of the file is sent from the start, and the old part given up") {
    const struct {
        const char* what;
        void (*change)(upload_rig&);
    } changes[] = {
        {"longer",
         [](upload_rig& it) {
             it.bytes += "x";
             spill(it.file(), it.bytes);
         }},
        {"other bytes of the same size",
         [](upload_rig& it) {
             it.bytes[0] ^= 1;
             spill(it.file(), it.bytes);
             const timespec times[2] = {{1, 0}, {1, 0}};
             ::utimensat(AT_FDCWD, it.file().c_str(), times, 0);
         }},
        {"other bytes, with the old date", [](upload_rig& it) { change_in_secret(it, 0); }},
        {"another file in its place",
         [](upload_rig& it) {
             it.bytes = random_bytes(100'000, 2);
             spill(it.dir / "g", it.bytes);
             std::filesystem::last_write_time(
                 it.dir / "g", std::filesystem::last_write_time(it.file()));
             std::filesystem::rename(it.dir / "g", it.file());
         }},
    };
    for (const auto& [what, change] : changes) {
        INFO(what);
        upload_rig it;
        it.interrupt_after(50'000);
        change(it);
        REQUIRE(it.put().has_value());
        CHECK(it.arrived());
        CHECK(it.status.bytes_resumed == 0);
        CHECK(it.peer.cancelled == 1);
    }
}

TEST_CASE("upload: a session that the peer has forgotten is begun anew at once") {
    upload_rig it;
    it.interrupt_after(50'000);
    it.peer.script = {{.forgets = true}};
    const auto before = it.loop.time.now();
    REQUIRE(it.put().has_value());
    CHECK(it.arrived());
    CHECK(it.loop.time.now() == before);
}

TEST_CASE("upload: a peer that forgets each session is not asked for ever") {
    upload_rig it;
    it.options.retry.give_up = 5s;
    for (int i = 0; i < 200; ++i)
        it.peer.script.push_back({.refuse = {errc::session_lost, "again"}});
    CHECK(it.put().error().code == errc::session_lost);
    CHECK(it.peer.requests.size() < 50);
}

TEST_CASE("upload: a file that changes while it is sent is sent again as it is then") {
    upload_rig it;
    const auto change = [&it] {
        it.bytes = random_bytes(60'000, 3);
        spill(it.file(), it.bytes);
    };
    it.peer.script = {{.half_way = change}};
    REQUIRE(it.put().has_value());
    CHECK(it.arrived());
    CHECK(it.status.bytes_total == 60'000);
}

TEST_CASE("upload: so is one that gets its old date back") {
    upload_rig it;
    it.peer.script = {{.half_way = [&it] { change_in_secret(it, 99'999); }}};
    REQUIRE(it.put().has_value());
    CHECK(it.arrived());
}

TEST_CASE("upload: a small file that changes while it is sent is sent again as it is then") {
    for (const std::size_t size : {0, 1, 4'096, 16'384, 16'385}) {
        INFO(size);
        upload_rig it;
        it.bytes = random_bytes(size);
        spill(it.file(), it.bytes);
        it.options.on_change = [&it, changed = false](const transfer_status& status) mutable {
            if (status.phase != transfer_phase::sending || std::exchange(changed, true)) return;
            it.bytes = random_bytes(5'000, 3);
            spill(it.file(), it.bytes);
        };
        REQUIRE(it.put().has_value());
        CHECK(it.arrived());
        CHECK(it.peer.requests.back().size == 5'000);
    }
}

TEST_CASE("upload: a small file that changes between two attempts is not sent as it was") {
    upload_rig it;
    it.bytes = random_bytes(9'000);
    spill(it.file(), it.bytes);
    it.options.on_change = [&it](const transfer_status& status) {
        if (status.phase != transfer_phase::retrying) return;
        it.bytes = random_bytes(5'000, 3);
        spill(it.file(), it.bytes);
    };
    it.peer.script = {{.cut_after = 4'000}};
    REQUIRE(it.put().has_value());
    CHECK(it.arrived());
    CHECK(it.peer.cancelled == 1);  // what had been begun with the old bytes
}

TEST_CASE("upload: a small file with another one in its place is sent as that one") {
    upload_rig it;
    it.bytes = random_bytes(9'000);
    spill(it.file(), it.bytes);
    it.options.on_change = [&it, changed = false](const transfer_status& status) mutable {
        if (status.phase != transfer_phase::sending || std::exchange(changed, true)) return;
        it.bytes = random_bytes(9'000, 2);
        spill(it.dir / "g", it.bytes);
        std::filesystem::last_write_time(it.dir / "g", std::filesystem::last_write_time(it.file()));
        std::filesystem::rename(it.dir / "g", it.file());
    };
    REQUIRE(it.put().has_value());
    CHECK(it.arrived());
}

TEST_CASE("upload: a file that never stops changing is not taken for sent") {
    upload_rig it;
    const auto grow = [&it] { spill(it.file(), it.bytes += "more"); };
    for (int i = 0; i < 50; ++i) it.peer.script.push_back({.half_way = grow});
    CHECK(it.put().error().code == errc::source_changed);
    CHECK(it.peer.objects.empty());
    CHECK(it.peer.sessions.empty());
    CHECK(it.peer.requests.size() < 20);
}

TEST_CASE("upload: a file that becomes shorter while it is sent is not taken for sent") {
    upload_rig it;
    const auto shrink = [&it] { std::filesystem::resize_file(it.file(), it.bytes.size() / 4); };
    for (int i = 0; i < 50; ++i)
        it.peer.script.push_back({.half_way = [&it, shrink] {
            it.bytes = random_bytes(100'000);
            shrink();
            spill(it.file(), it.bytes);
        }});
    CHECK_FALSE(it.put().has_value());
    CHECK(it.peer.objects.empty());
}

TEST_CASE("upload: what is there already is replaced, refused or left as it is") {
    upload_rig it;
    it.peer.objects["up://host/f"] = "old";
    it.options.existing = existing_policy::fail;
    CHECK(it.put().error().code == errc::exists);
    it.options.existing = existing_policy::skip;
    REQUIRE(it.put().has_value());
    CHECK(it.status.skipped);
    CHECK(it.peer.objects["up://host/f"] == "old");
    for (const auto policy : {existing_policy::update, existing_policy::replace}) {
        it.peer.objects["up://host/f"] = "old";
        it.options.existing = policy;  // whether it is the same, such a peer does not tell
        REQUIRE(it.put().has_value());
        CHECK_FALSE(it.status.skipped);
        CHECK(it.arrived());
    }
}

TEST_CASE("upload: a file with another checksum than it must have is not sent") {
    upload_rig it;
    it.options.expected = parse_checksum("sha256:" + std::string(64, '0')).value();
    CHECK(it.put().error().code == errc::checksum_mismatch);
    CHECK(it.peer.requests.empty());
    const detail::unique_fd file(::open(it.file().c_str(), O_RDONLY));
    it.options.expected = checksum_of_file(file.get(), "sha256").value();
    REQUIRE(it.put().has_value());
    CHECK(it.status.checksum.starts_with("sha256:"));
}

TEST_CASE("upload: what is no file is refused, and nothing is asked") {
    upload_rig it;
    std::filesystem::remove(it.file());
    CHECK(it.put().error().code == std::errc::no_such_file_or_directory);
    std::filesystem::create_directory(it.file());
    CHECK(it.put().error().code == std::errc::is_a_directory);
    std::filesystem::remove(it.file());
    REQUIRE(::mkfifo(it.file().c_str(), 0600) == 0);
    CHECK(it.put().error().code == errc::unsupported);
    CHECK(it.peer.requests.empty());
}

TEST_CASE("upload: a broken or a stranger's journal means that it begins anew") {
    for (const std::string text : {"", "{", "[]", "{\"v\":1}", "\xff\xfe"}) {
        upload_rig it;
        it.interrupt_after(50'000);
        for (const auto& journal : std::filesystem::directory_iterator(it.dir / "uploads"))
            spill(journal.path(), text);
        REQUIRE(it.put().has_value());
        CHECK(it.arrived());
        CHECK(it.status.bytes_resumed == 0);
    }
}

TEST_CASE("upload: a journal is for its owner's eyes only") {
    upload_rig it;
    it.interrupt_after(50'000);
    for (const auto& journal : std::filesystem::directory_iterator(it.dir / "uploads")) {
        struct stat about {};
        REQUIRE(::stat(journal.path().c_str(), &about) == 0);
        CHECK((about.st_mode & 0777) == 0600);
    }
}

TEST_CASE("upload: without a place for its journal it arrives all the same") {
    upload_rig it;
    it.asked.journals = "/proc/nowhere";
    it.peer.script = {{.cut_after = 50'000}};
    REQUIRE(it.put().has_value());
    CHECK(it.arrived());
    CHECK(it.status.bytes_received == 100'000);
}

TEST_CASE("upload: two at once of the same file to the same place are one too many") {
    upload_rig it;
    it.interrupt_after(50'000);
    it.peer.script = {{.silent = true}};
    const auto first = it.loop.start(it.sending());
    it.loop.advance(1s);
    transfer_status other;
    const auto second = it.finish(*it.loop.start(
        upload(it.world, it.file(), parse_url(it.to).value(), it.options, it.asked, other)));
    CHECK(second.error().code == errc::busy);
    first->cancel();
    CHECK(it.finish(*first).error().code == errc::cancelled);
}

TEST_CASE(
    "upload: when the peer cannot say goodbye, the end is tried again, and nothing is resent") {
    upload_rig it;
    it.peer.script = {{.at_the_end = {errc::cut_short, "at the end"}}};
    REQUIRE(it.put().has_value());
    CHECK(it.arrived());
    CHECK(it.status.bytes_received == 100'000);
}

TEST_CASE("upload: the time allowed for all of it ends it") {
    upload_rig it;
    it.options.max_time = 10s;
    it.peer.script = {{.silent = true}};
    CHECK(it.put().error().code == errc::out_of_time);
}

TEST_CASE("upload: giving up tells the peer, and forgets") {
    upload_rig it;
    REQUIRE(it.cancel().has_value());
    CHECK(it.peer.requests.empty());
    it.interrupt_after(50'000);
    REQUIRE(it.cancel().has_value());
    CHECK(it.peer.cancelled == 1);
    CHECK(it.peer.sessions.empty());
    CHECK(it.journals() == 0);
}

TEST_CASE("upload: a peer that does not answer is given up without it, soon") {
    upload_rig it;
    it.interrupt_after(50'000);
    it.peer.cancels_in_silence = true;
    const auto before = it.loop.time.now();
    REQUIRE(it.cancel().has_value());
    CHECK(it.loop.time.now() - before <= 5s);
    CHECK(it.journals() == 0);
}

TEST_CASE("upload: the answer is fetched before the session is ended") {
    upload_rig it;
    it.on.body = random_bytes(5'000, 9);
    it.peer.reply = parse_url("fake://host/answer").value();
    it.asked.reply = it.dir / "answer";
    REQUIRE(it.put().has_value());
    CHECK(it.peer.requests.front().wants_reply);
    CHECK(test::slurp(it.dir / "answer") == it.on.body);
    CHECK(it.arrived());
}

TEST_CASE("upload: a peer that promises no answer has not done what was asked") {
    upload_rig it;
    it.asked.reply = it.dir / "answer";
    CHECK(it.put().error().code == errc::malformed);
    CHECK_FALSE(std::filesystem::exists(it.dir / "answer"));
}

}  // namespace ferry::test::upload_test
