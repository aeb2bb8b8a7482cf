#include "cli/put/put_plan.hpp"

#include "cli/get/plan.hpp"
#include "cli/text/terminal_text.hpp"
#include "cli/wrong.hpp"

#include <filesystem>
#include <unordered_set>

namespace ferry::cli {
namespace {

namespace fs = std::filesystem;

/// A URL, or \\HOST\SHARE\PATH.
result<url> parse_place(const std::string& text) {
    return detail::looks_like_unc(text) ? parse_location(text) : parse_url(text);
}

result<url> parse_destination(const put_options& options) {
    auto to = parse_place(options.destination);
    if (!to)
        return wrong(
            shown(options.destination) + ": not a URL (the last word is where the files go)");
    const auto count = options.files.size();
    if (count > 1 && !to->path.ends_with('/'))
        return wrong(
            shown(options.destination) + ": one name for " + std::to_string(count) +
            " files (end a folder in '/')");
    if (count > 1 && options.transfer.options.expected)
        return wrong("--checksum: " + std::to_string(count) + " files (only with one)");
    return to;
}

result<void> check_source(const std::string& name) {
    std::error_code unknown;
    const auto type = fs::status(name, unknown).type();
    if (type == fs::file_type::regular) return {};
    const auto label = printable(name);
    if (type == fs::file_type::directory)
        return wrong(label + ": a directory (name its files: " + label + "/*)");
    if (type == fs::file_type::not_found) return wrong(label + ": no such file");
    return wrong(label + ": not a regular file");
}

}  // namespace

result<std::vector<transfer_item>> plan_uploads(const put_options& options) {
    const auto to = parse_destination(options);
    if (!to) return to.error();
    std::unordered_set<std::string> taken;
    std::vector<transfer_item> items;
    items.reserve(options.files.size());
    for (const auto& name : options.files) {
        if (const auto good = check_source(name); !good) return good.error();
        const fs::path file(name);
        if (!taken.insert(file.filename().native()).second)
            return wrong(
                printable(name) + ": a second file called " + printable(file.filename().native()) +
                " (names must differ)");
        items.push_back({*to, file});
    }
    return items;
}

}  // namespace ferry::cli
