#include "cli/sources/source_finder.hpp"

#include "cli/sources/name_pattern.hpp"
#include "cli/sources/wanted_source.hpp"
#include "cli/text/terminal_text.hpp"
#include "cli/wrong.hpp"

#include <algorithm>
#include <system_error>
#include <utility>

namespace ferry::cli {
namespace {

namespace fs = std::filesystem;
using kind = folder_entry::type;

constexpr std::size_t deepest = 200;  // folders; what is deeper leads back to itself, most likely

url child_of(const url& folder, std::string_view name) {
    auto child = folder;
    if (!child.path.ends_with('/')) child.path += '/';
    child.path += detail::percent_encode(name, [](char c) { return !detail::is_unreserved(c); });
    return child;
}

/// As the user knows it.
std::string name_of(const url& what) {
    const auto path = to_path(what);
    return printable(path ? path->native() : percent_decode(to_string(what)));
}

/// A name that stays where it is put.
bool is_name(std::string_view name) {
    return !name.empty() && name != "." && name != ".." && name.find('/') == name.npos &&
           name.find('\0') == name.npos;
}

bool is_closed(const failure& why) {
    return why.code == errc::unauthorized || why.code == std::errc::permission_denied;
}

bool is_missing(const failure& why) {
    return why.code == errc::not_found || why.code == std::errc::not_a_directory;
}

}  // namespace

/// Where in a tree we are: what a folder found there is called, and what it lies in.
struct source_finder::level {
    fs::path name = {};
    std::size_t depth = 0;
    const level* above = nullptr;
    std::string identity = {};  // of the folder that lies here; empty: unknown

