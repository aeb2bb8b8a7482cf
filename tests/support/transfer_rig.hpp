#pragma once

#include <ferry/partial.hpp>
#include <ferry/transfer.hpp>

#include <support/scripted_protocol.hpp>
#include <support/transfer_world.hpp>

#include <doctest/doctest.h>

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <memory>

namespace ferry::test {

/// One destination, one source, virtual time that jumps on whenever nothing else can happen.
struct rig : transfer_world {
    stage on;
    transfer_options options;
    transfer_status status;

    rig() { protocols.add(std::make_unique<scripted_protocol>(on)); }

    std::filesystem::path file() const { return dir / "f"; }
    std::filesystem::path data() const { return partial_of(file()).data; }
    std::filesystem::path record() const { return partial_of(file()).journal; }
    bool nothing_left() const {
        auto entries = std::filesystem::directory_iterator(dir.path());
        for (const auto& entry : entries)
            if (entry.path() != file()) return false;
        return true;
    }

    result<void> get() {
        status = {};
        on.requests.clear();
        return finish(*loop.start(
            download(world, parse_url("fake://host/f").value(), file(), options, status)));
    }
    /// Waits for `going`, and moves the clock to the next bell whenever nothing happens.
    result<void> finish(const test::loop::pending<result<void>>& going) {
        while (!going.ready()) {
            loop.io.restart();
            if (loop.io.run_one_for(std::chrono::milliseconds(30)) != 0) continue;
            const auto next = loop.time.next_bell();
            // nobody sleeps: only a thread of the disk pool can be at work, however slow it is
            if (next != clock::time_point::max()) loop.time.advance(next - loop.time.now());
        }
        return *going.value;
    }
    /// A first run that is cut after so many bytes and does not try again.
    void interrupt_after(std::uint64_t bytes) {
        const auto patient = options.retry;
        options.retry.give_up = {};
        on.script = {{.cut_after = bytes}};
        REQUIRE_FALSE(get().has_value());
        options.retry = patient;
    }
};

inline failure refusal(errc code, int status) {
    return {code, "no", error_context::remote_file, status};
}

/// Under its name, whole, and alone.
inline bool arrived(const rig& it) {
    return std::filesystem::exists(it.file()) && slurp(it.file()) == it.on.body &&
           it.nothing_left();
}

}  // namespace ferry::test
