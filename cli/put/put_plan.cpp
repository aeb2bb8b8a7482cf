#include "cli/put/put_plan.hpp"

#include "cli/get/plan.hpp"
#include "cli/sources/location.hpp"
#include "cli/sources/wanted_source.hpp"
#include "cli/text/terminal_text.hpp"
#include "cli/wrong.hpp"

#include <ferry/detail/job_places.hpp>
#include <ferry/detail/relay_access.hpp>

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
    if (const auto good = check_user_info(*to); !good)
        return wrong(shown(options.destination) + ": " + good.error().detail);
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

result<transfer_item> local_item(const std::string& name, const url& to) {
    if (const auto good = check_source(name); !good) return good.error();
    return transfer_item{to, fs::path(name)};
}

/// A file that another server has.
result<transfer_item> relayed_item(const std::string& source, const url& to) {
    if (may_be_many(source, {}))
        return wrong(shown(source) + ": no wildcards here ('ferry get -d' takes them to shares)");
    auto from = read_location(source);
    if (!from) return wrong(shown(source) + ": " + from.error().detail);
    const fs::path name(file_name_of(*from));
    if (name.empty() && to.path.ends_with('/'))
        return wrong(shown(source) + ": no file name in the URL (name the destination)");
    return transfer_item{to, name, false, *std::move(from)};
}

}  // namespace

result<std::vector<transfer_item>> plan_uploads(const put_options& options) {
    const auto to = parse_destination(options);
    if (!to) return to.error();
    std::unordered_set<std::string> taken;
    std::vector<transfer_item> items;
    items.reserve(options.files.size());
    for (const auto& name : options.files) {
        const bool elsewhere = detail::is_elsewhere(name);
        auto item = elsewhere ? relayed_item(name, *to) : local_item(name, *to);
        if (!item) return item.error();
        if (!items.empty() && items.front().from.has_value() != elsewhere)
            return wrong(shown(name) + ": local files and URLs mixed (write two commands)");
        const auto file = item->local.filename().native();
        if (!taken.insert(file).second)
            return wrong(
                shown(name) + ": a second file called " + printable(file) + " (names must differ)");
        items.push_back(*std::move(item));
    }
    if (items.front().from && options.transfer.options.expected)
        return wrong(detail::no_checksum_between);
    return items;
}

}  // namespace ferry::cli
