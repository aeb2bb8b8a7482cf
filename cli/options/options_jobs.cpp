#include "cli/options/options_jobs.hpp"

#include "cli/options/options.hpp"
#include "cli/options/options_document.hpp"
#include "cli/text/terminal_text.hpp"

namespace ferry::cli {

result<std::vector<std::string>> parse_jobs(
    const option_set& app, const std::string& verb, std::vector<std::string> arguments) {
    auto jobs = parse_options(app, std::move(arguments));
    if (jobs && jobs->empty())
        return failure{
            errc::bad_argument,
            verb + ": no job (write 'ferry " + verb + " JOB'; 'ferry list' shows the jobs)"};
    return jobs;
}

result<jobs_options> parse_jobs_options(const jobs_syntax& of, std::vector<std::string> arguments) {
    option_set app{of.verb};
    jobs_options options;
    add_document_options(app, options.output, of.verbose);
    auto jobs = parse_jobs(app, of.verb, std::move(arguments));
    if (!jobs) return jobs.error();
    if (jobs->size() > of.most)
        return failure{
            errc::bad_argument,
            printable((*jobs)[of.most]) + ": one job too many (a name with blanks needs quotes)"};
    options.jobs = *std::move(jobs);
    return options;
}

std::string jobs_help(const jobs_syntax& of) {
    option_set app{of.verb};
    output_options output;
    add_document_options(app, output, of.verbose);
    return help_text(app, of.usage, of.examples);
}

}  // namespace ferry::cli
