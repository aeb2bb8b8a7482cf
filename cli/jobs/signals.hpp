#pragma once

#include <array>
#include <csignal>

namespace ferry::cli {

/// Signals as flags, for loops that block in system calls: these return early when one arrives.
/// SIGHUP stays ignored where it was (nohup). Signals have one owner: make one of these at a time,
/// and none beside an `interrupt`. Its end brings back what was before.
class signal_flags {
  public:
    /// What a second SIGINT, SIGTERM or SIGHUP does: end the process with exit code 130, for the
    /// loop may be what hangs; or no more than the first one.
    enum class second { leaves, waits };

    explicit signal_flags(second does);
    ~signal_flags();
    signal_flags(const signal_flags&) = delete;
    signal_flags& operator=(const signal_flags&) = delete;

    /// SIGINT, SIGTERM or SIGHUP came.
    bool stop() const noexcept;
    /// It was SIGINT first: the user wants this to end. The others come also when a terminal is
    /// closed or the machine shuts down.
    bool by_user() const noexcept;

  private:
    struct former {
        int signal;
        struct sigaction action;
    };
    std::array<former, 4> before_ = {};
};

}  // namespace ferry::cli
