#include "cli/options/options_get.hpp"

#include "cli/options/options.hpp"
#include "cli/options/options_source.hpp"
#include "cli/wrong.hpp"

namespace ferry::cli {
namespace {

constexpr std::string_view get_usage =
    R"(Usage: ferry get URL... [-o FILE | -d DIR] [-i LIST] [options]

Downloads files, several at a time. A file gets its name only when it is complete and verified.
What an interrupted download left behind is continued, if the source is provably unchanged.
A URL is http, https, smb or file, \\HOST\SHARE\PATH or a local path. Those of shares and local
ones may hold * ? [a-c] and [!x] (in quotes: else they are the shell's), or be whole folders.
Files can also go straight to a share: that of -d or -o, or a last URL of one that ends in '/'
(with --recursive: only that of -d).
With --recursive, what is there already, with the source's size and time, is not fetched again
(unless --existing replace).
)";

constexpr std::string_view get_examples =
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
  ferry get 'smb://server/share/*.pdf' -d papers --credential 'CORP\me'
  ferry get --recursive smb://server/share/photos -d backup
  ferry get https://example.org/image.iso smb://nas/share/ --destination-credential 'CORP\me'
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
    files.flag(
        "--content-disposition", into.named_by_server,
        "name files as the server suggests, not as the URL does");
    add_find_options(app, into.find);
}

/// The options of `get`, bound to a place for their values.
struct get_parser {
    get_parser() {
        add_own_options(app, options);
        direct.add_to(app, options);
    }

    option_set app{"get"};
    get_options options;
    direct_option_parser direct;
};

result<void> check(const get_options& options) {
    if (options.sources.empty() && options.input_file.empty())
        return wrong("get: no URL (write 'ferry get URL', or '-i LIST' for a list of them)");
    if (!options.file.empty() && !options.directory.empty())
        return wrong("--output with --directory: only one of them (write '-o DIR/FILE')");
    if (options.named_by_server && options.asynchronous)
        return wrong("--content-disposition: a job cannot do that (leave out --asynchronous)");
    return {};
}

}  // namespace

result<get_options> parse_get_options(std::vector<std::string> arguments) {
    get_parser parser;
    auto sources = parse_options(parser.app, std::move(arguments));
    if (!sources) return sources.error();
    auto options = std::move(parser.options);
    options.sources = *std::move(sources);
    if (const auto checked = check(options); !checked) return checked.error();
    if (may_continue_folders(parser.app, options.find))
        options.transfer.options.existing = existing_policy::update;
    if (const auto good = parser.direct.finish("get", options); !good) return good.error();
    return options;
}

std::string get_help() {
    const get_parser parser;
    return help_text(parser.app, get_usage, get_examples);
}

}  // namespace ferry::cli
