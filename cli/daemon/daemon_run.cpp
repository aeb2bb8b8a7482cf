#include "cli/daemon/daemon_run.hpp"

#include "cli/control/daemon_start.hpp"
#include "cli/daemon/crash_record.hpp"
#include "cli/daemon/daemon_process.hpp"
#include "cli/daemon/limit_file.hpp"
#include "cli/open_files.hpp"
#include "cli/secrets/password.hpp"
#include "cli/text/console.hpp"
#include "cli/text/terminal_text.hpp"

#include <sys/prctl.h>

#include <csignal>

namespace ferry::cli {
namespace {

/// How far it got: ends with a line for whoever waits.
class beginning {
  public:
    explicit beginning(bool background) : background_(background) {}

    void succeeded() { tell(daemon_is_ready); }
    exit_code failed(const std::string& why, exit_code code) {
        log_line(ferry::system_clock().wall(), why);
        tell(printable(why));
        return code;
    }

  private:
    /// From then on standard output is the log as well, and nobody's pipe.
    void tell(std::string_view line) {
        if (!background_) return;
        write_all(STDOUT_FILENO, std::string(line) + "\n");
        ::dup2(STDERR_FILENO, STDOUT_FILENO);
        background_ = false;
    }

    bool background_;
};

/// Fills `into` with what is in the home.
result<void> open_all(const home& where, daemon_process::parts& into) {
    into.where = where;
    auto config = read_config(where.config);
    if (!config) return config.error();
    into.config = *config;
    auto limit = read_limit(where.limit());
    if (!limit) return limit.error();
    into.bytes_per_second = *limit;
    auto socket = open_control_socket(where);
    if (!socket) return socket.error();
    into.socket = *std::move(socket);
    return {};
}

/// Some details are whole lines.
std::string line_about(const failure& why) {
    const bool whole =
        why.code == errc::bad_argument || why.code == errc::busy || why.code == errc::malformed;
    return whole ? why.detail : describe(why);
}

exit_code live(const home& where, beginning& start) {
    auto made = make_folders(where);
    if (!made) return start.failed(describe(made.error()), exit_code::local_file);
    const auto lock = lock_home_at_last(where);
    if (!lock && lock.error().code == errc::busy)
        return start.failed(std::string(daemon_runs_already), exit_code::failed);
    if (!lock) return start.failed(describe(lock.error()), exit_code::local_file);
    daemon_process::parts parts;
    if (const auto opened = open_all(where, parts); !opened) {
        const bool usage = opened.error().code == errc::bad_argument;
        const auto code = usage ? exit_code::usage : exit_code::local_file;
        return start.failed(line_about(opened.error()), code);
    }
    const crash_record record(where);
    parts.config.limits.pause = record.pause();
    if (record.pause().count() > 0)
        log_line(
            ferry::system_clock().wall(), "crashed " + std::to_string(record.crashes()) +
                                              " times lately: jobs wait for " +
                                              std::to_string(record.pause().count()) + " s");
    daemon_process daemon(std::move(parts));
    const auto lived = daemon.run([&] { start.succeeded(); });
    if (!lived) return start.failed(describe(lived.error()), exit_code::local_file);
    return exit_code::done;
}

}  // namespace

exit_code be_daemon(const home& where, bool background) {
    ::signal(SIGPIPE, SIG_IGN);
    const password_variables none_of_ours;          // passwords are those of commands
    if (background) ::prctl(PR_SET_NAME, "ferry");  // not "exe", as it was started
    raise_open_files();                             // connections and files are open in numbers
    beginning start(background);
    return live(where, start);
}

}  // namespace ferry::cli
