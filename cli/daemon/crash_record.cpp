#include "cli/daemon/crash_record.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <csignal>
#include <ctime>

namespace ferry::cli {
namespace {

using namespace std::chrono_literals;

struct fault {
    int signal;
    struct sigaction before = {};
};

std::array<fault, 5> faults = {{{SIGSEGV}, {SIGBUS}, {SIGFPE}, {SIGILL}, {SIGABRT}}};
std::atomic<int> notebook{-1};

/// Only what a signal handler may do. The signal comes again once it returns, for whoever handled
/// it before: the system's dump, or a sanitizer's report.
void note_crash(int signal) {
    const int file = notebook.exchange(-1);
    [[maybe_unused]] const auto noted = file < 0 ? 0 : ::write(file, "x", 1);
    for (const auto& one : faults)
        if (one.signal == signal) ::sigaction(signal, &one.before, nullptr);
    ::raise(signal);
}

/// Crashes so far; those of long ago are forgotten.
unsigned count_in(int file) {
    struct stat about {};
    if (::fstat(file, &about) != 0) return 0;
    constexpr std::time_t long_ago = 3600;
    if (std::time(nullptr) - about.st_mtim.tv_sec < long_ago)
        return static_cast<unsigned>(std::clamp<off_t>(about.st_size, 0, 100));
    return ::ftruncate(file, 0) == 0 ? 0 : 1;
}

}  // namespace

crash_record::crash_record(const home& where)
    : file_(::open(
          where.crashes().c_str(), O_RDWR | O_CREAT | O_APPEND | O_NOFOLLOW | O_CLOEXEC, 0600)) {
    if (!file_) return;
    crashes_ = count_in(file_.get());
    notebook = file_.get();
    struct sigaction noting {};
    noting.sa_handler = note_crash;
    for (auto& one : faults) ::sigaction(one.signal, &noting, &one.before);
}

crash_record::~crash_record() {
    if (notebook.exchange(-1) < 0) return;
    for (auto& one : faults) ::sigaction(one.signal, &one.before, nullptr);
    [[maybe_unused]] const int forgotten = ::ftruncate(file_.get(), 0);
}

std::chrono::seconds crash_record::pause() const noexcept {
    constexpr unsigned bearable = 3;
    if (crashes_ < bearable) return 0s;
    constexpr unsigned most_doublings = 6;
    return std::min<std::chrono::seconds>(
        1min * (1U << std::min(crashes_ - bearable, most_doublings)), 1h);
}

}  // namespace ferry::cli
