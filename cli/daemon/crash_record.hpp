#pragma once

#include "cli/control/home.hpp"

#include <ferry/detail/file.hpp>

#include <chrono>

namespace ferry::cli {

/// A daemon that one of its jobs brings down is started again by whoever asks for it, and with it
/// that job. So each of them notes its crash (SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT) in a file,
/// and after three, each within an hour of the one before, jobs had better wait: a minute, then
/// twice as long each time, up to an hour. Meanwhile they can be looked at, suspended and removed.
/// Threads: any. One object a process; whatever it cannot do, it leaves.
class crash_record {
  public:
    explicit crash_record(const home& where);
    crash_record(const crash_record&) = delete;
    crash_record& operator=(const crash_record&) = delete;
    /// An orderly end: all crashes are forgotten.
    ~crash_record();

    unsigned crashes() const noexcept { return crashes_; }
    std::chrono::seconds pause() const noexcept;

  private:
    detail::unique_fd file_;  // a byte for each crash
    unsigned crashes_ = 0;
};

}  // namespace ferry::cli
