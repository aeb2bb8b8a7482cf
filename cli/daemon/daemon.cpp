#include "cli/daemon/daemon.hpp"

#include "cli/control/control_client.hpp"
#include "cli/daemon/daemon_install.hpp"
#include "cli/daemon/daemon_run.hpp"
#include "cli/daemon/daemon_stop.hpp"
#include "cli/daemon/stdio_bridge.hpp"
#include "cli/options/options_daemon.hpp"
#include "cli/text/console.hpp"
#include "cli/text/terminal_text.hpp"
#include "cli/usage.hpp"

#include <boost/json/serialize.hpp>

#include <csignal>
#include <filesystem>

namespace ferry::cli {
namespace {

namespace json = boost::json;
using namespace std::chrono_literals;
using when_absent = control_client::when_absent;

exit_code print(const std::string& text) {
    return print_all(text) ? exit_code::done : exit_code::local_file;
}

exit_code fail(const failure& why) {
    const bool whole = why.code == errc::not_running || why.code == errc::bad_argument;
    complain("daemon: " + printable(whole ? why.detail : describe(why)));
    return why.code == errc::bad_argument ? exit_code::usage : exit_code_of(why);
}

/// A member as text; "?" if a daemon of another version does not tell it.
std::string told(const json::object& info, std::string_view key) {
    const auto* value = info.if_contains(key);
    if (!value) return "?";
    return value->is_string() ? printable(value->get_string()) : json::serialize(*value);
}

exit_code start(const home& where) {
    const auto daemon = control_client::connect(where, when_absent::start);
    if (!daemon) return fail(daemon.error());
    return print("running, pid " + told(daemon->info(), "pid") + "\n");
}

exit_code stop(const home& where) {
    const auto stopped = stop_daemon(where);
    if (!stopped) return fail(stopped.error());
    return print(*stopped ? "stopped\n" : "not running\n");
}

exit_code tell_absence(bool as_json) {
    print(as_json ? "{\"running\":false}\n" : "not running\n");
    return exit_code::not_reachable;
}

/// Files among the jobs' that none could be read from.
std::size_t count_set_aside(const home& where) {
    std::size_t count = 0;
    std::error_code error;
    for (std::filesystem::directory_iterator it(where.jobs(), error), end; !error && it != end;
         it.increment(error))
        count += it->path().native().find(".json.bad") != std::string::npos ? 1U : 0U;
    return count;
}

exit_code tell_status(const home& where, json::object info, bool as_json) {
    const auto unreadable = count_set_aside(where);
    if (as_json) {
        info["running"] = true;
        info["unreadable"] = unreadable;
        return print(json::serialize(info) + "\n");
    }
    if (unreadable > 0)
        complain(
            "daemon: " + std::to_string(unreadable) + " job files in " + printable(where.jobs()) +
            " are damaged, their jobs are lost (see daemon.log; delete the *.bad files to forget "
            "them)");
    return print(
        "running, pid " + told(info, "pid") + ", version " + told(info, "version") + ", since " +
        told(info, "started") + "\njobs: " + told(info, "jobs") +
        ", active: " + told(info, "active") + ", kept in " + told(info, "home") + "\n");
}

exit_code status(const home& where, bool as_json) {
    const auto daemon = control_client::reach(where, when_absent::fail, 5s);
    if (daemon) return tell_status(where, daemon->info(), as_json);
    if (!control_client::anybody_there(where)) return tell_absence(as_json);
    if (as_json) print("{\"running\":true,\"answers\":false}\n");
    return fail(daemon.error());
}

exit_code join_stdio(const home& where) {
    ::signal(SIGPIPE, SIG_IGN);
    auto daemon = control_client::connect(where, when_absent::start);
    if (!daemon) return fail(daemon.error());
    const auto socket = (*std::move(daemon)).release();
    const auto joined = join_to_socket(STDIN_FILENO, STDOUT_FILENO, socket.get());
    return joined ? exit_code::done : fail(joined.error());
}

exit_code act(const daemon_options& options, const home& where) {
    switch (options.action) {
        case daemon_action::run:
            return be_daemon(where, options.background);
        case daemon_action::start:
            return start(where);
        case daemon_action::stop:
            return stop(where);
        case daemon_action::status:
            return status(where, options.json);
        case daemon_action::stdio:
            return join_stdio(where);
        case daemon_action::install:
            return install_daemon();
    }
    return exit_code::usage;
}

}  // namespace

exit_code run_daemon(arguments args) {
    const auto options = parse_daemon_options(std::move(args));
    if (!options) return wrong_usage(options.error());
    const auto where = find_home();
    if (!where) return fail(where.error());
    return act(*options, *where);
}

}  // namespace ferry::cli
