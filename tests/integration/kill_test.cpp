// SIGKILL at any moment costs at most what came since the last checkpoint, and never a right byte.
#include <support/real_servers.hpp>
#include <support/sanitized.hpp>

#include "command.hpp"

#include <random>

namespace ferry::test::kill_test {
namespace {

constexpr std::uint64_t MiB = 1U << 20;
constexpr std::uint64_t size = 200 * MiB;
constexpr std::uint64_t rate = 10 * MiB;            // --limit-rate 10M
constexpr std::uint64_t checkpoint = rate * 5 / 4;  // of one second, and its sync
constexpr std::uint64_t in_flight = 8 * MiB;        // a connection: sent, but still in buffers

/// What a killed run told before.
struct last_words {
    std::uint64_t resumed = 0;
    std::uint64_t transferred = 0;
};

last_words words_of(const std::string& out) {
    last_words last;
    for (const auto& event : events_of(out)) {
        if (event.at("event") != "file.progress") continue;
        last.resumed = std::max(last.resumed, number(event, "bytes_resumed"));
        last.transferred = number(event, "bytes_transferred");
    }
    return last;
}

/// Most runs end before their first checkpoint, some just behind it, a few after several.
std::chrono::milliseconds moment_of(std::uint64_t run, std::uint64_t dice) {
    if (run % 25 == 24) return 2'500ms + std::chrono::milliseconds(dice % 500);
    if (run % 5 == 4) return 1'050ms + std::chrono::milliseconds(dice % 300);
    return std::chrono::milliseconds(dice % 400);
}

/// Kills one transfer `kills` times, then lets it end.
void kill_and_continue(const std::string& connections, std::uint64_t kills) {
    real_server server(software::nginx);
    const workshop in;
    const auto whole = random_bytes(size);
    publish(server.root() / "file", whole);
    const std::vector<std::string> arguments = {
        server.url("/file"), "-o", "f", "-c", connections, "--json", "--limit-rate", "10M"};

    std::mt19937 dice(20'260'105);
    std::uint64_t durable = 0;
    for (std::uint64_t i = 0; i < kills; ++i) {
        CAPTURE(i);
        const auto moment = moment_of(i, dice());
        const auto running = in.start(arguments);
        REQUIRE_FALSE(running->wait(moment));
        running->signal(SIGKILL);
        REQUIRE(running->wait(10s));
        REQUIRE_FALSE(in.has("f"));
        const auto now = in.durable("f");
        REQUIRE(now >= durable);  // what was durable stays so
        const auto last = words_of(running->out());
        if (last.transferred > 0) {
            CHECK(last.resumed == durable);               // it went on from all that was durable
            CHECK(last.transferred <= now + checkpoint);  // and lost a second's work at most
        }
        durable = now;
    }
    CHECK(durable > 0);
    const auto done = in.get({server.url("/file"), "-o", "f", "-c", connections, "--json"});
    REQUIRE_MESSAGE(done.exit_code == 0, done.err);
    CHECK(in.off("f", whole) == "");
    CHECK(number(file_of(done.out), "bytes_resumed") == durable);
    const auto lost = kills * (checkpoint + std::stoul(connections) * in_flight);
    CHECK(server.body_bytes_sent() <= size + lost);
}

TEST_CASE("timing: many kills of one transfer lose no durable byte, and end in the right file") {
    kill_and_continue("1", sanitized ? 25 : 50);
}

TEST_CASE("timing: many kills of one transfer over four connections lose no durable byte") {
    kill_and_continue("4", 25);
}

TEST_CASE("interrupt: SIGINT ends with 130, and the next run loses no byte") {
    real_server server(software::nginx);
    const workshop in;
    const auto whole = random_bytes(20 * MiB);
    publish(server.root() / "file", whole);
    for (const std::string connections : {"1", "4"}) {
        for (const int signal : {SIGINT, SIGTERM}) {
            CAPTURE(connections);
            CAPTURE(signal);
            std::filesystem::remove(in.dir / "f");
            const auto running = in.start(
                {server.url("/file"), "-o", "f", "-c", connections, "--json", "--limit-rate",
                 "4M"});
            REQUIRE(eventually([&] { return words_of(running->out()).transferred > 0; }));
            running->signal(signal);
            REQUIRE(running->wait(10s));
            CHECK(running->exit_code() == 130);
            CHECK(running->err().find("interrupted") != std::string::npos);
            CHECK_FALSE(in.has("f"));
            CHECK(in.has(".f.ferry-part"));
            CHECK(in.has(".f.ferry-part.json"));
            const auto before = file_of(running->out());
            CHECK(before.at("state") == "Suspended");
            CHECK(number(before, "bytes_transferred") > 0);

            const auto done = in.get({server.url("/file"), "-o", "f", "--json"});
            CHECK_MESSAGE(done.exit_code == 0, done.err);
            CHECK(in.off("f", whole) == "");
            CHECK(
                number(file_of(done.out), "bytes_resumed") == number(before, "bytes_transferred"));
        }
    }
}

TEST_CASE("interrupt: a second SIGINT does not wait for anything") {
    real_server server(software::nginx);
    const workshop in;
    publish(server.root() / "file", random_bytes(20 * MiB));
    const auto running = in.start({server.url("/file"), "-o", "f", "--json", "--limit-rate", "2M"});
    REQUIRE(eventually([&] { return words_of(running->out()).transferred > 0; }));
    running->signal(SIGINT);
    running->signal(SIGINT);
    REQUIRE(running->wait(10s));
    CHECK((running->exit_code() == 130 || running->exit_code() == -SIGINT));
    CHECK_FALSE(in.has("f"));
}

}  // namespace
}  // namespace ferry::test::kill_test
