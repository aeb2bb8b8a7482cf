#include "cli/options/options_output.hpp"

#include "cli/options/options.hpp"
#include "cli/text/console.hpp"

#include <unistd.h>

namespace ferry::cli {

void add_output_options(option_set& app, output_options& into) {
    option_group output(app, "Output");
    output.flag("--json", into.json, "events on standard output, a JSON object a line");
    output.flag(
        "-q,--quiet", into.quiet, "print nothing but errors; with --json only what no event tells");
    output.flag("-v,--verbose", into.verbose, "tell every step: redirects, replies, retries");
    add_progress_option(app, into);
}

void add_follow_options(option_set& app, output_options& into) {
    add_output_options(app, into);
    app.describe("--verbose", "tell each change of a job's state, also beside a bar");
}

void add_progress_option(option_set& app, output_options& into) {
    option_group(app, "Output")
        .choice<progress_mode>(
            "--progress", "WHEN", into.progress,
            {{"auto", progress_mode::automatic},
             {"bar", progress_mode::bar},
             {"none", progress_mode::none}},
            "auto, bar or none; auto: a bar if standard error is a terminal");
    option_group(app, "Output").help_flag();
}

bool shows_bar(const output_options& options) noexcept {
    if (options.progress != progress_mode::automatic) return options.progress == progress_mode::bar;
    // Events and a bar in the same window would overwrite each other.
    const auto shared = options.json && ::isatty(STDOUT_FILENO) == 1;
    return !options.quiet && !shared && is_terminal(STDERR_FILENO);
}

bool tells_progress(const output_options& options) noexcept {
    return options.progress != progress_mode::none && !shows_bar(options);
}

}  // namespace ferry::cli
