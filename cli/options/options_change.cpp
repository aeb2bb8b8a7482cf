#include "cli/options/options.hpp"
#include "cli/options/options_clear.hpp"
#include "cli/options/options_document.hpp"
#include "cli/options/options_source.hpp"
#include "cli/options/options_start.hpp"
#include "cli/wrong.hpp"

#include <algorithm>
#include <iterator>

namespace ferry::cli {
namespace {

constexpr const char* verbose = "tell also how much of each job is here";

constexpr std::string_view add_usage =
    R"(Usage: ferry add JOB SOURCE [DESTINATION] [options]
       ferry add JOB... --source S [--destination D] [--source S …] [options]
       ferry add JOB... --csv FILE [options]

Adds files to the end of a job. One that was Transferred already is suspended: resume it. SOURCE and
DESTINATION are as for 'ferry start'; JOB is an id, the beginning of one, or a display name. To look
into folders of shares, the password of the job is asked for again (or taken from FERRY_PASSWORD).
)";

constexpr std::string_view add_examples =
    R"(Exit codes: 0 done, 2 usage, 4 some jobs done, some not, 5 no such job, 11 no daemon.

Examples:
  ferry add 3f2a91c4 https://example.org/b.iso
  ferry add 'nightly mirror' --csv files.csv
  ferry add 'nightly mirror' 'smb://server/share/*.pdf' papers
)";

constexpr std::string_view set_usage =
    R"(Usage: ferry set JOB... [options]

Changes what is asked for and leaves the rest. A job that runs obeys a new --limit-rate at once, and
other settings from its next try on. JOB is an id, the beginning of one, or a display name.
)";

constexpr std::string_view set_examples =
    R"(--clear takes description, user-agent, ca-file, ca-path, custom-headers, credential,
source-credential, destination-credential, authentication, bearer-file, netrc, proxy-list,
proxy-bypass, proxy-credential, proxy-authentication, cert, key, pin, crl-file, range. Passwords,
tokens, netrc files and (with --proxy-usage system) the variables of this environment are read now
and kept encrypted.

Exit codes: 0 done, 2 usage, 4 some jobs done, some not, 5 no such job, 11 no daemon.

Examples:
  ferry set 3f2a91c4 --priority low --limit-rate 500K
  ferry set 3f2a91c4 --limit-rate none --no-auto-complete
  ferry set 3f2a91c4 --clear description,custom-headers
  ferry set 3f2a91c4 --credential me && ferry resume 3f2a91c4
  ferry set 'nightly mirror' --display-name mirror --retry-interval 60
)";

struct add_parser {
    add_parser() {
        add_source_options(app, options.files);
        option_group(app, "Files")
            .single_text(
                "--csv", "FILE", options.list, "a list as for 'ferry import', instead of sources");
        add_find_options(app, options.find);
        add_document_options(app, options.output, verbose);
    }

    option_set app{"add"};
    add_options options = {};
};

struct set_parser {
    set_parser() : job(app, job_verb::change) {
        option_group(app, "Job")
            .repeated_secret(
                "--clear", "NAME,...", [this](const auto& names) { return clear(names); },
                "forget what was asked for; the names are below");
        option_group(app, "Job")
            .flag("--set-owner-to-current-user", owner, "nothing to do: jobs are their user's");
        add_document_options(app, output, verbose);
    }

    result<void> clear(const std::string& names) {
        for (std::size_t begin = 0; begin <= names.size();) {
            const auto end = std::min(names.find(',', begin), names.size());
            const auto* one = find_clearable(std::string_view(names).substr(begin, end - begin));
            if (!one) return wrong("not one of the names in 'ferry set --help'");
            cleared.push_back(one);
            begin = end + 1;
        }
        return {};
    }

    /// Errors: errc::bad_argument for what is to be cleared and set.
    result<job_options> take() {
        auto options = job.take();
        if (!options) return options;
        for (const auto* one : cleared)
            if (is_set(*one, *options))
                return wrong("--clear " + std::string(one->name) + ": it is also set");
        for (const auto* one : cleared) forget(*one, *options);
        return options;
    }

    option_set app{"set"};
    job_option_parser job;
    std::vector<const clearable*> cleared = {};
    bool owner = false;
    output_options output = {};
};

bool says_nothing(const job_options& job) {
    return !job.display_name && !job.description && !job.priority && job.settings.empty() &&
           job.restated.empty() && job.named.empty() && job.secrets.empty();
}

}  // namespace

result<add_options> parse_add_options(std::vector<std::string> arguments) {
    add_parser parser;
    auto operands = parse_options(parser.app, std::move(arguments));
    if (!operands) return operands.error();
    auto options = std::move(parser.options);
    if (operands->empty())
        return wrong("add: no job (write 'ferry add JOB SOURCE'; 'ferry list' shows the jobs)");
    const bool named = !options.files.sources.empty() || !options.files.destinations.empty();
    if (!options.list.empty() && named)
        return wrong("--csv with --source or --destination: only one of them (the list has both)");
    // beside options for the files, all operands are jobs
    const auto jobs =
        !options.list.empty() || !options.files.sources.empty() ? operands->size() : 1;
    const auto first_file = operands->begin() + static_cast<std::ptrdiff_t>(jobs);
    std::vector<std::string> rest(
        std::make_move_iterator(first_file), std::make_move_iterator(operands->end()));
    operands->resize(jobs);
    options.jobs = *std::move(operands);
    auto files = with_operands(std::move(options.files), std::move(rest));
    if (!files) return files.error();
    options.files = *std::move(files);
    if (options.list.empty() && options.files.sources.empty())
        return wrong("add: no source (write 'ferry add JOB SOURCE [DESTINATION]')");
    return options;
}

result<set_options> parse_set_options(std::vector<std::string> arguments) {
    set_parser parser;
    auto jobs = parse_options(parser.app, std::move(arguments));
    if (!jobs) return jobs.error();
    if (jobs->empty())
        return wrong("set: no job (write 'ferry set JOB OPTION'; 'ferry list' shows the jobs)");
    auto job = parser.take();
    if (!job) return job.error();
    if (says_nothing(*job) && !parser.owner)
        return wrong("set: nothing to change (see 'ferry set --help')");
    return set_options{*std::move(jobs), *std::move(job), parser.output};
}

std::string add_help() { return help_text(add_parser().app, add_usage, add_examples); }
std::string set_help() { return help_text(set_parser().app, set_usage, set_examples); }

}  // namespace ferry::cli
