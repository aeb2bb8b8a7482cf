#include "cli/control/control_client.hpp"

#include "cli/control/control_message.hpp"
#include "cli/control/daemon_start.hpp"
#include "cli/control/document.hpp"
#include "cli/control/unix_socket.hpp"
#include "cli/text/terminal_text.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>

namespace ferry::cli {
namespace {

using namespace std::chrono_literals;
using boost::json::object;

constexpr auto request_limit = std::chrono::milliseconds(1min);
constexpr std::size_t longest_line = 256U << 20;  // a job of 100,000 files has some 300 B for each
constexpr std::int64_t protocol = 1;

clock::time_point now() { return ferry::system_clock().now(); }

failure not_running(std::string why) { return {errc::not_running, std::move(why)}; }

enum class woken { ready, late, by_signal };

woken wait_for(int socket, short events, clock::time_point end) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(end - now());
    pollfd one{socket, events, 0};
    const auto limit = std::clamp<std::int64_t>(left.count(), 0, 3'600'000);
    const int ready = ::poll(&one, 1, static_cast<int>(limit));
    if (ready > 0) return woken::ready;
    return ready == 0 ? woken::late : woken::by_signal;
}

failure no_answer() { return not_running("the daemon runs, but does not answer"); }

/// None: nobody listens. Who listens, but does not come to those who wait already, has until `end`.
result<std::optional<detail::unique_fd>> open_socket(
    const std::string& path, clock::time_point end) {
    auto made = make_unix_socket();
    const unix_address there(path);
    while (!there.connect(made.get())) {
        if (errno == ENOENT || errno == ECONNREFUSED) return std::optional<detail::unique_fd>();
        if (errno != EAGAIN)
            return not_running(describe(detail::errno_failure("connect to", printable(path))));
        if (now() >= end) return no_answer();
        ::poll(nullptr, 0, 20);
    }
    return std::optional(std::move(made));
}

}  // namespace

result<control_client> control_client::connect(const home& where, when_absent what) {
    auto reached = reach(where, what);
    if (!reached) return reached;
    const auto* spoken = reached->info_.if_contains("protocol");
    if (spoken && *spoken == protocol) return reached;
    return not_running("the daemon speaks another version (stop it with 'ferry daemon stop')");
}

bool control_client::anybody_there(const home& where) {
    const auto opened = open_socket(where.socket(), now());
    return !opened || opened->has_value();
}

// A daemon that just ends hangs up or is not there any more: the next one is.
result<control_client> control_client::reach(
    const home& where, when_absent what, std::chrono::seconds patience) {
    const auto end = now() + patience;
    do {
        auto opened = open_socket(where.socket(), end);
        if (!opened) return opened.error();
        if (*opened) {
            control_client one(std::move(**opened));
            const auto greeted = one.greet(end);
            if (greeted) return one;
            if (!one.closed_) return greeted.error();
        } else if (what == when_absent::fail) {
            return not_running("no daemon is running (start one with 'ferry daemon start')");
        } else if (auto started = start_daemon(where, end); !started) {
            return started.error();
        }
        ::poll(nullptr, 0, 20);
    } while (now() < end);
    return not_running(printable(where.socket()) + ": the daemon hangs up");
}

result<void> control_client::greet(clock::time_point end) {
    // A socket in a place that others can write to may be anybody's.
    if (peer_uid(socket_.get()) != ::geteuid()) return not_running("the daemon is another user's");
    const auto id = send("server.info", {});
    if (!id) return id.error();
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(end - now());
    auto told = receive(*id, left);
    if (!told) return told.error();
    info_ = *std::move(told);
    return {};
}

result<object> control_client::call(std::string_view method, object parameters) {
    const auto id = send(method, std::move(parameters));
    if (!id) return id.error();
    return receive(*id);
}

// Reads meanwhile: a daemon whose replies nobody takes would stop reading our requests.
result<std::uint64_t> control_client::send(std::string_view method, object parameters) {
    if (!flag_in(info_, "brief")) parameters.erase("brief");  // an older daemon would refuse it
    object request;
    request["jsonrpc"] = "2.0";
    request["id"] = ++last_id_;
    limits_[last_id_] = reply_limit(method);
    request["method"] = method;
    request["params"] = std::move(parameters);
    const auto line = boost::json::serialize(request) + "\n";
    auto end = now() + request_limit;
    for (std::string_view rest = line; !rest.empty();) {
        const auto sent = ::send(socket_.get(), rest.data(), rest.size(), MSG_NOSIGNAL);
        if (sent >= 0) {
            rest.remove_prefix(static_cast<std::size_t>(sent));
            end = now() + request_limit;
            continue;
        }
        if (errno == EINTR) continue;
        if (errno != EAGAIN) return broken();
        const auto how = wait_for(socket_.get(), POLLIN | POLLOUT, end);
        if (how == woken::late || now() >= end) return not_running("the daemon takes no requests");
        if (auto read = read_some(); !read) return read.error();
    }
    return last_id_;
}

