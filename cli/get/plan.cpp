#include "cli/get/plan.hpp"

#include "cli/sources/local_folders.hpp"
#include "cli/sources/location.hpp"
#include "cli/sources/source_finder.hpp"
#include "cli/sources/wanted_source.hpp"
#include "cli/text/terminal_text.hpp"
#include "cli/wrong.hpp"

#include <sys/stat.h>

#include <algorithm>
#include <filesystem>
#include <system_error>
#include <unordered_set>

namespace ferry::cli {
namespace {

namespace fs = std::filesystem;

std::string quoted(const fs::path& path) { return printable(path.native()); }

/// The folder for files that do not say where they go, as the user wrote it; empty: the current.
result<fs::path> base_folder(const get_options& options) {
    if (options.directory.empty()) return fs::path();
    const fs::path folder(options.directory);
    std::error_code unknown;
    const auto type = fs::status(folder, unknown).type();
    if (type == fs::file_type::directory) return folder;
    if (type != fs::file_type::not_found)
        return wrong("--directory " + quoted(folder) + ": not a directory");
    if (options.transfer.options.create_directories) return folder;
    return wrong("--directory " + quoted(folder) + ": no such directory (--create-dirs makes it)");
}

/// What is wrong with a source; that it is one we say ourselves.
/// "URL" or "list.txt:3: URL", for messages.
std::string label(const list_entry& entry) {
    return entry.where.empty() ? shown(entry.source) : entry.where + ": " + shown(entry.source);
}

failure about(const list_entry& entry, failure why) {
    why.detail.insert(0, label(entry) + ": ");
    return why;
}

result<fs::path> destination_of(
    const list_entry& entry, const url& source, const get_options& options, const fs::path& base) {
    if (!options.file.empty() && entry.destination)
        return wrong(
            "--output: " + label(entry) + " names its own destination (leave --output out)");
    if (!options.file.empty()) return fs::path(options.file);
    if (entry.destination) return base / *entry.destination;
    const auto name = file_name_of(source);
    if (name.empty() && options.named_by_server) return base / "download";
    if (name.empty() && source.scheme == "smb")
        return wrong(label(entry) + ": is a folder (name a file of it, or add --recursive)");
    if (name.empty()) {
        const auto hint = entry.where.empty() ? "-o FILE" : "a tab and a name behind it";
        return wrong(label(entry) + ": no file name in the URL (name it: " + hint + ")");
    }
    return base / name;
}

result<void> check_destination(const fs::path& destination, const list_entry& entry) {
    if (destination == "-")
        return wrong(label(entry) + ": cannot write to standard output (name a file)");
    struct stat there {};
    const bool folder = ::stat(destination.c_str(), &there) == 0 && S_ISDIR(there.st_mode);
    if (destination.has_filename() && !folder) return {};
    return wrong(
        label(entry) + ": the destination " + quoted(destination) +
        " is a directory (-d DIR puts files into it, --recursive takes whole folders)");
}

/// One spelling for each place, so that "a" and "./x/../a" are found to be the same.
class place_names {
  public:
    explicit place_names(const fs::path& base)
        : here_(fs::current_path()), folder_((here_ / base).lexically_normal()) {}

    /// `simple`: `destination` is one component in the base folder; the usual case, and cheaper.
    std::string of(const fs::path& destination, bool simple) const {
        if (simple) return (folder_ / destination.filename()).native();
        return (here_ / destination).lexically_normal().native();
    }

  private:
    fs::path here_;
    fs::path folder_;
};

result<void> check_count(const get_options& options, std::size_t count) {
    if (count <= 1) return {};
    if (!options.file.empty())
        return wrong(
            "--output: " + std::to_string(count) + " URLs for one file (use -d DIR for several)");
    if (options.transfer.options.expected)
        return wrong("--checksum: " + std::to_string(count) + " files (only with one)");
    return {};
}

/// Collects what goes where.
class download_planner {
  public:
    download_planner(const get_options& options, fs::path base, folder_lister list)
        : options_(options),
          base_(std::move(base)),
          places_(base_),
          finder_(options.find, std::move(list)) {}

    result<void> add(const list_entry& entry) {
        if (may_be_many(entry.source, options_.find)) return add_found(entry);
        if (options_.find.recursive)
            return wrong(
                label(entry) + ": --recursive is not for URLs (only local folders and shares)");
        auto source = read_location(entry.source);
        if (!source) return about(entry, source.error());
        return add_one(entry, *std::move(source));
    }

    result<transfer_plan> take() {
        if (const auto fits = check_count(options_, plan_.items.size()); !fits) return fits.error();
        plan_.left_out = finder_.left_out();
        return std::move(plan_);
    }

