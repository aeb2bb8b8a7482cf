#pragma once

#include "cli/jobs/job_sources.hpp"

#include <ferry/result.hpp>

#include <string>
#include <vector>

namespace ferry::cli {

class option_set;

/// Adds --source and --destination.
void add_source_options(option_set& app, source_list& into);

/// Adds --recursive, --hidden and --follow-links.
void add_find_options(option_set& app, find_options& into);

/// Nothing was said about files that exist, and whole folders are taken: what is there already, of
/// an earlier try perhaps, may stay (existing_policy::update).
bool may_continue_folders(const option_set& app, const find_options& find);

/// What the options named, or the operands SOURCE [DESTINATION].
/// Errors: errc::bad_argument if both did; the detail is the line for the user.
result<source_list> with_operands(source_list given, std::vector<std::string> operands);

}  // namespace ferry::cli
