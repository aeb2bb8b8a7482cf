#pragma once

#include "cli/sources/server_place.hpp"
#include "cli/sources/source_finder.hpp"

#include <ferry/job.hpp>
#include <ferry/result.hpp>
#include <ferry/url.hpp>

#include <filesystem>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

namespace ferry::cli {

/// Sources and destinations as a user paired them.
struct source_list {
    std::vector<std::string> sources = {};
    /// As many as sources, one folder for all of them, or none: the current folder. So does an
    /// empty one.
    std::vector<std::string> destinations = {};
    std::string where = {};  ///< "list.csv:3" for messages; empty: the command line
};

/// Makes files of jobs out of what a user wrote, by the rules of BITS: wildcards in local sources
/// and in those of shares, a folder or nothing for a destination. All paths become absolute. Looks
/// at the file system and at shares, changes nothing; blocks.
class job_sources {
  public:
    /// @param how   Of sources that stand for many files.
    /// @param list  Looks into their folders.
    job_sources(
        job_type type, bool create_directories, find_options how = {},
        folder_lister list = list_local_folder);

    /// Several lists may follow each other; no two files may have the same destination.
    /// Errors: errc::bad_argument for what makes no sense or is not there, ::unsupported for
    ///   schemes that ferry does not speak; the detail is the line for the user. Else what the
    ///   lister failed with, or check_inside().
    result<std::vector<job_file>> plan(const source_list& what);

    /// See source_finder.
    std::string left_out() const { return finder_.left_out(); }

    /// Of the trees that were planned so far.
    const wanted_folders& folders() const noexcept { return made_folders_; }

    /// errc::bad_argument, with a line for the user, for a folder that is not there and not to be
    /// made, or is none.
    result<void> check_folder(const std::string& folder);

  private:
    struct origin;  // of one file
    struct target;  // of the files of one source
    result<void> plan_one(std::string_view source, std::string_view destination, bool folder);
    result<origin> find(std::string_view source);
    result<void> plan_many(std::string_view source, std::string_view destination, bool folder);
    result<void> add_folder(const found_folder& folder, const target& in);
    result<target> target_of(std::string_view destination, bool folder);
    result<target> local_target(const std::filesystem::path& there, bool folder);
    result<void> add(const origin& from, const target& to);
    result<void> add_relayed(const origin& from, const url& to);
    result<void> plan_upload(std::string_view source, std::string_view destination);

    job_type type_;
    bool create_directories_;
    find_options how_;
    source_finder finder_;
    std::filesystem::path here_;                                                // empty: unknown
    std::unordered_map<std::string, std::filesystem::file_type> folders_ = {};  // looked at already
    std::unordered_set<std::string> taken_ = {};
    server_places taken_there_ = {};
    std::vector<job_file> files_ = {};  // of the list at hand
    wanted_folders made_folders_ = {};
};

/// A source as a job keeps it: a URL with its user information, or a local path.
/// Errors: errc::bad_argument for a file of another host.
result<std::string> source_text(const url& source);

}  // namespace ferry::cli
