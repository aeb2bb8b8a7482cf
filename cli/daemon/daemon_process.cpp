#include "cli/daemon/daemon_process.hpp"

#include "cli/daemon/job_hooks.hpp"
#include "cli/daemon/job_key.hpp"
#include "cli/daemon/limit_file.hpp"
#include "cli/exit_code.hpp"
#include "cli/identity.hpp"
#include "cli/interrupt.hpp"
#include "cli/text/console.hpp"
#include "cli/text/format.hpp"
#include "cli/text/terminal_text.hpp"

#include <ferry/detail/task_group.hpp>

#include <asio/co_spawn.hpp>

#include <algorithm>
#include <utility>

namespace ferry::cli {
namespace {

using namespace std::chrono_literals;

server_facts facts_of(const home& where, clock& time) {
    return {static_cast<int>(::getpid()), where.state, user_name(), time.wall()};
}

}  // namespace

daemon_process::daemon_process(parts from)
    : where_(std::move(from.where)),
      config_(from.config),
      socket_(std::move(from.socket)),
      world_(io_.get_executor(), {.bytes_per_second = from.bytes_per_second}),
      time_(world_.get().time),
      engine_(io_.get_executor(), world_.get(), where_.jobs(), config_.limits, hooks()),
      methods_(engine_, facts_of(where_, time_), limit(from.bytes_per_second)),
      server_(io_.get_executor(), time_, methods_.table()),
      stopping_(io_.get_executor()),
      last_busy_(time_.now()),
      listening_(
          engine_.events().subscribe([this](const job&, job_news) { last_busy_ = time_.now(); })) {
    world_.get().slots->set_limit(config_.connections_per_host);
}

result<void> daemon_process::run(std::function<void()> ready) {
    const interrupt signals(io_.get_executor(), [this] { stop("a signal"); });
    result<void> outcome;
    auto ended = [this, &outcome](std::exception_ptr, result<void> how) {
        outcome = std::move(how);
        io_.stop();
    };
    asio::co_spawn(io_, caught(live(std::move(ready))), ended);
    io_.run();
    return outcome;
}

awaitable<result<void>> daemon_process::live(std::function<void()> ready) {
    const auto rejects = co_await engine_.start();
    if (!rejects) co_return rejects.error();
    for (const auto& [path, why] : *rejects) {
        const bool told = why.code == errc::malformed;  // whose meaning is a server's fault
        log(path + ": set aside: " + (told ? why.detail : describe(why)));
    }
    log("ready: process " + std::to_string(::getpid()) +
        ", jobs: " + std::to_string(engine_.jobs().size()) + " in " + where_.jobs());
    ready();
    auto worked = co_await work();
    auto kept = co_await engine_.stop();
    if (kept) co_return worked;
    co_return kept;
}

/// Until it is to stop, or cannot be reached any more.
awaitable<result<void>> daemon_process::work() {
    const auto here = co_await asio::this_coro::executor;
    detail::task_group tasks(here);
    tasks.spawn(serve());
    tasks.spawn(watch());
    if (config_.idle_timeout > 0s) tasks.spawn(watch_idleness());
    while (!stopped_) {
        const auto woken = co_await stopping_.wait();
        if (!woken) break;
    }
    remove_name(socket_, where_);
    const failure over{errc::cancelled};
    tasks.stop(over);
    auto outcome = co_await tasks.join();
    if (!outcome && outcome.error().code == errc::cancelled) co_return result<void>();
    co_return outcome;
}

awaitable<result<void>> daemon_process::serve() {
    const int listening = ::fcntl(socket_.descriptor.get(), F_DUPFD_CLOEXEC, 0);
    socket_.descriptor = {};
    auto served = co_await server_.serve(listening);
    if (!served && served.error().code != errc::cancelled) stop(describe(served.error()));
    co_return served;
}

awaitable<result<void>> daemon_process::watch() {
    const auto watched = co_await watch_network(*this);
    if (!watched && watched.error().code != errc::cancelled)
        log("the network is not watched: " + describe(watched.error()));
    co_return result<void>();
}

/// Wakes no more often than the timeout says, whatever happens.
awaitable<result<void>> daemon_process::watch_idleness() {
    for (;;) {
        if (is_busy()) last_busy_ = time_.now();
        const auto end = std::max(last_busy_, server_.last_activity()) + config_.idle_timeout;
        if (time_.now() >= end) break;
        auto slept = co_await time_.sleep_until(end);
        if (!slept) co_return slept;
    }
    stop("nothing to do");
    co_return result<void>();
}

bool daemon_process::is_busy() const noexcept {
    return engine_.active() > 0 || server_.clients() > 0;
}

void daemon_process::stop(std::string_view why) {
    if (stopped_) return;
    stopped_ = true;
    ::alarm(2);  // ends us without a word, should the disk of the log be what hangs
    asio::co_spawn(io_, caught(leave_in_time()), [](std::exception_ptr, result<void>) {});
    log("stopping: " + std::string(why));
    stopping_.notify();
}

/// Whatever hangs then, a disk perhaps: what has been acknowledged is safe.
awaitable<result<void>> daemon_process::leave_in_time() {
    const auto end = time_.now() + 1'900ms;  // "within two seconds"
    const auto slept = co_await time_.sleep_until(end);
    if (slept) {
        log("not stopped in time, leaving nevertheless");
        ::_exit(static_cast<int>(exit_code::failed));
    }
    co_return slept;
}

engine_hooks daemon_process::hooks() {
    auto all =
        make_job_hooks(io_.get_executor(), time_, [this](std::string_view text) { log(text); });
    all.key = job_key(where_);
    return all;
}

shared_limit daemon_process::limit(std::uint64_t bytes_per_second) {
    return {world_.get().rate, bytes_per_second, [this](std::uint64_t changed) {
                return keep_limit(changed);
            }};
}

awaitable<result<void>> daemon_process::keep_limit(std::uint64_t bytes_per_second) {
    auto write = [this, bytes_per_second] { return write_limit(where_.limit(), bytes_per_second); };
    auto written = co_await world_.get().disk.run_briefly(write);
    co_return written;
}

void daemon_process::log(std::string_view text) { log_line(time_.wall(), text); }

void log_line(clock::wall_time now, std::string_view text) {
    write_all(STDERR_FILENO, format_time(now) + " ferry: " + printable(text) + "\n");
}

}  // namespace ferry::cli
