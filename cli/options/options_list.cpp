#include "cli/options/options_list.hpp"

#include "cli/options/options.hpp"
#include "cli/options/options_document.hpp"

#include <ferry/detail/ascii.hpp>

namespace ferry::cli {
namespace {

constexpr std::string_view list_usage =
    R"(Usage: ferry list [NAME...] [--id ID]... [options]

Shows the jobs that are not over, in the order in which they came. NAME is a display name, in any
case if none is exactly so; '*' in it stands for any text, '?' for one character.
)";

constexpr std::string_view list_examples =
    R"(Exit codes: 0 done, 2 usage, 5 no such job (a pattern may match nothing), 11 no daemon.

Examples:
  ferry list
  ferry list 'backup*' image.iso
  ferry list --id 3f2a91c4
  ferry list -q 'backup*' | ferry complete -
  ferry list --json | jq -r '.jobs[] | select(.state == "Error") | .id'
)";

struct list_parser {
    list_parser() {
        option_group jobs(app, "Jobs");
        const auto add_id = [this](const std::string& id) -> result<void> {
            if (id.empty()) return failure{errc::bad_argument, "empty (leave the option out)"};
            options.ids.push_back(detail::to_lower(id));
            return {};
        };
        jobs.repeated_secret("--id", "ID", add_id, "only this job; its id or the beginning of it");
        jobs.flag(
            "--all-users", options.all_users,
            "jobs of every user: only for root, and so far only those of root");
        add_document_options(app, options.output, "show whole ids");
        app.describe("--quiet", "only whole ids, one a line");
    }

    option_set app{"list"};
    list_options options;
};

}  // namespace

result<list_options> parse_list_options(std::vector<std::string> arguments) {
    list_parser parser;
    auto names = parse_options(parser.app, std::move(arguments));
    if (!names) return names.error();
    parser.options.names = *std::move(names);
    return std::move(parser.options);
}

std::string list_help() {
    const list_parser parser;
    return help_text(parser.app, list_usage, list_examples);
}

}  // namespace ferry::cli
