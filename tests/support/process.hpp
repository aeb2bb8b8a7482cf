#pragma once

#include <sys/types.h>

#include <chrono>
#include <csignal>
#include <filesystem>
#include <string>
#include <utility>
#include <vector>

namespace ferry::test {

struct process_options {
    std::filesystem::path folder = {};  ///< to start in; empty: ours
    std::vector<std::pair<std::string, std::string>> environment = {};  ///< on top of ours
    std::string input = {};                                             ///< its standard input
    std::size_t largest_file = 0;  ///< RLIMIT_FSIZE, bytes; 0: none
    int dies_with = SIGKILL;       ///< what it gets when we die
};

/// A child process. It never outlives the object, nor us. Its output is kept in memory.
class process {
  public:
    explicit process(std::vector<std::string> command, const process_options& options = {});
    process(const process&) = delete;
    process& operator=(const process&) = delete;
    ~process();

    /// Until it ended, at most `limit`; false if it did not.
    bool wait(std::chrono::milliseconds limit);
    bool running() { return !wait(std::chrono::milliseconds(0)); }
    void signal(int number) const;
    /// Its exit code, or minus the signal that ended it. Only after wait() said true.
    int exit_code() const noexcept { return exit_code_; }
    pid_t id() const noexcept { return id_; }
    /// What it has printed so far.
    std::string out() const;
    std::string err() const;

  private:
    pid_t id_ = -1;
    int handle_ = -1;
    int out_ = -1;
    int err_ = -1;
    int exit_code_ = 0;
    bool ended_ = false;
};

/// What a command left behind.
struct finished {
    int exit_code = 0;  ///< minus the signal that ended it
    std::string out = {};
    std::string err = {};
};

/// Runs a command to its end; SIGKILL after a minute.
finished run(std::vector<std::string> command, const process_options& options = {});

/// The ferry under test: $FERRY_BIN, or build/release/ferry below the current folder.
std::string ferry_binary();
/// ferry with these arguments.
finished run_ferry(std::vector<std::string> arguments, process_options options = {});

}  // namespace ferry::test
