#include "cli/options/options_source.hpp"

#include "cli/get/plan.hpp"
#include "cli/options/options.hpp"
#include "cli/wrong.hpp"

#include <ferry/detail/ascii.hpp>

namespace ferry::cli {
namespace {

/// "c:\dir\file.txt", straight from the documentation.
bool has_drive(std::string_view path) {
    return path.size() > 2 && detail::is_alpha(path[0]) && path[1] == ':' && path[2] == '\\';
}

/// ".\\file.txt": here that would be the name of a file, which nobody wants.
bool begins_here(std::string_view path) {
    return path.starts_with(".\\") || path.starts_with("..\\");
}

result<source_list> without_windows(source_list files) {
    for (const auto* paths : {&files.sources, &files.destinations})
        for (const auto& one : *paths) {
            if (has_drive(one))
                return wrong(
                    shown(one) + ": there are no drives here (write a path like /dir/file.txt)");
            if (begins_here(one))
                return wrong(shown(one) + ": a path has slashes here (write ./dir/file.txt)");
        }
    return files;
}

}  // namespace

void add_source_options(option_set& app, source_list& into) {
    option_group files(app, "Files");
    const auto append = [](std::vector<std::string>& to) {
        return [&to](const std::string& text) -> result<void> {
            if (text.empty()) return wrong("empty (leave the option out)");
            to.push_back(text);
            return {};
        };
    };
    files.repeated_secret(
        "--source", "SOURCE", append(into.sources), "what to transfer; repeatable");
    files.repeated_secret(
        "--destination", "DEST", append(into.destinations),
        "where to; one for each source, or one directory for all");
}

void add_find_options(option_set& app, find_options& into) {
    option_group files(app, "Files");
    files.flag(
        "-r,--recursive", into.recursive,
        "whole folders, of this machine and of shares, under their names");
    files.flag("--hidden", into.hidden, "wildcards and folders: dot files too");
    files.flag(
        "--follow-links", into.follow_links,
        "wildcards and folders: what links lead to is taken too");
}

bool may_continue_folders(const option_set& app, const find_options& find) {
    return find.recursive && !app.given("--existing");
}

result<source_list> with_operands(source_list given, std::vector<std::string> operands) {
    if (operands.empty()) return without_windows(std::move(given));
    const auto last = shown(operands.back());
    if (!given.sources.empty())
        return wrong(last + ": beside --source, every file needs an option (--destination)");
    if (operands.size() > 2)
        return wrong(last + ": one operand too many (several files: --source A --source B)");
    if (operands.size() == 2 && !given.destinations.empty())
        return wrong(last + ": a second destination, beside --destination (once is enough)");
    given.sources.push_back(std::move(operands.front()));
    if (operands.size() == 2) given.destinations.push_back(std::move(operands.back()));
    return without_windows(std::move(given));
}

}  // namespace ferry::cli
