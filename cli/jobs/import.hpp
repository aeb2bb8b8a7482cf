#pragma once

#include "cli/jobs/csv.hpp"
#include "cli/jobs/job_request.hpp"
#include "cli/options/options_start.hpp"
#include "cli/sources/folder_access.hpp"

#include <cstddef>
#include <string>
#include <vector>

namespace ferry::cli {

/// The jobs that a list stands for.
struct import_plan {
    std::vector<job_request> jobs = {};
    std::vector<std::size_t> lines = {};  ///< where each begins
    std::string left_out = {};            ///< see job_sources
    wanted_folders folders = {};
};

/// Has a server to be asked which files there are? It wants to know who we are: obey() first.
bool asks_server(const std::vector<csv_transfer>& rows, const find_options& how);

/// A job for each row, or one for all.
/// Errors: errc::bad_argument or ::unsupported for the first bad row; the detail names it, and is
///   the line for the user. Else why a folder cannot be listed, or not be made.
/// @param name  Of the list, for messages.
result<import_plan> plan_import(
    const std::vector<csv_transfer>& rows, const std::string& name, const import_options& options);

/// The files that a list stands for, for one job.
result<std::vector<job_file>> plan_rows(
    job_sources& places, const std::vector<csv_transfer>& rows, const std::string& name);

/// What to call a list in messages: "standard input", or the file, safe for a terminal.
std::string list_name(const std::string& file);

/// Reads a list; "-": standard input. Blocking. Errors: errc::bad_argument; the detail is the line
/// for the user.
result<std::vector<csv_transfer>> read_list(const std::string& file);

}  // namespace ferry::cli
