#include <ferry/detail/held.hpp>

#include <support/job_states.hpp>

#include <doctest/doctest.h>
#include <asio/detached.hpp>

#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <limits>
#include <thread>

namespace ferry::test::engine_restart_test {

using namespace std::chrono_literals;
using enum ferry::job_state;

namespace {

/// The names in the rig's folder, besides that of the jobs.
std::string names_in(const engine_rig& it) {
    std::vector<std::string> there;
    for (const auto& entry : std::filesystem::directory_iterator(it.dir.path()))
        if (entry.path().filename() != "jobs") there.push_back(entry.path().filename());
    std::sort(there.begin(), there.end());
    std::string all;
    for (const auto& name : there) all += name + " ";
    return all;
}

/// What a process that was killed has told before.
struct last_words {
    int acknowledged = 0;
    bool ended = false;
};

awaitable<void> live(engine& one, std::vector<job> wanted, last_words& told) {
    const auto rejects = co_await one.start();
    std::vector<std::string> ids;
    for (const auto& what : wanted) {
        auto created = co_await one.create(what);
        ids.push_back(created.value().id);
        ++told.acknowledged;
    }
    for (const auto& id : ids) {
        const auto ended = co_await one.wait(id);
        static_cast<void>(ended);
    }
    told.ended = true;
}

/// In a process of its own: an engine in the folder of `it`, killed after so many steps.
[[noreturn]] void live_for(
    int steps, const engine_rig& it, std::vector<job> wanted, last_words& told) {
    engine_rig mine(false);
    std::filesystem::remove_all(mine.dir);
    mine.on.body = it.on.body;
    engine one(mine.loop.io.get_executor(), mine.world, it.dir / "jobs");
    asio::co_spawn(mine.loop.io, live(one, std::move(wanted), told), asio::detached);
    for (int i = 0; i < steps && !told.ended;) i += static_cast<int>(mine.loop.io.run_one_for(5ms));
    ::raise(SIGKILL);
    std::abort();
}

/// A child that was forked while another thread had a lock of the sanitizer's never goes on: it is
/// killed, which is a moment as good as any.
bool ends_within(pid_t child, std::chrono::milliseconds limit) {
    const auto end = std::chrono::steady_clock::now() + limit;
    int status = 0;
    while (::waitpid(child, &status, WNOHANG) == 0) {
        if (std::chrono::steady_clock::now() > end) return false;
        std::this_thread::sleep_for(1ms);
    }
    return true;
}

last_words kill_after(int steps, const engine_rig& it, std::vector<job> wanted) {
    void* shared = ::mmap(
        nullptr, sizeof(last_words), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    auto& told = *new (shared) last_words;
    const auto child = ::fork();
    if (child == 0) live_for(steps, it, std::move(wanted), told);
    if (!ends_within(child, 2s)) {
        ::kill(child, SIGKILL);
        REQUIRE(ends_within(child, 10s));
    }
    const auto copy = told;
    ::munmap(shared, sizeof(last_words));
    return copy;
}

/// Stops the engine as if it had been killed when the job, which is transferred, began to complete.
void interrupt_completion(engine_rig& it, const job& one) {
    REQUIRE(it.reaches(one, transferred));
    auto data = it.at(one);
    it.stop();
    data.completing = true;
    auto store = job_store::open(it.dir / "jobs").value();
    REQUIRE(store.commit(std::span(&data, 1)).has_value());
}

/// Whole, with or without its name.
bool is_here(const std::string& file) {
    return std::filesystem::exists(file) || detail::whole_partial(file).has_value();
}

}  // namespace

TEST_CASE("engine restart: in whatever state a job is, the next engine goes on with it") {
    for (std::size_t i = 0; i < job_states; ++i) {
        const auto state = static_cast<job_state>(i);
        INFO(to_string(state));
        engine_rig it;
        const auto one = brought_to(it, state);
        it.on.script.clear();
        it.restart();
        it.loop.time.advance(10s);  // what closed the gate is over
        REQUIRE(it.engine->find(one.id) != nullptr);
        CHECK(it.reaches(one, is_active(state) ? transferred : state));
        CHECK(it.at(one).error.has_value() == (state == error));
    }
}

TEST_CASE("engine restart: whenever it is killed, no job is lost and nothing is fetched again") {
    bool ended = false;
    for (int steps = 0; !ended; steps += 3) {
        INFO(steps);
        engine_rig it(false);
        it.on.body = test::random_bytes(150'000);
        std::vector<job> wanted = {it.wanted({"a", "b"}), it.wanted({"c"})};
        for (auto& one : wanted) {
            one.settings.auto_complete = true;
            one.settings.durable = false;  // a process is killed, not the machine
        }
        const auto told = kill_after(steps, it, wanted);
        ended = told.ended;

        const std::vector<std::vector<std::string>> names = {{"a", "b"}, {"c"}};
        std::size_t missing = 0;
        for (const auto* name : {"a", "b", "c"}) missing += !is_here(it.file(name));
        it.start();
        CHECK(it.rejects.empty());
        REQUIRE(it.settle_until([&] { return it.engine->active() == 0; }));
        for (int i = 0; i < told.acknowledged; ++i)
            for (const auto& name : names[i]) CHECK(slurp(it.file(name)) == it.on.body);
        CHECK(it.on.requests.size() <= missing);
        CHECK(names_in(it).find('.') == std::string::npos);  // no partial, no journal
    }
}

TEST_CASE("engine restart: a completion goes on from wherever it was interrupted") {
    for (int step = 0; step < 5; ++step) {
        INFO(step);
        engine_rig it;
        const auto one = it.create(it.wanted({"a", "b"}));
        interrupt_completion(it, one);
        const auto a = partial_of(it.file("a"));
        const auto b = partial_of(it.file("b"));
        if (step > 0) std::filesystem::rename(a.data, it.file("a"));
        if (step > 1) std::filesystem::remove(a.journal);
        if (step > 2) std::filesystem::rename(b.data, it.file("b"));
        if (step > 3) std::filesystem::remove(b.journal);
        it.on.requests.clear();
        it.start();
        REQUIRE(it.reaches(one, acknowledged));
        CHECK(names_in(it) == "a b ");
        CHECK(it.on.requests.empty());
        CHECK(it.at(one).files[0].state == acknowledged);
        CHECK(it.at(one).files[1].state == acknowledged);
    }
}

TEST_CASE("engine restart: a completion that cannot go on leaves the job to its owner") {
    engine_rig it;
    const auto one = it.create("a");
    interrupt_completion(it, one);
    std::filesystem::create_directory(it.file("a"));
    it.start();
    REQUIRE(it.reaches(one, error));
    std::filesystem::remove(it.file("a"));
    CHECK(it.run(it.engine->complete(one.id)).has_value());
    CHECK(slurp(it.file("a")) == it.on.body);
}

TEST_CASE("engine restart: what is no job is set aside and told, the others load") {
    engine_rig it;
    const auto one = brought_to(it, suspended);
    it.stop();
    test::spill(it.dir / "jobs/00000000-0000-4000-8000-000000000000.json", "no job");
    it.start();
    REQUIRE(it.rejects.size() == 1);
    CHECK(it.state(one) == suspended);
}

TEST_CASE("engine restart: an engine stops only when the commands that have begun are done") {
    engine_rig it;
    const auto one = brought_to(it, transferring);
    const auto suspending = it.loop.start(it.engine->suspend(one.id));
    const auto waiting = it.loop.start(it.engine->wait(one.id));
    const auto creating = it.loop.start(it.engine->create(it.wanted({"b"})));
    const auto removing = it.loop.start(it.engine->remove(one.id));
    REQUIRE(it.run(it.engine->stop()).has_value());
    CHECK(suspending->ready());
    CHECK(creating->ready());
    CHECK(it.settle_until([&] { return waiting->ready() && removing->ready(); }));
    it.engine.reset();
    it.start();
    const bool removed = removing->value->has_value();
    CHECK(it.state(one) == (removed ? cancelled : suspended));
    if (creating->value->has_value()) CHECK(it.reaches(**creating->value, transferred));
}

TEST_CASE("engine restart: an engine that is destroyed in the middle of a file leaves no work") {
    engine_rig it;
    const auto one = test::brought_to_a_third(it);
    const auto waiting = it.loop.start(it.engine->wait(one.id));
    const auto suspending = it.loop.start(it.engine->suspend(one.id));
    it.engine.reset();
    it.loop.io.restart();
    it.loop.io.run_for(10s);
    CHECK(it.loop.io.stopped());  // that is: out of work
    CHECK(waiting->ready());
    CHECK(suspending->ready());
    it.on.script.clear();
    it.start();
    if (it.state(one) == suspended) REQUIRE(it.run(it.engine->resume(one.id)).has_value());
    REQUIRE(it.reaches(one, transferred));
    CHECK(it.at(one).files[0].bytes_resumed == 1'000'000);
}

TEST_CASE("engine restart: an engine of jobs at rest may be destroyed with all that waits for it") {
    for (const auto state : {suspended, error, transient_error, transferred, cancelled}) {
        engine_rig it;
        const auto one = brought_to(it, state);
        const auto waiting = it.loop.start(it.engine->wait(one.id));
        const auto suspending = it.loop.start(it.engine->suspend(one.id));
        it.engine.reset();
    }
}

TEST_CASE("engine restart: a job whose place in line makes no sense takes nobody else's") {
    engine_rig it;
    const auto one = brought_to(it, suspended);
    auto what = it.wanted({"b"});
    what.state = suspended;
    const auto other = it.create(std::move(what));
    auto data = it.at(other);
    it.stop();
    data.order = std::numeric_limits<std::uint64_t>::max();
    REQUIRE(job_store::open(it.dir / "jobs").value().commit(std::span(&data, 1)).has_value());
    it.start();
    it.create(it.wanted({"c"}));
    it.create(it.wanted({"d"}));
    CHECK(it.engine->jobs().size() == 4);
}

TEST_CASE("engine restart: what another job has verified is not what this one asked for") {
    engine_rig it;
    it.on.script = {{}, {.refuse = test::refusal(errc::refused, 404)}};
    REQUIRE(it.reaches(it.create(it.wanted({"a", "b"})), error));
    auto what = it.wanted({"a"});
    what.state = suspended;
    what.files[0].expected = "sha256:" + std::string(64, '0');
    const auto heir = it.create(std::move(what));
    it.restart();
    REQUIRE(it.run(it.engine->resume(heir.id)).has_value());
    REQUIRE(it.reaches(heir, error));
    CHECK(it.at(heir).error->why.code == errc::checksum_mismatch);
}

TEST_CASE("engine restart: a completion that goes on leaves alone what its job had lost") {
    engine_rig it;
    it.on.script = {{}, {.refuse = test::refusal(errc::refused, 404)}};
    const auto old = it.create(it.wanted({"a", "b"}));
    REQUIRE(it.reaches(old, error));
    const auto heir = it.create("a");
    REQUIRE(it.reaches(heir, transferred));
    auto data = it.at(old);
    it.stop();
    data.completing = true;
    REQUIRE(job_store::open(it.dir / "jobs").value().commit(std::span(&data, 1)).has_value());
    it.start();
    REQUIRE(it.reaches(old, acknowledged));
    CHECK_FALSE(std::filesystem::exists(it.file("a")));
    REQUIRE(it.run(it.engine->complete(heir.id)).has_value());
    CHECK(slurp(it.file("a")) == it.on.body);
}

}  // namespace ferry::test::engine_restart_test
