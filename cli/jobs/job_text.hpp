#pragma once

#include "cli/jobs/job_words.hpp"

#include <boost/json/object.hpp>

#include <string>

namespace ferry::cli {

struct job_text_style {
    wall_time now = {};
    bool verbose = false;  ///< all files, not only the first 20; all that is known of a reason
};

/// All that matters of a job, as `show` prints it: aligned lines "key: value", then its files, a
/// line each. Ends with a line end.
/// @param job       A whole document, as describe() makes it.
/// @param settings  Those of job.get.
std::string job_text(
    const boost::json::object& job, const boost::json::object& settings, job_text_style style);

/// Why a job does not move, as `explain` prints it: a sentence on its line, and the command that
/// helps, if one does.
/// @param reply  That of job.explain.
std::string explanation_text(const boost::json::object& reply, job_text_style style);

}  // namespace ferry::cli
