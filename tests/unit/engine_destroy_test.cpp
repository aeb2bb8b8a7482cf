#include <ferry/engine.hpp>

#include <support/files.hpp>
#include <support/manual_clock.hpp>
#include <support/scripted_protocol.hpp>

#include <asio/co_spawn.hpp>
#include <asio/detached.hpp>
#include <asio/io_context.hpp>

#include <doctest/doctest.h>

#include <chrono>
#include <memory>
#include <string>

namespace ferry::test::engine_destroy_test {
namespace {

/// An embedder's objects in their usual order: the last one is the first to go.
struct embedder {
    temp_dir dir;
    stage on;
    manual_clock time;
    asio::io_context io;
    disk_pool disk{2};
    rate_limit rate{time};
    publisher publishing{io.get_executor(), disk};
    host_gates gates;
    host_slots slots{io.get_executor()};
    protocol_set protocols;
    environment world{time, protocols, disk, rate, publishing, gates, [] { return 0.5; }, &slots};
    ferry::engine engine{io.get_executor(), world, dir / "jobs"};

    embedder(unsigned connections, std::uint64_t bytes_per_second) {
        protocols.add(std::make_unique<scripted_protocol>(on));
        on.body = random_bytes(300'000);
        slots.set_limit(3);
        rate.set({.bytes_per_second = bytes_per_second});
        asio::co_spawn(io, work(engine, wanted(connections)), asio::detached);
    }

    job wanted(unsigned connections) const {
        job what;
        what.state = job_state::queued;
        what.settings.parallel = 2;
        what.settings.connections = connections;
        what.settings.auto_complete = true;
        for (const std::string name : {"a", "b"})
            what.files.push_back({.source = "fake://host/" + name, .destination = dir / name});
        return what;
    }

    static awaitable<void> work(ferry::engine& engine, job what) {
        auto begun = co_await engine.start();
        auto created = co_await engine.create(std::move(what));
        if (created) co_await engine.wait(created->id);
    }

    /// One thing after the other, as long as something happens.
    bool step() {
        io.restart();
        return io.run_one_for(std::chrono::milliseconds(300)) != 0;
    }
};

}  // namespace

TEST_CASE("engine: all of it can be destroyed in the middle of a file, at every step") {
    for (const unsigned connections : {1U, 4U})
        for (const std::uint64_t limit : {0U, 1'000U}) {
            CAPTURE(connections);
            CAPTURE(limit);
            bool more = true;
            int steps = 0;
            for (; more; ++steps) {
                INFO(steps);
                embedder all(connections, limit);
                for (int i = 0; more && i < steps; ++i) more = all.step();
            }
            CHECK(steps > 10);
        }
}

}  // namespace ferry::test::engine_destroy_test
