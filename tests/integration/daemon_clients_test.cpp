// Many clients at once, and bad ones: each gets what is its own, and nobody delays anybody.
#include "cli/open_files.hpp"

#include <support/line_peer.hpp>
#include <support/real_servers.hpp>

#include "jobs.hpp"

#include <sys/stat.h>

#include <algorithm>
#include <set>

namespace ferry::test::daemon_clients_test {
namespace {

constexpr std::size_t MiB = 1U << 20;

std::size_t count(const std::string& text, const std::string& part) {
    std::size_t found = 0;
    for (auto at = text.find(part); at != text.npos; at = text.find(part, at + 1)) ++found;
    return found;
}

/// The ids in what 'import --json' printed.
std::vector<std::string> created(const std::string& out) {
    std::vector<std::string> ids;
    for (const auto& event : events_of(out)) ids.push_back(text(event.at("job").as_object(), "id"));
    return ids;
}

std::vector<std::string> operator+(
    std::vector<std::string> verb, const std::vector<std::string>& jobs) {
    verb.insert(verb.end(), jobs.begin(), jobs.end());
    return verb;
}

// --- Good ones ----------------------------------------------------------------------------------

TEST_CASE("clients: several that need a daemon at the same time get one between them") {
    const job_shop shop;
    constexpr std::size_t rounds = 5;
    for (std::size_t round = 1; round <= rounds; ++round) {
        std::vector<std::unique_ptr<process>> clients;
        for (int i = 0; i < 8; ++i) clients.push_back(shop.begin({"list"}));
        for (const auto& one : clients) {
            REQUIRE(one->wait(30s));
            CHECK_MESSAGE(one->exit_code() == 0, one->err());
        }
        CHECK(count(shop.log(), " ready: ") == round);
        CHECK(shop.end_daemon(round % 2 == 0 ? SIGKILL : SIGTERM));
    }
}

/// A client that makes jobs, looks at them, waits for them and ends them, verb by verb.
struct customer {
    std::string name = {};
    std::vector<std::string> jobs = {};
    std::unique_ptr<process> verb = {};

