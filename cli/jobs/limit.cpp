#include "cli/jobs/limit.hpp"

#include "cli/control/daemon_access.hpp"
#include "cli/control/document.hpp"
#include "cli/jobs/job_calls.hpp"
#include "cli/options/options.hpp"
#include "cli/options/options_document.hpp"
#include "cli/text/format.hpp"
#include "cli/text/quantity.hpp"
#include "cli/text/terminal_text.hpp"
#include "cli/usage.hpp"

namespace ferry::cli {
namespace {

namespace json = boost::json;

constexpr std::string_view usage =
    R"(Usage: ferry limit [RATE | none] [options]

Shows or sets how fast all jobs of the daemon may be together. It holds at once, also for jobs that
run, and until it is changed. A job may have a limit of its own besides ('ferry set --limit-rate').
)";

constexpr std::string_view examples =
    R"(RATE is bytes per second, with K, M or G for powers of 1024: 500K, 1.5M.

Exit codes: 0 done, 2 usage, 11 no daemon.

Examples:
  ferry limit
  ferry limit 20M
  ferry limit none
)";

struct limit_parser {
    limit_parser() { add_document_options(app, options.output, "tell also the exact number"); }

    option_set app{"limit"};
    limit_options options;
};

result<json::object> ask(const limit_options& options) {
    auto daemon = connect_to_daemon();
    if (!daemon) return daemon.error();
    json::object parameters;
    if (!options.change) return daemon->call("limit.get", std::move(parameters));
    const auto rate = options.bytes_per_second;
    parameters["bytes_per_second"] = rate ? json::value(*rate) : json::value();
    return daemon->call("limit.set", std::move(parameters));
}

}  // namespace

result<limit_options> parse_limit_options(arguments args) {
    limit_parser parser;
    const auto operands = parse_options(parser.app, std::move(args));
    if (!operands) return operands.error();
    auto options = parser.options;
    if (operands->empty()) return options;
    if (operands->size() > 1)
        return failure{
            errc::bad_argument, printable((*operands)[1]) + ": one rate too many (or 'none')"};
    options.change = true;
    const auto rate = parse_rate_or_none(operands->front());
    if (!rate)
        return failure{
            errc::bad_argument,
            "limit " + printable(operands->front()) + ": " + rate.error().detail + ", nor 'none'"};
    if (*rate > 0) options.bytes_per_second = *rate;
    return options;
}

std::string limit_line(std::optional<std::uint64_t> bytes_per_second, bool exact) {
    if (!bytes_per_second) return "no limit";
    const auto rate = format_rate(static_cast<double>(*bytes_per_second));
    const auto number = std::to_string(*bytes_per_second) + " bytes per second";
    return "all jobs together: at most " + rate + (exact ? " (" + number + ")" : "");
}

exit_code run_limit(arguments args) {
    const auto options = parse_limit_options(std::move(args));
    if (!options) return wrong_usage(options.error());
    const auto reply = ask(*options);
    if (!reply) return complain_about("limit", reply.error());
    if (options->output.json) return print(*reply);
    if (options->output.quiet && options->change) return exit_code::done;
    const auto limit = number_in(*reply, "bytes_per_second");
    return print(limit_line(limit, options->output.verbose) + "\n");
}

std::string limit_help() {
    const limit_parser parser;
    return help_text(parser.app, usage, examples);
}

}  // namespace ferry::cli
