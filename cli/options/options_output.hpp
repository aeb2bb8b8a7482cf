#pragma once

namespace ferry::cli {

class option_set;

enum class progress_mode { automatic, bar, none };

/// What a verb prints, and where.
struct output_options {
    bool json = false;     ///< events on standard output
    bool quiet = false;    ///< nothing but errors
    bool verbose = false;  ///< every step
    progress_mode progress = progress_mode::automatic;
};

void add_output_options(option_set& app, output_options& into);
/// The same for a verb that follows jobs: what -v tells is another thing there.
void add_follow_options(option_set& app, output_options& into);
/// --progress and --help only: for verbs without the others.
void add_progress_option(option_set& app, output_options& into);

/// Whether the moving display is wanted and possible.
bool shows_bar(const output_options& options) noexcept;

/// Whether progress is to be told in lines, in place of the moving display.
bool tells_progress(const output_options& options) noexcept;

}  // namespace ferry::cli