    std::vector<std::string> command(std::size_t stage) const {
        switch (stage) {
            case 0:
                return {"import", "-", "--asynchronous", "--json"};
            case 1:
                return {"list", "--json"};
            case 2:
                return std::vector<std::string>{"wait"} + jobs;
            case 3:
                return {"complete", jobs.at(0), jobs.at(1)};
            case 4:
                return {"remove", jobs.at(2), jobs.at(3)};
            default:
                return {"list", "--json"};
        }
    }
    std::string rows(const std::string& url) const {
        std::string text = "Source,Destination\n";
        for (const char row : {'0', '1', '2', '3'}) text += url + "," + name + row + "\n";
        return text;
    }
    void finish(std::size_t stage) {
        REQUIRE(verb->wait(60s));
        REQUIRE_MESSAGE(verb->exit_code() == 0, verb->err());
        if (stage == 0) jobs = created(verb->out());
        for (const auto& one : jobs) {
            if (stage == 1) CHECK(count(verb->out(), one) == 1);
            if (stage == 5) CHECK(count(verb->out(), one) == 0);
        }
    }
};

TEST_CASE("clients: many at once create, list, wait for, complete and remove jobs of their own") {
    real_server server(software::nginx);
    const job_shop shop;
    const auto whole = random_bytes(100'000);
    publish(server.root() / "file", whole);

    std::vector<customer> customers(8);
    for (auto& one : customers) one.name = static_cast<char>('a' + (&one - customers.data()));
    constexpr std::size_t stages = 6;
    for (std::size_t step = 0; step < customers.size() + stages; ++step) {
        const auto each = [&](auto what) {  // whose turn it is: each is at another stage
            for (std::size_t i = 0; i < customers.size(); ++i)
                if (step >= i && step - i < stages) what(customers[i], step - i);
        };
        each([&](customer& one, std::size_t stage) {
            one.verb = shop.begin(one.command(stage), one.rows(server.url("/file")));
        });
        each([](customer& one, std::size_t stage) { one.finish(stage); });
    }
    for (const auto& one : customers) {
        for (const char completed : {'0', '1'})
            CHECK(shop.files.off(one.name + completed, whole) == "");
        for (const char removed : {'2', '3'}) CHECK_FALSE(shop.files.has(one.name + removed));
    }
    CHECK(shop.jobs().empty());
}

TEST_CASE("clients: only their own user's can come in") {
    const job_shop shop;
    REQUIRE(
        run({"sh", "-c", "umask 0; exec \"$0\" list", ferry_binary()}, shop.options()).exit_code ==
        0);
    const auto mode = [&](const std::filesystem::path& of) {
        struct stat about {};
        REQUIRE(::stat(of.c_str(), &about) == 0);
        return about.st_mode & 07777U;
    };
    CHECK(mode(shop.socket()) == 0600);
    CHECK(mode(shop.home() / "run") == 0700);
    CHECK(mode(shop.home() / "state") == 0700);
    CHECK(mode(shop.store()) == 0700);
    CHECK(mode(shop.home() / "state" / "daemon.log") == 0600);
}

// --- Slow and bad ones --------------------------------------------------------------------------

/// The same character so many times, as a line.
std::string line_of(std::size_t count, char c) {
    std::string line(count, c);
    line += '\n';
    return line;
}

std::string request(std::string_view method, std::string_view parameters = "{}") {
    return R"({"jsonrpc":"2.0","id":1,"method":")" + std::string(method) + R"(","params":)" +
           std::string(parameters) + "}\n";
}

TEST_CASE("clients: 'daemon stdio' asks the daemon for somebody who has but a pipe") {
    const job_shop shop;
    const auto out = shop.out({"daemon", "stdio"}, request("job.list") + request("server.info"));
    CHECK(count(out, "\n") == 2);
    CHECK(count(out, "\"result\"") == 2);
    CHECK(count(out, "\"pid\":" + std::to_string(shop.daemon())) == 1);
}

TEST_CASE("clients: one that does not read its events delays nobody, and misses no job's end") {
    const job_shop shop;
    shop.out({"list"});
    auto slow = line_peer::connect(shop.socket());
    slow.send(request("events.subscribe"));

    std::string rows = "Source,Destination\n";
    constexpr std::size_t jobs = 1'000;  // far more than a socket holds
    for (std::size_t i = 0; i < jobs; ++i) rows += "/dev/null,f" + std::to_string(i) + "\n";
    const auto ids = created(shop.out({"import", "-", "--suspended", "--json"}, rows));
    REQUIRE(ids.size() == jobs);
    shop.out(std::vector<std::string>{"remove"} + ids);
    CHECK(shop.jobs().empty());

    std::set<std::string> ended;
    const auto read = [&] {
        for (const auto& line : slow.lines()) {
            const auto message = json::parse(line).as_object();
            if (!message.contains("params")) continue;
            const auto& event = message.at("params").as_object();
            if (text(event, "event") == "job.finished")
                ended.insert(text(event.at("job").as_object(), "id"));
        }
        return ended.size() == jobs;
    };
    CHECK(eventually(read));
}

/// Whoever keeps a connection to the daemon open.
using crowd = std::vector<line_peer>;

/// As much of `text` as the daemon takes before it hangs up, or takes no more.
void push(line_peer& to, std::string_view text) {
    for (int idle = 0; !text.empty() && idle < 20 && !to.ended();) {
        const auto sent = to.send(text);
        text.remove_prefix(sent);
        idle = sent == 0 ? idle + 1 : 0;
        if (sent == 0) std::this_thread::sleep_for(5ms);
    }
}

TEST_CASE("clients: connections that ask nothing keep nobody out, however many they are") {
    REQUIRE(cli::raise_open_files() > 2'000);
    const job_shop shop;
    shop.out({"list"});
    const auto daemon = shop.daemon();
    crowd silent;
    for (int i = 0; i < 1'200; ++i) silent.push_back(line_peer::connect(shop.socket()));
    CHECK(shop.jobs().empty());
    CHECK(shop.daemon() == daemon);
}

TEST_CASE("clients: a daemon that does not answer is not called an absent one") {
    const job_shop shop;
    shop.out({"list"});
    const auto daemon = shop.daemon();
    REQUIRE(::kill(daemon, SIGSTOP) == 0);
    const auto told = shop.ferry({"daemon", "status", "--json"});
    REQUIRE(::kill(daemon, SIGCONT) == 0);
    CHECK(told.exit_code == 11);
    CHECK(told.out == "{\"running\":true,\"answers\":false}\n");
    CHECK(told.err.find("does not answer") != std::string::npos);
    CHECK(shop.end_daemon(SIGTERM));
    const auto gone = shop.ferry({"daemon", "status", "--json"});
    CHECK(gone.exit_code == 11);
    CHECK(gone.out == "{\"running\":false}\n");
}

struct attack {
    const char* name;
    void (*run)(const std::string& socket, crowd& held);
};

line_peer& join(const std::string& socket, crowd& held) {
    return held.emplace_back(line_peer::connect(socket));
}

const attack attacks[] = {
    {"noise", [](const std::string& socket,
                 crowd& held) { push(join(socket, held), random_bytes(MiB) + "\n"); }},
    {"half a line, and silence",
     [](const std::string& socket, crowd& held) {
         push(join(socket, held), R"({"jsonrpc":"2.0","id":1,"meth)");
     }},
    {"a line of 100 MB",
     [](const std::string& socket, crowd& held) {
         push(join(socket, held), "[\"" + std::string(100 * MiB, 'x') + "\"]\n");
     }},
    {"brackets without end", [](const std::string& socket,
                                crowd& held) { push(join(socket, held), line_of(4 * MiB, '[')); }},
    {"NULs",
     [](const std::string& socket, crowd& held) { push(join(socket, held), line_of(MiB, '\0')); }},
    {"requests without end, and nobody who reads the replies",
     [](const std::string& socket, crowd& held) {
         std::string all;
         for (int i = 0; i < 5'000; ++i) all += request("job.list");
         push(join(socket, held), all);
     }},
    {"gone in the middle",
     [](const std::string& socket, crowd& held) {
         for (int i = 0; i < 50; ++i) {
             auto& one = join(socket, held);
             one.send(request("job.list") + request("events.subscribe") + R"({"jsonrpc)");
             one.close();
         }
     }},
    {"300 connections",
     [](const std::string& socket, crowd& held) {
         for (int i = 0; i < 300; ++i) join(socket, held).send(request("events.subscribe"));
     }},
};

TEST_CASE("timing: clients that mean harm delay neither a transfer nor the others") {
    real_server server(software::nginx);
    const job_shop shop;
    const auto whole = random_bytes(8 * MiB);
    publish(server.root() / "file", whole);
    const auto start = std::chrono::steady_clock::now();
    const auto id = shop.create({server.url("/file"), "f", "--limit-rate", "2M"});
    const auto daemon = shop.daemon();

    crowd held;
    for (const auto& one : attacks) {
        CAPTURE(one.name);
        one.run(shop.socket(), held);
        const auto asked = std::chrono::steady_clock::now();
        CHECK(shop.jobs().size() == 1);
        CHECK(std::chrono::steady_clock::now() - asked < 2s);
    }
    const auto done = shop.ferry({"wait", id, "--timeout", "30"});
    CHECK_MESSAGE(done.exit_code == 0, done.err);
    CHECK(std::chrono::steady_clock::now() - start < 8s);  // 4 s alone
    shop.out({"complete", id});
    CHECK(shop.files.off("f", whole) == "");
    CHECK(shop.daemon() == daemon);
}

}  // namespace
}  // namespace ferry::test::daemon_clients_test
