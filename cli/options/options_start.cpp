#include "cli/options/options_start.hpp"

#include "cli/options/options.hpp"
#include "cli/options/options_source.hpp"
#include "cli/wrong.hpp"

#include <optional>

namespace ferry::cli {
namespace {

constexpr std::string_view start_usage =
    R"(Usage: ferry start SOURCE [DESTINATION] [options]
       ferry start --source S [--destination D] [--source S …] [options]

Transfers files in the background process, where they survive this command, and waits for them. A
source is a URL (http, https, smb, file), \\HOST\SHARE\PATH or a local path. Those of shares and
local ones may hold * ? [a-c] and [!x], and with --recursive be folders, all in one job. The
destination is a file, or a directory (default: the current one) for one or many sources. For an
upload the source is one file, and the destination a URL, perhaps of a folder (with a '/').
A download can go to a share as well (smb, \\HOST\SHARE\PATH), and an upload come from a URL:
nothing is kept here then, and a file has its name there once it is whole, not on completion.
)";

constexpr std::string_view start_examples =
    R"(RATE is bytes per second, with K, M or G for powers of 1024: 500K, 1.5M.
Ctrl-C removes the job, unless --detach-on-interrupt is given; a terminal that closes does not.
Passwords, tokens, netrc files and the proxies of this environment are read once, now, and kept
encrypted; certificates, their keys and revocation lists are read whenever the job runs, as are
Kerberos tickets.

Exit codes: as of 'ferry get'; 5 no such job, 11 no daemon.

Examples:
  ferry start https://example.org/image.iso
  ferry start https://example.org/image.iso disk.iso --asynchronous --priority low
  ferry start --source https://example.org/a --source https://example.org/b --destination dir
  ferry start report.pdf https://example.org/inbox/ --transfer-type upload
  ferry start --credential me --password-file secret.txt https://example.org/private.iso
  ferry start '/mnt/photos/*.jpg' backup --notify-command notify-send --notify-command done
  ferry start 'smb://server/share/*.pdf' papers --credential 'CORP\me'
  ferry start https://example.org/image.iso smb://nas/share/ --destination-credential 'CORP\me'
  ferry start smb://nas/share/a.pdf https://example.org/inbox/ --transfer-type upload
  ferry start --recursive smb://server/share/photos backup
)";

constexpr std::string_view import_usage =
    R"(Usage: ferry import FILE.csv|- [options]

Starts a job for each row of a list, as 'Import-Csv | Start-BitsTransfer' does. Its first line names
the columns: Source and, perhaps, Destination; others mean nothing. One bad row, and nothing starts.
(A quota, or a destination that another job has, stops only the jobs that it concerns.)
Passwords and the like are read once, for all jobs: see 'ferry start --help'.
)";

constexpr std::string_view import_examples =
    R"(Exit codes: as of 'ferry get'; 4 some jobs done, some not, 11 no daemon.

Examples:
  ferry import files.csv --asynchronous --priority normal
  ferry import files.csv --one-job --display-name 'nightly mirror'
  ferry import folders.csv --recursive --credential me
  printf 'Source,Destination\nhttps://example.org/a,/tmp/a\n' | ferry import -
)";

/// The options that start and import share, bound to a place for their values.
struct creation_parser {
    explicit creation_parser(const char* verb) : app(verb) {}

    /// After the verb's own options, which the help shows first.
    void add_options() {
        option_group course(app, "Course");
        course.choice<job_type>(
            "--transfer-type", "TYPE", how.type,
            {{"download", job_type::download},
             {"upload", job_type::upload},
             {"upload-reply", job_type::upload_reply}},
            "download, upload or upload-reply (default download)");
        course.flag("--asynchronous", how.asynchronous, "return at once; 'ferry complete' ends it");
        course.flag("--suspended", how.suspended, "do not begin; 'ferry resume' does");
        course.flag(
            "--detach-on-interrupt", how.detach_on_interrupt, "Ctrl-C leaves it to the daemon");
        job.emplace(app, job_verb::create);
        add_follow_options(app, how.output);
    }

    /// @return  The operands.
    result<std::vector<std::string>> parse(std::vector<std::string> arguments) {
        auto operands = parse_options(app, std::move(arguments));
        if (!operands) return operands;
        auto options = job->take();
        if (!options) return options.error();
        how.job = *std::move(options);
        if (may_continue_folders(app, how.find)) how.job.settings["existing"] = "update";
        return operands;
    }

    option_set app;
    creation how = {};
    std::optional<job_option_parser> job = {};
};

struct start_parser : creation_parser {
    start_parser() : creation_parser("start") {
        add_source_options(app, files);
        add_find_options(app, how.find);
        add_options();
    }
    source_list files = {};
};

struct import_parser : creation_parser {
    import_parser() : creation_parser("import") {
        option_group(app, "Files")
            .flag("--one-job", one_job, "all rows in one job, instead of a job for each");
        add_find_options(app, how.find);
        add_options();
    }
    bool one_job = false;
};

}  // namespace

result<start_options> parse_start_options(std::vector<std::string> arguments) {
    start_parser parser;
    auto operands = parser.parse(std::move(arguments));
    if (!operands) return operands.error();
    auto files = with_operands(std::move(parser.files), *std::move(operands));
    if (!files) return files.error();
    if (files->sources.empty() && !(parser.how.suspended && files->destinations.empty()))
        return wrong("start: no source (write 'ferry start SOURCE [DESTINATION]')");
    return start_options{std::move(parser.how), *std::move(files)};
}

result<import_options> parse_import_options(std::vector<std::string> arguments) {
    import_parser parser;
    auto operands = parser.parse(std::move(arguments));
    if (!operands) return operands.error();
    if (operands->size() != 1)
        return wrong("import: one list is wanted (write 'ferry import FILE.csv', -: stdin)");
    return import_options{std::move(parser.how), std::move(operands->front()), parser.one_job};
}

result<void> check_start(const creation& how) {
    const auto& missing = how.job.unsupported;
    if (how.suspended || missing.empty()) return {};
    return wrong(
        "--" + missing.front().first + ": not yet supported (--suspended stores such a job)");
}

std::string start_help() { return help_text(start_parser().app, start_usage, start_examples); }
std::string import_help() { return help_text(import_parser().app, import_usage, import_examples); }

}  // namespace ferry::cli
