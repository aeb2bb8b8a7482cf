#pragma once

#include <support/engine_rig.hpp>

#include <chrono>
#include <utility>

namespace ferry::test {

inline failure refusal(errc code, int status, std::chrono::seconds wish = {}) {
    return {code, "no", error_context::remote_file, status, wish};
}

/// A job that gives its place away at the first error, instead of trying again in it for a while.
inline job hasty(job what) {
    what.settings.retry_interval = std::chrono::seconds(5);
    return what;
}

/// A new job for the file "a", and others if they are needed to keep it there, in that state.
inline job brought_to(engine_rig& it, job_state wanted) {
    using enum job_state;
    auto what = hasty(it.wanted({"a"}));
    if (wanted == suspended) what.state = suspended;
    if (wanted == transferring) it.on.script = {{.silent = true}};
    if (wanted == error) it.on.script = {{.refuse = refusal(errc::refused, 404)}};
    if (wanted == transient_error) it.on.script = {{.refuse = refusal(errc::overloaded, 503)}};
    if (wanted == connecting) it.gates.close("host", it.loop.time.now() + std::chrono::seconds(9));
    if (wanted == queued) {
        it.on.script = {{.silent = true}};
        REQUIRE(it.reaches(it.create("blocker"), transferring));
    }
    const auto one = it.create(std::move(what));
    const auto first = is_final(wanted) ? transferred : wanted;
    REQUIRE(it.reaches(one, first));
    if (wanted == acknowledged) REQUIRE(it.run(it.engine->complete(one.id)).has_value());
    if (wanted == cancelled) REQUIRE(it.run(it.engine->remove(one.id)).has_value());
    return it.at(one);
}

/// A new job for the file "a" of 3'000'000 bytes, of which a third is here; then the source hangs.
inline job brought_to_a_third(engine_rig& it) {
    it.on.body = random_bytes(3'000'000);
    it.on.script = {{.cut_after = 1'000'000}, {.silent = true}};
    const auto one = it.create("a");
    REQUIRE(it.settle_until([&] { return it.at(one).bytes_transferred() == 1'000'000; }));
    return one;
}

}  // namespace ferry::test
