// What the daemon keeps on disk: full, damaged, of another time, and ten thousand of it.
#include <support/real_servers.hpp>

#include "jobs.hpp"
#include "small_disk.hpp"

#include <ferry/detail/json_text.hpp>

#include <boost/json/serialize.hpp>

#include <map>

namespace ferry::test::daemon_store_test {
namespace {

/// For 'import'.
std::string rows(std::size_t count) {
    std::string text = "Source,Destination\n";
    for (std::size_t i = 0; i < count; ++i) text += "/dev/null,f" + std::to_string(i) + "\n";
    return text;
}

// --- Full ---------------------------------------------------------------------------------------

void check_full(const finished& done) {
    CHECK(done.exit_code == 10);
    CHECK(done.err.starts_with("ferry: "));
    CHECK(done.err.find("No space left") != std::string::npos);
}

TEST_CASE("store: on a full disk what is new is refused, what is old stays, and room mends all") {
    const small_disk disk("1m");
    NEEDS_MOUNT(disk);
    const job_shop shop(disk.path() / "h");
    const auto source = shop.dir() / "source";
    spill(source, "whole");
    const auto old = shop.create({source, "old", "--suspended"});
    const auto ballast = disk.path() / "ballast";
    fill_disk(ballast);

    check_full(shop.ferry({"start", source, "new", "--asynchronous"}));
    check_full(shop.ferry({"import", "-", "--suspended"}, rows(3)));
    check_full(shop.ferry({"set", old, "--display-name", "other"}));
    check_full(shop.ferry({"limit", "3M"}));
    CHECK(shop.jobs().size() == 1);

    REQUIRE(shop.end_daemon(SIGKILL));
    REQUIRE(shop.jobs().size() == 1);  // a daemon can also start there
    CHECK(text(shop.jobs().front(), "display_name") == "old");
    CHECK(shop.state(old) == "Suspended");
    REQUIRE(shop.end_daemon(SIGTERM));
    CHECK(shop.state(old) == "Suspended");

    std::filesystem::remove(ballast);
    const auto young = shop.create({source, "new", "--auto-complete"});
    shop.out({"resume", old});
    shop.out({"wait", young});
    CHECK(shop.files.off("old", "whole") == "");
    CHECK(shop.files.off("new", "whole") == "");
}

// --- Damaged ------------------------------------------------------------------------------------

TEST_CASE("store: a damaged job is set aside with a word in the log, and the others load") {
    const job_shop shop;
    const std::map<std::string, std::string> damage = {
        {"empty", ""},
        {"noise", random_bytes(2'000)},
        {"array", "[]"},
        {"another version", R"({"v":99})"},
        {"zeros, as after a power cut", std::string(1'500, '\0')},
    };
    std::map<std::string, std::string> damaged;  // what was done, by id
    for (const auto& [name, content] : damage)
        damaged[shop.create({"/dev/null", "f" + std::to_string(damaged.size()), "--suspended"})] =
            name;
    const auto cut = shop.create({"/dev/null", "cut", "--suspended"});
    const auto good = shop.create({"/dev/null", "good", "--suspended"});
    REQUIRE(shop.end_daemon(SIGTERM));

    const auto file = [&](const std::string& id) { return shop.store() / (id + ".json"); };
    for (const auto& [id, name] : damaged) spill(file(id), damage.at(name));
    const auto whole = slurp(file(cut));
    spill(file(cut), whole.substr(0, whole.size() / 2));
    damaged[cut] = "cut";
    auto stranger = good;
    stranger.back() = good.back() == '0' ? '1' : '0';
    spill(file(stranger), slurp(file(good)));
    damaged[stranger] = "named after another";

    REQUIRE(shop.jobs().size() == 1);
    CHECK(text(shop.jobs().front(), "id") == good);
    for (const auto& [id, name] : damaged) {
        CAPTURE(name);
        CHECK_FALSE(std::filesystem::exists(file(id)));
        CHECK(std::filesystem::exists(file(id).string() + ".bad"));
        CHECK(shop.log().find(id + ".json.bad: set aside: ") != std::string::npos);
    }
    const auto told = shop.ferry({"daemon", "status"});
    CHECK(told.err.find(std::to_string(damaged.size()) + " job files") != std::string::npos);
}

// --- Of another time ----------------------------------------------------------------------------

/// Moves all times in a document.
void shift_times(json::value& in, std::chrono::hours by) {
    if (auto* object = in.if_object())
        for (auto& [key, value] : *object) shift_times(value, by);
    if (auto* array = in.if_array())
        for (auto& value : *array) shift_times(value, by);
    const auto* text = in.if_string();
    const auto time = text ? detail::parse_time({text->data(), text->size()}) : std::nullopt;
    if (time) in = detail::format_time(*time + by);
}

TEST_CASE(
    "store: jobs that wait for a retry neither end nor wait on if the clock is set by hours") {
    real_server server(software::nginx);
    publish(server.root() / "file", "whole");
    const job_shop shop;
    std::map<std::string, std::chrono::hours> jobs;
    for (const auto by : {-24h * 365, -5h, 5h, 24h * 365})
        jobs[shop.create({"http://localhost:1/", "f" + std::to_string(by.count())})] = by;
    for (const auto& [id, by] : jobs) {
        REQUIRE(eventually([&] { return shop.state(id) == "TransientError"; }));
        REQUIRE(shop.document({"explain", id}).at("until").is_string());
    }
    REQUIRE(shop.end_daemon(SIGKILL));

    for (const auto& [id, by] : jobs) {
        const auto file = shop.store() / (id + ".json");
        auto stored = json::parse(slurp(file));
        shift_times(stored, by);
        stored.at("files").at(0).as_object()["source"] = server.url("/file");  // now it is there
        spill(file, json::serialize(stored));
    }
    for (const auto& [id, by] : jobs) {
        CAPTURE(by.count());
        shop.out({"wait", id, "--timeout", "20"});
        CHECK(shop.state(id) == "Transferred");
    }
}

// --- Ten thousand -------------------------------------------------------------------------------

TEST_CASE("store: 10,000 jobs are made, listed, loaded, found and removed") {
    constexpr std::size_t jobs = 10'000;
    const small_disk memory("256m");  // syncs of a busy disk are not what this is about
    const job_shop shop(memory.mounted() ? memory.path() / "h" : std::filesystem::path());
    const auto told = shop.out({"import", "-", "--suspended", "--json"}, rows(jobs));
    CHECK(events_of(told).size() == jobs);
    REQUIRE(shop.end_daemon(SIGKILL));

    std::vector<std::string> remove = {"remove", "--quiet"};
    for (const auto& one : shop.jobs()) remove.push_back(text(one, "id"));
    REQUIRE(remove.size() == jobs + 2);
    const auto& some = remove[jobs / 2];
    CHECK(text(shop.job(some.substr(0, 13)), "id") == some);
    shop.out(remove);
    CHECK(shop.jobs().empty());
}

}  // namespace
}  // namespace ferry::test::daemon_store_test
