#include "cli/options/options_demo.hpp"

#include "cli/options/options.hpp"
#include "cli/text/terminal_text.hpp"

namespace ferry::cli {
namespace {

constexpr std::string_view demo_usage =
    R"(Usage: ferry demo [options]

Downloads a file from a little server in this process, loses the connection, interrupts the
transfer, continues it and verifies the result. Needs no network and leaves nothing behind.
)";

constexpr std::string_view demo_examples =
    R"(Exit codes: 0 if all of it was verified, 1 if not, 2 usage, 130 interrupted.

Examples:
  ferry demo
  ferry demo -v --progress none
)";

struct demo_parser {
    demo_parser() {
        option_group output(app, "Output");
        output.flag("-q,--quiet", options.quiet, "print only the last line");
        output.flag("-v,--verbose", options.verbose, "tell every step: replies, retries");
        add_progress_option(app, options);
    }

    option_set app{"demo"};
    output_options options;
};

}  // namespace

result<output_options> parse_demo_options(std::vector<std::string> arguments) {
    demo_parser parser;
    const auto operands = parse_options(parser.app, std::move(arguments));
    if (!operands) return operands.error();
    if (!operands->empty())
        return failure{
            errc::bad_argument, printable(operands->front()) + ": demo takes options only"};
    return parser.options;
}

std::string demo_help() {
    const demo_parser parser;
    return help_text(parser.app, demo_usage, demo_examples);
}

}  // namespace ferry::cli
