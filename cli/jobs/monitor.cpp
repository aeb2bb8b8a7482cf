#include "cli/jobs/monitor.hpp"

#include "cli/control/daemon_access.hpp"
#include "cli/jobs/monitor_session.hpp"
#include "cli/options/options.hpp"
#include "cli/text/console.hpp"
#include "cli/usage.hpp"

#include <unistd.h>

#include <utility>

namespace ferry::cli {
namespace {

constexpr std::string_view monitor_usage =
    R"(Usage: ferry monitor [NAME...] [options]

Shows the jobs as they move, until 'q' or Ctrl-C. NAME is a display name, in which * stands for any
text and ? for one character, or the beginning of an id; without one, all jobs are shown. Where
standard output is no terminal, the table is printed once.
)";

constexpr std::string_view monitor_examples =
    R"(With --json there is an event a line instead, first job.state for each job that there is.

Exit codes: 0 done, 2 usage, 11 no daemon.

Examples:
  ferry monitor
  ferry monitor 'nightly*'
  ferry monitor --json | jq -r 'select(.event == "job.finished") | .job.id'
)";

/// The options of `monitor`, bound to a place for their values.
struct monitor_parser {
    monitor_parser() {
        add_output_options(app, output);
        for (const auto* one : {"--quiet", "--verbose", "--progress"})
            app.describe(one, "as everywhere; the table is the same");
    }

    option_set app{"monitor"};
    output_options output;
};

}  // namespace

exit_code run_monitor(arguments args) {
    monitor_parser parser;
    const auto names = parse_options(parser.app, std::move(args));
    if (!names) return wrong_usage(names.error());
    auto daemon = connect_to_daemon();
    if (!daemon) return complain_about("monitor", daemon.error());
    monitor_session session(*std::move(daemon), *names, parser.output);
    if (parser.output.json || is_terminal(STDOUT_FILENO)) return session.run();
    return session.print_once();
}

std::string monitor_help() {
    const monitor_parser parser;
    return help_text(parser.app, monitor_usage, monitor_examples);
}

}  // namespace ferry::cli
