#include "cli/daemon/control_server.hpp"

#include <sys/socket.h>
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

std::optional<uid_t> peer_uid(int descriptor) noexcept {
    ucred peer{};
    socklen_t size = sizeof peer;
    if (::getsockopt(descriptor, SOL_SOCKET, SO_PEERCRED, &peer, &size) != 0) return std::nullopt;
    return peer.uid;
}

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
    const failure closing{errc::cancelled};
    sessions.stop(closing);
    const auto ended = co_await sessions.join();
    co_return outcome;
}

awaitable<result<void>> control_server::accept(acceptor& from, detail::task_group& sessions) {
    for (;;) {
        while (clients_ >= options_.clients) {
            auto woken = co_await gone_.wait();
            if (!woken) co_return woken;
        }
        auto [error, client] = co_await from.async_accept(nothrow);
        if (error == asio::error::operation_aborted) co_return failure{errc::cancelled};
        if (error && !may_pass(error)) co_return failure{error, "control socket"};
        if (error) {
            const auto later = time_.now() + 100ms;
            auto slept = co_await time_.sleep_until(later);
            if (!slept) co_return slept;
        } else if (options_.uid_of(client.native_handle()) == ::geteuid()) {
            sessions.spawn(look_after(std::move(client), take_place()));
        }
    }
}

/// Whatever happens to one client is no business of the others.
awaitable<result<void>> control_server::look_after(
    socket client, [[maybe_unused]] std::shared_ptr<void> place) {
    control_session session(
        std::move(client), time_, methods_, [this] { stir(); }, options_.session);
    auto run = session.run();
    const auto ended = co_await caught(std::move(run));
    co_return result<void>();
}

/// Counts a client for as long as what is returned lives.
std::shared_ptr<void> control_server::take_place() {
    ++clients_;
    stir();
    return std::shared_ptr<void>(nullptr, [this](std::nullptr_t) {
        --clients_;
        stir();
        gone_.notify();
    });
}

}  // namespace ferry::cli
