#include "cli/options/options_document.hpp"

#include "cli/options/options.hpp"

namespace ferry::cli {

void add_document_options(option_set& app, output_options& into, const std::string& verbose) {
    option_group output(app, "Output");
    output.flag("--json", into.json, "JSON on standard output, a document a line");
    output.flag("-q,--quiet", into.quiet, "print only what was asked for, and errors");
    output.flag("-v,--verbose", into.verbose, verbose);
    add_progress_option(app, into);
    app.describe("--progress", "as everywhere; nothing moves here");
}

}  // namespace ferry::cli
