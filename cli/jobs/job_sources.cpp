#include "cli/jobs/job_sources.hpp"

#include "cli/get/plan.hpp"
#include "cli/sources/local_folders.hpp"
#include "cli/sources/location.hpp"
#include "cli/sources/server_place.hpp"
#include "cli/sources/wanted_source.hpp"
#include "cli/text/terminal_text.hpp"
#include "cli/wrong.hpp"

#include <ferry/detail/job_places.hpp>

#include <algorithm>
#include <iterator>
#include <optional>
#include <system_error>

namespace ferry::cli {
namespace {

namespace fs = std::filesystem;

failure unsupported(std::string_view why) { return {errc::unsupported, std::string(why)}; }

std::string named(std::string_view path) { return printable(path); }

/// What is wrong with a source; that it is one we say ourselves.
bool is_url(std::string_view text) { return detail::looks_like_url(text); }
bool is_unc(std::string_view text) { return text.starts_with("\\\\"); }

fs::file_type type_of(const fs::path& path) {
    std::error_code unknown;
    return fs::status(path, unknown).type();
}

/// Brackets are good for IPv6, a '?' begins the query.
result<url> parse_source(std::string_view text) {
    if ((is_url(text) || is_unc(text)) && text.find('*') != text.npos)
        return wrong("no wildcards in a URL (name each file; a star is written %2A)");
    auto location = read_location(text);
    if (!location) return location;
    constexpr std::string_view known[] = {"http", "https", "file", "smb"};
    if (std::find(std::begin(known), std::end(known), location->scheme) == std::end(known))
        return unsupported(
            "cannot speak " + printable(location->scheme) + " (http, https, file and smb it can)");
    return location;
}

std::string counted(std::size_t count, const char* what) {
    return std::to_string(count) + " " + what + (count == 1 ? "" : "s");
}

}  // namespace

struct job_sources::origin {
    std::string source;
    std::string name;  // that its file gets in a folder; empty: none can be made
};

struct job_sources::target {
    fs::path folder;
    std::string name = {};          // empty: the origin's
    std::optional<url> share = {};  // instead of both: a file, or a folder with its '/'
};

job_sources::job_sources(
    job_type type, bool create_directories, find_options how, folder_lister list)
    : type_(type),
      create_directories_(create_directories),
      how_(how),
      finder_(how, std::move(list)) {
    std::error_code unknown;
    here_ = fs::current_path(unknown);
}

result<std::vector<job_file>> job_sources::plan(const source_list& what) {
    const auto sources = what.sources.size();
    const auto destinations = what.destinations.size();
    if (destinations > 1 && destinations != sources)
        return wrong(
            counted(sources, "source") + " but " + counted(destinations, "destination") +
            " (as many, one directory for all, or none)");
    if (here_.empty()) return wrong("the current folder is gone (change to another)");
    files_.clear();
    for (std::size_t i = 0; i < sources; ++i) {
        const auto& source = what.sources[i];
        const std::string_view destination =
            destinations == 0 ? std::string_view() : what.destinations[destinations == 1 ? 0 : i];
        const auto planned = plan_one(source, destination, sources > 1 && destinations == 1);
        if (planned) continue;
        const auto where = what.where.empty() ? "" : what.where + ": ";
        const auto label = source.empty() ? "source" : shown(source);
        auto why = planned.error();
        why.detail.insert(0, where + label + ": ");
        return why;
    }
    if (type_ != job_type::download && files_.size() > 1)
        return wrong("an upload has one file, not " + std::to_string(files_.size()));
    return std::move(files_);
}

result<void> job_sources::plan_one(
    std::string_view source, std::string_view destination, bool folder) {
    if (type_ != job_type::download) return plan_upload(source, destination);
    if (may_be_many(source, how_)) return plan_many(source, destination, folder);
    const auto from = find(source);
    if (!from) return from.error();
    const auto target = target_of(destination, folder);
    if (!target) return target.error();
    return add(*from, *target);
}

result<void> job_sources::plan_many(
    std::string_view source, std::string_view destination, bool folder) {
    const auto found = finder_.find(source, here_);
    if (!found) return found.error();
    if (!found->unreadable.empty()) return found->unreadable.front();
    if (found->files.empty()) return wrong("a folder without any file (nothing to transfer)");
    const auto target = target_of(destination, folder || found->many);
    if (!target) return target.error();
    for (const auto& one : found->folders)
        if (const auto added = add_folder(one, *target); !added) return added;
    for (const auto& one : found->files) {
        auto from = source_text(one.where);
        if (!from) return from.error();
        if (const auto added = add({*std::move(from), one.name.native()}, *target); !added)
            return added;
    }
    return {};
}

result<void> job_sources::add_folder(const found_folder& folder, const target& in) {
    if (in.share) {
        auto there = below(*in.share, folder.name);
        if (!taken_there_.take_folder(there)) return second_for(there);
        made_folders_.there.push_back({std::move(there), folder.empty});
        return {};
    }
    if (const auto good = check_inside(in.folder, folder.name); !good) return good;
    made_folders_.here.push_back({in.folder / folder.name, folder.mode});
    return {};
}

result<job_sources::origin> job_sources::find(std::string_view source) {
    if (how_.recursive) return wrong("--recursive: not of a URL (only local folders and shares)");
    const auto location = parse_source(source);
    if (!location) return location.error();
    if (location->scheme != "file") return origin{whole_text(*location), file_name_of(*location)};
    const auto path = to_path(*location);
    if (!path) return path.error();
    return origin{placed(here_, path->native()).native(), path->filename().native()};
}

result<job_sources::target> job_sources::target_of(std::string_view destination, bool folder) {
    if (destination == "-") return wrong("cannot write to standard output (name a file)");
    if (detail::is_elsewhere(destination)) {
        auto share = read_share(destination);
        if (!share) return share.error();
        return target{{}, {}, folder ? as_folder(*std::move(share)) : *std::move(share)};
    }
    if (destination.find_first_of("*?") != destination.npos)
        return wrong(
            "no wildcards in a destination: " + named(destination) + " (name a file or a folder)");
    if (!is_url(destination)) return local_target(placed(here_, destination), folder);
    const auto location = parse_url(destination);
    const auto path = location ? to_path(*location) : result<fs::path>(location.error());
    if (!path) return wrong("the destination " + shown(destination) + " is no local file");
    return local_target(placed(here_, path->native()), folder);
}

result<job_sources::target> job_sources::local_target(const fs::path& there, bool folder) {
    const auto type = type_of(there);
    const bool exists = type != fs::file_type::not_found && type != fs::file_type::none;
    if (folder && exists && type != fs::file_type::directory)
        return wrong(named(there.native()) + ": not a directory (several files go there)");
    if (folder || type == fs::file_type::directory || !there.has_filename()) {
        auto place = there.has_filename() ? there : there.parent_path();
        if (const auto good = check_folder(place.native()); !good) return good.error();
        return target{std::move(place)};
    }
    target file{there.parent_path(), there.filename().native()};
    if (const auto good = check_folder(file.folder.native()); !good) return good.error();
    return file;
}

result<void> job_sources::check_folder(const std::string& folder) {
    auto [known, is_new] = folders_.try_emplace(folder);
    if (is_new) known->second = type_of(folder);
    if (known->second == fs::file_type::directory) return {};
    if (known->second != fs::file_type::not_found)
        return wrong(named(folder) + ": not a directory");
    if (create_directories_) return {};
    return wrong(named(folder) + ": no such directory (--create-dirs makes it)");
}

result<void> job_sources::add_relayed(const origin& from, const url& to) {
    if (!detail::is_elsewhere(from.source))
        return wrong("a local file goes to a share by an upload (--transfer-type upload)");
    const bool folder = to.path.ends_with('/');
    if (folder && from.name.empty()) return wrong("no file name in the URL (name a destination)");
    const auto place = folder ? below(to, from.name) : to;
    if (!taken_there_.take(place)) return second_for(place);
    files_.push_back({from.source, whole_text(place)});
    return {};
}

result<void> job_sources::add(const origin& from, const target& to) {
    if (to.share) return add_relayed(from, *to.share);
    const auto& name = to.name.empty() ? from.name : to.name;
    if (name.empty()) return wrong("no file name in the URL (name a destination)");
    job_file file;
    file.source = from.source;
    file.destination = (to.folder / name).native();
    if (to.name.empty() && type_of(file.destination) == fs::file_type::directory)
        return wrong(named(file.destination) + " is a directory (name a destination)");
    if (!taken_.insert(file.destination).second)
        return wrong(
            "a second file for " + named(file.destination) + " (destinations must differ)");
    files_.push_back(std::move(file));
    return {};
}

result<void> job_sources::plan_upload(std::string_view source, std::string_view destination) {
    if (how_.recursive)
        return wrong(
            "--recursive: an upload has one file ('ferry put' makes a job of each, with "
            "--asynchronous)");
    auto from = std::string(source);
    if (may_be_many(source, how_)) {
        const auto found = finder_.find(source, here_);
        if (!found) return found.error();
        if (found->files.size() > 1) return wrong("matches several files (an upload has one)");
        auto path = source_text(found->files.front().where);
        if (!path) return path.error();
        from = *std::move(path);
    }
    const auto one = find(from);
    if (!one) return one.error();
    auto to = parse_source(destination);
    if (!to || to->scheme == "file")
        return wrong("an upload goes to a URL of http, https or smb (--destination URL)");
    if (to->path.ends_with('/') && one->name.empty())
        return wrong("no file name in the URL (name a destination)");
    files_.push_back({one->source, whole_text(*to)});
    return {};
}

result<std::string> source_text(const url& source) {
    if (source.scheme == "file") {
        const auto path = to_path(source);
        if (!path) return path.error();
        return path->native();
    }
    return whole_text(source);
}

}  // namespace ferry::cli
