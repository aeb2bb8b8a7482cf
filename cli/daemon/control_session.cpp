#include "cli/daemon/control_session.hpp"

#include "cli/control/control_message.hpp"

#include <ferry/detail/with_timeout.hpp>

#include <asio/buffer.hpp>
#include <asio/read_until.hpp>

#include <utility>

namespace ferry::cli {
namespace {

constexpr std::size_t enough_to_send = 64U << 10;  // bytes; events beyond wait and are merged

}  // namespace

control_session::control_session(
    socket client, clock& time, const method_table& methods, std::function<void()> heard,
    session_limits limits)
    : socket_(std::move(client)),
      time_(time),
      methods_(methods),
      heard_(std::move(heard)),
      limits_(limits),
      changed_(socket_.get_executor()),
      events_(time, [this] { changed_.notify(); }),
      tasks_(socket_.get_executor()) {}

awaitable<result<void>> control_session::run() {
    tasks_.spawn(write());
    tasks_.spawn(read());
    auto outcome = co_await tasks_.join();
    co_return outcome;
}

void control_session::close() {
    if (auto farewell = events_.farewell()) put(event_line(*std::move(farewell)));
    std::error_code ignored;
    socket_.shutdown(socket::shutdown_receive, ignored);  // read() comes to the end
}

void control_session::hang_up() noexcept {
    std::error_code ignored;
    socket_.close(ignored);
}

awaitable<result<void>> control_session::read() {
    auto reading = read_requests();
    auto outcome = co_await caught(std::move(reading));  // cancelled, it may throw
    ended_ = true;
    changed_.notify();
    co_return outcome;
}

awaitable<result<void>> control_session::read_requests() {
    auto first = next_line();
    auto line = co_await detail::with_timeout(time_, limits_.silence, std::move(first));
    while (line && *line) {
        begin(**std::move(line));
        auto room = co_await wait_for_room();
        if (!room) co_return room;
        line = co_await next_line();
    }
    if (!line) co_return line.error();
    co_return result<void>();
}

void control_session::begin(std::string line) {
    ++requests_;
    unanswered_ += line.size();
    heard_();
    tasks_.spawn(serve(std::move(line)));
}

/// None: the client has hung up, or sent what nothing good can follow.
awaitable<result<std::optional<std::string>>> control_session::next_line() {
    std::optional<std::string> line;
    auto buffer = asio::dynamic_buffer(incoming_, limits_.line + 1);
    const auto [error, size] = co_await asio::async_read_until(socket_, buffer, '\n', nothrow);
    if (error == asio::error::eof) co_return line;
    if (error == asio::error::not_found) {
        put(refusal_line({}, to_error(request_error::no_request, "the line is too long")));
        co_return line;
    }
    if (error) co_return failure{error, "control socket"};
    line = incoming_.substr(0, size - 1);
    buffer.consume(size);
    if (incoming_.empty()) incoming_.shrink_to_fit();  // after a long line
    if (line->find('\0') != line->npos) {
        put(refusal_line({}, to_error(request_error::no_json, "NUL")));
        line.reset();
    }
    co_return line;
}

awaitable<result<void>> control_session::wait_for_room() {
    while (requests_ >= limits_.requests || unanswered_ > limits_.unanswered ||
           unread() > limits_.unread) {
        auto woken = co_await changed_.wait();
        if (!woken) co_return woken;
    }
    co_return result<void>();
}

awaitable<result<void>> control_session::serve(std::string line) {
    const auto size = line.size();
    auto answered = co_await answer(std::move(line));
    --requests_;
    unanswered_ -= size;
    changed_.notify();
    co_return answered;
}

awaitable<result<void>> control_session::answer(std::string line) {
    while (unread() > limits_.unread) {  // the replies of those that began before
        auto woken = co_await changed_.wait();
        if (!woken) co_return woken;
    }
    auto request = parse_request(line);
    const auto method = methods_.find(request.method);
    if (request.error.empty() && method == methods_.end())
        request.error =
            to_error(request_error::no_such_method, "'" + request.method + "': no such method");
    if (!request.error.empty()) {
        if (request.wants_reply) put(refusal_line(request.id, std::move(request.error)));
        co_return result<void>();
    }
    // Who hangs up, or stops the daemon, must not leave a job half changed.
    co_await asio::this_coro::reset_cancellation_state(asio::disable_cancellation());
    auto call = method->second(std::move(request.parameters), events_);
    auto outcome = co_await caught(std::move(call));
    if (!request.wants_reply) co_return result<void>();
    put(outcome ? reply_line(request.id, *std::move(outcome))
                : refusal_line(request.id, to_error(outcome.error())));
    co_return result<void>();
}

void control_session::put(std::string line) {
    if (!broken_) outgoing_ += line;
    changed_.notify();
}

/// Replies, and behind them events as long as it does not get much.
std::string control_session::next_text() {
    while (outgoing_.size() < enough_to_send) {
        auto event = events_.take();
        if (!event) break;
        outgoing_ += event_line(*std::move(event));
    }
    return std::exchange(outgoing_, {});
}

awaitable<result<void>> control_session::write() {
    auto writing = write_all();
    auto outcome = co_await caught(std::move(writing));
    broken_ = !outcome;
    outgoing_.clear();  // so that nobody waits for it to be read
    sending_ = 0;
    co_return outcome;
}

awaitable<result<void>> control_session::write_all() {
    for (;;) {
        auto text = next_text();
        if (!text.empty()) {
            auto sent = co_await send(std::move(text));
            if (!sent) co_return sent;
        } else if (ended_ && requests_ == 0) {
            co_return result<void>();
        } else {
            auto woken = co_await changed_.wait();
            if (!woken) co_return woken;
        }
    }
}

awaitable<result<void>> control_session::send(std::string text) {
    for (std::string_view rest = text; !rest.empty();) {
        sending_ = rest.size();
        auto step = send_some(rest);
        auto sent = co_await detail::with_timeout(time_, limits_.patience, std::move(step));
        if (!sent) co_return sent.error();
        rest.remove_prefix(*sent);
    }
    sending_ = 0;
    changed_.notify();
    co_return result<void>();
}

awaitable<result<std::size_t>> control_session::send_some(std::string_view text) {
    const auto buffer = asio::buffer(text);
    const auto [error, count] = co_await socket_.async_write_some(buffer, nothrow);
    if (error) co_return failure{error, "control socket"};
    co_return count;
}

}  // namespace ferry::cli