  private:
    result<void> add_one(const list_entry& entry, url source) {
        auto destination = destination_of(entry, source, options_, base_);
        if (!destination) return destination.error();
        const auto simple = options_.file.empty() && !entry.destination;
        const bool named = simple && options_.named_by_server;
        return put(entry, {std::move(source), *std::move(destination), named}, simple);
    }

    result<void> put(const list_entry& entry, transfer_item item, bool simple) {
        if (const auto usable = check_destination(item.local, entry); !usable) return usable;
        if (!item.named_by_server && !taken_.insert(places_.of(item.local, simple)).second)
            return wrong(
                label(entry) + ": a second file for " + quoted(item.local) +
                " (destinations must differ)");
        plan_.items.push_back(std::move(item));
        return {};
    }

    /// What a wildcard or a folder stands for goes into a folder: that of -d, or of the list.
    result<void> add_found(const list_entry& entry) {
        auto found = finder_.find(entry.source, fs::current_path());
        if (!found) return about(entry, found.error());
        if (!found->many) return add_one(entry, std::move(found->files.front().where));
        if (!options_.file.empty())
            return wrong("--output: " + label(entry) + " may be many files (use -d DIR)");
        add_to(plan_.missing, std::move(found->unreadable));
        const auto folder = entry.destination ? base_ / *entry.destination : base_;
        if (auto good = check_folder(folder); !good) return about(entry, good.error());
        for (const auto& [name, mode, empty] : found->folders) {
            if (auto good = check_inside(folder, name); !good) return about(entry, good.error());
            plan_.folders.here.push_back({folder / name, mode});
        }
        for (auto& one : found->files)
            if (auto done = put(entry, {std::move(one.where), folder / one.name}, false); !done)
                return done;
        return {};
    }

    result<void> check_folder(const fs::path& folder) const {
        const bool make = options_.transfer.options.create_directories;
        std::error_code unknown;
        const auto type = fs::status(folder.empty() ? "." : folder, unknown).type();
        if (type == fs::file_type::directory || (make && type == fs::file_type::not_found))
            return {};
        if (type != fs::file_type::not_found) return wrong(quoted(folder) + ": not a directory");
        return wrong(quoted(folder) + ": no such directory (--create-dirs makes it)");
    }

    const get_options& options_;
    const fs::path base_;
    const place_names places_;
    source_finder finder_;
    std::unordered_set<std::string> taken_;
    transfer_plan plan_;
};

}  // namespace

std::string shown(std::string_view source) {
    auto text = std::string(source);
    const auto scheme = text.find("://");
    if (scheme == text.npos) return printable(text);
    const auto first = scheme + 3;
    const auto end = text.find_first_of("/?#", first);
    auto at = text.rfind('@', end);
    const bool inside = at != text.npos && at >= first;
    // A '/' in a password ends the authority too early: then everything up to the last '@' goes.
    const auto colon = text.find(':', first);
    const bool no_port = colon < end && text.find_first_not_of("0123456789", colon + 1) < end;
    if (!inside && no_port && text[first] != '[') at = text.rfind('@');
    if (at != text.npos && at >= first) text.erase(first, at + 1 - first);
    return printable(text);
}

result<void> check_schemes(const std::vector<transfer_item>& items, const protocol_set& known) {
    for (const auto& item : items)
        if (!known.find(item.remote.scheme))
            return wrong(
                printable(to_string(item.remote)) + ": cannot speak " +
                printable(item.remote.scheme) + " (http, https, file and smb it can)");
    return {};
}

result<std::vector<list_entry>> entries_of(const get_options& options) {
    std::vector<list_entry> entries;
    for (const auto& source : options.sources) entries.push_back({source, std::nullopt, ""});
    if (options.input_file.empty()) return entries;
    auto listed = read_input_list(options.input_file);
    if (!listed) return listed;
    for (auto& entry : *listed) entries.push_back(std::move(entry));
    return entries;
}

bool asks_server(const std::vector<list_entry>& entries, const find_options& how) {
    return std::any_of(entries.begin(), entries.end(), [&how](const list_entry& entry) {
        return asks_server(std::string_view(entry.source), how);
    });
}

result<transfer_plan> plan_downloads(
    const get_options& options, const std::vector<list_entry>& entries, folder_lister list) {
    if (const auto fits = check_count(options, entries.size()); !fits) return fits.error();
    auto base = base_folder(options);
    if (!base) return base.error();
    download_planner plan(options, *std::move(base), std::move(list));
    for (const auto& entry : entries)
        if (const auto added = plan.add(entry); !added) return added.error();
    return plan.take();
}

result<transfer_plan> plan_downloads(const get_options& options) {
    const auto entries = entries_of(options);
    if (!entries) return entries.error();
    return plan_downloads(options, *entries, list_local_folder);
}

}  // namespace ferry::cli
