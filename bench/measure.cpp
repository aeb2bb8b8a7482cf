// measure FD COMMAND...: runs a command and writes what it cost to the file descriptor FD, as
// "wall_ns user_us system_us peak_rss_kib wait_status".
//
// A program of its own, because the kernel counts the memory of the process that calls exec into
// the peak of the program that it becomes: started from Python, `true` would seem to need 10 MiB.
// Linked statically, this one adds less than what any dynamically linked program needs anyway.
#include <fcntl.h>
#include <spawn.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>

extern char** environ;

namespace {

long long microseconds(const timeval& time) { return time.tv_sec * 1'000'000LL + time.tv_usec; }

}  // namespace

int main(int argc, char** argv) {
    if (argc < 3) return 2;
    const int report = std::atoi(argv[1]);
    fcntl(report, F_SETFD, FD_CLOEXEC);

    const auto start = std::chrono::steady_clock::now();
    pid_t child = 0;
    if (posix_spawnp(&child, argv[2], nullptr, nullptr, argv + 2, environ) != 0) {
        std::fprintf(stderr, "%s: cannot be started\n", argv[2]);
        return 127;
    }
    int status = 0;
    rusage used{};  // of the command and all the children that it waited for
    if (wait4(child, &status, 0, &used) != child) return 1;
    const std::chrono::nanoseconds wall = std::chrono::steady_clock::now() - start;

    dprintf(
        report, "%lld %lld %lld %ld %d\n", static_cast<long long>(wall.count()),
        microseconds(used.ru_utime), microseconds(used.ru_stime), used.ru_maxrss, status);
}
