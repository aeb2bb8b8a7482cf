#include <ferry/scheduler.hpp>

#include <doctest/doctest.h>

#include <random>

namespace ferry::test::scheduler_test {

using namespace std::chrono_literals;
using enum ferry::job_priority;
using keys = std::vector<scheduler::key>;

namespace {

/// Does what the scheduler says at once, and remembers what runs.
struct driver {
    scheduler plan;
    clock::time_point now{};
    std::set<scheduler::key> running = {};
    std::map<scheduler::key, job_priority> level = {};

    explicit driver(schedule_limits limits = {}) : plan(limits) {}

    void queue(scheduler::key job, job_priority priority) {
        level[job] = priority;
        plan.queue(job, priority);
    }
    void leave(scheduler::key job) {
        plan.leave(job);
        running.erase(job);
    }
    keys look() {
        for (;;) {
            const auto todo = plan.decide(now);
            for (const auto job : todo.start) CHECK(running.insert(job).second);
            for (const auto job : todo.stop) {
                CHECK(running.erase(job) == 1);
                plan.queue(job, level[job]);
            }
            if (todo.start.empty() && todo.stop.empty()) break;
        }
        return {running.begin(), running.end()};
    }
};

}  // namespace

TEST_CASE("scheduler: foreground jobs run all at once, up to the limit") {
    driver on({.foreground = 3});
    for (scheduler::key job = 1; job <= 5; ++job) on.queue(job, foreground);
    CHECK(on.look() == keys{1, 2, 3});
    on.leave(2);
    CHECK(on.look() == keys{1, 3, 4});
}

TEST_CASE("scheduler: of the background jobs one runs, beside those in the foreground") {
    driver on;
    on.queue(1, normal);
    on.queue(2, normal);
    on.queue(3, foreground);
    CHECK(on.look() == keys{1, 3});
    on.leave(1);
    CHECK(on.look() == keys{2, 3});
}

TEST_CASE("scheduler: high goes before normal before low, whenever they come") {
    driver on;
    on.queue(1, low);
    CHECK(on.look() == keys{1});
    on.queue(2, normal);
    CHECK(on.look() == keys{2});
    on.queue(3, high);
    CHECK(on.look() == keys{3});
    on.leave(3);
    CHECK(on.look() == keys{2});
    on.leave(2);
    CHECK(on.look() == keys{1});
}

TEST_CASE("scheduler: a job that was overruled keeps its place before its equals") {
    driver on;
    on.queue(1, normal);
    on.queue(2, normal);
    on.look();
    on.queue(3, high);
    CHECK(on.look() == keys{3});
    on.leave(3);
    CHECK(on.look() == keys{1});
}

TEST_CASE("scheduler: equals take turns when the time of a slice is over") {
    driver on({.slice = 10s});
    for (scheduler::key job = 1; job <= 3; ++job) on.queue(job, normal);
    CHECK(on.look() == keys{1});
    CHECK(on.plan.next_look() == on.now + 10s);
    on.now += 9999ms;
    CHECK(on.look() == keys{1});
    on.now += 1ms;
    CHECK(on.look() == keys{2});
    on.now += 10s;
    CHECK(on.look() == keys{3});
    on.now += 10s;
    CHECK(on.look() == keys{1});
}

TEST_CASE("scheduler: equals take turns when the bytes of a slice are moved") {
    driver on({.slice_bytes = 1000});
    on.queue(1, low);
    on.queue(2, low);
    on.look();
    on.plan.moved(1, 999);
    CHECK(on.look() == keys{1});
    on.plan.moved(1, 1);
    CHECK(on.look() == keys{2});
    on.plan.moved(1, 5000);  // late news of a job that was stopped
    CHECK(on.look() == keys{2});
}

TEST_CASE("scheduler: alone at its level, a job is not interrupted") {
    driver on({.slice = 1s});
    on.queue(1, normal);
    on.queue(2, low);
    on.look();
    CHECK_FALSE(on.plan.next_look());
    on.now += 1h;
    CHECK(on.look() == keys{1});
}

TEST_CASE("scheduler: the next one starts only after the one before has stopped") {
    scheduler plan;
    plan.queue(1, low);
    CHECK(plan.decide({}).start == keys{1});
    plan.queue(2, high);
    const auto first = plan.decide({});
    CHECK(first.stop == keys{1});
    CHECK(first.start.empty());
    const auto again = plan.decide({});
    CHECK(again.stop.empty());
    CHECK(again.start.empty());
    plan.queue(1, low);
    CHECK(plan.decide({}).start == keys{2});
}

TEST_CASE("scheduler: a change of priority counts at once") {
    driver on;
    on.queue(1, normal);
    on.queue(2, normal);
    CHECK(on.look() == keys{1});
    on.plan.set_priority(2, foreground);
    CHECK(on.look() == keys{1, 2});
    on.level[2] = low;
    on.plan.set_priority(2, low);  // two in the background: the lesser one goes
    CHECK(on.look() == keys{1});
    on.plan.set_priority(7, high);  // not here
    CHECK(on.look() == keys{1});
}

TEST_CASE("scheduler: tells for whom a job waits") {
    driver on;
    on.queue(1, normal);
    on.queue(2, normal);
    on.queue(3, normal);
    CHECK_FALSE(on.plan.waits_for(1));
    on.look();
    CHECK_FALSE(on.plan.waits_for(1));
    CHECK(on.plan.waits_for(2) == 1);
    CHECK(on.plan.waits_for(3) == 2);
    CHECK_FALSE(on.plan.waits_for(9));
}

TEST_CASE("scheduler: whatever happens, the limits hold, and nobody waits for nothing") {
    std::mt19937 random(1);
    driver on({.foreground = 2, .slice = 5s});
    for (int step = 0; step < 20'000; ++step) {
        const scheduler::key job = random() % 12;
        const auto priority = static_cast<job_priority>(random() % 4);
        if (random() % 4 == 0) {
            on.leave(job);
            on.level.erase(job);
        } else if (on.level.contains(job)) {
            on.level[job] = priority;
            on.plan.set_priority(job, priority);
        } else {
            on.queue(job, priority);
        }
        on.now += std::chrono::seconds(random() % 3);
        std::array<int, 4> run{}, wait{};
        on.look();
        for (const auto& [one, level] : on.level)
            ++(on.running.contains(one) ? run : wait).at(static_cast<std::size_t>(level));
        const int background = run[1] + run[2] + run[3];
        CHECK(background <= 1);
        CHECK((run[0] >= 2 || wait[0] == 0));
        CHECK((background == 1 || wait[1] + wait[2] + wait[3] == 0));
        CHECK((run[2] + run[3] == 0 || wait[1] == 0));
        CHECK((run[3] == 0 || wait[1] + wait[2] == 0));
    }
}

}  // namespace ferry::test::scheduler_test
