#pragma once

#include "command.hpp"

#include <poll.h>
#include <unistd.h>

extern "C" {  // glibc 2.36 forgets to say so itself
#include <sys/pidfd.h>
}

#include <csignal>
#include <filesystem>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace ferry::test {

/// A FERRY_HOME of its own, the daemon that lives in it, and a folder for files, where the verbs
/// run. The daemon ends with the object.
class job_shop {
  public:
    job_shop() : job_shop(std::filesystem::path()) {}
    /// @param home  Elsewhere than usual.
    explicit job_shop(const std::filesystem::path& home)
        : home_(home.empty() ? base_ / "h" : home) {
        std::filesystem::create_directories(home_);
    }
    job_shop(const job_shop&) = delete;
    job_shop& operator=(const job_shop&) = delete;
    ~job_shop() {
        end_daemon(SIGKILL);
        const auto told = log();  // also what a sanitizer found
        CHECK_MESSAGE(told.find("ERROR: ") == told.npos, told);
        CHECK_MESSAGE(told.find("runtime error: ") == told.npos, told);
    }

    workshop files = {};
    const std::filesystem::path& dir() const { return files.dir; }
    std::filesystem::path home() const { return home_; }
    std::string socket() const { return (home_ / "run" / "control.sock").string(); }
    std::filesystem::path store() const { return home_ / "state" / "jobs"; }
    std::string log() const {
        const auto file = home_ / "state" / "daemon.log";
        return std::filesystem::exists(file) ? slurp(file) : "";
    }
    void configure(std::string_view config) const { spill(home_ / "config.json", config); }

    /// How to run something in here.
    process_options options(std::string input = {}) const {
        return {
            .folder = dir(),
            .environment = {{"FERRY_HOME", home_.string()}},
            .input = std::move(input)};
    }
    finished ferry(std::vector<std::string> arguments, std::string input = {}) const {
        return run_ferry(std::move(arguments), options(std::move(input)));
    }
    /// The same, not waited for.
    std::unique_ptr<process> begin(
        std::vector<std::string> arguments, std::string input = {}) const {
        arguments.insert(arguments.begin(), ferry_binary());
        return std::make_unique<process>(std::move(arguments), options(std::move(input)));
    }
    /// What a verb prints that succeeds.
    std::string out(std::vector<std::string> arguments, std::string input = {}) const {
        const auto done = ferry(std::move(arguments), std::move(input));
        REQUIRE_MESSAGE(done.exit_code == 0, done.err);
        return done.out;
    }
    /// The one document that a verb prints with --json.
    json::object document(std::vector<std::string> arguments) const {
        arguments.push_back("--json");
        return json::parse(out(std::move(arguments))).as_object();
    }

    /// Makes a job of one file, with the arguments of 'start', and does not wait for it; its id.
    std::string create(std::vector<std::string> arguments) const {
        arguments.insert(arguments.begin(), "start");
        arguments.insert(arguments.end(), {"--asynchronous", "--json"});
        const auto events = events_of(out(std::move(arguments)));
        REQUIRE_FALSE(events.empty());
        return text(events.front().at("job").as_object(), "id");
    }
    /// The jobs of 'list'.
    std::vector<json::object> jobs() const {
        std::vector<json::object> all;
        const auto list = document({"list"});
        for (const auto& one : list.at("jobs").as_array()) all.push_back(one.as_object());
        return all;
    }
    json::object job(const std::string& name) const { return document({"show", name}); }
    std::string state(const std::string& name) const { return text(job(name), "state"); }

    /// The daemon's process; 0: none runs.
    pid_t daemon() const {
        const auto told = ferry({"daemon", "status", "--json"});
        if (told.exit_code != 0) return 0;
        return json::parse(told.out).at("pid").to_number<pid_t>();
    }
    /// False if it did not end in time. True also if there was none.
    bool end_daemon(int signal, std::chrono::milliseconds limit = 20s) const {
        return end(daemon(), signal, limit);
    }
    /// Sends a process that is not our child a signal, and waits until it ended.
    static bool end(pid_t id, int signal, std::chrono::milliseconds limit) {
        const int handle = id > 0 ? ::pidfd_open(id, 0) : -1;
        if (handle < 0) return true;
        ::kill(id, signal);
        pollfd ended{handle, POLLIN, 0};
        const int count = ::poll(&ended, 1, static_cast<int>(limit.count()));
        ::close(handle);
        return count == 1;
    }

  private:
    temp_dir base_;
    std::filesystem::path home_;
};

}  // namespace ferry::test
