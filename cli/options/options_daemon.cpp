#include "cli/options/options_daemon.hpp"

#include "cli/options/options.hpp"
#include "cli/text/terminal_text.hpp"

#include <array>

namespace ferry::cli {
namespace {

constexpr std::string_view daemon_usage =
    R"(Usage: ferry daemon run|start|stop|status|stdio|install [options]

The daemon does the jobs in the background and keeps them when it ends. Verbs that need it start it
by themselves, and it ends when it has nothing to do.

  run      be the daemon, in the foreground
  start    start it in the background; fine if it runs already
  stop     end it; its jobs go on when it is started again
  status   tell whether it runs; never starts it
  stdio    join standard input and output to it, as 'ssh HOST ferry daemon stdio' does
  install  let systemd start it at login, and keep it
)";

constexpr std::string_view daemon_examples =
    R"(Files: config.json holds its limits, daemon.log what it has to say; FERRY_HOME moves them all.
Exit codes: 0 done, 1 it runs already (run), 2 usage, 10 a local file, 11 it cannot be reached.

Examples:
  ferry daemon status
  ferry daemon install
)";

struct action_name {
    std::string_view name;
    daemon_action action;
};

constexpr std::array actions = {
    action_name{"run", daemon_action::run},     action_name{"start", daemon_action::start},
    action_name{"stop", daemon_action::stop},   action_name{"status", daemon_action::status},
    action_name{"stdio", daemon_action::stdio}, action_name{"install", daemon_action::install},
};

struct daemon_parser {
    daemon_parser() {
        option_group output(app, "Options");
        output.flag("--json", options.json, "status: a JSON document");
        output.flag(
            "--background", options.background, "run: say on standard output when it is ready");
        output.help_flag();
    }

    option_set app{"daemon"};
    daemon_options options;
};

failure wrong_here(std::string what) {
    return {errc::bad_argument, std::move(what) + " (see 'ferry daemon --help')"};
}

}  // namespace

result<daemon_options> parse_daemon_options(std::vector<std::string> arguments) {
    daemon_parser parser;
    const auto operands = parse_options(parser.app, std::move(arguments));
    if (!operands) return operands.error();
    if (operands->size() != 1)
        return wrong_here("daemon takes one of run, start, stop, status, stdio, install");
    auto& options = parser.options;
    for (const auto& [name, action] : actions) {
        if (name != operands->front()) continue;
        options.action = action;
        if (options.json && action != daemon_action::status)
            return wrong_here("--json: only for daemon status");
        if (options.background && action != daemon_action::run)
            return wrong_here("--background: only for daemon run");
        return options;
    }
    return wrong_here("daemon " + printable(operands->front()) + ": unknown");
}

std::string daemon_help() {
    const daemon_parser parser;
    return help_text(parser.app, daemon_usage, daemon_examples);
}

}  // namespace ferry::cli
