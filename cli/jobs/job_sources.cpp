#include "cli/jobs/job_sources.hpp"

#include "cli/get/plan.hpp"
#include "cli/text/terminal_text.hpp"
#include "cli/wrong.hpp"

#include <glob.h>

#include <algorithm>
#include <iterator>
#include <system_error>

namespace ferry::cli {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view no_smb =
    "SMB is not yet supported as a destination (mount the share and name the path there)";

failure unsupported(std::string_view why) { return {errc::unsupported, std::string(why)}; }

std::string named(std::string_view path) { return printable(path); }

/// What is wrong with a source; that it is one we say ourselves.
failure reason(failure why) {
    for (const std::string_view what : {"URL: ", "source: "})
        if (why.detail.starts_with(what)) why.detail.erase(0, what.size());
    return why;
}

bool is_url(std::string_view text) { return detail::looks_like_url(text); }
bool is_unc(std::string_view text) { return text.starts_with("\\\\"); }
bool has_wildcard(std::string_view path) { return path.find_first_of("*?[") != path.npos; }

fs::file_type type_of(const fs::path& path) {
    std::error_code unknown;
    return fs::status(path, unknown).type();
}

/// Brackets are good for IPv6, a '?' begins the query.
result<url> parse_source(std::string_view text) {
    if ((is_url(text) || is_unc(text)) && text.find('*') != text.npos)
        return wrong("no wildcards in a URL (name each file; a star is written %2A)");
    auto location = parse_location(text);
    if (!location) return reason(location.error());
    constexpr std::string_view known[] = {"http", "https", "file", "smb"};
    if (std::find(std::begin(known), std::end(known), location->scheme) == std::end(known))
        return unsupported(
            "cannot speak " + printable(location->scheme) + " (http, https, file and smb it can)");
    return location;
}

/// With the user information, that is.
std::string whole_text(const url& what) {
    const auto user = what.user_info.empty() ? "" : what.user_info + "@";
    return what.scheme + "://" + user + what.authority() + what.target();
}

/// What glob(3) finds, files of whatever kind.
std::vector<std::string> matches(const std::string& pattern) {
    glob_t found{};
    std::vector<std::string> paths;
    if (::glob(pattern.c_str(), 0, nullptr, &found) == 0)
        paths.assign(found.gl_pathv, found.gl_pathv + found.gl_pathc);
    ::globfree(&found);
    return paths;
}

std::string counted(std::size_t count, const char* what) {
    return std::to_string(count) + " " + what + (count == 1 ? "" : "s");
}

}  // namespace

struct job_sources::origin {
    std::string source;
    std::string name;       // that its file gets in a folder; empty: none can be made
    bool wildcard = false;  // one of perhaps many
};

struct job_sources::target {
    fs::path folder;
    std::string name = {};  // empty: the origin's
};

job_sources::job_sources(job_type type, bool create_directories)
    : type_(type), create_directories_(create_directories) {
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
        return failure{planned.error().code, where + label + ": " + planned.error().detail};
    }
    if (type_ != job_type::download && files_.size() > 1)
        return wrong("an upload has one file, not " + std::to_string(files_.size()));
    return std::move(files_);
}

result<void> job_sources::plan_one(
    std::string_view source, std::string_view destination, bool folder) {
    if (type_ != job_type::download) return plan_upload(source, destination);
    const auto origins = find(source);
    if (!origins) return origins.error();
    const auto target = target_of(destination, folder || origins->front().wildcard);
    if (!target) return target.error();
    for (const auto& one : *origins)
        if (const auto added = add(one, *target); !added) return added;
    return {};
}

/// At least one.
result<std::vector<job_sources::origin>> job_sources::find(std::string_view source) {
    if (!is_url(source) && !is_unc(source) && has_wildcard(source))
        return expand(std::string(source));
    const auto location = parse_source(source);
    if (!location) return location.error();
    if (location->scheme != "file")
        return std::vector{origin{whole_text(*location), file_name_of(*location)}};
    const auto path = to_path(*location);
    if (!path) return path.error();
    return std::vector{origin{placed(path->native()).native(), path->filename().native()}};
}

/// As a shell does, takes a pattern that matches nothing for a name; but that must exist. Nobody
/// who writes one means a folder or a pipe.
result<std::vector<job_sources::origin>> job_sources::expand(const std::string& pattern) {
    std::vector<origin> origins;
    for (const auto& path : matches(pattern))
        if (type_of(path) == fs::file_type::regular)
            origins.push_back({placed(path).native(), fs::path(path).filename().native(), true});
        else
            left_out_.push_back(path);
    if (origins.empty() && type_of(pattern) == fs::file_type::regular)
        origins.push_back({placed(pattern).native(), fs::path(pattern).filename().native()});
    if (origins.empty()) return wrong("no file matches");
    return origins;
}

std::string job_sources::left_out() const {
    constexpr std::size_t most = 5;  // a line stays a line
    std::string names;
    for (std::size_t i = 0; i < std::min(most, left_out_.size()); ++i)
        names += (i == 0 ? "" : ", ") + named(left_out_[i]);
    if (left_out_.size() > most)
        names += " and " + std::to_string(left_out_.size() - most) + " more";
    return names.empty() ? names : "left out: " + names + " (wildcards take regular files only)";
}

result<job_sources::target> job_sources::target_of(std::string_view destination, bool folder) {
    if (destination == "-") return wrong("cannot write to standard output (name a file)");
    if (destination.find_first_of("*?") != destination.npos)
        return wrong(
            "no wildcards in a destination: " + named(destination) + " (name a file or a folder)");
    if (is_unc(destination)) return unsupported(no_smb);
    if (!is_url(destination)) return local_target(placed(destination), folder);
    const auto location = parse_url(destination);
    const auto path = location ? to_path(*location) : result<fs::path>(location.error());
    if (!path)
        return wrong(
            "the destination " + shown(destination) +
            " is no local file (for an upload: --transfer-type upload)");
    return local_target(placed(path->native()), folder);
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

result<void> job_sources::add(const origin& from, const target& to) {
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
    const auto origins = find(source);
    if (!origins) return origins.error();
    if (origins->size() > 1) return wrong("matches several files (an upload has one)");
    const auto& from = origins->front();
    if (!fs::path(from.source).is_absolute()) return wrong("only local files can be uploaded");
    auto to = parse_source(destination);
    if (!to || to->scheme == "file")
        return wrong("an upload goes to a URL of http or https (--destination URL)");
    files_.push_back({from.source, whole_text(*to)});
    return {};
}

/// One spelling for each place: "a" and "./x/../a" are the same, but behind a link ".." is
/// elsewhere.
fs::path job_sources::placed(std::string_view path) const {
    const auto whole = here_ / path;
    const bool climbs = std::find(whole.begin(), whole.end(), "..") != whole.end();
    if (!climbs) return whole.lexically_normal();
    std::error_code unknown;
    const auto real = fs::weakly_canonical(whole, unknown);
    return unknown ? whole.lexically_normal() : real;
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
