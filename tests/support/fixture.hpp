#pragma once

#include <ferry/transfer.hpp>

#include <support/files.hpp>
#include <support/manual_clock.hpp>

#include <asio/bind_cancellation_slot.hpp>
#include <asio/cancellation_signal.hpp>
#include <asio/co_spawn.hpp>
#include <asio/io_context.hpp>

#include <cstdio>
#include <cstdlib>
#include <exception>
#include <memory>
#include <optional>
#include <string>

namespace ferry::test {

/// How a download ended.
struct outcome {
    result<void> end;
    transfer_status status;

    bool ok() const noexcept { return end.has_value(); }
    /// What went wrong, for programs; no error if nothing did.
    std::error_code code() const { return end ? std::error_code() : end.error().code; }
    /// The same for people: CHECK_MESSAGE(got.ok(), got.why()).
    std::string why() const { return end ? "it succeeded" : describe(end.error()); }
};

// Compiled once, not once a test file: the engine is a header library.
void add_protocols(protocol_set& to, asio::any_io_executor on, clock& time, disk_pool& disk);
awaitable<result<void>> start_download(
    environment& with, std::string from, std::filesystem::path to, transfer_options options,
    transfer_status& status);

/// An operation that was started and not waited for.
template <class T>
struct started {
    std::optional<T> value = {};
    asio::cancellation_signal stop = {};
};

template <class T>
bool is_ready(const std::shared_ptr<started<T>>& op) {
    return op->value.has_value();
}

/// What a test of the engine needs: an event loop, a clock, a folder, both built-in protocols.
template <class Clock>
class basic_fixture {
  public:
    asio::io_context io{1};
    Clock time;
    temp_dir dir;
    disk_pool disk{2};
    rate_limit rate{time};
    publisher publishing{io.get_executor(), disk};
    host_gates gates;
    protocol_set protocols;
    environment world{time, protocols, disk, rate, publishing, gates, [] { return 0.5; }};

    basic_fixture() { add_protocols(protocols, io.get_executor(), time, disk); }

    /// Runs `op` to its end. One that never ends is cancelled, and if that does not help either,
    /// the program ends here: nothing may hang.
    template <class T>
    T run(awaitable<T> op) {
        const auto going = start(std::move(op));
        if (!pump_until([&] { return is_ready(going); }, patience)) {
            std::fputs("test: the operation hangs; cancelling it\n", stderr);
            going->stop.emit(asio::cancellation_type::terminal);
            if (!pump_until([&] { return is_ready(going); }, patience)) std::abort();
        }
        return std::move(*going->value);
    }

    template <class T>
    std::shared_ptr<started<T>> start(awaitable<T> op) {
        auto going = std::make_shared<started<T>>();
        auto ended = [going](std::exception_ptr thrown, T value) {
            if (thrown) std::rethrow_exception(thrown);
            going->value = std::move(value);
        };
        asio::co_spawn(
            io, std::move(op), asio::bind_cancellation_slot(going->stop.slot(), std::move(ended)));
        return going;
    }

    /// Runs handlers until `done()`; false if it was not in real time `limit`.
    template <class Done>
    bool pump_until(Done done, std::chrono::milliseconds limit = patience) {
        using real = std::chrono::steady_clock;
        const auto end = real::now() + limit;
        while (!done()) {
            io.restart();
            if (real::now() > end) return false;
            io.run_one_for(std::chrono::milliseconds(20));
        }
        return true;
    }

    /// Runs whatever can run without time passing: for "and then nothing happens".
    void settle() {
        pump_until([] { return false; }, std::chrono::milliseconds(30));
    }

    /// Moves a manual clock, then lets everybody act upon it.
    void advance(clock::duration by) {
        settle();
        time.advance(by);
        settle();
    }

    /// Downloads `from` into `to`, a name in this fixture's folder or an absolute path.
    outcome get(const std::string& from, const std::string& to, transfer_options options) {
        outcome got;
        got.end = run(starting(from, to, std::move(options), got.status));
        return got;
    }

    /// The same for somebody who goes on meanwhile; `status` must outlive it.
    awaitable<result<void>> starting(
        std::string from, const std::string& to, transfer_options options,
        transfer_status& status) {
        return start_download(world, from, dir / to, std::move(options), status);
    }

    /// Longer than anything takes, also with sanitizers on a busy machine.
    static constexpr std::chrono::milliseconds patience{20'000};
};

using fixture = basic_fixture<manual_clock>;
using real_time_fixture = basic_fixture<ferry::system_clock>;

}  // namespace ferry::test