    bool lies_in(const std::string& folder) const {
        for (const auto* one = this; one && !folder.empty(); one = one->above)
            if (one->identity == folder) return true;
        return false;
    }
};

source_finder::source_finder(find_options how, folder_lister list)
    : how_(how), list_(std::move(list)) {}

result<found_source> source_finder::find(std::string_view source, const fs::path& here) {
    const auto wanted = read_wanted(source, here);
    if (!wanted) return wanted.error();
    found_ = {};
    hidden_ = folders_ = false;
    const auto links = links_;
    const auto done =
        wanted->steps.empty() ? take_root(wanted->root) : match(*wanted, wanted->root, 0);
    const bool absent = !done && !wanted->steps.empty() && is_missing(done.error());
    if (absent && done.error().context == error_context::remote_file)
        return failure{
            errc::not_found, "no file matches (" + done.error().detail + ")",
            error_context::remote_file};
    if (absent) return wrong("no file matches (" + printable(describe(done.error())) + ")");
    if (!done) return done.error();
    const bool nothing = found_.files.empty() && found_.folders.empty();
    if (nothing && !found_.unreadable.empty()) return found_.unreadable.front();
    if (nothing) return wrong(nothing_found(links_ != links));
    return std::exchange(found_, {});
}

/// Sorted by their names, each of which is one.
result<folder_listing> source_finder::look_into(const url& folder) {
    auto listed = list_(folder);
    if (!listed) return listed.error();
    for (const auto& entry : listed->entries)
        if (!is_name(entry.name))
            return failure{
                errc::malformed,
                name_of(folder) + " lists '" + printable(entry.name) +
                    "', which is no name (refused: it could lead anywhere)",
                error_context::remote_file};
    std::sort(listed->entries.begin(), listed->entries.end(), [](const auto& a, const auto& b) {
        return a.name < b.name;
    });
    return listed;
}

/// As a shell does, takes a pattern that nothing fits for a name; but that must exist.
result<void> source_finder::match(
    const wanted_source& wanted, const url& folder, std::size_t number) {
    const auto& [step, name] = wanted.steps[number];
    level in;
    const auto listed = look_into(folder);
    if (!listed && found_.many && is_closed(listed.error())) {
        found_.unreadable.push_back(listed.error());
        return {};
    }
    if (!listed) return listed.error();
    in.identity = listed->identity;
    const auto how = wanted.any_case ? letter_case::ignored : letter_case::counts;
    std::vector<const folder_entry*> fitting;
    for (const auto& one : listed->entries)
        if (fits(step, one.name, how)) fitting.push_back(&one);
    const bool literal = fitting.empty() || !has_wildcard(step);
    if (fitting.empty())
        for (const auto& one : listed->entries)
            if (one.name == name) fitting.push_back(&one);
    found_.many = found_.many || !literal;
    const bool last = number + 1 == wanted.steps.size();
    for (const auto* one : fitting) {
        if (!passes(*one, literal || step.starts_with('.'))) continue;
        const auto where = child_of(folder, one->name);
        const bool deeper = !last && one->kind == kind::folder;
        if ((last || deeper) && !literal && passes_over(where, *one)) continue;
        const auto done = last     ? take(where, *one, in)
                          : deeper ? match(wanted, where, number + 1)
                                   : result<void>();
        if (!done) return done;
    }
    return {};
}

/// A dot hides a name, unless it is asked for.
bool source_finder::passes(const folder_entry& entry, bool named) {
    if (!entry.name.starts_with('.') || how_.hidden || named) return true;
    hidden_ = true;
    return false;
}

bool source_finder::passes_over(const url& where, const folder_entry& entry) {
    if (!entry.link || how_.follow_links) return false;
    ++links_;
    leave_out(where, "");
    return true;
}

/// A folder with its name, or a file, which is nothing special.
result<void> source_finder::take_root(const url& root) {
    folder_entry entry;
    entry.name = percent_decode(root.path.substr(root.path.rfind('/') + 1));
    entry.kind = kind::folder;
    if (!entry.name.empty() && !is_name(entry.name))
        return wrong("'" + printable(entry.name) + "' is no name (write the folder's own)");
    if (!how_.recursive && !list_(root)) entry.kind = kind::file;  // its name looked like a pattern
    const auto done = take(root, entry, {});
    const bool nothing = found_.files.empty() && found_.folders.empty();
    if (!done && nothing && done.error().code == std::errc::not_a_directory) {
        found_ = {false, {{root, entry.name}}, {}};
        return {};
    }
    found_.many = entry.kind == kind::folder;
    return done;
}

result<void> source_finder::take(const url& where, const folder_entry& entry, const level& in) {
    if (entry.kind == kind::file) {
        found_.files.push_back({where, in.name / entry.name});
        return {};
    }
    if (entry.kind == kind::folder && how_.recursive) {
        if (in.lies_in(entry.identity)) {
            leave_out(where, "leads back to a folder that it lies in");
            return {};
        }
        return take_folder(where, {in.name / entry.name, in.depth + 1, &in, entry.identity});
    }
    folders_ = folders_ || entry.kind == kind::folder;
    leave_out(where, "");
    return {};
}

result<void> source_finder::take_folder(const url& folder, const level& in) {
    if (in.depth > deepest)
        return failure{
            errc::malformed, name_of(folder) + ": deeper than " + std::to_string(deepest) +
                                 " folders (does a link lead back?)"};
    auto here = in;
    const auto listed = look_into(folder);
    if (!listed && (in.depth > 1 || found_.many) && is_closed(listed.error())) {
        found_.unreadable.push_back(listed.error());
        return {};
    }
    if (!listed) return listed.error();
    here.identity = listed->identity;
    const auto place = found_.folders.size(), files = found_.files.size();
    if (!in.name.empty()) found_.folders.push_back({in.name, listed->mode});
    for (const auto& one : listed->entries) {
        const auto where = child_of(folder, one.name);
        if (!passes(one, false) || passes_over(where, one)) continue;
        if (const auto done = take(where, one, here); !done) return done;
    }
    if (!in.name.empty()) found_.folders[place].empty = found_.files.size() == files;
    return {};
}

void source_finder::leave_out(const url& where, std::string_view why) {
    const auto reason = why.empty() ? "" : " (" + std::string(why) + ")";
    left_out_.push_back(name_of(where) + reason);
}

std::string source_finder::nothing_found(bool links) const {
    std::string why = "no file matches";
    if (folders_) return why + " (a folder is taken with --recursive)";
    if (links) return why + " (a link is taken with --follow-links)";
    if (hidden_) return why + " (names that begin with a dot are taken with --hidden)";
    return why;
}

std::string source_finder::left_out() const {
    constexpr std::size_t most = 5;  // a line stays a line
    std::string names;
    for (std::size_t i = 0; i < std::min(most, left_out_.size()); ++i)
        names += (i == 0 ? "" : ", ") + left_out_[i];
    if (left_out_.size() > most)
        names += " and " + std::to_string(left_out_.size() - most) + " more";
    if (names.empty()) return names;
    std::string taken = how_.recursive ? "regular files and folders are taken"
                                       : "wildcards take regular files only";
    const std::string linked = "links are taken with --follow-links";
    if (links_ == left_out_.size())
        taken = linked;
    else if (links_ > 0)
        taken += "; " + linked;
    return "left out: " + names + " (" + taken + ")";
}

}  // namespace ferry::cli
