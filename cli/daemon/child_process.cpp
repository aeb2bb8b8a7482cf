#include "cli/daemon/child_process.hpp"

#include "cli/text/terminal_text.hpp"

#include <ferry/detail/file.hpp>
#include <ferry/detail/with_timeout.hpp>

#include <asio/buffer.hpp>
#include <asio/experimental/awaitable_operators.hpp>
#include <asio/posix/stream_descriptor.hpp>

#include <spawn.h>
#include <sys/wait.h>

extern "C" {  // glibc 2.36 forgets to say so itself
#include <sys/pidfd.h>
}

#include <algorithm>
#include <array>
#include <csignal>
#include <utility>

namespace ferry::cli {
namespace {

/// How a program is started: posix_spawn(3) instead of fork(2), which would copy the page tables of
/// a daemon with many jobs and may run only little in a process with threads.
class spawn_plan {
  public:
    /// @param output  A descriptor: where it prints.
    explicit spawn_plan(int output) {
        ::posix_spawnattr_init(&attributes_);
        ::posix_spawn_file_actions_init(&actions_);
        sigset_t none;
        sigset_t ours;
        ::sigemptyset(&none);
        ::sigemptyset(&ours);
        ::sigaddset(&ours, SIGPIPE);  // which we ignore, and exec would keep so
        ::posix_spawnattr_setsigmask(&attributes_, &none);
        ::posix_spawnattr_setsigdefault(&attributes_, &ours);
        ::posix_spawnattr_setpgroup(&attributes_, 0);
        ::posix_spawnattr_setflags(
            &attributes_, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETPGROUP);
        ::posix_spawn_file_actions_addopen(&actions_, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
        ::posix_spawn_file_actions_adddup2(&actions_, output, STDOUT_FILENO);
        ::posix_spawn_file_actions_adddup2(&actions_, output, STDERR_FILENO);
        // Asio's sockets are not close-on-exec.
        ::posix_spawn_file_actions_addclosefrom_np(&actions_, STDERR_FILENO + 1);
    }
    spawn_plan(const spawn_plan&) = delete;
    spawn_plan& operator=(const spawn_plan&) = delete;
    ~spawn_plan() {
        ::posix_spawn_file_actions_destroy(&actions_);
        ::posix_spawnattr_destroy(&attributes_);
    }

    result<pid_t> start(std::vector<std::string>& command, std::vector<std::string> environment) {
        auto arguments = pointers_to(command);
        auto variables = pointers_to(environment);
        pid_t id = -1;
        const int error = ::posix_spawnp(
            &id, arguments[0], &actions_, &attributes_, arguments.data(), variables.data());
        if (error != 0) return file_failure(error, "start " + printable(command.front()));
        return id;
    }

  private:
    posix_spawnattr_t attributes_;
    posix_spawn_file_actions_t actions_;
};

/// A process that was started. One that has not ended is killed with the object, with its group;
/// none stays behind as a zombie.
class child {
  public:
    child(const asio::any_io_executor& on, pid_t id) : id_(id), handle_(on) {
        const int opened = ::pidfd_open(id, 0);
        if (opened >= 0) handle_.assign(opened);
    }
    child(const child&) = delete;
    child& operator=(const child&) = delete;
    ~child() {
        if (!running_) return;
        ::kill(-id_, SIGKILL);
        reap(0);
    }

    awaitable<result<int>> end() {
        if (!handle_.is_open()) co_return file_failure(EMFILE, "wait for a program");
        while (running_) {
            const auto [error] =
                co_await handle_.async_wait(asio::posix::stream_descriptor::wait_read, nothrow);
            if (error) co_return failure{errc::cancelled};
            reap(WNOHANG);
        }
        co_return exit_code_;
    }

  private:
    void reap(int options) {
        int status = 0;
        pid_t reaped = 0;
        do reaped = ::waitpid(id_, &status, options);
        while (reaped < 0 && errno == EINTR);
        if (reaped == 0) return;
        running_ = false;
        exit_code_ = WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
    }

    pid_t id_;
    asio::posix::stream_descriptor handle_;  // readable once it ended: pidfd_open(2)
    bool running_ = true;
    int exit_code_ = 0;
};

/// A pipe that is read as fast as a program fills it. We have both ends open, so that not even a
/// program that closes its own ends the reading; and whatever that started does not prolong it.
class listener {
  public:
    listener(const asio::any_io_executor& on, std::string& said) : from_(on), said_(said) {}

    /// The end for the program.
    result<detail::unique_fd> open() {
        int ends[2];
        if (::pipe2(ends, O_CLOEXEC) != 0) return file_failure(errno, "pipe");
        detail::unique_fd into(ends[1]);
        from_.assign(ends[0]);
        from_.native_non_blocking(true);
        return into;
    }

    /// Until it is cancelled.
    awaitable<result<void>> listen() {
        for (;;) {
            const auto [error, got] =
                co_await from_.async_read_some(asio::buffer(buffer_), nothrow);
            if (error) co_return failure{errc::cancelled};
            keep(got);
        }
    }

    /// What is still in the pipe.
    void hear_rest() {
        ssize_t got = 1;
        while (got > 0 && said_.size() < longest_output) {
            got = ::read(from_.native_handle(), buffer_.data(), buffer_.size());
            if (got > 0) keep(static_cast<std::size_t>(got));
        }
    }

  private:
    void keep(std::size_t got) {
        said_.append(buffer_.data(), std::min(got, longest_output - said_.size()));
    }

    asio::posix::stream_descriptor from_;
    std::string& said_;
    std::array<char, 16384> buffer_;
};

awaitable<result<int>> run(
    clock& time, std::vector<std::string> command, variables extra, clock::duration limit,
    int output) {
    if (command.empty()) co_return failure{errc::bad_argument, "no program to run"};
    const auto here = co_await asio::this_coro::executor;
    auto id = spawn_plan(output).start(command, environment_with(extra));
    if (!id) co_return id.error();
    child started(here, *id);
    auto ended = co_await detail::with_timeout(time, limit, started.end());
    if (!ended) ended.error().detail = printable(command.front());
    co_return ended;
}

}  // namespace

awaitable<result<int>> run_program(
    clock& time, std::vector<std::string> command, variables extra, clock::duration limit) {
    return run(time, std::move(command), std::move(extra), limit, STDERR_FILENO);
}

awaitable<result<int>> run_program(
    clock& time, std::vector<std::string> command, variables extra, clock::duration limit,
    std::string& said) {
    using namespace asio::experimental::awaitable_operators;
    const auto here = co_await asio::this_coro::executor;
    listener ear(here, said);
    const auto into = ear.open();
    if (!into) co_return into.error();
    auto running = run(time, std::move(command), std::move(extra), limit, into->get());
    auto listening = ear.listen();
    auto first = co_await (caught(std::move(running)) || caught(std::move(listening)));
    ear.hear_rest();
    if (first.index() == 0) co_return std::get<0>(std::move(first));
    co_return std::get<1>(first).error();
}

}  // namespace ferry::cli
