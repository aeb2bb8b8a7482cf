#pragma once

#include <asio/bind_cancellation_slot.hpp>
#include <asio/cancellation_signal.hpp>
#include <asio/co_spawn.hpp>
#include <asio/io_context.hpp>
#include <chrono>
#include <exception>
#include <ferry/result.hpp>
#include <memory>
#include <optional>
#include <stdexcept>
#include <support/manual_clock.hpp>
#include <utility>

namespace ferry::test {

/// An event loop in which time stands still unless the test moves it: what unit tests need.
class loop {
  public:
    /// An operation that was started and not waited for.
    template <class T>
    struct pending {
        std::optional<T> value = {};
        asio::cancellation_signal stop = {};

        bool ready() const noexcept { return value.has_value(); }
        void cancel() { stop.emit(asio::cancellation_type::terminal); }
    };

    asio::io_context io{1};
    manual_clock time;

    template <class T>
    std::shared_ptr<pending<T>> start(awaitable<T> op) {
        auto going = std::make_shared<pending<T>>();
        auto ended = [going](std::exception_ptr thrown, T value) {
            if (thrown) std::rethrow_exception(thrown);
            going->value = std::move(value);
        };
        asio::co_spawn(
            io, std::move(op), asio::bind_cancellation_slot(going->stop.slot(), std::move(ended)));
        settle();
        return going;
    }

    /// Runs `op` to its end, which must not need the clock to move.
    template <class T>
    T run(awaitable<T> op) {
        const auto going = start(std::move(op));
        while (!going->ready()) {
            io.restart();
            if (io.run_one_for(patience) == 0) throw std::runtime_error("the operation hangs");
        }
        return std::move(*going->value);
    }

    /// Runs everything that can run now.
    void settle() {
        io.restart();
        io.poll();
    }
    void advance(clock::duration by) {
        settle();
        time.advance(by);
        settle();
    }
    /// Moves the clock from one sleeper's end to the next, up to `end`.
    void advance_to(clock::time_point end) {
        for (settle(); time.next_bell() <= end; settle())
            time.advance(time.next_bell() - time.now());
        advance(end - time.now());
    }

  private:
    static constexpr std::chrono::seconds patience{20};  // only what hangs takes so long
};

}  // namespace ferry::test
