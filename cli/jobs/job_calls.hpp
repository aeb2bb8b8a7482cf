#pragma once

#include "cli/exit_code.hpp"
#include "cli/options/options_jobs.hpp"
#include "cli/verb.hpp"

#include <boost/json/object.hpp>

#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace ferry::cli {

/// What a verb asks of the daemon for each of its jobs.
struct job_call {
    std::string_view verb;
    std::string_view method;
    /// Tells of a reply. Its exit code is that of the job.
    std::function<exit_code(boost::json::object& reply, const output_options& output)> tell;
};

/// Asks for each job, also after one that failed, and complains about each failure.
/// @param operands  As with jobs_meant().
exit_code call_for_jobs(
    const job_call& call, const std::vector<std::string>& operands, const output_options& output);

/// Says why the daemon did not do to a job what makes sense for others: the job is not in a state
/// for it, also where it lacks files, or has an option that is not yet supported.
exit_code complain_about_job(std::string_view job, const failure& why);

/// The whole of a verb whose operands are jobs: options, usage errors, calls.
exit_code run_for_jobs(const jobs_syntax& syntax, const job_call& call, arguments args);

/// The code of a verb that tried several jobs: some_done if some are done and some not, or one is
/// so itself; else that of the first.
exit_code exit_code_of(std::span<const exit_code> jobs) noexcept;

/// Prints a result: done, or local_file if it cannot be written, which is told then.
exit_code print(const std::string& text);

/// A document on a line of its own.
exit_code print(const boost::json::object& document);

}  // namespace ferry::cli
