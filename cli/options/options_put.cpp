#include "cli/options/options_put.hpp"

#include "cli/options/options.hpp"
#include "cli/options/options_source.hpp"
#include "cli/wrong.hpp"

#include <ferry/detail/relay_access.hpp>
#include <ferry/url.hpp>

#include <utility>

namespace ferry::cli {
namespace {

constexpr std::string_view put_usage =
    R"(Usage: ferry put FILE... URL [options]

Uploads files, several at a time; a FILE may be a URL, whose bytes are sent on while they come,
without a copy here. A URL (http, https, smb, or \\HOST\SHARE\PATH) that ends in '/' is
a folder, in which each file keeps its name, and each folder too. How an HTTP server wants it (PUT,
tus, the BITS upload protocol) is found out by asking it.
)";

constexpr std::string_view put_examples =
    R"(RATE is bytes per second, with K, M or G for powers of 1024: 500K, 1.5M.
An interrupted upload continues with the same command where the server can: with tus, the BITS
upload protocol, the WebDAV of Apache, and SMB. Elsewhere it begins anew. With --recursive, what a
share has already, with the same size and time, is not sent again (unless --existing replace).

Exit codes: 0 done, 1 failed, 2 usage, 3 gave up after retries, 4 some files done, 6 not authorized,
7 not found, 8 certificate not trusted, 9 wrong or changed content, 10 local file, 130 interrupted.

Examples:
  ferry put report.pdf https://example.org/inbox/
  ferry put disk.iso https://example.org/images/today.iso --limit-rate 5M
  ferry put *.jpg https://example.org/photos/ --create-dirs -j 16
  ferry put disk.iso https://example.org/files/ --upload-protocol tus
  ferry put report.pdf https://example.org/inbox/ --credential me --password-file secret.txt
  ferry put --asynchronous disk.iso https://example.org/images/
  ferry put disk.iso smb://server/share/images/ --credential 'CORP\me'
  ferry put --recursive photos smb://server/share/backup/ --credential 'CORP\me'
  ferry put smb://nas/share/report.pdf https://example.org/inbox/ --source-credential 'CORP\me'
)";

struct put_parser {
    put_parser() {
        add_find_options(app, options.find);
        direct.add_to(app, options);
        add_upload_option(app, options.protocol);
        for (const auto* of_downloads :
             {"--connections", "--sync", "--mtime", "--acl-flags", "--range", "--dynamic",
              "--http-method"})
            app.remove(of_downloads);
        app.describe("--checksum", "what the file must be before it is sent");
        app.describe("--create-dirs", "make the folders that lead there, too (WebDAV, shares)");
        app.describe(
            "--existing",
            "if there is one: replace, update (shares), fail, skip (default replace)");
        app.describe("--credential", "who we are to the server");
    }

    option_set app{"put"};
    put_options options;
    direct_option_parser direct;
};

}  // namespace

void add_upload_option(option_set& app, std::string& into) {
    option_group(app, "Uploads")
        .choice<std::string>(
            "--upload-protocol", "HOW", into,
            {{"auto", "auto"}, {"put", "put"}, {"tus", "tus"}, {"bits", "bits"}},
            "put, tus, bits, or auto: as the server says (default auto)");
}

result<put_options> parse_put_options(std::vector<std::string> arguments) {
    put_parser parser;
    auto operands = parse_options(parser.app, std::move(arguments));
    if (!operands) return operands.error();
    auto options = std::move(parser.options);
    options.files = *std::move(operands);
    if (options.files.size() < 2)
        return wrong("put: a file and a URL are wanted (write 'ferry put FILE URL')");
    auto& existing = options.transfer.options.existing;
    const bool updates = existing == existing_policy::update;
    if (may_continue_folders(parser.app, options.find)) existing = existing_policy::update;
    options.destination = std::move(options.files.back());
    options.files.pop_back();
    const auto there = parse_url(options.destination);
    if (updates && there && detail::speaks_http(*there))
        return wrong(
            "put: --existing update is for shares: over HTTP, no server keeps the time of a file "
            "(choose replace, fail or skip)");
    if (const auto good = parser.direct.finish("put", options); !good) return good.error();
    return options;
}

std::string put_help() {
    const put_parser parser;
    return help_text(parser.app, put_usage, put_examples);
}

}  // namespace ferry::cli
