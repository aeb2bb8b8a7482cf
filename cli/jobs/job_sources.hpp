#pragma once

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

/// Makes files of jobs out of what a user wrote, by the rules of BITS: wildcards in local sources,
/// a folder or nothing for a destination. All paths become absolute. Looks at the file system,
/// changes nothing; blocks.
class job_sources {
  public:
    job_sources(job_type type, bool create_directories);

    /// Several lists may follow each other; no two files may have the same destination.
    /// Errors: errc::bad_argument for what makes no sense or is not there, ::unsupported for
    ///   schemes that ferry does not speak; the detail is the line for the user.
    result<std::vector<job_file>> plan(const source_list& what);

    /// What matched wildcards so far, but is no regular file: a line for the user. Empty: nothing.
    std::string left_out() const;

    /// errc::bad_argument, with a line for the user, for a folder that is not there and not to be
    /// made, or is none.
    result<void> check_folder(const std::string& folder);

  private:
    struct origin;  // of one file
    struct target;  // of the files of one source
    result<void> plan_one(std::string_view source, std::string_view destination, bool folder);
    result<std::vector<origin>> find(std::string_view source);
    result<std::vector<origin>> expand(const std::string& pattern);
    result<target> target_of(std::string_view destination, bool folder);
    result<target> local_target(const std::filesystem::path& there, bool folder);
    result<void> add(const origin& from, const target& to);
    result<void> plan_upload(std::string_view source, std::string_view destination);
    std::filesystem::path placed(std::string_view path) const;

    job_type type_;
    bool create_directories_;
    std::filesystem::path here_;                                                // empty: unknown
    std::unordered_map<std::string, std::filesystem::file_type> folders_ = {};  // looked at already
    std::unordered_set<std::string> taken_ = {};
    std::vector<job_file> files_ = {};  // of the list at hand
    std::vector<std::string> left_out_ = {};
};

/// A source as a job keeps it: a URL with its user information, or a local path.
/// Errors: errc::bad_argument for a file of another host.
result<std::string> source_text(const url& source);

}  // namespace ferry::cli
