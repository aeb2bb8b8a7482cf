#pragma once

#include "cli/sources/find_options.hpp"
#include "cli/sources/folder_access.hpp"

#include <ferry/result.hpp>
#include <ferry/url.hpp>

#include <cstddef>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace ferry::cli {

struct wanted_source;

/// A file that a source stands for.
struct found_file {
    url where = {};
    std::filesystem::path name = {};  ///< below its destination folder; never leads out of it
};

/// A folder that comes with the files in it.
struct found_folder {
    std::filesystem::path name = {};    ///< as that of a file
    std::optional<unsigned> mode = {};  ///< see folder_listing
    bool empty = false;                 ///< no file comes with it or with the folders in it
};

/// All that a source stands for, in the order of the names in each folder.
struct found_source {
    bool many = false;  ///< it goes into a folder, even if it is one file
    std::vector<found_file> files = {};
    std::vector<found_folder> folders = {};  ///< to be made, the outer ones first
    std::vector<failure> unreadable = {};    ///< folders of a tree that keep to themselves
};

/// Finds the files that sources with wildcards, and folders with --recursive, stand for. A folder
/// keeps its name and its structure. Links that a wildcard meets, or a folder holds, are left out
/// unless they are to be followed. Blocks, as its lister does.
class source_finder {
  public:
    source_finder(find_options how, folder_lister list);

    /// @param source  One of which may_be_many() is true.
    /// @param here    The current folder.
    /// Errors: errc::bad_argument: nothing matches, or see read_wanted(); errc::malformed: a name
    ///   that is none, from a server that wants to lead us elsewhere, or folders without end; those
    ///   of the lister.
    result<found_source> find(std::string_view source, const std::filesystem::path& here);

    /// What was met so far, but cannot be taken: a line for the user. Empty: nothing.
    std::string left_out() const;

  private:
    struct level;  // of a tree

    result<folder_listing> look_into(const url& folder);
    result<void> match(const wanted_source& wanted, const url& folder, std::size_t step);
    result<void> take_root(const url& root);
    result<void> take(const url& where, const folder_entry& entry, const level& in);
    result<void> take_folder(const url& folder, const level& in);
    bool passes(const folder_entry& entry, bool named);
    bool passes_over(const url& where, const folder_entry& entry);
    void leave_out(const url& where, std::string_view why);
    std::string nothing_found(bool links) const;

    find_options how_;
    folder_lister list_;
    found_source found_ = {};
    bool hidden_ = false;  // there would have been a file, if it had not been …
    bool folders_ = false;
    std::vector<std::string> left_out_ = {};
    std::size_t links_ = 0;  // of them
};

}  // namespace ferry::cli