// What changes a job takes as long as the job is large, or waits for what does.
std::chrono::milliseconds control_client::reply_limit(std::string_view method) {
    static constexpr std::array changes = {"job.create",  "job.add_files", "job.set",
                                           "job.suspend", "job.resume",    "job.complete",
                                           "job.remove"};
    const bool is_change = std::find(changes.begin(), changes.end(), method) != changes.end();
    return is_change ? 1h : 1min;
}

result<object> control_client::receive(std::uint64_t id) {
    const auto limit = limits_.extract(id);
    return receive(id, limit ? limit.mapped() : reply_limit(""));
}

// Whatever else comes meanwhile is no answer.
result<object> control_client::receive(std::uint64_t id, std::chrono::milliseconds patience) {
    const auto end = now() + patience;
    for (;;) {
        if (auto found = replies_.extract(id)) return std::move(found.mapped());
        const auto how = wait_for(socket_.get(), POLLIN, end);
        if (how == woken::late || now() >= end) return no_answer();
        if (how == woken::by_signal) continue;
        if (auto read = read_some(); !read) return read.error();
    }
}

result<std::optional<object>> control_client::next_event(std::chrono::milliseconds wait) {
    const auto end = now() + wait;
    for (bool late = false; events_.empty(); late = now() >= end) {
        if (late || wait_for(socket_.get(), POLLIN, end) != woken::ready)
            return std::optional<object>();
        if (auto read = read_some(); !read) return read.error();
    }
    auto first = std::move(events_.front());
    events_.pop_front();
    return std::optional(std::move(first));
}

/// Why requests cannot be sent any more: perhaps the daemon has told before it hung up.
failure control_client::broken() {
    auto read = read_some();
    while (read && !closed_ && wait_for(socket_.get(), POLLIN, now()) == woken::ready)
        read = read_some();
    return read ? not_running("the connection to the daemon broke") : read.error();
}

/// Takes what is there, if anything.
result<void> control_client::read_some() {
    std::array<char, 65536> buffer;
    const auto got = ::recv(socket_.get(), buffer.data(), buffer.size(), 0);
    if (got < 0 && (errno == EAGAIN || errno == EINTR)) return {};
    if (got <= 0) {
        closed_ = true;
        return not_running("the daemon closed the connection");
    }
    const auto old = received_.size();
    received_.append(buffer.data(), static_cast<std::size_t>(got));
    return take_lines(old);
}

/// @param old  So many bytes of received_ are known to hold no line end.
result<void> control_client::take_lines(std::size_t old) {
    std::size_t begin = 0;
    for (auto end = received_.find('\n', old); end != received_.npos;
         end = received_.find('\n', begin)) {
        const auto line = std::string_view(received_).substr(begin, end - begin);
        if (auto taken = take(line); !taken) return taken;
        begin = end + 1;
    }
    received_.erase(0, begin);
    if (received_.size() > longest_line) return not_running("the daemon sends a line without end");
    return {};
}

result<void> control_client::take(std::string_view line) {
    boost::json::error_code error;
    auto parsed = boost::json::parse({line.data(), line.size()}, error);
    auto* message = error ? nullptr : parsed.if_object();
    if (!message) return not_running("the daemon sent what is no message");
    if (const auto* method = message->if_contains("method")) {
        auto* params = message->if_contains("params");
        if (*method == "event" && params && params->is_object())
            take_event(std::move(params->get_object()));
        return {};
    }
    const auto* id = message->if_contains("id");
    auto* answer = message->if_contains("result");
    const auto* why = message->if_contains("error");
    result<object> outcome;
    if (why && why->is_object()) outcome = from_error(why->get_object());
    if (answer && answer->is_object()) outcome = std::move(answer->get_object());
    if (id && id->is_number())
        replies_.insert_or_assign(id->to_number<std::uint64_t>(error), std::move(outcome));
    else if (!outcome)
        return outcome.error();  // about no request of ours, but the connection
    return {};
}

void control_client::take_event(object event) {
    if (text_in(event, "event") == daemon_stopping)
        stopped_ = true;
    else
        events_.push_back(std::move(event));
}

}  // namespace ferry::cli
