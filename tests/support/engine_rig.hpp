#pragma once

#include <ferry/engine.hpp>

#include <support/scripted_protocol.hpp>
#include <support/transfer_world.hpp>

#include <doctest/doctest.h>

#include <chrono>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <utility>

namespace ferry::test {

/// An engine over a scripted source, in virtual time; it can be killed and started anew.
struct engine_rig : transfer_world {
    stage on;
    engine_limits limits;
    engine_hooks hooks;
    std::optional<ferry::engine> engine;
    std::vector<stored_jobs::reject> rejects;

    explicit engine_rig(bool started = true) {
        protocols.add(std::make_unique<scripted_protocol>(on));
        on.body = random_bytes(100'000);
        if (started) start();
    }
    ~engine_rig() { end(); }

    void start() {
        engine.emplace(loop.io.get_executor(), world, dir / "jobs", limits, hooks);
        auto begun = run(engine->start());
        REQUIRE(begun.has_value());
        rejects = *std::move(begun);
    }
    void stop() {
        const auto stopped = run(engine->stop());
        CHECK(stopped.has_value());
        engine.reset();
    }
    /// For destructors of those that have more, which the engine uses till its end.
    void end() {
        if (engine) stop();
    }
    void restart() {
        stop();
        start();
    }

    std::string file(const std::string& name) const { return dir / name; }
    job wanted(std::vector<std::string> names) const {
        job what;
        what.display_name = names.empty() ? "" : names.front();
        what.state = job_state::queued;
        for (const auto& name : names)
            what.files.push_back({.source = "fake://host/" + name, .destination = file(name)});
        return what;
    }
    job create(job what) { return run(engine->create(std::move(what))).value(); }
    job create(const std::string& name) { return create(wanted({name})); }
    const job& at(const job& one) { return *engine->find(one.id); }
    job_state state(const job& one) { return at(one).state; }

    /// Waits for `op` without moving the clock.
    template <class T>
    T run(awaitable<T> op) {
        return loop.run(std::move(op));
    }
    /// Runs whatever can run, until `done`; time stands still.
    template <class Done>
    bool settle_until(Done done) {
        using real = std::chrono::steady_clock;
        const auto end = real::now() + std::chrono::seconds(20);
        while (!done() && real::now() < end) {
            loop.io.restart();
            loop.io.run_one_for(std::chrono::milliseconds(5));
        }
        return done();
    }
    bool reaches(const job& one, job_state wanted) {
        return settle_until([&] { return state(one) == wanted; });
    }
    /// For "and then nothing happens".
    void settle() {
        const auto end = std::chrono::steady_clock::now() + std::chrono::milliseconds(30);
        settle_until([&] { return std::chrono::steady_clock::now() > end; });
    }
    void advance(clock::duration by) {
        settle();
        loop.time.advance(by);
        settle();
    }
};

}  // namespace ferry::test
