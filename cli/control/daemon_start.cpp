#include "cli/control/daemon_start.hpp"

#include "cli/control/child_environment.hpp"
#include "cli/text/terminal_text.hpp"

#include <ferry/detail/file.hpp>

#include <poll.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include <algorithm>
#include <array>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

namespace ferry::cli {
namespace {

constexpr off_t longest_log = 1 << 20;

failure not_started(const failure& why) {
    return {errc::not_running, "the daemon does not start: " + describe(why)};
}

/// The old log makes room once it is long.
result<detail::unique_fd> open_log(const std::string& path) {
    struct stat about {};
    if (::stat(path.c_str(), &about) == 0 && about.st_size > longest_log)
        ::rename(path.c_str(), (path + ".old").c_str());
    constexpr int how = O_WRONLY | O_CREAT | O_APPEND | O_NOFOLLOW | O_CLOEXEC;
    detail::unique_fd log(::open(path.c_str(), how, S_IRUSR | S_IWUSR));
    if (!log) return detail::errno_failure("open", path);
    return log;
}

struct pipe_ends {
    detail::unique_fd read;
    detail::unique_fd write;
};

result<pipe_ends> open_pipe() {
    std::array<int, 2> ends{};
    if (::pipe2(ends.data(), O_CLOEXEC) != 0) return detail::errno_failure("open", "a pipe");
    return pipe_ends{detail::unique_fd(ends[0]), detail::unique_fd(ends[1])};
}

/// Everything that the child needs, made before the fork: after it, a process that has threads may
/// allocate nothing.
struct launch {
    std::vector<std::string> arguments;
    std::vector<std::string> environment;
    std::vector<char*> argument_pointers = {};
    std::vector<char*> environment_pointers = {};
    int nothing;
    int ready;
    int log;
};

/// In the child; ends it. The grandchild is nobody's but init's, leads no session, and so never
/// gets a terminal.
[[noreturn]] void become_daemon(const launch& with) {
    ::setsid();
    if (::fork() != 0) ::_exit(0);
    ::dup2(with.nothing, STDIN_FILENO);
    ::dup2(with.ready, STDOUT_FILENO);
    ::dup2(with.log, STDERR_FILENO);
    ::close_range(STDERR_FILENO + 1, ~0U, 0);
    sigset_t none;
    ::sigemptyset(&none);
    ::sigprocmask(SIG_SETMASK, &none, nullptr);
    for (const int one : {SIGINT, SIGTERM, SIGHUP, SIGCHLD, SIGPIPE}) ::signal(one, SIG_DFL);
    if (::chdir("/") == 0)
        ::execve("/proc/self/exe", with.argument_pointers.data(), with.environment_pointers.data());
    ::_exit(127);
}

/// FERRY_HOME may be relative to our folder, which is not the daemon's.
variables own_variables(const home& where) {
    const auto given = std::getenv("FERRY_HOME");
    if (!given || !*given) return {};
    return {{"FERRY_HOME", detail::folder_of(where.config)}};
}

/// What the daemon says first; empty: it ended without a word.
result<std::string> first_line(int pipe, clock::time_point end) {
    std::string line;
    while (line.find('\n') == line.npos) {
        const auto left =
            std::chrono::ceil<std::chrono::milliseconds>(end - ferry::system_clock().now());
        pollfd one{pipe, POLLIN, 0};
        const int ready =
            ::poll(&one, 1, static_cast<int>(std::max<std::int64_t>(0, left.count())));
        if (ready == 0) return failure{std::make_error_code(std::errc::timed_out)};
        std::array<char, 4096> buffer;
        const auto got = ready < 0 ? -1 : ::read(pipe, buffer.data(), buffer.size());
        if (got == 0) break;
        if (got > 0) line.append(buffer.data(), static_cast<std::size_t>(got));
    }
    return line.substr(0, line.find('\n'));
}

/// The daemon's standard output.
result<detail::unique_fd> launch_daemon(const home& where) {
    auto log = open_log(where.log());
    if (!log) return log.error();
    const detail::unique_fd nothing(::open("/dev/null", O_RDONLY | O_CLOEXEC));
    auto ready = open_pipe();
    if (!ready) return ready.error();
    launch with{
        .arguments = {"ferry", "daemon", "run", "--background"},
        .environment = environment_with(own_variables(where)),
        .nothing = nothing.get(),
        .ready = ready->write.get(),
        .log = log->get()};
    with.argument_pointers = pointers_to(with.arguments);
    with.environment_pointers = pointers_to(with.environment);
    const auto child = ::fork();
    if (child == 0) become_daemon(with);
    if (child < 0) return detail::errno_failure("fork", "a daemon");
    while (::waitpid(child, nullptr, 0) < 0 && errno == EINTR) continue;
    return std::move(ready->read);
}

}  // namespace

result<void> start_daemon(const home& where, clock::time_point end) {
    if (auto made = make_folders(where); !made) return not_started(made.error());
    const auto told = launch_daemon(where);
    if (!told) return not_started(told.error());
    const auto line = first_line(told->get(), end);
    if (line && (*line == daemon_is_ready || *line == daemon_runs_already)) return {};
    if (line && !line->empty()) return failure{errc::not_running, printable(*line)};
    return failure{
        errc::not_running, std::string("the daemon ") +
                               (line ? "ended at once" : "is not ready in time") + " (see " +
                               printable(where.log()) + ")"};
}

}  // namespace ferry::cli
