#pragma once

#include <support/fixture.hpp>
#include <support/lying_server.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <filesystem>
#include <string>
#include <vector>

namespace ferry::test {

using namespace std::chrono_literals;

/// Tries again at once, for as long as a test may take: for what must come right in the end.
inline transfer_options patient() {
    transfer_options options;
    options.retry = {.first = 1ms, .longest = 5ms, .give_up = 15s, .jitter = false};
    options.stall_timeout = 10s;
    return options;
}

/// Tries again at once, but soon gives up: for what must fail.
inline transfer_options brief() {
    auto options = patient();
    options.retry.give_up = 60ms;
    return options;
}

/// Never tries again.
inline transfer_options once() {
    auto options = patient();
    options.retry.give_up = 0ms;
    return options;
}

/// The same bytes count, all others: another version that only a validator tells from the first.
inline remote_object other_version(const remote_object& first) {
    return {random_bytes(first.body.size(), 99), "\"other\"", "Tue, 06 Jan 2026 10:00:00 GMT"};
}

/// A client, a server that lies to it, and the file between them.
struct stage {
    real_time_fixture on;
    const remote_object truth;
    lying_server server{on.io, truth};

    explicit stage(remote_object what = {random_bytes(10'000)}) : truth(std::move(what)) {}

    outcome get(transfer_options options) {
        return on.get(server.url("/f"), "f", std::move(options));
    }

    /// Leaves a partial that holds the first `bytes`: the server hangs up, the client gives up.
    void keep(std::uint64_t bytes) {
        server.script.push_front({.cut_body = bytes});
        const auto got = get(once());
        REQUIRE(got.code() == errc::cut_short);
        REQUIRE_FALSE(has_file());
        server.requests.clear();
    }

    bool has_file() const { return std::filesystem::exists(on.dir / "f"); }
    /// How the file differs from `wanted`; empty if it does not.
    std::string off(std::string_view wanted) const {
        return has_file() ? difference(slurp(on.dir / "f"), wanted) : "there is no file";
    }
    std::string off() const { return off(truth.body); }
    std::string asked(std::size_t request, std::string_view name) const {
        return field(server.requests.at(request), name);
    }
};

/// What must hold after a failure: no file, and an honest server then gives exactly its bytes,
/// whatever is kept and whichever version it has by now.
inline void check_safe(stage& on, const remote_object& now) {
    CHECK_FALSE(on.has_file());
    on.server.become_honest();
    on.server.object = now;
    const auto got = on.get(patient());
    CHECK_MESSAGE(got.ok(), got.why());
    CHECK(on.off(now.body) == "");
}

}  // namespace ferry::test
