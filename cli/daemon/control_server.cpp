#include "cli/daemon/control_server.hpp"

#include <ferry/detail/with_timeout.hpp>

#include <unistd.h>

#include <cerrno>
#include <utility>

namespace ferry::cli {
namespace {

using namespace std::chrono_literals;

/// The listening socket is as good as before; another try may find what was missing.
bool may_pass(const std::error_code& error) noexcept {
    const int number = error.value();  // errno: Asio's category does not equal the standard ones
    return number == EMFILE || number == ENFILE || number == ENOMEM || number == ENOBUFS ||
           number == ECONNABORTED;
}

}  // namespace

/// A client, counted from its coming to its going.
class control_server::guest {
  public:
    guest(control_server& at, socket client)
        : at_(at),
          number_(++at.last_number_),
          came_(at.time_.now()),
          session_(
              std::move(client), at.time_, at.methods_, [this] { ask(); }, at.options_.session) {
        at_.guests_.emplace(number_, this);
        at_.silent_.emplace(number_, this);
        at_.stir();
    }
    guest(const guest&) = delete;
    guest& operator=(const guest&) = delete;
    ~guest() { leave(); }

    clock::time_point came() const noexcept { return came_; }
    awaitable<result<void>> run() { return session_.run(); }
    void close() { session_.close(); }
    /// Its place is free at once.
    void dismiss() {
        session_.hang_up();
        leave();
    }

  private:
    void ask() {
        at_.silent_.erase(number_);
        at_.stir();
    }
    void leave() {
        if (!std::exchange(here_, false)) return;
        at_.guests_.erase(number_);
        at_.silent_.erase(number_);
        at_.stir();
        at_.gone_.notify();
    }

    control_server& at_;
    const std::uint64_t number_;
    const clock::time_point came_;
    bool here_ = true;
    control_session session_;
};

control_server::control_server(
    asio::any_io_executor on, clock& time, method_table methods, server_options options)
    : on_(std::move(on)),
      time_(time),
      methods_(std::move(methods)),
      options_(std::move(options)),
      gone_(on_),
      last_activity_(time.now()) {}

awaitable<result<void>> control_server::serve(int listening) {
    acceptor adopted(on_);
    std::error_code error;
    adopted.assign(asio::local::stream_protocol(), listening, error);
    if (error) co_return failure{error, "control socket"};
    auto outcome = co_await serve(std::move(adopted));
    co_return outcome;
}

awaitable<result<void>> control_server::serve(acceptor listening) {
    detail::task_group sessions(on_);
    auto accepting = accept(listening, sessions);
    auto outcome = co_await caught(std::move(accepting));  // cancelled, it may throw
    co_await asio::this_coro::reset_cancellation_state(asio::disable_cancellation());
    const auto told = co_await say_farewell();
    const failure closing{errc::cancelled};
    sessions.stop(closing);
    const auto ended = co_await sessions.join();
    co_return outcome;
}

awaitable<result<void>> control_server::accept(acceptor& from, detail::task_group& sessions) {
    for (;;) {
        while (guests_.size() >= options_.clients) {
            auto made = co_await make_room();
            if (!made) co_return made;
        }
        auto [error, client] = co_await from.async_accept(nothrow);
        if (error == asio::error::operation_aborted) co_return failure{errc::cancelled};
        if (error && !may_pass(error)) co_return failure{error, "control socket"};
        if (error) {
            const auto later = time_.now() + 100ms;
            auto slept = co_await time_.sleep_until(later);
            if (!slept) co_return slept;
        } else if (options_.uid_of(client.native_handle()) == ::geteuid()) {
            sessions.spawn(look_after(std::make_unique<guest>(*this, std::move(client))));
        }
    }
}

/// Some time passes, or somebody is gone: perhaps who came first of those that ask nothing. Without
/// that, connections that nobody uses would keep everybody else out.
awaitable<result<void>> control_server::make_room() {
    clock::duration left = options_.grace;
    if (!silent_.empty()) {
        auto& first = *silent_.begin()->second;
        left -= time_.now() - first.came();
        if (left <= 0s) {
            first.dismiss();
            co_return result<void>();
        }
    }
    auto gone = gone_.wait();
    auto woken = co_await detail::with_timeout(time_, left, std::move(gone));
    if (!woken && woken.error().code == errc::timed_out) co_return result<void>();
    co_return woken;
}

/// Who does not read must not keep the daemon from its end.
awaitable<result<void>> control_server::say_farewell() {
    for (const auto& [number, client] : guests_) client->close();
    const auto end = time_.now() + options_.farewell;
    while (!guests_.empty() && time_.now() < end) {
        const auto left = end - time_.now();
        auto gone = gone_.wait();
        const auto woken = co_await detail::with_timeout(time_, left, std::move(gone));
        if (!woken) co_return woken;
    }
    co_return result<void>();
}

/// Whatever happens to one client is no business of the others.
awaitable<result<void>> control_server::look_after(std::unique_ptr<guest> client) {
    auto session = client->run();
    const auto ended = co_await caught(std::move(session));
    co_return result<void>();
}

}  // namespace ferry::cli
