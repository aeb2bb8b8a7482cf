#include "cli/options/options_get.hpp"

#include "cli/options/options.hpp"
#include "cli/options/options_access.hpp"
#include "cli/text/quantity.hpp"

#include <memory>

namespace ferry::cli {
namespace {

constexpr std::string_view usage =
    R"(Usage: ferry get URL... [-o FILE | -d DIR] [-i LIST] [options]

Downloads files, several at a time. A file gets its name only when it is complete and verified.
What an interrupted download left behind is continued, if the source is provably unchanged.
A URL is http, https or file, or a local path.
)";

constexpr std::string_view examples =
    R"(RATE is bytes per second, with K, M or G for powers of 1024: 500K, 1.5M.
An interrupted download continues with the same command.

Exit codes: 0 done, 1 failed, 2 usage, 3 gave up after retries, 4 some files done, 6 not authorized,
7 not found, 8 certificate not trusted, 9 wrong or changed content, 10 local file, 130 interrupted.

Examples:
  ferry get https://example.org/image.iso
  ferry get https://example.org/image.iso -o disk.iso -c 4 --limit-rate 20M
  ferry get -d photos --create-dirs https://example.org/a.jpg https://example.org/b.jpg
  ferry get -i list.txt -d mirror -j 16 --existing skip
  ferry get --asynchronous https://example.org/image.iso
  ferry get --credential me --password-file secret.txt https://example.org/private.iso
  ferry get --proxy-usage override --proxy-list proxy.corp:3128 https://example.org/image.iso
  ferry get --cert me.pem --ca-file corp.pem https://intranet.corp/report.pdf
  ferry get https://example.org/tool.tgz --checksum sha256:9f86d081884c7d65... --json
)";

void add_own_options(option_set& app, get_options& into) {
    option_group files(app, "Files");
    files.single_text(
        "-o,--output", "FILE", into.file, "name for the one file (default from the URL)");
    files.single_text(
        "-d,--directory", "DIR", into.directory,
        "where files go, under their names in the URLs (default .)");
    files.single_text(
        "-i,--input-file", "LIST", into.input_file,
        "read more URLs, one a line, then optionally a tab and a name; -: stdin");
    files.value<unsigned>(
        "-j,--parallel", "N", into.parallel,
        [](std::string_view text) { return parse_count(text, 1, 1000); },
        "files at a time, 1 to 1000 (default 8)");
    files.flag(
        "--asynchronous", into.asynchronous,
        "leave it to the daemon, as a job that completes itself");
}

/// The options of `get`, bound to a place for their values.
struct get_parser {
    get_parser() {
        add_own_options(app, options);
        add_transfer_options(app, options.transfer);
        add_access_options(app, access);
        option_group(app, "Requests (http, https)")
            .value<std::chrono::milliseconds>(
                "--connect-timeout", "S", access.connect_timeout, parse_positive_seconds,
                "most seconds for name, TCP and TLS (default 30)");
        add_name_options(app, options.job, "Job (with --asynchronous)");
        add_output_options(app, options.output);
        unsupported.add_to(app, unsupported_options::verb::get);
    }

    option_set app{"get"};
    get_options options;
    access_options access;
    unsupported_options unsupported;
};

failure wrong(std::string why) { return {errc::bad_argument, std::move(why)}; }

result<void> check(const get_options& options) {
    if (options.sources.empty() && options.input_file.empty())
        return wrong("get: no URL (write 'ferry get URL', or '-i LIST' for a list of them)");
    if (!options.file.empty() && !options.directory.empty())
        return wrong("--output with --directory: only one of them (write '-o DIR/FILE')");
    const auto& job = options.job;
    if (!options.asynchronous && (job.display_name || job.description || job.priority))
        return wrong("get: only a job has a name, description or priority (add --asynchronous)");
    if (options.asynchronous && !options.asked.empty())
        return wrong(
            "--" + options.asked.front().first +
            ": a job cannot do that yet (leave out --asynchronous)");
    return {};
}

}  // namespace

result<get_options> parse_get_options(std::vector<std::string> arguments) {
    get_parser parser;
    auto sources = parse_options(parser.app, std::move(arguments));
    if (!sources) return sources.error();
    if (const auto option = parser.unsupported.first_refused(); !option.empty())
        return wrong(option + ": not yet supported (leave it out)");
    if (const auto good = parser.unsupported.check_together(); !good) return good.error();
    auto options = std::move(parser.options);
    options.asked = parser.unsupported.asked();
    options.sources = *std::move(sources);
    if (const auto checked = check(options); !checked) return checked.error();
    auto& transfer = options.transfer;
    if (transfer.retry_interval)
        transfer.options.retry = fixed_interval(transfer.options.retry, *transfer.retry_interval);
    if (transfer.retry_timeout) transfer.options.retry.give_up = *transfer.retry_timeout;
    transfer.options.access = std::make_shared<const access_options>(std::move(parser.access));
    return options;
}

std::string get_help() {
    const get_parser parser;
    return help_text(parser.app, usage, examples);
}

}  // namespace ferry::cli
