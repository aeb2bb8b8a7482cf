#include <ferry/host_slots.hpp>

#include <support/loop.hpp>

#include <doctest/doctest.h>

#include <memory>
#include <vector>

namespace ferry::test::host_slots_test {
namespace {

using asked = std::shared_ptr<test::loop::pending<result<host_slots::slot>>>;

struct rig {
    test::loop loop;
    host_slots slots{loop.io.get_executor()};
    std::vector<asked> all;

    ~rig() {
        for (auto& one : all) one->cancel();
        loop.settle();
    }
    asked ask(const std::string& origin) {
        return all.emplace_back(loop.start(slots.acquire(origin)));
    }
    std::size_t free(const std::string& origin) {
        std::vector<host_slots::slot> taken;
        while (auto one = slots.try_acquire(origin)) taken.push_back(std::move(*one));
        return taken.size();
    }
};

}  // namespace

TEST_CASE("host slots: without a limit nobody waits") {
    rig it;
    std::vector<host_slots::slot> taken;
    for (int i = 0; i < 100; ++i) {
        auto one = it.slots.try_acquire("http://h");
        REQUIRE(one);
        taken.push_back(std::move(*one));
    }
    CHECK(it.ask("http://h")->ready());
}

TEST_CASE("host slots: so many at a time, to each origin") {
    rig it;
    it.slots.set_limit(2);
    const auto first = it.slots.try_acquire("http://h"), second = it.slots.try_acquire("http://h");
    CHECK(first);
    CHECK(second);
    CHECK_FALSE(it.slots.try_acquire("http://h"));
    CHECK_FALSE(it.ask("http://h")->ready());
    CHECK(it.free("https://h") == 2);
}

TEST_CASE("host slots: those who wait are served in order, and nobody overtakes them") {
    rig it;
    it.slots.set_limit(1);
    auto held = it.slots.try_acquire("o");
    const auto a = it.ask("o"), b = it.ask("o");
    held.reset();
    CHECK_FALSE(it.slots.try_acquire("o"));  // it is a's already, who has not run yet
    it.loop.settle();
    REQUIRE(a->ready());
    CHECK_FALSE(b->ready());
    a->value.reset();
    it.loop.settle();
    REQUIRE(b->ready());
    CHECK(b->value->has_value());
}

TEST_CASE("host slots: who is cancelled leaves the line, wherever it stands") {
    for (const std::size_t who : {0, 1, 2}) {
        rig it;
        it.slots.set_limit(1);
        auto held = it.slots.try_acquire("o");
        std::vector<asked> line{it.ask("o"), it.ask("o"), it.ask("o")};
        line[who]->cancel();
        it.loop.settle();
        REQUIRE(line[who]->ready());
        CHECK(line[who]->value->error().code == errc::cancelled);
        line.erase(line.begin() + static_cast<std::ptrdiff_t>(who));
        held.reset();
        for (const auto& one : line) {
            it.loop.settle();
            REQUIRE(one->ready());
            CHECK(one->value->has_value());
            one->value.reset();
        }
        CHECK(it.free("o") == 1);
    }
}

TEST_CASE("host slots: a slot given to one who is cancelled at the same moment is not lost") {
    for (const bool given_first : {true, false}) {
        rig it;
        it.slots.set_limit(1);
        auto held = it.slots.try_acquire("o");
        const auto first = it.ask("o"), next = it.ask("o");
        if (given_first) held.reset();
        first->cancel();
        held.reset();
        it.loop.settle();
        REQUIRE(first->ready());
        first->value.reset();
        it.loop.settle();
        REQUIRE(next->ready());
        CHECK(next->value->has_value());
    }
}

TEST_CASE("host slots: a higher limit lets in who waits, a lower one throws nobody out") {
    rig it;
    it.slots.set_limit(1);
    const auto a = it.ask("o"), b = it.ask("o"), c = it.ask("o");
    it.slots.set_limit(2);
    it.loop.settle();
    CHECK(b->ready());
    CHECK_FALSE(c->ready());
    it.slots.set_limit(1);
    a->value.reset();
    it.loop.settle();
    CHECK_FALSE(c->ready());
    it.slots.set_limit(0);
    it.loop.settle();
    CHECK(c->ready());
}

TEST_CASE("host slots: a limit set later counts what is open already") {
    rig it;
    const auto a = it.slots.try_acquire("o"), b = it.slots.try_acquire("o");
    it.slots.set_limit(3);
    CHECK(it.free("o") == 1);
}

TEST_CASE("host slots: a slot that moves is one slot still") {
    rig it;
    it.slots.set_limit(1);
    auto a = std::move(*it.slots.try_acquire("o"));
    auto b = std::move(a);
    CHECK_FALSE(a);
    CHECK(b);
    CHECK(it.free("o") == 0);
    b = host_slots::slot();
    CHECK(it.free("o") == 1);
}

TEST_CASE("host slots: whoever waits when the loop ends goes quietly") {
    auto io = std::make_unique<asio::io_context>(1);
    auto slots = std::make_unique<host_slots>(io->get_executor());
    slots->set_limit(1);
    auto held = slots->try_acquire("o");
    asio::co_spawn(*io, slots->acquire("o"), [](std::exception_ptr, result<host_slots::slot>) {});
    io->poll();
    io.reset();
    CHECK(held);
}

TEST_CASE("host slots: slots, and whoever waits for one, may outlive them") {
    auto io = std::make_unique<asio::io_context>(1);
    auto slots = std::make_unique<host_slots>(io->get_executor());
    slots->set_limit(1);
    auto held = slots->try_acquire("o");
    asio::co_spawn(*io, slots->acquire("o"), [](std::exception_ptr, result<host_slots::slot>) {});
    io->poll();
    slots.reset();
    CHECK_FALSE(*held);
    held.reset();
    io.reset();
}

}  // namespace ferry::test::host_slots_test
