#pragma once

#include "cli/options/options_list.hpp"

#include <boost/json/array.hpp>

#include <string>
#include <vector>

namespace ferry::cli {

/// The jobs that a user asked for, and what could not be found.
struct job_selection {
    boost::json::array jobs = {};           ///< in their order, each once
    std::vector<std::string> missing = {};  ///< a line for the user for each name or id in vain
};

/// Picks out of all jobs those with one of the names or ids; all, if none is asked for. A pattern
/// may match nothing. The case of ASCII letters counts only for a name that some job has exactly.
job_selection select_jobs(boost::json::array all, const list_options& wanted);

}  // namespace ferry::cli
